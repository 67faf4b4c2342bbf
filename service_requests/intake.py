"""Registering a request, complaint or suggestion: the one way in (R1, R2, R23, R24).

Everything slow happens first: sealing, hashing, indexing, files. Then one short transaction
stores the case, its credential, its first event, its clocks, its outgoing messages and the
receipt.
"""

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction

from desk_core import outbox
from desk_core.inserts import insert
from desk_core.passwords import hash_secret
from desk_core.sealing import Subject, new_subject, open_subject
from desk_core.statements import Slot, Statement, deleting, updating
from service_requests import (
    attachments,
    codes,
    history,
    look_up,
    notify,
    promises,
    receipts,
)
from service_requests.attachments import IncomingFile
from service_requests.enums import STAFF_SOURCES, EventKind, IdentifierField, Source, State
from service_requests.errors import DraftChanged, NotAllowed, NotPossible
from service_requests.models import (
    Attachment,
    Case,
    Credential,
    Draft,
    Event,
    Receipt,
)
from service_requests.permissions import user_can_register
from service_requests.receipts import OpenReceipt, new_submission_key
from service_requests.submissions import Submission
from sla import clocks
from sla.models import Clock

__all__ = ["OpenReceipt", "new_submission_key", "submit"]

logger = logging.getLogger(__name__)


_HAND_OVER = Statement(
    lambda: updating(
        Attachment.objects.filter(draft_id=Slot("draft", Attachment.draft)),
        case=Slot("case", Attachment.case),
        draft=None,
    )
)
# Every writing moves the time: what was written after the submission was read is not lost with it.
_FORGET = Statement(
    lambda: deleting(
        Draft.objects.filter(
            pk=Slot("draft", Draft.id), expires_at=Slot("read_with", Draft.expires_at)
        )
    )
)


@dataclass(frozen=True)
class _Prepared:
    """Everything that will be stored, unsaved."""

    subject: Subject
    case: Case
    credential: Credential
    receipt: Receipt
    event: Event
    files: list[Attachment]
    identifiers: list[tuple[IdentifierField, str]]
    words: list[str]
    clocks: list[Clock]
    password: str


def submit(
    *,
    submission: Submission,
    submission_key: str,
    source: str,
    language: str,
    actor: Any = None,
    files: Sequence[IncomingFile] = (),
    draft: Draft | None = None,
    left_out: Collection[UUID] = (),
) -> OpenReceipt:
    """Register a submission and return its receipt; the same key again gives the same one.

    Keys are nearly always new, so none is looked up first; a door that hears the same one often
    does so itself, which spares it the hash. `actor` is the member of staff who registers for
    somebody; `draft` hands over its key and its files, but those `left_out`.
    Raises ValidationError for bad files or a bad key, NotAllowed for staff who may not register,
    NotPossible for a draft that was handed in under another key, or written in, erased or
    forgotten after `draft` was read.
    """
    _guard(source, actor)
    retried = False
    while True:
        prepared = _prepare(submission, submission_key, source, language, actor, files, draft)
        try:
            with attachments.discarded_on_failure(prepared.files), transaction.atomic():
                _store(prepared, submission, actor, draft, left_out)
            break
        except IntegrityError:
            known = receipts.open_receipt(submission_key=submission_key)
            if known is not None:
                return known
            # Two cases may draw the same code: then once more, with another one.
            if not retried and Case.objects.filter(code=prepared.case.code).exists():
                retried = True
                continue
            if draft is not None:
                raise NotPossible from None
            raise
    return OpenReceipt(prepared.case, prepared.password, prepared.receipt.expires_at, created=True)


def _guard(source: str, actor: Any) -> None:
    by_staff = Source(source) in STAFF_SOURCES
    if by_staff != (actor is not None) or (actor is not None and not user_can_register(actor)):
        raise NotAllowed


def _prepare(
    submission: Submission,
    submission_key: str,
    source: str,
    language: str,
    actor: Any,
    files: Sequence[IncomingFile],
    draft: Draft | None,
) -> _Prepared:
    subject = open_subject(draft.subject_key) if draft else new_subject()
    content = submission.content()
    case = Case(
        code=codes.new_code(),
        kind=submission.kind,
        department=submission.department,
        service=submission.service,
        complained_department=submission.complained_department,
        source=source,
        language=language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE,
        person_type=submission.person_type,
        agreement_version_id=submission.terms.version_id,
        agreement_note=submission.terms.note,
        consent_version=submission.terms.consent_version,
        form_version=submission.form.version if submission.form else None,
        subject_key=subject.row,
    )
    case.sealed_content = subject.seal_json(content, record=case.content_record)
    password = codes.new_password()
    credential = Credential(
        case=case,
        secret_hash=hash_secret(password),
        issued_at=case.registered_at,
        issued_by=actor,
    )
    return _Prepared(
        subject=subject,
        case=case,
        credential=credential,
        receipt=receipts.make(
            submission_key=submission_key,
            credential=credential,
            code=case.code,
            password=password,
        ),
        event=Event(
            case=case,
            number=1,
            at=case.registered_at,
            kind=EventKind.REGISTERED,
            actor=actor,
            to_state=State.REGISTERED,
            department=submission.department,
        ),
        identifiers=[
            (field, look_up.identifier_digest(field, value))
            for field, value in sorted(submission.identifiers())
        ],
        words=look_up.words_of(case, content),
        clocks=promises.prepared(case, submission.terms.promises),
        password=password,
        # Last: from here on there is something to remove when a step fails.
        files=attachments.store(files, subject=subject),
    )


def _store(
    prepared: _Prepared,
    submission: Submission,
    actor: Any,
    draft: Draft | None,
    left_out: Collection[UUID],
) -> None:
    case = prepared.case
    prepared.subject.save()
    insert([case])
    insert([prepared.credential])
    prepared.receipt.credential = prepared.credential
    insert([prepared.receipt])
    insert([prepared.event])
    look_up.store_identifiers(case, prepared.identifiers)
    look_up.store_words(case, prepared.words)
    clocks.store(prepared.clocks, actor=actor)
    attachments.save(prepared.files, case=case)
    if draft is not None:
        if left_out:
            attachments.leave_out(draft=draft, attachment_ids=left_out)
        _HAND_OVER.run(draft=draft.pk, case=case.pk)
        # Nothing hangs on it any more; a file that comes in this very moment makes this fail.
        if not _FORGET.run(draft=draft.pk, read_with=draft.expires_at):
            raise DraftChanged  # or forgotten, and its key erased
    history.audit("case.registered", case, actor, source=case.source, kind=case.kind)
    told = notify.to_applicant(case=case, contact=submission.contact, what="registered")
    told += notify.to_staff(case=case, what="staff_new")
    outbox.queue_many(told, subject=prepared.subject)
