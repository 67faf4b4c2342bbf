"""Checking, re-issuing and ending tracking passwords (R24, R42).

Counting is per code, per address and for the whole site. Past a limit the next attempt must come
with a human check that grows harder; nobody is ever locked out, so a stranger who keeps guessing
costs the holder of the right password a few seconds of their device, and no more.
"""

from collections.abc import Callable
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone

from desk_core import audit, human_check, throttles
from desk_core.blind_index import digest
from desk_core.passwords import hash_secret, needs_rehash, verify_secret
from desk_core.sealing import Erased, Subject, open_subject
from service_requests import codes, history, notify, receipts
from service_requests.enums import EndReason, EventKind
from service_requests.errors import (
    Conflict,
    HumanCheckNeeded,
    NotAllowed,
    NotPossible,
    WrongCredential,
)
from service_requests.models import (
    Case,
    Credential,
    OneTimeCode,
    TrackingSession,
    VerifiedContact,
)
from service_requests.permissions import user_can_end_credential, user_can_reissue
from service_requests.receipts import OpenReceipt

PER_CODE = throttles.Limit("tracking-code", rate=5, seconds=3600)
PER_ADDRESS = throttles.Limit("tracking-address", rate=10, seconds=60)
PER_SITE = throttles.Limit("tracking-site", rate=300, seconds=60)


def required_difficulty(*, code: str, address: str) -> int:
    """The human check that the next attempt needs; 0 while the limits are kept."""
    counts = (
        (throttles.peek(limit, key), limit) for limit, key in _keys(codes.bare(code, 12), address)
    )
    return max(
        (human_check.difficulty_after(count, limit) for count, limit in counts if count.over),
        default=0,
    )


def count_attempt(*, code: str, address: str, human_check_passed: int = 0) -> None:
    """Count an attempt at a code; past a limit HumanCheckNeeded, and nothing is counted."""
    bare_code = codes.bare(code, codes.CODE_LENGTH)
    needed = required_difficulty(code=bare_code, address=address)
    # The same grace as at the doors: others may have tried since they looked.
    if needed and human_check_passed < human_check.enough(needed):
        raise HumanCheckNeeded(needed)
    for limit, key in _keys(bare_code, address):
        throttles.hit(limit, key)


def forget_attempts(*, code: str) -> None:
    """The right password was given: guesses at this code count no more."""
    throttles.reset(PER_CODE, code)


def verify(*, code: str, password: str, address: str, human_check_passed: int = 0) -> Credential:
    """The active credential of this code and password, with its case.

    `human_check_passed` is the difficulty that the door asked for and saw answered, 0 for none.
    Raises HumanCheckNeeded before anything is looked up, WrongCredential for an unknown code and
    for a wrong password alike: the same queries, the same hash, the same words. Not inside a
    transaction.
    """
    bare_code = codes.bare(code, codes.CODE_LENGTH)
    count_attempt(code=bare_code, address=address, human_check_passed=human_check_passed)
    found = (
        Credential.objects.active()
        .select_related("case__department", "case__subject_key")
        .filter(case__code=bare_code)
        .first()
    )
    secret = codes.bare(password, codes.PASSWORD_LENGTH)
    if not verify_secret(secret, found.secret_hash if found else None) or found is None:
        _write_down("tracking.refused", bare_code)
        raise WrongCredential
    _write_down("tracking.opened", bare_code)
    forget_attempts(code=bare_code)
    _hash_again_if_old(found, secret)
    return found


def _hash_again_if_old(credential: Credential, secret: str) -> None:
    """Store the password under today's pepper and parameters, while it is known.

    So that an old pepper can go out of the settings; nothing of the old hash remains.
    """
    if needs_rehash(credential.secret_hash):
        old, credential.secret_hash = credential.secret_hash, hash_secret(secret)
        Credential.objects.filter(pk=credential.pk, secret_hash=old).update(
            secret_hash=credential.secret_hash
        )


def reissue(
    *,
    case: Case,
    actor: Any,
    slip_key: str,
    expected: int | None = None,
    identity: str = "",
    reason: str = "",
) -> OpenReceipt:
    """End the password of a case and issue a new one to somebody whose identity staff checked.

    The same `slip_key` again gives the same slip. Every session of the old password ends; the
    applicant is told on every channel they gave. `identity` (IdentityDocument) and `reason`
    (ReissueReason) go into the audit trail. Raises NotAllowed, and Conflict when the case is no
    longer at the version `expected`, so that no slip silently ends another.
    """

    def guard(fresh: Case) -> None:
        if not user_can_reissue(actor, fresh):
            raise NotAllowed
        if expected is not None and fresh.version != expected:
            raise Conflict

    if not user_can_reissue(actor, case):
        raise NotAllowed
    detail = {"identity": identity, "reason": reason}
    stated = {name: value for name, value in detail.items() if value}
    return _issue(case, slip_key, guard, EndReason.REISSUED, actor=actor, detail=stated)


