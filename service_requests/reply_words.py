"""The variables of stored replies: operational facts of a case, never anything about a person."""

import re
from datetime import date
from typing import TYPE_CHECKING

from django.utils import timezone, translation

from persian.digits import localised
from persian.jalali import format_date

if TYPE_CHECKING:
    from service_requests.models import Case

VARIABLES = ("code", "kind", "department", "service", "registered", "today")
_VARIABLE = re.compile(r"\{([^{}\n]*)\}")


def unknown_variables(text: str) -> list[str]:
    """The names in braces that `filled` knows no value for, in the order of the text."""
    return [name for name in _VARIABLE.findall(text) if name not in VARIABLES]


def filled(text: str, case: "Case", *, language: str) -> str:
    """The text with its variables filled in for one case, in the language of the text.

    One pass over plain names: a value is never read as a variable again, and no attribute of
    anything can be named.
    """
    with translation.override(language):
        values = _values(case, timezone.now())
    return _VARIABLE.sub(lambda match: values.get(match[1], match[0]), text)


def _values(case: "Case", now: date) -> dict[str, str]:
    from service_requests import wording

    return {
        "code": localised(case.code),
        "kind": case.get_kind_display(),
        "department": wording.holder(case),
        "service": str(case.service) if case.service_id else "–",
        "registered": format_date(case.registered_at),
        "today": format_date(now),
    }
