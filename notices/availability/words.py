"""Availability in words and numbers, in the reader's language. Pure but for the language."""

from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from notices.availability.announced import MINUTE, Rules
from notices.availability.engine import WHOLE
from notices.enums import Impact
from persian.digits import grouped
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
