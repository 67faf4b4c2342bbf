"""Which checks a form offers, in the order of the setting `DESK_HUMAN_CHECKS`."""

from functools import cache
from typing import Any, ClassVar, Protocol

from django.conf import settings
from django.core.signals import setting_changed
from django.utils.module_loading import import_string

from desk_core.human_check.tickets import Ticket

DEFAULT_CHECKS = (
    "desk_core.human_check.proof.ProofOfWork",
    "desk_core.human_check.picture.Picture",
    "desk_core.human_check.question.Question",
)


class Check(Protocol):
    """One way to show that a person is there. A deployment's own class needs just these."""

    name: ClassVar[str]
    """The end of the name of its form field: short, ASCII, of its own."""
    template_name: ClassVar[str]
    """Drawn inside the form with `context(ticket)`, `name` and `id` of its input."""
    by_machine: ClassVar[bool]
    """True when the browser answers by itself; False when the person types an answer."""

    def context(self, ticket: Ticket) -> dict[str, Any]:
        """Return what the template needs beside the names."""

    def right(self, ticket: Ticket, answer: str) -> bool:
        """Say whether `answer` (at most 40 characters) is what this ticket asks for."""


@cache
def checks() -> tuple[Check, ...]:
    """The configured checks, made once."""
    paths = getattr(settings, "DESK_HUMAN_CHECKS", DEFAULT_CHECKS)
    return tuple(import_string(path)() for path in paths)


def switched_off() -> bool:
    """Whether tests have switched the human check off; a system check refuses it elsewhere."""
    return bool(getattr(settings, "DESK_HUMAN_CHECK_OFF", False))


def _forget(*, setting: str, **kwargs: Any) -> None:
    if setting == "DESK_HUMAN_CHECKS":
        checks.cache_clear()


setting_changed.connect(_forget, dispatch_uid="desk_core.human_check.registry")
