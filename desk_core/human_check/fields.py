"""The form field that is answered by a browser or a person, and drawn with everything it needs."""

from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.datastructures import MultiValueDict
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from desk_core.human_check import proof, registry, tickets
from desk_core.human_check.registry import Check
from desk_core.human_check.tickets import Ticket, refusal
from desk_core.throttles import Limit, hit, peek

LONGEST_ANSWER = 40
# What persons answer is counted: by network, and by whatever else the form is about.
ANSWERS = Limit("human-answer", rate=30, seconds=600)
TRAP = "website"


class HumanCheckWidget(forms.Widget):
    """Draws `templates/desk_core/human_check.html` with a fresh ticket each time it is shown."""

    template_name = "desk_core/human_check.html"
    use_fieldset = True
    #: A form without an answer is refused, though the field itself takes none for an answer.
    never_optional = True
    difficulty: int | None = None
    purpose: str = ""
    bound_to: str = ""
    binding: str = ""
    since: int | None = None
    passed: Ticket | None = None
    crowded: Callable[[], bool] = staticmethod(lambda: False)

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Return the ticket, or the pass of somebody who has answered, and the checks' parts."""
        identity = (attrs or {}).get("id") or f"id_{name}"
        context: dict[str, Any] = {
            "name": name,
            "id": identity,
            "trap": f"{name}-{TRAP}",
            "off": registry.switched_off(),
            "passed": self.passed,
            "checks": [],
        }
        if context["off"] or self.passed:
            return context
        ticket = tickets.issue(
            difficulty=self.difficulty or proof.default_difficulty(),
            purpose=self.purpose,
            since=self.since,
        )
        context["ticket"] = ticket
        context["checks"] = [
            {
                "name": f"{name}-{check.name}",
                "id": f"{identity}-{check.name}",
                "template": check.template_name,
                "by_machine": check.by_machine,
                **check.context(ticket),
            }
            for check in registry.checks()
        ]
        context["together"] = self.crowded()
        context["by_machine"] = [part for part in context["checks"] if part["by_machine"]]
        context["by_person"] = [part for part in context["checks"] if not part["by_machine"]]
        return context

    def render(
        self,
        name: str,
        value: Any,
        attrs: dict[str, Any] | None = None,
        renderer: Any = None,
    ) -> SafeString:
        """Draw it from the project's templates, which Django's form renderer does not search."""
        return render_to_string(self.template_name, self.get_context(name, value, attrs))

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict, name: str
    ) -> dict[str, str]:
        """Return what was sent, each at most as long as it can be: ticket, trap and answers."""
        parts = {"ticket": tickets.LONGEST_TICKET + 1, TRAP: LONGEST_ANSWER}
        parts.update({check.name: LONGEST_ANSWER for check in registry.checks()})
        sent = {
            part: str(data.get(f"{name}-{part}") or "")[:longest].strip()
            for part, longest in parts.items()
        }
        named = str(data.get(self.bound_to) or "")[:200] if self.bound_to else ""
        sent["binding"] = self.binding or named
        return sent

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict, name: str
    ) -> bool:
        """Say whether the form came without its ticket."""
        return f"{name}-ticket" not in data

    def id_for_label(self, id_: str | None) -> str:
        """The label names a group, not one input."""
        return ""


class HumanCheckField(forms.Field):
    """Cleans to True once a person, or a browser that did some work, has answered.

    `purpose` keeps tickets of one form from another; `difficulty` is what a throttle asks for (None
    is the default); `bound_to` names the form field with the random key of the submission, so that
    the same submission may arrive twice; `keeps` lets somebody who answered correct another mistake
    without answering again (never for a sign-in, where each attempt has to cost). Where too many
    answers came from one of the `counted` keys, `together` asks for every check for persons at once
    instead of letting all who share the key wait.
    """

    widget = HumanCheckWidget

    def __init__(
        self,
        *,
        purpose: str = "",
        difficulty: int | None = None,
        bound_to: str = "",
        keeps: bool = True,
        together: bool = False,
        **kwargs: Any,
    ) -> None:
        kwargs["required"] = False  # its own messages say more than "required"
        kwargs.setdefault("label", _("Check that you are a person"))
        super().__init__(**kwargs)
        self.keeps = keeps
        self.together = together
        self.counted: tuple[str, ...] = ()
        self.widget.purpose = purpose
        self.widget.bound_to = bound_to
        self.set_difficulty(difficulty)
        if together:
            self.widget.crowded = lambda: any(peek(ANSWERS, key).over for key in self.counted)

    def set_difficulty(self, difficulty: int | None) -> None:
        """Ask for more (or the default, None) from now on: for this shown and this sent form."""
        self.widget.difficulty = difficulty

    def clean(self, value: Any) -> bool:
        """Return True, or raise the ValidationError that tells what to do next."""
        if registry.switched_off():
            return True
        sent = value if isinstance(value, dict) else {}
        if sent.get(TRAP):
            raise refusal("trap")
        widget = self.widget
        ticket = tickets.read(sent.get("ticket"), difficulty=0, purpose=widget.purpose)
        widget.since = ticket.issued
        if ticket.difficulty < proof.enough(widget.difficulty):
            raise refusal("too_easy")
        if not ticket.passed:
            self._answered(ticket, sent)
        elif not tickets.spend(ticket, sent["binding"]):
            raise refusal("used")
        if self.keeps:
            widget.passed = tickets.issue_pass(ticket)
        return True

    def _answered(self, ticket: Ticket, sent: dict[str, str]) -> None:
        """Judge what was answered; a person's wrong answer uses the ticket up."""
        if ticket.age < tickets.fastest_seconds():
            raise refusal("too_fast")
        before = tickets.spent(ticket, sent["binding"])
        if before:
            return
        answered = [check for check in registry.checks() if sent.get(check.name)]
        if before is False:
            raise refusal("used")
        if not answered:
            raise refusal("missing")
        by_machine = answered[0].by_machine
        asked = answered[:1] if by_machine else self._asked(answered)
        right = all(check.right(ticket, sent[check.name]) for check in asked)
        if not right and by_machine:
            raise refusal("wrong")
        if not tickets.spend(ticket, sent["binding"], right=right) and right:
            raise refusal("used")
        if not right:
            raise refusal("wrong")

    def _asked(self, answered: list[Check]) -> list[Check]:
        """Which of a person's answers count: the first, or all of them past the limit."""
        counts = [hit(ANSWERS, key) for key in self.counted]
        if not any(count.over for count in counts):
            return answered[:1]
        if not self.together:
            raise refusal("slow_down")
        everything = [check for check in registry.checks() if not check.by_machine]
        if not all(check in answered for check in everything):
            raise refusal("both")
        return everything
