"""What the last page of registering needs to know of the way there, whichever way it was."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.shortcuts import resolve_url
from django.utils.functional import cached_property

from service_requests import submissions
from service_requests.models import Draft
from service_requests.submissions import Submission
from service_requests.views import steps
from service_requests.views.steps import STEP_NAMES, STEPS, Answered, Answers


@dataclass(frozen=True)
class Part:
    """What was answered on one page, and where it can be changed."""

    name: Any
    url: str
    rows: Sequence[Answered] = field(repr=False)
    files: Sequence[Any] = field(default=(), repr=False)


class Journey:
    """The four steps of the desk's own form; an editor's form has one of its own."""

    view = "service_requests:submit_check"

    def __init__(self, draft: Draft, answers: Answers) -> None:
        self.draft, self.answers = draft, answers

    @property
    def url(self) -> str:
        """The last page itself."""
        return resolve_url(self.view)

    @property
    def names(self) -> Sequence[Any]:
        """The pages, in order, by name; the last one is the one at `url`."""
        return STEP_NAMES

    @property
    def back(self) -> str:
        """The page before."""
        return STEPS[-1].url

    @cached_property
    def unfinished(self) -> str:
        """The first page whose answers do not (or no longer) pass; "" when all do."""
        step = steps.first_unfinished(self.answers)
        return step.url if step else ""

    def parts(self) -> list[Part]:
        """Everything that was answered, page by page."""
        found = [Part(step.name, step.url, steps.answered(step, self.answers)) for step in STEPS]
        last = found.pop()
        return [*found, Part(last.name, last.url, last.rows, steps.files_of(self.draft))]

    def data(self) -> dict[str, Any]:
        """The answers by the names of `submissions.FIELDS`."""
        return self.answers

    def submission(self, *, consent: bool = True) -> Submission:
        """The whole, checked by its gate; raises ValidationError."""
        return submissions.clean({**self.data(), "consent": consent})

    def led(self, name: str, text: str) -> str:
        """What the gate says about a field, with a link to the page that asks for it."""
        return steps.led_to_its_step(name, text, self.answers)

    def left_out(self, submission: Submission) -> list[UUID]:
        """The files of the draft that are not handed in with it."""
        return []


Maker = Callable[[Draft, Answers], Journey]
