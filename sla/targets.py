"""What a version promises in figures: its targets, as plain values and as sentences. Pure.

A target is a part of the document that is signed; `Document.targets` holds them, in order.
"""

from dataclasses import dataclass
from decimal import Decimal

from sla.enums import TIMED_MEASURES, Measure, Unit


@dataclass(frozen=True, slots=True)
class Target:
    """One promise that is measured, or one in words.

    `key` identifies it within the document. A timed measure promises that a `share` of the cases
    (percent, 0 < share ≤ 100) is served within `amount` of `unit`; a share measure promises the
    share alone; a promise in words only its `text`. `department`, `service` and `kind` narrow it
    to what they name (keys; "" is all of them).
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

    @property
    def timed(self) -> bool:
        """Whether it runs as a clock for each case."""
        return self.measure in TIMED_MEASURES
