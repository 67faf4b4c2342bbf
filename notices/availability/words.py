"""Availability in words and numbers, in the reader's language. Pure but for the language."""

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.availability.announced import MINUTE, Rules
from notices.availability.bars import Bars
from notices.availability.days import Day, DayState
from notices.availability.engine import WHOLE
from notices.enums import Impact
from persian.digits import grouped
from persian.jalali import format_date
from sla.attainment import Verdict
from sla.performance.words import percent_text

_LONG = 120


def minutes_text(minutes: int | Fraction | None) -> str:
    """A time; from two hours on in hours and minutes. A part of a minute is cut off."""
    if minutes is None:
        return "–"
    size = int(minutes)
    if size < _LONG:
        text = ngettext("%(number)s minute", "%(number)s minutes", size)
        return text % {"number": grouped(size)}
    hours, rest = divmod(size, 60)
    values = {"hours": grouped(hours), "minutes": grouped(rest)}
    return (_("%(hours)s h %(minutes)s min") if rest else _("%(hours)s h")) % values


def amount(thousandths: int) -> Decimal | int:
    """Thousandths of minutes as a number of minutes."""
    number = (Decimal(thousandths) / WHOLE).normalize()
    return int(number) if number == number.to_integral_value() else number


def amount_text(thousandths: int) -> str:
    """The same for the eye; a dash for nothing."""
    return grouped(amount(thousandths)) if thousandths else "–"


def verdict_word(verdict: Verdict, *, running: bool) -> str:
    """Target met or missed, "so far" while the month runs; "" without a target."""
    if verdict == Verdict.NONE:
        return ""
    if running:
        return _("target met so far") if verdict == Verdict.MET else _("target missed so far")
    return _("target met") if verdict == Verdict.MET else _("target missed")


def day_words(day: Day) -> str:
    """What a day was: "partly unavailable, 45 minutes of downtime"."""
    if day.state != DayState.IMPAIRED:
        return str(day.state.label)
    if not day.lost:
        return _("%(impact)s, no downtime counted") % {"impact": day.worst.label}
    values = {"impact": day.worst.label, "time": minutes_text(day.lost)}
    return _("%(impact)s, %(time)s of downtime") % values


def day_label(day: Day) -> str:
    """The same with its date in front."""
    values = {"day": format_date(day.day, "long"), "text": day_words(day)}
    return _("%(day)s: %(text)s") % values


def days_sentence(bars: Bars) -> str:
    """The days of a service in a few sentences: all that its bars say."""
    days, failed = len(bars.days), bars.number(DayState.IMPAIRED)
    planned, unknown = bars.number(DayState.PLANNED), bars.number(DayState.UNKNOWN)
    if unknown and not bars.amounts.known:
        return _("Nothing is known of the last %(days)s days.") % {"days": grouped(days)}
    said = [
        ngettext(
            "On %(number)s of the last %(days)s days there was a fault.",
            "On %(number)s of the last %(days)s days there were faults.",
            failed,
        )
        % {"number": grouped(failed), "days": grouped(days)}
        if failed
        else _("In the last %(days)s days no fault was told of in the agreed service time.")
        % {"days": grouped(days)}
    ]
    if planned:
        text = ngettext(
            "On %(number)s day there was planned maintenance only.",
            "On %(number)s days there was planned maintenance only.",
            planned,
        )
        said.append(text % {"number": grouped(planned)})
    if bars.worst is not None:
        values = {
            "day": format_date(bars.worst.day, "long"),
            "time": minutes_text(bars.worst.lost),
        }
        said.append(_("The worst was %(day)s with %(time)s of downtime.") % values)
    if unknown:
        text = ngettext(
            "Of %(number)s day nothing is known.", "Of %(number)s days nothing is known.", unknown
        )
        said.append(text % {"number": grouped(unknown)})
    return " ".join(said)


def rule_sentences(rules: Rules) -> list[str]:
    """The formula and the chosen numbers, one sentence a rule."""
    weights = " · ".join(
        _("%(impact)s: %(share)s")
        % {"impact": impact.label, "share": percent_text(_percent(rules.weights[impact]))}
        for impact in reversed(Impact)
        if impact != Impact.NONE
    )
    return [
        _(
            "Availability is the part of the agreed service time in which the service was there: "
            "agreed time less downtime, divided by agreed time."
        ),
        _("So much of each minute counts as downtime – %(weights)s.") % {"weights": weights},
        _("Where several faults overlap, the worst one counts, never their sum."),
        _(
            "Downtime that was announced at least %(hours)s before it began leaves the agreed time "
            "and the downtime, only as far as it was announced."
        )
        % {"hours": minutes_text(rules.lead // MINUTE)},
        *(
            [
                _("At most %(time)s a month are left out like this; what goes beyond counts.")
                % {"time": minutes_text(rules.cap)}
            ]
            if rules.cap is not None
            else []
        ),
        _(
            "Time of which nothing is known counts neither way; how much is known stands beside "
            "the figure. Figures are cut off, never rounded up."
        ),
    ]


def _percent(weight: int) -> Decimal:
    return Decimal(weight) / 10
