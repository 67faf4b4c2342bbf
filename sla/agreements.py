"""Which agreement holds: the questions that cases, pages and other floors ask (R12, R37)."""

from datetime import date, timedelta

from django.utils.translation import gettext as _

from sla.enums import State
from sla.models import AgreementVersion
from sla.state import Facts, binds_on, state_on, today

Known = list[tuple[AgreementVersion, Facts]]


def known_versions(*, department_id: int | None = None) -> Known:
    """Every version of the agreements with citizens, with its facts, in one query.

    An agreement between two organisations (G2G) does not cover citizens' requests and is left out.
    """
    rows = list(
        AgreementVersion.objects.of_department(department_id).filter(g2g=False).with_facts()
    )
    return [(row, row.facts(siblings=rows)) for row in rows]


def in_force(
    on: date | None = None, *, department_id: int | None = None
) -> AgreementVersion | None:
    """The version that binds on that day (today in Tehran), or None.

    A department's own agreement goes before that of the whole body; of several the one that
    started last.
    """
    return choose_in_force(known_versions(department_id=department_id), on or today())


def latest_expired(
    on: date | None = None, *, department_id: int | None = None
) -> AgreementVersion | None:
    """The version that was the last to run out, be replaced or ended by that day, or None."""
    return choose_latest_expired(known_versions(department_id=department_id), on or today())


def choose_in_force(known: Known, day: date) -> AgreementVersion | None:
    """`in_force`, of versions that were read already."""
    binding = [
        (row.agreement.department_id is not None, facts.starts, row.number, row.pk, row)
        for row, facts in known
        if binds_on(facts, day) and facts.starts is not None
    ]
    return max(binding, key=lambda found: found[:4])[4] if binding else None


def choose_latest_expired(known: Known, day: date) -> AgreementVersion | None:
    """`latest_expired`, of versions that were read already."""
    ended = [
        (_ended_on(facts, day), row.number, row.pk, row)
        for row, facts in known
        if state_on(facts, day) in {State.EXPIRED, State.TERMINATED, State.REPLACED}
    ]
    return max(ended, key=lambda found: found[:3])[3] if ended else None


def _ended_on(facts: Facts, day: date) -> date:
    """The first day on which it no longer bound."""
    after_end = facts.valid_to + timedelta(days=1) if facts.valid_to else None
    ends = (facts.terminated_on, facts.replaced_from, after_end)
    return min((end for end in ends if end is not None), default=day)


def label_for_case(version: AgreementVersion | None, *, on: date | None = None) -> str:
    """What a case says about the agreement it was registered under."""
    return str(version) if version is not None else label_of_none(latest_expired(on))


def label_of_none(last: AgreementVersion | None) -> str:
    """What a case says where none was in force: «هیچ؛ آخرین: نسخهٔ ۳», or «هیچ» alone."""
    if last is None:
        return _("none")
    return _("none; the last was %(version)s") % {"version": last}
