"""What an update changes of a warning; part of the one transaction of `publishing` and `updates`.

Severity, certainty, the area in words, its borders and its codes may change. The notice says what
holds now, the appended rows what was said when.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from notices import rules
from notices.enums import Kind, Severity
from notices.models import Notice, NoticeUpdate, WarningChange
from notices.warnings import geocodes, shapes
from persian.text import normalise

FACTS = WarningChange.FACTS


@dataclass
class Changes:
    """What is really new of a warning, and why it cannot be."""

    notice: Notice
    changed: dict[str, str] = field(default_factory=dict)
    errors: rules.Errors = field(default_factory=dict)

    @property
    def heaviest(self) -> bool:
        """Whether it weighs heaviest from now on, and did not until now."""
        return self.changed.get("severity") == Severity.CRITICAL


def plan(notice: Notice, said: Mapping[str, str], *, closing: bool) -> Changes:
    """Compare what is said with what holds; no query."""
    changes = Changes(notice)
    if not said:
        return changes
    if notice.kind != Kind.WARNING:
        changes.errors["severity"] = _("Only a warning changes in this way.")
        return changes
    clean = {name: _clean(name, value) for name, value in said.items() if name in FACTS}
    changes.errors = _errors(notice, clean)
    changes.changed = {
        name: value for name, value in clean.items() if value != getattr(notice, name)
    }
    if closing and changes.changed:
        name = next(iter(changes.changed))
        changes.errors[name] = _("What is over warns of nothing any more. Leave it as it is.")
    return changes


def store(changes: Changes, update: NoticeUpdate) -> None:
    """Append what changed, and let the notice say what holds now."""
    notice = changes.notice
    if not changes.changed:
        return
    for name, value in changes.changed.items():
        setattr(notice, name, value)
    notice.save(update_fields=[*changes.changed])
    append(notice, update)


def append(notice: Notice, update: NoticeUpdate) -> None:
    """Write down what a warning says with this update."""
    WarningChange.objects.create(update=update, **{name: getattr(notice, name) for name in FACTS})


def sentences(now: WarningChange, before: WarningChange | None, language: str) -> list[str]:
    """What one update changed, in words; nothing where nothing was said before it."""
    if before is None:
        return []
    found = []
    if now.severity != before.severity:
        found.append(_("Severity now: %(severity)s") % {"severity": now.get_severity_display()})
    if now.certainty != before.certainty:
        found.append(_("Certainty now: %(certainty)s") % {"certainty": now.get_certainty_display()})
    if now.area_for(language) != before.area_for(language):
        found.append(_("Holds from now on: %(area)s") % {"area": now.area_for(language)})
    if now.shape != before.shape:
        found.append(_("The borders on the map have changed."))
    return found


def held_with(update: NoticeUpdate) -> WarningChange | None:
    """What a warning said with one of its updates; None for other kinds. One query."""
    rows = WarningChange.objects.filter(update__notice=update.notice_id)
    until = Q(update__at__lt=update.at) | Q(update__at=update.at, update__lte=update.pk)
    return rows.filter(until).order_by("-update__at", "-update_id").first()


def _clean(name: str, value: str) -> str:
    """As it is stored; what cannot be read is left for the rules to refuse."""
    if len(value) > 2 * rules.TEXT_LIMIT:
        return value
    if name == "shape":
        return value if shapes.wrong(value) else shapes.canonical(value)
    if name == "geocodes":
        return value if geocodes.wrong(value) else geocodes.canonical(value)
    return normalise(value)


def _errors(notice: Notice, said: Mapping[str, str]) -> rules.Errors:
    whole = {name: said.get(name, getattr(notice, name)) for name in FACTS}
    words = {name: whole[name] for name in ("severity", "certainty", "area", "area_en")}
    errors = rules.warning_missing(notice.kind, event=notice.event, **words)
    errors |= rules.place_wrong(whole["shape"], whole["geocodes"])
    for name in ("area", "area_en"):
        if wrong := rules.area_wrong(whole[name]):
            errors[name] = wrong
    return errors
