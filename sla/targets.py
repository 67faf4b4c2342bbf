"""What a version promises in figures: its targets, as plain values. Pure.

A target is a part of the document that is signed; `Document.targets` holds them, in order. Its
sentence is made in `sla.sentences`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from sla.enums import SHARE_MEASURES, TIMED_MEASURES, Measure, Unit

#: The longest time that can be promised, in any unit.
MOST = 1000


@dataclass(frozen=True, slots=True)
class Target:
    """One promise that is measured, or one in words.

    `key` identifies it within the document. A timed measure promises that a `share` of the cases
    (percent, 0 < share ≤ 100) is served within `amount` of `unit`; a share measure promises the
    share alone; a promise in words only its `text`. `department`, `service` and `kind` narrow it
    to what they name (keys; "" is all of them); `department_name` and `service_name` are how these
    were called, in the language of the document, when the text was put on offer.
    """

    key: str
    measure: Measure
    share: Decimal = Decimal(100)
    amount: int = 0
    unit: Unit = Unit.WORKING_DAYS
    department: str = ""
    service: str = ""
    kind: str = ""
    text: str = ""
    department_name: str = ""
    service_name: str = ""

    @property
    def timed(self) -> bool:
        """Whether it runs as a clock for each case."""
        return self.measure in TIMED_MEASURES

    @property
    def measured(self) -> bool:
        """Whether it is a figure, not a promise in words."""
        return self.measure != Measure.WORDS

    @property
    def scope(self) -> tuple[Measure, str, str, str]:
        """What it is about: by this the targets of two versions are found beside each other."""
        return self.measure, self.department, self.service, self.kind

    @property
    def specificity(self) -> tuple[bool, bool, bool]:
        """How narrow it is: a service before a department before a kind before all."""
        return bool(self.service), bool(self.department), bool(self.kind)

    def covers(self, *, department: str, service: str, kind: str) -> bool:
        """Whether a case with these keys falls under it."""
        return (
            self.department in ("", department)
            and self.service in ("", service)
            and self.kind in ("", kind)
        )


def choose(
    targets: Iterable[Target], measure: Measure, *, department: str, service: str, kind: str
) -> Target | None:
    """The one target of a measure that holds for a case: the narrowest; None where none does."""
    found = [
        target
        for target in targets
        if target.measure == measure
        and target.covers(department=department, service=service, kind=kind)
    ]
    return max(found, key=lambda target: target.specificity, default=None)


def share_text(share: Decimal) -> str:
    """A share as its shortest plain text: "90", "99.5"; the form that is sealed."""
    return format(share.normalize(), "f")


def is_promise(target: Target) -> bool:
    """Whether it says a time, a share or words within their bounds."""
    if not target.measured:
        return bool(target.text.strip())
    if not 0 < target.share <= 100:
        return False
    return target.measure in SHARE_MEASURES or 0 < target.amount <= MOST
