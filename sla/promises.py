"""What one version promises in time, beside the working calendar: all that starting clocks takes.

Reading it takes two queries; a floor above keeps it as long as agreements and calendar stay as
they are, so that a registration asks for nothing.
"""

from collections.abc import Sequence
from datetime import datetime

from desk_core import instants
from sla import working_time
from sla.calendar import WorkingCalendar
from sla.clock import LIMIT_DAYS
from sla.document import Document, read_canonical
from sla.enums import Measure, OutageRule
from sla.models.signatures import SignedText
from sla.targets import Target, choose
from sla.working_time import Row


class Promises:
    """The timed targets of a signed version, and the calendar of each office from now on."""

    def __init__(
        self,
        version_id: int | None,
        targets: tuple[Target, ...] = (),
        rows: Sequence[Row] = (),
    ) -> None:
        self.version_id = version_id
        self.targets = targets
        self._rows = rows
        self._calendars: dict[int | None, WorkingCalendar] = {}

    def choose(
        self, measure: Measure, *, department: str, service: str, kind: str
    ) -> Target | None:
        """The narrowest target of a measure for a case with these keys; None: nothing promised."""
        return choose(self.targets, measure, department=department, service=service, kind=kind)

    def calendar(self, office_id: int | None) -> WorkingCalendar:
        """The working calendar of one office, None for the whole body's; made once."""
        if office_id not in self._calendars:
            self._calendars[office_id] = working_time.calendar_by_id(office_id, self._rows)
        return self._calendars[office_id]


def of_version(version_id: int | None, *, at: datetime | None = None) -> Promises:
    """Read what a version promises, with the calendar from `at` (now) on.

    Nothing where there is no version, where it is not signed, or promises no time.
    """
    document = _document(version_id)
    timed = tuple(target for target in document.targets if target.timed) if document else ()
    if not timed:
        return Promises(version_id)
    rows = working_time.rows_around(at or instants.now(), days=LIMIT_DAYS)
    return Promises(version_id, timed, rows)


def outages_of(version_id: int | None) -> OutageRule:
    """What clocks under a version do while an outage lasts. One query."""
    document = _document(version_id)
    return document.outages if document is not None else OutageRule.RUN


def _document(version_id: int | None) -> Document | None:
    if version_id is None:
        return None
    body = SignedText.objects.filter(version_id=version_id).values_list("body", flat=True).first()
    return read_canonical(body) if body else None
