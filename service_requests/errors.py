"""What verbs refuse with; every message is for the person who acted."""

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.utils.translation import gettext_lazy as _

# What the doors call otherwise than the verbs.
_AT_THE_DOORS = {"attachments": "files", NON_FIELD_ERRORS: ""}


def by_field(error: ValidationError) -> dict[str, list[str]]:
    """What a verb refused, by the fields of its door; "" holds what is about none of them."""
    found = error.message_dict if hasattr(error, "error_dict") else {"": error.messages}
    return {_AT_THE_DOORS.get(name, name): messages for name, messages in found.items()}


class CaseError(Exception):
    """A verb was refused. `str()` is a translated sentence without anything personal."""

    message = _("This cannot be done.")

    def __str__(self) -> str:
        """The sentence."""
        return str(self.args[0] if self.args else self.message)


class NotAllowed(CaseError, PermissionDenied):
    """The person may not do this to this case."""

    message = _("You may not do this.")


class NotPossible(CaseError):
    """The state of the case does not allow this step."""

    message = _("The case is no longer in a state that allows this step.")


class SentBefore(NotPossible):
    """The id of what is sent stands for something else that was sent before."""

    message = _("Something else was sent in this place before. Please send this once more.")


class DraftChanged(NotPossible):
    """Somebody wrote in the draft, or erased it, while it was being handed in."""

    message = _(
        "Your answers were changed while they were being sent, and nothing was sent. Read them "
        "again, then send them."
    )


class DraftGone(CaseError):
    """The draft was handed in, or its time was over, while something was still coming for it."""

    message = _("Your answers are not here")


class Conflict(CaseError):
    """Something happened to the case after the person opened it; they should look again."""

    message = _(
        "This case has changed since you opened it. Nothing was saved; "
        "look at what is new and decide again."
    )


class WrongCredential(CaseError):
    """No such code, or not its password: one answer for both (R42)."""

    message = _("The tracking code and the password do not match. Check both and try again.")


class WrongDraftCredential(WrongCredential):
    """The same for a draft that was left, whose code is no tracking code."""

    message = _("The code and the password do not match. Check both and try again.")


class WrongCode(CaseError):
    """Not the one-time code, or one that is used up or over: one answer for all of them."""

    message = _(
        "This is not the code that was sent last, or its ten minutes or five tries are over. Check "
        "it, or ask for a new one."
    )


class AskedTooOften(CaseError):
    """Codes are sent so often and no more: each is a message to somebody."""

    message = _("A code was asked for too often. Please wait an hour.")


class HumanCheckNeeded(CaseError):
    """Too many attempts: the next one must come with a human check of this difficulty."""

    message = _("There were many attempts. Please confirm that you are a person.")

    def __init__(self, difficulty: int) -> None:
        """Difficulty as `desk_core.human_check` counts it."""
        super().__init__()
        self.difficulty = difficulty
