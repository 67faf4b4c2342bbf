"""Making the pages of recurring maintenance ahead of time; repeated, it makes nothing twice."""

import json
import logging
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from desk_core import audit
from notices import drafting, recurrence
from notices.enums import Kind
from notices.models import MaintenanceRule, NoticeIndexPage, NoticePage, Occurrence
from persian.jalali import TEHRAN

if TYPE_CHECKING:
    from django.contrib.auth.models import User

logger = logging.getLogger(__name__)


def make_ahead(*, at: datetime | None = None) -> int:
    """Make what is missing of every active rule; returns how many pages were made.

    Each day in a transaction of its own; a rule that fails is logged and holds up no other. A day
    whose window has begun is not made any more. What somebody has moved, cancelled or deleted
    since stays so.
    """
    moment = at or timezone.now()
    index = NoticeIndexPage.objects.order_by("path").first()
    if index is None:
        return 0
    made = 0
    for rule in MaintenanceRule.objects.filter(active=True).order_by("pk"):
        for day in _missing(rule, moment):
            try:
                made += _make(rule.pk, day, moment)
            except ValidationError:
                logger.exception("Recurring maintenance %s: no page for %s", rule.pk, day)
    return made


def digest(rule: MaintenanceRule) -> str:
    """A short word for what the rule says: another one as soon as any of it changes."""
    fields = [field for field in rule._meta.concrete_fields if field.editable]
    said: dict[str, Any] = {field.name: field.value_from_object(rule) for field in fields}
    said["services"] = sorted(rule.services.values_list("pk", flat=True))
    text = json.dumps(said, cls=DjangoJSONEncoder, sort_keys=True)
    return sha256(text.encode()).hexdigest()


def approve(*, rule: MaintenanceRule, by: "User", seen: str) -> None:
    """A second person lets a rule publish by itself; who changes it later takes that back.

    `seen` is the `digest` of what this person has looked at. Raises ValidationError for the person
    who changed it last, and with the code "changed" when the rule says something else by now.
    """
    with transaction.atomic():
        locked = MaintenanceRule.objects.select_for_update(of=("self",)).get(pk=rule.pk)
        if locked.changed_by_id == by.pk:
            raise ValidationError(_("Another person has to approve what you changed last."))
        if digest(locked) != seen:
            raise ValidationError(
                _(
                    "The rule was changed while you were looking at it. Please look at it again as "
                    "it is now, and approve that."
                ),
                code="changed",
            )
        if locked.approved_by_id is not None:
            return
        locked.approved_by = by
        locked.save(update_fields=["approved_by"])
        audit.record(action="notice.rule_approved", actor=by, target=f"maintenance_rule:{rule.pk}")


def _missing(rule: MaintenanceRule, moment: datetime) -> list[date]:
    today = moment.astimezone(TEHRAN).date()
    wanted = recurrence.days(rule.pattern, today, today + timedelta(days=rule.days_ahead))
    known = set(rule.occurrences.filter(day__in=wanted).values_list("day", flat=True))
    return [
        day
        for day in wanted
        if day not in known and recurrence.window(day, rule.clock, rule.minutes)[0] > moment
    ]


def _make(rule_id: int, day: date, moment: datetime) -> int:
    with transaction.atomic():
        # The rule's row is the lock of its days: two workers make one page.
        rule = MaintenanceRule.objects.select_for_update(of=("self",)).get(pk=rule_id)
        occurrence, created = Occurrence.objects.get_or_create(
            rule=rule, day=day, defaults={"made_at": moment}
        )
        if not created:
            return 0
        starts_at, expected_end = recurrence.window(day, rule.clock, rule.minutes)
        index = NoticeIndexPage.objects.order_by("path").first()
        assert index is not None  # noqa: S101 – `make_ahead` has found it
        page = drafting.begin(
            words=rule,
            index=index,
            kind=Kind.MAINTENANCE,
            impact=rule.impact,
            services=rule.services.all(),
            by=rule.changed_by,
            starts_at=starts_at,
            expected_end=expected_end,
        )
        occurrence.page = page
        occurrence.save(update_fields=["page"])
        if rule.publishes and rule.approved_by_id is not None:
            _publish(page)
    return 1


def _publish(page: NoticePage) -> None:
    """Both languages, without a user: two people have made the rule."""
    for each in page.get_translations(inclusive=True).order_by("pk"):
        revision = each.get_latest_revision()
        if revision is not None:
            revision.publish()
