"""The mixin that gives any citizens' form its human check."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import HttpRequest

from desk_core.human_check.fields import HumanCheckField
from desk_core.throttles import client_address


class HumanCheckMixin(forms.Form):
    """Adds the field `human` as the last one of a form.

    Pass `request` so that answers are counted per network, `counted` for what else they are
    counted by (a code, a user name: only digests are kept), `difficulty` when a throttle asks for
    more than the default (see `difficulty_after`), and `binding` (or `human_bound_to`, the name of
    a field that holds it): the random key of the submission, which may arrive twice. Subclasses
    say what the check is for with the class attributes, which are `HumanCheckField`'s arguments.
    """

    human_purpose: str = ""
    human_bound_to: str = ""
    human_keeps: bool = True
    human_together: bool = False

    def __init__(
        self,
        *args: Any,
        request: HttpRequest | None = None,
        difficulty: int | None = None,
        binding: str = "",
        counted: Sequence[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        field = HumanCheckField(
            purpose=self.human_purpose,
            bound_to=self.human_bound_to,
            keeps=self.human_keeps,
            together=self.human_together,
            difficulty=difficulty,
        )
        field.widget.binding = binding
        here = (client_address(request),) if request is not None else ()
        field.counted = (*here, *counted)
        self.fields["human"] = field
