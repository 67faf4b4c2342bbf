"""A target as one full sentence, as editors, readers and programs get it. Pure.

«به ۹۰٪ درخواست‌های ادارهٔ راه ظرف ۱۵ روز کاری پاسخ نهایی داده می‌شود.»
"""

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, override

from persian.digits import grouped, localised
from sla import scopes
from sla.document import Document
from sla.enums import Measure, OutageRule, Unit
from sla.targets import Target, share_text

LANGUAGES = ("fa", "en")


def sentence(target: Target, language: str) -> str:
    """The sentence of a target; names stand in it as the target holds them."""
    with override(language):
        if target.measure == Measure.WORDS:
            return target.text
        text = _template(target) % {
            "cases": _cases(target),
            "share_of_cases": _share_of_cases(target),
            "time": duration(target.amount, target.unit),
            "place": _place(target),
            "share": percent(target.share),
        }
        return text[:1].upper() + text[1:]


def outage_sentence(rule: OutageRule, language: str) -> str:
    """What clocks do while an outage lasts; "" where they run on, of which a text says nothing."""
    with override(language):
        words = {
            OutageRule.RUN: "",
            OutageRule.ANSWER: _(
                "While an outage lasts that staff have linked a request to, the time for its final "
                "answer stands still."
            ),
            OutageRule.ALL: _(
                "While an outage lasts that staff have linked a request to, the times for its "
                "first response and its final answer stand still."
            ),
        }
        return words[rule]


def sentences_of(document: Document, language: str) -> list[str]:
    """What a document promises in figures, and its rule for outages; a sentence each."""
    said = [sentence(target, language) for target in document.targets]
    return [*said, *filter(None, [outage_sentence(document.outages, language)])]


def duration(amount: int, unit: Unit) -> str:
    """A promised time in words, in the active language."""
    forms = {
        Unit.WORKING_HOURS: ngettext("%(count)s working hour", "%(count)s working hours", amount),
        Unit.WORKING_DAYS: ngettext("%(count)s working day", "%(count)s working days", amount),
        Unit.HOURS: ngettext("%(count)s hour", "%(count)s hours", amount),
        Unit.DAYS: ngettext("%(count)s calendar day", "%(count)s calendar days", amount),
    }
    return forms[unit] % {"count": localised(amount)}


def percent(share: Decimal) -> str:
    """A share in percent, in the active language: «۹۹٫۵٪»."""
    return _("%(number)s%%") % {"number": grouped(Decimal(share_text(share)))}


def _template(target: Target) -> str:
    return {
        Measure.FIRST_RESPONSE: _("%(share_of_cases)s get a first response within %(time)s."),
        Measure.RESOLUTION: _("%(share_of_cases)s get their final answer within %(time)s."),
        Measure.VISIT: _(
            "Where a visit in person is needed, %(share_of_cases)s get an appointment within "
            "%(time)s."
        ),
        Measure.AVAILABILITY: _availability(target),
        Measure.SATISFACTION: _(
            "At least %(share)s of the people who rate the handling of %(cases)s are satisfied."
        ),
    }[target.measure]


def _place(target: Target) -> str:
    """The service or the department by its name; by its key where that is all there is."""
    if target.service:
        return target.service_name or target.service
    return target.department_name or target.department


def _cases(target: Target) -> str:
    words = scopes.words_of(target.kind)
    if target.service:
        return str(words.of_service) % {"place": _place(target)}
    if target.department:
        return str(words.of_department) % {"place": _place(target)}
    return str(words.many)


def _share_of_cases(target: Target) -> str:
    if target.share == 100:
        return _("all %(cases)s") % {"cases": _cases(target)}
    return _("%(share)s of %(cases)s") % {"share": percent(target.share), "cases": _cases(target)}


def _availability(target: Target) -> str:
    if target.service:
        return _("The service “%(place)s” is available %(share)s of the time.")
    if target.department:
        return _("The services of %(place)s are available %(share)s of the time.")
    return _("All services are available %(share)s of the time.")
