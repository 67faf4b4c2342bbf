"""Ending an agreement, with the backup first (R38): two people, in four steps.

1. `announce`: with reason and day; the people with open cases under the version are told
   (`sla.telling`), and whoever registers one before the day.
2. `confirm`: a second person; from the day on nothing new is registered under it (*ending*).
3. A backup that was verified, and is younger than the last change of the cases and files under it.
4. `finish`: only then the version is terminated.

Services never stop: what is registered meanwhile is registered under another agreement or none.
"""

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk_core import audit
from desk_core.backup import BackupError, records
from desk_core.locks import UNDER_WAY
from desk_core.models import Backup
from desk_core.page_cache import purge
from persian.digits import localised
from persian.jalali import format_date, format_datetime
from persian.text import control_characters, normalise
from sla import beneficiaries, telling
from sla.enums import BINDING_STATES, State
from sla.models.agreements import AgreementVersion
from sla.models.termination import CalledOffEnd, Termination
from sla.permissions import user_can_terminate
from sla.state import state_on, today

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: A version in one of these states can be terminated.
TERMINABLE = BINDING_STATES | {State.EXPIRED, State.UPCOMING}
REASON_MIN, REASON_MAX = 10, 1000
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


class TerminationRefused(Exception):
    """A step is not possible now; the message says why."""


def announce(
    *,
    version: AgreementVersion,
    reason: str,
    ends_on: date,
    readable_until: date,
    actor: "AbstractBaseUser",
) -> Termination:
    """Begin: announce that the version ends, and tell those whom it concerns in the background.

    The same announcement again is the same one. Raises ValidationError by field, and
    TerminationRefused where nothing can be ended.
    """
    _require(actor, version)
    reason = _checked(reason, ends_on, readable_until)
    with transaction.atomic():
        locked = AgreementVersion.objects.select_for_update().get(pk=version.pk)
        before = Termination.objects.filter(version=locked).first()
        if before is not None:
            same = (before.reason, before.ends_on, before.readable_until)
            if same == (reason, ends_on, readable_until):
                return before
            raise TerminationRefused(_("The end of this version is announced already."))
        state = state_on(locked.facts(), today())
        if locked.g2g or state not in TERMINABLE:
            raise TerminationRefused(
                _("Only a signed agreement with the users that was not ended can be terminated.")
            )
        made = Termination.objects.create(
            version=locked,
            reason=reason,
            ends_on=ends_on,
            readable_until=readable_until,
            announced_by_id=actor.pk,
        )
        _audit("announced", made, actor, ends_on=ends_on.isoformat())
        purge()
        transaction.on_commit(lambda: _tell_of_announced(made.pk))
    return made


def confirm(*, termination: Termination, actor: "AbstractBaseUser") -> Termination:
    """The second person agrees: from the announced day on the version is *ending*."""
    _require(actor, termination.version)
    with transaction.atomic():
        row = _lock(termination)
        if row.confirmed_at is not None:
            return row
        if row.announced_by_id == actor.pk:
            raise TerminationRefused(
                _("Whoever announced the end cannot confirm it: this takes a second person.")
            )
        if row.told_at is None:
            raise TerminationRefused(
                _("The people concerned are still being told. Please try again in a minute.")
            )
        row.confirmed_by_id, row.confirmed_at = actor.pk, timezone.now()
        row.ending_from = max(row.ends_on, today())
        row.save(update_fields=["confirmed_by", "confirmed_at", "ending_from"])
        _audit("confirmed", row, actor, ending_from=row.ending_from.isoformat())
        purge()
    return row


def covering_backup(version: AgreementVersion, *, at_a_glance: bool = False) -> Backup | None:
    """The youngest verified backup that holds everything under the version, or None.

    Also what says that it is ending must be in it. Raises BackupError when the storage of the
    backups does not answer.
    """
    return records.verified_after(_to_be_covered(version), at_a_glance=at_a_glance)


def backup_problem(version: AgreementVersion) -> str:
    """Why no backup allows the end yet, in a sentence; "" when one seems to, at a glance."""
    return _proof(version, at_a_glance=True)[1]


def _to_be_covered(version: AgreementVersion) -> datetime:
    """The last moment that a backup has to hold."""
    row = Termination.objects.filter(version=version).first()
    moments = (beneficiaries.last_change(version.pk), row.confirmed_at if row else None)
    return max((at for at in moments if at), default=_LONG_AGO)


def _proof(version: AgreementVersion, *, at_a_glance: bool = False) -> tuple[Backup | None, str]:
    """The backup that allows the end, or why there is none."""
    try:
        found = covering_backup(version, at_a_glance=at_a_glance)
        return found, "" if found else _what_is_missing(version)
    except BackupError as error:
        return None, str(error)


