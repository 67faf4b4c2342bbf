"""The few names that templates of notices may hold in braces: replaced once, never executed."""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, override

from cms_pages.models import Service
from persian.digits import localised
from persian.jalali import TEHRAN, format_date, format_datetime

#: Each with what it stands for; nothing else is replaced, and nothing else may be saved.
VARIABLES: dict[str, object] = {
    "services": gettext_lazy("the affected services, or “the whole desk”"),
    "start": gettext_lazy("the start: day and time"),
    "end": gettext_lazy("the expected end: day and time"),
    "day": gettext_lazy("the day of the start"),
    "duration": gettext_lazy("how long it takes, as hours and minutes"),
}
_SPOKEN_OF = {
    "starts_at": ("start", "day", "duration"),
    "expected_end": ("end", "duration"),
}
_BRACED = re.compile(r"\{([^{}]*)\}")


def wrong(text: str) -> str | None:
    """A message when a text names what is no variable, or has a brace alone; else None."""
    unknown = [name for name in _BRACED.findall(text) if name not in VARIABLES]
    known = ", ".join(f"{{{name}}}" for name in VARIABLES)
    if unknown:
        values = {"name": f"{{{unknown[0][:40]}}}", "known": known}
        return _("%(name)s is no variable. These are: %(known)s.") % values
    if set(_BRACED.sub("", text)) & {"{", "}"}:
        return _("A brace stands alone. Variables are written like this: %(known)s.") % {
            "known": known
        }
    return None


def refuse(texts: Mapping[str, str]) -> None:
    """Raise ValidationError at every field whose text has an unknown variable."""
    errors = {field: found for field, text in texts.items() if (found := wrong(text))}
    if errors:
        raise ValidationError(errors)


def unknown_times(
    texts: Iterable[str], starts_at: datetime | None, expected_end: datetime | None
) -> dict[str, str]:
    """Field → message for times that the texts speak of and nobody has given."""
    named = {name for text in texts for name in _BRACED.findall(text)}
    given = {"starts_at": starts_at, "expected_end": expected_end}
    message = _("The words of the template speak of this time.")
    return {
        field: message
        for field, names in _SPOKEN_OF.items()
        if given[field] is None and not named.isdisjoint(names)
    }


def values(
    language: str,
    services: Iterable[Service],
    starts_at: datetime | None,
    expected_end: datetime | None,
) -> dict[str, str]:
    """What the variables stand for in one language; "…" where it is not known yet."""
    with override(language):
        names = [(each.name_en if language == "en" else "") or each.name for each in services]
        between = ", " if language == "en" else "، "
        return {
            "services": between.join(names) or _("the whole desk"),
            "start": format_datetime(starts_at, "long") if starts_at else "…",
            "end": format_datetime(expected_end, "long") if expected_end else "…",
            "day": format_date(starts_at.astimezone(TEHRAN), "long") if starts_at else "…",
            "duration": _duration(starts_at, expected_end),
        }


def fill(text: str, found: Mapping[str, str]) -> str:
    """The text with its variables replaced, in one pass: what a value says is never read again."""
    return _BRACED.sub(lambda match: found.get(match[1], match[0]), text)


def _duration(starts_at: datetime | None, expected_end: datetime | None) -> str:
    if starts_at is None or expected_end is None or expected_end <= starts_at:
        return "…"
    hours, minutes = divmod(round((expected_end - starts_at).total_seconds() / 60), 60)
    parts = []
    if hours:
        words = ngettext("%(count)s hour", "%(count)s hours", hours)
        parts.append(words % {"count": localised(hours)})
    if minutes:
        words = ngettext("%(count)s minute", "%(count)s minutes", minutes)
        parts.append(words % {"count": localised(minutes)})
    return _(" and ").join(parts) or "…"
