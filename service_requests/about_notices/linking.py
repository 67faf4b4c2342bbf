"""Linking a case to the notice that it is about, and taking the link back.

The desk only suggests (`suggesting`); a person confirms. The clocks of the case follow at once
where its agreement says so (`standstills`), from the moment of the confirmation: what was late
before stays late. The applicant sees the notice on the tracking page, never the events.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core.sealing import open_subject
from notices.models import Notice
from service_requests import history, permissions, standstills
from service_requests.about_notices import suggesting
from service_requests.enums import OPEN_STATES, EventKind
from service_requests.errors import Conflict, NotAllowed, NotPossible
from service_requests.models import Case, CaseNotice
from service_requests.texts import clean_text


def link(*, case: Case, actor: Any, expected: int, notice: Notice) -> Case:
    """Confirm that an open case is about a notice. Linked already: nothing is done.

    Raises ValidationError({"notice": …}) for one that nobody reads, or that touches no service.
    """
    if not suggesting.linkable(timezone.now()).filter(pk=notice.pk).exists():
        raise ValidationError({"notice": [_("A case cannot be linked to this notice.")]})
    subject = open_subject(case.subject_key)
    with transaction.atomic():
        fresh = _lock(case, actor)
        if _active(fresh, notice) is not None:
            return fresh
        _guard_version(fresh, expected)
        if fresh.state not in OPEN_STATES:
            raise NotPossible
        now = timezone.now()
        fresh.notice_links.create(notice=notice, confirmed_by=actor, confirmed_at=now)
        history.record(
            fresh,
            kind=EventKind.NOTICE_LINKED,
            actor=actor,
            note=notice.title,
            subject=subject,
            public=False,
        )
        standstills.recount(fresh, at=now, actor=actor)
        history.audit("case.notice_linked", fresh, actor, notice=str(notice.pk))
    return fresh


def unlink(*, case: Case, actor: Any, expected: int, notice: Notice, reason: str) -> Case:
    """Say that a case is not about a notice after all, and why. Not linked: nothing is done."""
    reason = clean_text(reason, field="reason", limit=1000)
    subject = open_subject(case.subject_key)
    with transaction.atomic():
        fresh = _lock(case, actor)
        found = _active(fresh, notice)
        if found is None:
            return fresh
        _guard_version(fresh, expected)
        found.ended_by, found.ended_at = actor, timezone.now()
        found.save(update_fields=["ended_by", "ended_at"])
        history.record(
            fresh,
            kind=EventKind.NOTICE_UNLINKED,
            actor=actor,
            note=f"{notice.title}\n{reason}",
            subject=subject,
            public=False,
        )
        standstills.recount(fresh, at=found.ended_at, actor=actor)
        history.audit("case.notice_unlinked", fresh, actor, notice=str(notice.pk))
    return fresh


def _lock(case: Case, actor: Any) -> Case:
    fresh = history.lock(case)
    if not permissions.user_can_link_notice(actor, fresh):
        raise NotAllowed
    return fresh


def _guard_version(case: Case, expected: int) -> None:
    if case.version != expected:
        raise Conflict


def _active(case: Case, notice: Notice) -> CaseNotice | None:
    found: CaseNotice | None = case.notice_links.active().filter(notice=notice).first()
    return found
