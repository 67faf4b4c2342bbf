"""Telling people from machines, without any third party and without a puzzle for most people.

A browser with JavaScript proves a little work by itself (`proof`); one without it shows a picture
of Persian digits (`picture`) and, beside it, a question in words (`question`) for those who cannot
see it. Which of them are offered is the setting `DESK_HUMAN_CHECKS`, a list of dotted classes; a
deployment may add its own (see `registry.Check`). Every form carries a signed ticket that is good
once, a trap that only machines fill in, and the time it was shown. Where a throttle asks for more,
all three get harder: more numbers to try, more digits, a question of two steps.

Forms take `HumanCheckMixin`; programs take `challenge()` and `verify()`.
"""

from desk_core.human_check.fields import HumanCheckField
from desk_core.human_check.forms import HumanCheckMixin
from desk_core.human_check.proof import challenge, difficulty_after, enough, solve, verify

__all__ = [
    "HumanCheckField",
    "HumanCheckMixin",
    "challenge",
    "difficulty_after",
    "enough",
    "solve",
    "verify",
]
