"""Taking up what a monitor says: the one way to a proposal, whichever door it came through.

An alert is one row from its start to its end, keyed by fingerprint and start: posted twice or out
of order, it stays one. Episodes of one fingerprint follow each other, so that

* a recovery closes what is open of its fingerprint; one that comes first leaves a closed row, to
  which the late alert then belongs;
* an alert that began later than the open one says that this was over by then; one that began before
  the last known recovery, or before the open one, is over itself and opens nothing.

All alerts of one message are one transaction with a constant number of queries.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max, Q
from django.utils import timezone

from desk_core import page_cache
from notices.enums import ProposalState
from notices.labels import labels_fit
from notices.models import MonitorSource, Proposal
from notices.monitors.alerts import Alert, believable
from notices.monitors.silences import Window, silenced_by, windows

_CHANGING = (
    *("title", "details", "service", "impact", "started_at", "ended_at", "last_seen_at"),
    *("state", "silenced_by"),
)


class Taken(NamedTuple):
    """How many proposals a message opened, and how many it closed."""

    opened: int
    closed: int


def take_in(
    *,
    source: MonitorSource,
    alerts: Iterable[Alert],
    at: datetime | None = None,
    heard: bool = True,
) -> Taken:
    """Write down what a monitor says at `at` (now). Repeating it changes nothing but "last heard".

    `heard`: the source itself has given a sign of life. Posts of one source wait for each other:
    the row of the source is what they lock.
    """
    moment = at or timezone.now()
    said = list(alerts)
    with transaction.atomic():
        locked = MonitorSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if heard and (locked.last_seen_at is None or locked.last_seen_at < moment):
            locked.last_seen_at = moment
            locked.save(update_fields=["last_seen_at"])
        if not said:
            return Taken(0, 0)
        book = _Book(locked, said, moment)
        for alert in said:
            book.note(alert)
        return book.write()


class _Book:
    """The rows that one message touches."""

    def __init__(self, source: MonitorSource, alerts: list[Alert], moment: datetime) -> None:
        self.source, self.moment = source, moment
        self.rules = list(source.rules.all())
        self.windows: list[Window] = windows(moment)
        self.new: list[Proposal] = []
        self.changed: dict[int, Proposal] = {}
        self.opened = self.closed = 0
        marks = {alert.mark for alert in alerts}
        keys = {alert.key(self._start(alert)) for alert in alerts}
        known = source.proposals.filter(
            Q(key__in=keys) | Q(fingerprint__in=marks, ended_at=None)
        ).order_by("started_at")
        self.by_key = {row.key: row for row in known}
        self.open = {row.fingerprint: row for row in known if row.ended_at is None}
        last = source.proposals.filter(fingerprint__in=marks).order_by().values("fingerprint")
        self.last_end: dict[str, datetime] = {
            row["fingerprint"]: row["end"]
            for row in last.annotate(end=Max("ended_at"))
            if row["end"] is not None
        }

    def note(self, alert: Alert) -> None:
        """One alert."""
        start = self._start(alert)
        row = self.by_key.get(alert.key(start))
        if alert.exact and alert.starts_at is not None:
            self._supersede(alert, start, row)
        elif row is None:
            row = self._episode(alert, start)
        if alert.firing:
            self._fires(alert, start, row)
        else:
            self._recovers(alert, start, row)

    def write(self) -> Taken:
        """Store it, and let the pages forget the state that changed."""
        Proposal.objects.bulk_create(self.new)
        Proposal.objects.bulk_update(self.changed.values(), _CHANGING)
        if self.source.sets_state and (self.new or self.changed):
            page_cache.purge()
        return Taken(self.opened, self.closed)

    def _start(self, alert: Alert) -> datetime:
        said = alert.starts_at or (None if alert.firing else alert.ends_at) or self.moment
        return believable(said, self.moment)

    def _supersede(self, alert: Alert, start: datetime, row: Proposal | None) -> None:
        """What is open of the fingerprint and began earlier was over when this began."""
        still = self.open.get(alert.mark)
        if still is not None and still is not row and still.started_at < start:
            self._close(still, start)

    def _episode(self, alert: Alert, start: datetime) -> Proposal | None:
        """The episode to which a message without an exact start belongs; it may begin earlier."""
        row = self.open.get(alert.mark)
        last_end = self.last_end.get(alert.mark)
        if last_end is not None and start < last_end:
            row = (
                self.source.proposals.filter(fingerprint=alert.mark, ended_at__gt=start)
                .order_by("ended_at")
                .first()
            )
        if row is not None and alert.starts_at is not None and start < row.started_at:
            row.started_at = start
            self._change(row)
        return row

    def _fires(self, alert: Alert, start: datetime, row: Proposal | None) -> None:
        last_end = self.last_end.get(alert.mark)
        if row is not None:
            if row.ended_at is None:
                self._hear_again(row, alert)
        elif (last_end is None or start >= last_end) and alert.mark not in self.open:
            self._add(alert, start, ended_at=None)

    def _recovers(self, alert: Alert, start: datetime, row: Proposal | None) -> None:
        end = believable(alert.ends_at or self.moment, self.moment)
        still = self.open.get(alert.mark)
        if still is not None and still.started_at <= end:
            self._close(still, end)
        elif row is None:
            self._add(alert, min(start, end), ended_at=end)
        elif alert.exact and (row.ended_at is None or end < row.ended_at):
            # Its own word goes before what had to be concluded.
            self._close(row, end)

    def _add(self, alert: Alert, start: datetime, *, ended_at: datetime | None) -> None:
        row = Proposal(
            source=self.source,
            key=alert.key(start),
            fingerprint=alert.mark,
            started_at=start,
            ended_at=ended_at,
            first_seen_at=self.moment,
            state=ProposalState.RECOVERED if ended_at else ProposalState.OPEN,
        )
        self._describe(row, alert)
        row.silenced_by_id = silenced_by(self.windows, row.service_id)
        self.new.append(row)
        self.by_key[row.key] = row
        if ended_at is None:
            self.open[row.fingerprint] = row
            self.opened += 1
        else:
            self._remember_end(row, ended_at)
            self.closed += 1

    def _hear_again(self, row: Proposal, alert: Alert) -> None:
        if row.state == ProposalState.OPEN:
            self._describe(row, alert)
        row.last_seen_at = self.moment
        # What was silent stays so in the next window; what had become a proposal does not.
        if row.silenced_by_id is not None:
            row.silenced_by_id = silenced_by(self.windows, row.service_id) or row.silenced_by_id
        self._change(row)

    def _close(self, row: Proposal, end: datetime) -> None:
        row.ended_at = max(end, row.started_at)
        row.last_seen_at = self.moment
        if row.state == ProposalState.OPEN:
            row.state = ProposalState.RECOVERED
        self.open.pop(row.fingerprint, None)
        self._remember_end(row, row.ended_at)
        self.closed += 1
        self._change(row)

    def _describe(self, row: Proposal, alert: Alert) -> None:
        rule = next((each for each in self.rules if labels_fit(each.labels, alert.labels)), None)
        row.title = alert.title or self.source.name
        row.details = alert.details
        row.service_id = (rule.service_id if rule else None) or self.source.service_id
        row.impact = alert.impact or (rule.impact if rule else "") or self.source.impact
        row.last_seen_at = self.moment

    def _change(self, row: Proposal) -> None:
        if row.pk is not None:
            self.changed[row.pk] = row

    def _remember_end(self, row: Proposal, end: datetime) -> None:
        known = self.last_end.get(row.fingerprint)
        self.last_end[row.fingerprint] = end if known is None else max(known, end)
