"""A question in words, for those who have no JavaScript and cannot see the picture.

What is asked follows from the ticket: nothing is stored. It is the weakest of the checks, so a
ticket allows one answer and the field limits the answers per network; where many attempts are made,
it has two steps.
"""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from desk_core.human_check.proof import step
from desk_core.human_check.tickets import Ticket
from persian.digits import to_ascii
from persian.text import normalise

WORDS: tuple[Promise, ...] = (
    _("zero"), _("one"), _("two"), _("three"), _("four"), _("five"), _("six"), _("seven"),
    _("eight"), _("nine"), _("ten"), _("eleven"), _("twelve"), _("thirteen"), _("fourteen"),
    _("fifteen"), _("sixteen"), _("seventeen"), _("eighteen"), _("nineteen"), _("twenty"),
)  # fmt: skip

# Each form: its text, and the answer from a (2 to 10) and b (1 to 9, never a).
FORMS: tuple[tuple[Promise, Callable[[int, int], int]], ...] = (
    (_("What is %(a)s plus %(b)s?"), lambda a, b: a + b),
    (_("If you add %(b)s to %(a)s, what do you get?"), lambda a, b: a + b),
    (_("What is %(sum)s minus %(b)s?"), lambda a, b: a),
    (_("What is left of %(sum)s when %(a)s is taken away?"), lambda a, b: b),
    (_("Which number is larger: %(a)s or %(b)s?"), max),
    (_("Which number is smaller: %(a)s or %(b)s?"), min),
    (_("Which number comes after %(sum)s?"), lambda a, b: a + b + 1),
    (_("Which number comes before %(sum)s?"), lambda a, b: a + b - 1),
    (_("What is two times %(a)s?"), lambda a, b: 2 * a),
)

# Past a limit: two steps, with c (1 to 3, so never more than a plus b).
HARDER: tuple[tuple[Promise, Callable[[int, int, int], int]], ...] = (
    (_("What is %(a)s plus %(b)s, minus %(c)s?"), lambda a, b, c: a + b - c),
    (_("Take %(b)s away from %(sum)s and add %(c)s. What do you get?"), lambda a, b, c: a + c),
    (_("What is two times %(c)s, plus %(a)s?"), lambda a, b, c: 2 * c + a),
    (_("What is two times the smaller number of %(a)s and %(b)s?"), lambda a, b, c: 2 * min(a, b)),
    (_("How much more than %(c)s is %(a)s plus %(b)s?"), lambda a, b, c: a + b - c),
    (_("Add %(c)s to the larger number of %(a)s and %(b)s."), lambda a, b, c: max(a, b) + c),
)


def compose(ticket: Ticket) -> tuple[str, int]:
    """Return the question of this ticket in the active language, and the number that answers it."""
    grain = ticket.secret("question")
    a = 2 + grain[1] % 9
    b = 1 + grain[2] % 9
    if a == b:
        b = b - 1 or 1
    c = 1 + grain[3] % 3
    words = {"a": WORDS[a], "b": WORDS[b], "c": WORDS[c], "sum": WORDS[a + b]}
    if step(ticket):
        harder, result = HARDER[grain[0] % len(HARDER)]
        return harder % words, result(a, b, c)
    text, answer = FORMS[grain[0] % len(FORMS)]
    return text % words, answer(a, b)


class Question:
    """The check in words. The answer may be written in any digits, or as a word."""

    name: ClassVar[str] = "question"
    template_name: ClassVar[str] = "desk_core/human_check/question.html"
    by_machine: ClassVar[bool] = False

    def context(self, ticket: Ticket) -> dict[str, Any]:
        """Return the question."""
        return {"question": compose(ticket)[0]}

    def right(self, ticket: Ticket, answer: str) -> bool:
        """Accept the number in any digit script, or its word in the reader's language."""
        wanted = compose(ticket)[1]
        given = normalise(answer).strip(" .؟?").casefold()
        accepted = {str(wanted)}
        if wanted < len(WORDS):
            accepted.add(normalise(str(WORDS[wanted])).casefold())
        return to_ascii(given) in accepted or given in accepted