def recover(*, case: Case, slip_key: str) -> OpenReceipt:
    """The same for an applicant who has typed the one-time code (`recovery` alone asks for it)."""
    return _issue(case, slip_key, lambda fresh: None, EndReason.RECOVERED)


def _issue(
    case: Case,
    slip_key: str,
    guard: Callable[[Case], None],
    why: EndReason,
    *,
    actor: Any = None,
    detail: dict[str, str] | None = None,
) -> OpenReceipt:
    if known := _known_slip(case, slip_key):
        return known
    password = codes.new_password()
    subject = open_subject(case.subject_key)
    contact = subject.open_json(bytes(case.sealed_content), record=case.content_record)["contact"]
    credential = Credential(case=case, secret_hash=hash_secret(password), issued_by=actor)
    receipt = receipts.make(
        submission_key=slip_key, credential=credential, code=case.code, password=password
    )
    try:
        with transaction.atomic():
            fresh = history.lock(case)
            guard(fresh)
            _end_active(fresh, actor, why)
            if why == EndReason.REISSUED:
                _forget_verified(fresh)
            credential.save(force_insert=True)
            receipt.credential = credential
            receipt.save(force_insert=True)
            history.record(fresh, kind=EventKind.CREDENTIAL_REISSUED, actor=actor)
            action = "reissued" if why == EndReason.REISSUED else "recovered"
            history.audit(f"credential.{action}", fresh, actor, **(detail or {}))
            notify.tell_applicant(case=fresh, subject=subject, contact=contact, what="reissued")
    except (IntegrityError, Conflict):
        # The same slip, asked for twice at once: the first one made it.
        if known := _known_slip(case, slip_key):
            return known
        raise
    return OpenReceipt(fresh, password, receipt.expires_at, created=True)


def end(*, case: Case, actor: Any) -> None:
    """End the password of a case and its sessions, without a new one; the applicant is told.

    Raises NotAllowed.
    """
    told = _to_be_told(case)
    with transaction.atomic():
        fresh = history.lock(case)
        if not user_can_end_credential(actor, fresh):
            raise NotAllowed
        _forget_verified(fresh)
        if _end_active(fresh, actor, EndReason.ENDED):
            history.record(fresh, kind=EventKind.CREDENTIAL_ENDED, actor=actor, public=False)
            history.audit("credential.ended", fresh, actor)
            if told is not None:
                subject, contact = told
                notify.tell_applicant(
                    case=fresh, subject=subject, contact=contact, what="credential_ended"
                )


def _forget_verified(case: Case) -> None:
    """No contact opens the case any more until it is verified anew: it may be another's by now."""
    VerifiedContact.objects.filter(case=case).delete()
    OneTimeCode.objects.filter(case=case, used_at=None).update(expires_at=timezone.now())


def _to_be_told(case: Case) -> tuple[Subject, dict[str, str]] | None:
    """The key and the contact of a case; None where the person was erased."""
    try:
        subject = open_subject(case.subject_key)
    except Erased:
        return None
    content = subject.open_json(bytes(case.sealed_content), record=case.content_record)
    return subject, content["contact"]


def _known_slip(case: Case, slip_key: str) -> OpenReceipt | None:
    """The slip already issued under this key; one of another case is refused."""
    known = receipts.open_receipt(submission_key=slip_key)
    if known is not None and known.case.pk != case.pk:
        raise NotPossible
    return known


def _end_active(case: Case, actor: Any, reason: EndReason) -> int:
    now = timezone.now()
    TrackingSession.objects.filter(credential__case=case, ended_at=None).update(ended_at=now)
    return (
        Credential.objects.active()
        .filter(case=case)
        .update(ended_at=now, ended_by=actor, reason=reason)
    )


def _write_down(action: str, bare_code: str) -> None:
    """A line for every attempt, known code or not, by the keyed digest that staff search leaves.

    No transaction is open here: what is refused stays on record.
    """
    audit.record(
        action=action,
        actor=None,
        target=f"tracking:{digest(bare_code or 'no code', field='case.code')}",
    )


def _keys(bare_code: str, address: str) -> tuple[tuple[throttles.Limit, str], ...]:
    return (
        (PER_CODE, bare_code or "no code"),
        (PER_ADDRESS, address),
        (PER_SITE, "site"),
    )