def _what_is_missing(version: AgreementVersion) -> str:
    holding = Backup.objects.verified().covering(_to_be_covered(version)).first()
    if holding is not None:
        return _(
            "Of the verified backup %(name)s, the file %(file)s is missing or another one now. "
            "Another backup has to be made and verified."
        ) % {"name": holding.name, "file": next(iter(records.changed_files(holding)), "")}
    changed = beneficiaries.last_change(version.pk)
    latest = Backup.objects.verified().first()
    if latest is None or latest.covers_until is None:
        return _("No backup has been verified yet.")
    values = {
        "name": latest.name,
        "covers": format_datetime(latest.covers_until),
        "minutes": localised(UNDER_WAY // timedelta(minutes=1)),
    }
    if changed is not None and latest.covers_until <= changed + UNDER_WAY:
        return _(
            "The youngest verified backup, %(name)s, holds everything until %(covers)s; a case "
            "or file under this agreement changed on %(changed)s. The backup has to be begun at "
            "least %(minutes)s minutes after that."
        ) % {**values, "changed": format_datetime(changed)}
    return (
        _(
            "The youngest verified backup, %(name)s, holds everything until %(covers)s. The backup "
            "has to be begun at least %(minutes)s minutes after the end was confirmed."
        )
        % values
    )


def finish(*, termination: Termination, actor: "AbstractBaseUser") -> Termination:
    """Terminate the version. Refused without a verified backup younger than the last change."""
    _require(actor, termination.version)
    # Since its day nobody registers under it: after this there is nobody left to tell.
    telling.of_newcomers(termination_id=termination.pk)
    # Asked before the transaction: the storage of the backups may take its time.
    backup, problem = _proof(termination.version)
    with transaction.atomic():
        row = _lock(termination)
        if row.finished_at is not None:
            return row
        if row.ending_from is None or row.ending_from > today():
            raise TerminationRefused(
                _("The version is not ending yet: a second person confirms, and the day comes.")
            )
        if backup is None:
            raise TerminationRefused(problem)
        holding = Backup.objects.verified().covering(_to_be_covered(row.version))
        if not holding.filter(pk=backup.pk).exists():
            raise TerminationRefused(
                _("A case or file under this agreement changed just now. Please look again.")
            )
        row.backup = backup
        row.finished_by_id, row.finished_at = actor.pk, timezone.now()
        row.save(update_fields=["backup", "finished_by", "finished_at"])
        kept = {"name": backup.name, "sha256": backup.manifest_sha256}
        _audit("finished", row, actor, backup=kept)
        purge()
    return row


def call_off(*, termination: Termination, actor: "AbstractBaseUser") -> None:
    """Take an announcement or a confirmed end back, while the version is not terminated.

    People with open cases under it are told in the background.
    """
    _require(actor, termination.version)
    with transaction.atomic():
        row = Termination.objects.select_for_update().filter(pk=termination.pk).first()
        if row is None:
            return
        if row.finished_at is not None:
            raise TerminationRefused(_("What is terminated cannot be taken back."))
        _audit("called_off", row, actor, ends_on=row.ends_on.isoformat())
        kept = CalledOffEnd.objects.create(
            version_id=row.version_id,
            termination_key=row.pk,
            ends_on=row.ends_on,
            called_off_by_id=actor.pk,
        )
        row.delete()
        purge()
        transaction.on_commit(lambda: _tell_of_called_off(kept.pk))


def _require(actor: "AbstractBaseUser", version: AgreementVersion) -> None:
    if not user_can_terminate(actor, version):
        raise TerminationRefused(_("You may not end this agreement."))


def _lock(termination: Termination) -> Termination:
    row = Termination.objects.select_for_update(of=("self",)).filter(pk=termination.pk)
    found = row.select_related("version__agreement").first()
    if found is None:
        raise TerminationRefused(_("This announcement was called off meanwhile."))
    return found


def _checked(reason: str, ends_on: date, readable_until: date) -> str:
    reason = normalise(reason)
    errors: dict[str, str] = {}
    if control_characters(reason) or not REASON_MIN <= len(reason) <= REASON_MAX:
        errors["reason"] = _("Write the reason for the people concerned, 10 to 1000 characters.")
    if ends_on <= today():
        errors["ends_on"] = _("Announce it before: the earliest day is %(day)s.") % {
            "day": format_date(today() + timedelta(days=1))
        }
    if readable_until < ends_on:
        errors["readable_until"] = _("People must be able to follow their cases after the end.")
    if errors:
        raise ValidationError(errors)
    return reason


def _tell_of_announced(termination_id: int) -> None:
    from sla.tasks import tell_of_announced_end

    tell_of_announced_end.enqueue(termination_id)


def _tell_of_called_off(called_off_id: int) -> None:
    from sla.tasks import tell_of_called_off_end

    tell_of_called_off_end.enqueue(called_off_id)


def _audit(step: str, row: Termination, actor: "AbstractBaseUser", **detail: object) -> None:
    audit.record(
        action=f"agreement.termination_{step}",
        actor=actor,
        target=f"agreement-version:{row.version_id}",
        department_id=row.version.agreement.department_id,
        detail=detail,
    )
