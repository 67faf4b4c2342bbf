"""What the actions and the reasons of the audit trail are called, for those who read it.

The trail keeps words for programs ("case.read_person"). Each floor names its own in
`AppConfig.ready()`; what nobody has named is shown as it is.
"""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

_actions: dict[str, Any] = {
    "object.create": _("Record made"),
    "object.edit": _("Record changed"),
    "object.delete": _("Record deleted"),
    "object.read": _("Record read"),
    "object.open_form": _("Form of a record opened"),
    "object.open_delete": _("Asked to delete a record"),
    "object.read_history": _("History read"),
    "list.export": _("List exported"),
}
_reasons: dict[str, Any] = {}


def name_actions(labels: Mapping[str, Any]) -> None:
    """Say what actions are called: lazy translations by dotted verb."""
    _actions.update(labels)


def name_reasons(labels: Mapping[str, Any]) -> None:
    """Say what the reasons in `detail["reason"]` are called."""
    _reasons.update(labels)


def action_label(action: str) -> str:
    """The name of an action in the active language."""
    return str(_actions.get(action, action))


def reason_label(detail: Mapping[str, Any]) -> str:
    """The reason that an entry's detail holds, in the active language; "" when there is none."""
    reason = str(detail.get("reason") or "")
    return str(_reasons.get(reason, reason))


def choices() -> list[tuple[str, Any]]:
    """Every named action with its name, in the order of the names."""
    return sorted(_actions.items(), key=lambda pair: str(pair[1]))
