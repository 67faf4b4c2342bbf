"""Own probes, for those who have no monitor: addresses are visited, and what is found is taken in.

Visits go on side by side and outside of every transaction; what came of them goes through
`intake.take_in`, the same as what monitors post.
"""

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from datetime import datetime, timedelta
from functools import partial
from typing import NamedTuple

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from desk_core.locks import when_unlocked
from notices.enums import Impact, MonitorKind
from notices.models import MonitorSource
from notices.monitors.alerts import Alert
from notices.monitors.intake import take_in
from notices.monitors.visiting import Visit, visit
from persian.digits import localised
from persian.jalali import format_datetime

FINGERPRINT = "probe"
CERTIFICATE = "certificate"
AT_ONCE = 8


class Probed(NamedTuple):
    """How many addresses were visited, and how many were not as they should be."""

    visited: int
    failing: int


def probe(*, at: datetime | None = None) -> Probed:
    """Visit every active address once and take in what was found; safe to repeat.

    `at` is the time under which it is noted (now). A look that came while another was under way
    counts by itself: one failure more, or the recovery.
    """
    sources = list(MonitorSource.objects.filter(kind=MonitorKind.PROBE, active=True))
    failing = 0
    with override(settings.LANGUAGE_CODE):
        for source, found in _visit_all(sources):
            failing += bool(found.wrong)
            when_unlocked(partial(note, source=source, found=found, at=at or timezone.now()))
    return Probed(len(sources), failing)


@transaction.atomic
def note(*, source: MonitorSource, found: Visit, at: datetime) -> None:
    """Count a failure or forget the counted ones; take in what follows from it."""
    locked = MonitorSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
    if found.wrong:
        locked.failures += 1
        locked.failing_since = locked.failing_since or at
    else:
        locked.failures, locked.failing_since = 0, None
    locked.save(update_fields=["failures", "failing_since"])
    alerts = [*_answer_alerts(locked, found, at), *_certificate_alerts(locked, found, at)]
    take_in(source=locked, alerts=alerts, at=at)


def _visit_all(sources: list[MonitorSource]) -> Iterable[tuple[MonitorSource, Visit]]:
    """In threads, which use no database; the language goes along."""
    contexts = [copy_context() for _source in sources]
    with ThreadPoolExecutor(max_workers=AT_ONCE) as pool:
        waiting = [
            pool.submit(context.run, _visit_one, source)
            for context, source in zip(contexts, sources, strict=True)
        ]
        for source, future in zip(sources, waiting, strict=True):
            yield source, future.result()


def _visit_one(source: MonitorSource) -> Visit:
    return visit(
        source.address,
        status=source.expected_status,
        text=source.expected_text,
        seconds=source.timeout_seconds,
    )


def _answer_alerts(source: MonitorSource, found: Visit, at: datetime) -> list[Alert]:
    if found.wrong:
        if source.failures < source.failures_needed:
            return []
        title = _("%(name)s does not answer as expected") % {"name": source.name}
        details = f"{found.wrong}\n{source.address}"
        since = source.failing_since or at
        return [Alert(FINGERPRINT, title[:255], True, since, details=details)]
    return _over(source, FINGERPRINT, at)


def _certificate_alerts(source: MonitorSource, found: Visit, at: datetime) -> list[Alert]:
    """Its end is known days before: the service is then not well, though it still answers."""
    ends = found.certificate_ends
    if ends is None:
        return [] if found.wrong else _over(source, CERTIFICATE, at)
    noticed = ends - timedelta(days=source.certificate_days)
    if source.certificate_days == 0 or noticed > at:
        return _over(source, CERTIFICATE, at)
    title = _("The certificate of %(name)s ends on %(day)s") % {
        "name": source.name,
        "day": format_datetime(ends),
    }
    left = localised(max((ends - at).days, 0))
    details = _("Days left: %(days)s") % {"days": left}
    return [
        Alert(
            CERTIFICATE,
            title[:255],
            True,
            noticed,
            details=f"{details}\n{source.address}",
            impact=Impact.DEGRADED,
        )
    ]


def _over(source: MonitorSource, fingerprint: str, at: datetime) -> list[Alert]:
    still = source.proposals.filter(fingerprint=fingerprint, ended_at=None).first()
    if still is None:
        return []
    return [Alert(fingerprint, still.title, False, still.started_at, at)]
