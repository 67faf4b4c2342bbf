"""Digits of three scripts: Persian (۰–۹), Arabic-Indic (٠–٩) and ASCII (0–9).

Stored identifiers hold ASCII digits only; people see the digits of their language.
"""

import re
from decimal import Decimal

from django.utils.translation import get_language

PERSIAN = "۰۱۲۳۴۵۶۷۸۹"
ARABIC = "٠١٢٣٤٥٦٧٨٩"
ASCII = "0123456789"

_TO_ASCII = dict(zip(PERSIAN + ARABIC, ASCII + ASCII, strict=True))
_TO_PERSIAN = dict(zip(ASCII + ARABIC, PERSIAN + PERSIAN, strict=True))
# Patterns, not str.translate: most text has few digits, and skipping is ten times faster.
_FOREIGN = re.compile(f"[{PERSIAN}{ARABIC}]")
_NOT_PERSIAN = re.compile(f"[{ASCII}{ARABIC}]")
_SEPARATORS_FA = str.maketrans({",": "٬", ".": "٫"})


def to_ascii(text: str) -> str:
    """Return `text` with Persian and Arabic-Indic digits as 0–9; all else stays."""
    return _FOREIGN.sub(lambda m: _TO_ASCII[m.group()], text)


def to_persian(value: object) -> str:
    """Return `value` as text with every ASCII and Arabic-Indic digit as ۰–۹."""
    return _NOT_PERSIAN.sub(lambda m: _TO_PERSIAN[m.group()], str(value))


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
