"""Digits of three scripts: Persian (۰–۹), Arabic-Indic (٠–٩) and ASCII (0–9).

Stored identifiers hold ASCII digits only; people see the digits of their language.
"""

from decimal import Decimal

from django.utils.translation import get_language

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
ASCII = "0123456789"

_TO_ASCII = str.maketrans(PERSIAN + ARABIC, ASCII + ASCII)
_TO_PERSIAN = str.maketrans(ASCII + ARABIC, PERSIAN + PERSIAN)
_SEPARATORS_FA = str.maketrans({",": "٬", ".": "٫"})


def to_ascii(text: str) -> str:
    """Return `text` with Persian and Arabic-Indic digits as 0–9; all else stays."""
    return text.translate(_TO_ASCII)


def to_persian(value: object) -> str:
    """Return `value` as text with every ASCII and Arabic-Indic digit as ۰–۹."""
    return str(value).translate(_TO_PERSIAN)


def speaks_persian() -> bool:
    """Say whether the active language is Persian."""
    return (get_language() or "").split("-")[0] == "fa"


def localised(value: object) -> str:
    """Return `value` as text with the digits of the active language."""
    return to_persian(value) if speaks_persian() else to_ascii(str(value))


def grouped(number: int | float | Decimal) -> str:
    """Return a number with its thousands apart: «۱۲٬۳۴۵٫۶» in Persian, "12,345.6" otherwise."""
    plain = f"{number:,}"
    return to_persian(plain.translate(_SEPARATORS_FA)) if speaks_persian() else plain
