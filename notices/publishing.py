"""The first publication of a page makes the fact, once; every later one changes nothing of it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone

from desk_core import page_cache
from notices import appearances, rules
from notices.enums import (
    KINDS_WITH_IMPACT,
    SEVERITY_OF_IMPACT,
    STATES_OF_KIND,
    Impact,
    Kind,
    Phase,
    Severity,
    UpdateState,
)
from notices.models import AffectedService, ImpactChange, Notice, NoticePage, NoticeUpdate
from notices.warnings import changes as warning_changes
from persian.text import normalise

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FIRST_KEY = "first"
# What the page says of the fact; copied once.
FACTS = (
    *("title", "kind", "impact", "severity", "starts_at", "expected_end", "first_published_at"),
    *NoticePage.WARNING_FACTS,
)


def first_publish(
    *,
    page: NoticePage,
    author: "User | None" = None,
    at: datetime | None = None,
) -> Notice:
    """Make the fact of a page that has just gone live, with its first update; or find it again.

    `at` is the instant of publication (now). Translations share the fact through their translation
    key, whose uniqueness also settles two publications in the same instant. Raises ValidationError
    when the page's times are impossible or a warning is not whole; then nothing is stored.
    """
    moment = at or timezone.now()
    with transaction.atomic():
        notice, made = _of_alias(page), False
        if notice is None:
            notice, made = _get_or_create(page, author, moment)
        # Past the page's own save: that would write all of the page, and a revision knows nothing
        # of the fact.
        NoticePage.objects.filter(pk=page.pk).update(notice=notice)
        NoticePage.objects.filter(alias_of_id=page.pk, notice=None).update(notice=notice)
        if made:
            appearances.note_first(notice, at=moment)
        page_cache.purge()
    page.notice = notice
    return notice


def _of_alias(page: NoticePage) -> Notice | None:
    if page.alias_of_id is None:
        return None
    source = NoticePage.objects.filter(pk=page.alias_of_id).select_related("notice").first()
    return source.notice if source else None


def _get_or_create(
    page: NoticePage, author: "User | None", moment: datetime
) -> tuple[Notice, bool]:
    """The fact, and whether it was made just now."""
    if page.notice is not None:
        return page.notice, False
    starts_at = page.starts_at or moment
    errors = (
        rules.times_wrong(starts_at, page.expected_end, moment)
        | rules.place_wrong(page.shape, page.geocodes)
        | page.missing()
    )
    known = Notice.objects.filter(origin=page.translation_key).first()
    if known is not None:
        return known, False
    if errors:
        raise ValidationError(errors)
    draft = draft_fact(page, moment)
    notice, created = Notice.objects.get_or_create(
        origin=page.translation_key,
        defaults={name: getattr(draft, name) for name in FACTS},
    )
    if created:
        _first_rows(notice, page, author, moment)
    return notice, created


def draft_fact(page: NoticePage, at: datetime | None = None) -> Notice:
    """The fact as the page would publish it at `at` (now); not stored."""
    moment = at or timezone.now()
    kind = Kind(page.kind)
    impact = Impact(page.impact) if kind in KINDS_WITH_IMPACT else Impact.NONE
    warning = kind == Kind.WARNING
    own = {name: getattr(page, name) if warning else "" for name in NoticePage.WARNING_FACTS}
    return Notice(
        origin=page.translation_key,
        title=page.title,
        kind=kind,
        impact=impact,
        severity=Severity(page.severity or Severity.NONE) if warning else severity(kind, impact),
        starts_at=page.starts_at or moment,
        expected_end=page.expected_end,
        first_published_at=moment,
        **own,
    )


def severity(kind: Kind, impact: Impact) -> Severity:
    """What was planned and announced weighs less than a fault of the same impact."""
    found = SEVERITY_OF_IMPACT[impact]
    if kind == Kind.OUTAGE or found == Severity.NONE:
        return found
    return Severity.MINOR


def _first_rows(notice: Notice, page: NoticePage, author: "User | None", moment: datetime) -> None:
    services = list(page.affected_services.all())
    AffectedService.objects.bulk_create(
        AffectedService(notice=notice, service=service, impact=notice.impact)
        for service in services
    )
    said = normalise(page.message) or page.title
    english = page.locale.language_code == "en"
    update = NoticeUpdate.objects.create(
        notice=notice,
        key=FIRST_KEY,
        state=_first_state(notice, moment),
        text="" if english else said,
        text_en=said if english else "",
        author=author,
        at=moment,
        starts_at=notice.starts_at,
        expected_end=notice.expected_end,
    )
    if notice.kind == Kind.WARNING:
        warning_changes.append(notice, update)
    if notice.kind in KINDS_WITH_IMPACT:
        ImpactChange.objects.bulk_create(
            ImpactChange(update=update, service=service, impact=notice.impact)
            for service in services or [None]
        )


def _first_state(notice: Notice, moment: datetime) -> UpdateState:
    states = STATES_OF_KIND[Kind(notice.kind)]
    begun = notice.phase(moment) != Phase.ANNOUNCED
    return states[1] if begun and notice.kind == Kind.MAINTENANCE else states[0]
