"""How long a text message is, as a gateway counts and charges it (3GPP TS 23.038 and 23.040)."""

from dataclasses import dataclass

#: The basic table of the GSM alphabet; those of its extension take two places.
BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = frozenset("\f^{}\\[~]|€")
#: Places in a single message, and in each part of a longer one.
GSM7 = (160, 153)
UCS2 = (70, 67)


@dataclass(frozen=True)
class Length:
    """`units` are septets, or UTF-16 code units as soon as one letter is not in the alphabet."""

    encoding: str
    units: int
    parts: int
    left: int


def measure(text: str) -> Length:
    """Count a text. No place is `left` in the last part where the next letter begins another."""
    if set(text) <= BASIC | EXTENSION:
        weights = [2 if letter in EXTENSION else 1 for letter in text]
        return _measured("GSM-7", weights, *GSM7)
    weights = [2 if ord(letter) > 0xFFFF else 1 for letter in text]
    return _measured("UCS-2", weights, *UCS2)


def _measured(encoding: str, weights: list[int], single: int, each: int) -> Length:
    units = sum(weights)
    if units <= single:
        return Length(encoding, units, 1 if units else 0, single - units)
    # What takes two places is never torn apart by the border of two parts.
    parts, room = 1, each
    for weight in weights:
        if weight > room:
            parts, room = parts + 1, each
        room -= weight
    return Length(encoding, units, parts, room)
