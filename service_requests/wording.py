"""What a state means, said to the applicant: one sentence with who has the case now."""

from collections.abc import Mapping

from django.template.defaultfilters import linebreaksbr
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cms_pages.models import Department
from persian.jalali import format_date
from persian.templatetags.persian import bdi_ltr, fa_digits, phone_number
from service_requests.days import last_day
from service_requests.enums import OPEN_STATES, WAITING_FOR_APPLICANT, SetAside, State
from service_requests.forms import LABELS
from service_requests.models import Case

TONES: dict[str, str] = {
    State.REGISTERED: "info",
    State.REFERRED: "info",
    State.IN_REVIEW: "info",
    State.NEEDS_INFO: "waiting",
    State.VISIT_REQUESTED: "waiting",
    State.ANSWERED: "ok",
    State.OBJECTED: "info",
    State.REJECTED: "major",
    State.CLOSED: "closed",
    State.WITHDRAWN: "closed",
}

_SENTENCES: dict[str, str | Promise] = {
    State.REGISTERED: gettext_lazy("It is registered and lies with %(department)s."),
    State.REFERRED: gettext_lazy("It was passed on and now lies with %(department)s."),
    State.IN_REVIEW: gettext_lazy("%(department)s is working on it."),
    State.NEEDS_INFO: gettext_lazy("%(department)s asks you for something: read it and answer."),
    State.VISIT_REQUESTED: gettext_lazy("%(department)s asks you to come: read when and where."),
    State.ANSWERED: gettext_lazy("%(department)s has answered: read it below."),
    State.OBJECTED: gettext_lazy("Your objection lies with %(department)s."),
    State.REJECTED: gettext_lazy("%(department)s cannot deal with it: read why below."),
    State.CLOSED: gettext_lazy("It is closed."),
    State.WITHDRAWN: gettext_lazy("You have withdrawn it."),
}

_ASIDE: dict[str, str | Promise] = {
    SetAside.SPAM: gettext_lazy("Set aside"),
    SetAside.DUPLICATE: gettext_lazy("Joined with another case"),
}


def tone(case: Case) -> str:
    """The tone of its pill."""
    return TONES[case.state]


def sentence(case: Case) -> str:
    """State and holder in one sentence."""
    if case.set_aside == SetAside.SPAM:
        return _("It was set aside, because it does not seem to be meant for this desk.")
    if case.set_aside == SetAside.DUPLICATE:
        if case.answered_at and case.set_aside_at and case.answered_at > case.set_aside_at:
            return _("It was dealt with together with your other case: read the answer below.")
        return _("It is dealt with together with your other case. The answer will stand here too.")
    return capfirst(str(_SENTENCES[case.state]) % {"department": holder(case)})


def holder(case: Case, department: Department | None = None) -> str:
    """Who has the case, as the applicant is told; `department` asks for an earlier moment.

    A complaint is registered at the unit complained of, but lies with the complaints office until
    that office refers it (R2): the unit itself is never named as the one who has it.
    """
    place = department or case.department
    if case.complained_department_id == place.pk:
        return _("the complaints office")
    return str(place)


def office(case: Case) -> Department | None:
    """Whose working hours count for the applicant; None stands for the whole body's."""
    return case.department if case.office_id else None


def state_label(case: Case) -> str:
    """The word of its pill, said to the applicant."""
    if case.set_aside:
        return str(_ASIDE[case.set_aside])
    return _("Withdrawn by you") if case.state == State.WITHDRAWN else case.get_state_display()


def dealt_with_in(case: Case) -> Case | None:
    """The other case of the same applicant in which this one is dealt with."""
    return case.merged_into


def reply_until(case: Case) -> str:
    """The last day for a reply, in words; "" where there is none."""
    return format_date(last_day(case.reply_by), "long") if case.reply_by else ""


def waits_for_staff(case: Case) -> bool:
    """Whether it matters to the applicant when staff are at work again."""
    return case.state in OPEN_STATES and case.state not in WAITING_FOR_APPLICANT


def identity(masked_person: dict[str, str]) -> list[tuple[str | Promise, SafeString]]:
    """The applicant's details, masked, with their labels."""
    return details(masked_person)


def details(values: Mapping[str, str]) -> list[tuple[str | Promise, SafeString]]:
    """What somebody told of a person, with the labels, each value as people write it."""
    return [(LABELS.get(name, name), detail(name, text)) for name, text in values.items() if text]


def detail(name: str, text: str) -> SafeString:
    """One answer as HTML: numbers in the reader's digits and in their order, words in theirs."""
    if name in _PHONES:
        return phone_number(text)
    if name in _NUMBERS:
        return bdi_ltr(fa_digits(text))
    if name in _CODES:
        return bdi_ltr(text)
    return format_html('<span class="words">{}</span>', linebreaksbr(text, autoescape=True))


_PHONES = frozenset({"mobile", "phone"})
_NUMBERS = frozenset({"national_id", "legal_id", "rep_national_id", "postal_code"})
# Letters may stand in them.
_CODES = frozenset({"foreign_id", "email", "previous_letter_number"})
