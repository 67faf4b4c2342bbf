"""A draft of an editor's form: which version it belongs to, what was answered, what is missing.

It is bound to the version with which it was begun; `form` and `form_version` in its answers say
which. The pages and the API both go on with it from here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self
from uuid import UUID

from django.utils.functional import cached_property

from service_requests import attachments, drafts
from service_requests.models import Draft, FormVersion
from service_requests.question_forms import raw
from service_requests.request_forms import filling, rules, versions
from service_requests.request_forms.definition import Definition
from service_requests.request_forms.rules import Checked
from service_requests.submissions import Submission

Answers = dict[str, Any]


@dataclass(frozen=True)
class KeptFile:
    """A file of the draft, by the question that it answers."""

    id: Any
    question: str
    name: str
    size: int


def is_of_a_form(answers: Answers) -> bool:
    """Whether a draft belongs to an editor's form."""
    return bool(answers.get("form"))


def start_of(version: FormVersion) -> Answers:
    """What binds a draft to a version."""
    return {"form": version.form.key, "form_version": str(version.pk)}


class FormDraft:
    """The answers to one version of a form, kept in a draft or not begun yet."""

    draft: Draft
    answers: Answers

    def __init__(
        self,
        draft: Draft | None,
        answers: Answers,
        version: FormVersion | None = None,
        dropped: Sequence[str] = (),
    ) -> None:
        self.draft, self.answers = draft, answers  # type: ignore[assignment]
        self._version, self.dropped = version, dropped

    @classmethod
    def of(cls, key: str, draft: Draft | None, answers: Answers) -> Self | None:
        """The way of this draft through the form of this key; None when it is on another one.

        Also when its version was replaced too long ago.
        """
        if answers.get("form") != key:
            return None
        version = versions.begun(key, answers.get("form_version", ""))
        return cls(draft, answers, version) if version else None

    @classmethod
    def anew(cls, draft: Draft | None, answers: Answers, version: FormVersion) -> Self:
        """The way through a version by what was answered to an earlier one.

        `dropped` are the choices that this version does not offer any more.
        """
        dropped = filling.stale(version.questions, answers)
        left = {name: text for name, text in answers.items() if name not in dropped}
        return cls(draft, {**left, **start_of(version)}, version, dropped)

    @property
    def moved(self) -> bool:
        """Whether the answers were given to an earlier version, and nothing to this one yet."""
        known = drafts.read(self.draft).get("form_version", "")
        return bool(known) and known != str(self.version.pk)

    @property
    def key(self) -> str:
        """The key of the form."""
        return self._version.form.key if self._version else str(self.answers.get("form", ""))

    @property
    def version(self) -> FormVersion:
        """The version with which it was begun."""
        assert self._version is not None  # noqa: S101 – for the type only
        return self._version

    @property
    def definition(self) -> Definition:
        """What it asks."""
        return self.version.questions

    @cached_property
    def kept(self) -> list[KeptFile]:
        """The files so far."""
        if self.draft is None:
            return []
        subject = drafts.subject_of(self.draft)
        return [
            KeptFile(row.pk, row.question, attachments.name_of(row, subject), row.size)
            for row in self.draft.attachments.all()
        ]

    @cached_property
    def checked(self) -> Checked:
        """The answers to the questions, by the rules."""
        return rules.check(self.definition, self.raw(), files=self._tokens().values())

    def raw(self) -> dict[str, Any]:
        """The answers by the keys of their questions, as they were typed."""
        return raw(self.definition, self.answers, self._tokens())

    def _tokens(self) -> dict[str, str]:
        return {found.question: str(found.id) for found in self.kept if found.question}

    def data(self) -> dict[str, Any]:
        """The answers by the names of `submissions.FIELDS`."""
        return filling.decided(self.definition, self.answers)

    def keep(self, token: str, sent: Answers) -> Self:
        """Write what was sent, with the version to which it belongs. Raises DraftGone."""
        kept = {**dict.fromkeys(self.dropped, ""), **start_of(self.version), **sent}
        draft = drafts.write(token=token, draft=self.draft, answers=kept)
        return type(self)(draft, drafts.read(draft), self.version)

    def submission(self, *, consent: bool = True) -> Submission:
        """The whole, checked by its gate; raises ValidationError."""
        return filling.clean(
            version=self.version,
            data={**self.answers, "consent": consent},
            raw=self.raw(),
            files=self._tokens().values(),
        )

    def left_out(self, submission: Submission) -> list[UUID]:
        """Files of questions that are no longer asked are not handed in."""
        answered = set(submission.form.files) if submission.form else set()
        return [found.id for found in self.kept if found.question not in answered]
