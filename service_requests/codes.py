"""Tracking codes and tracking passwords: made, read, and shown.

Code: eleven random digits and a Verhoeff check digit, which catches every single wrong digit and
every swap of neighbours. Public: it may be said on the phone and stand in an SMS. Password:
sixteen random digits (53.15 bits), stored as a hash only. Both are accepted in any digit
script and grouping; this folding is deterministic and happens before hashing and checking
(a stated deviation from ASVS 6.2.8, which wants passwords verified exactly as received).
"""

import secrets

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from stdnum import verhoeff

from persian.text import identifier

CODE_LENGTH = 12
PASSWORD_LENGTH = 16
_LONGEST_INPUT = 100


def new_code() -> str:
    """Make a tracking code; uniqueness is the database's to say."""
    body = f"{secrets.randbelow(10 ** (CODE_LENGTH - 1)):0{CODE_LENGTH - 1}d}"
    return body + verhoeff.calc_check_digit(body)


def new_password() -> str:
    """Make a tracking password."""
    return f"{secrets.randbelow(10**PASSWORD_LENGTH):0{PASSWORD_LENGTH}d}"


def bare(text: str, length: int) -> str:
    """Return `length` ASCII digits read from what was typed, or "" when it is not that."""
    digits = identifier(text) if len(text) <= _LONGEST_INPUT else ""
    return digits if len(digits) == length and digits.isascii() and digits.isdigit() else ""


def clean_code(text: str) -> str:
    """Return the bare code; raises ValidationError when a digit is missing or mistyped."""
    code = bare(text, CODE_LENGTH)
    if not code:
        raise ValidationError(_("The tracking code has 12 digits."), "length")
    if not verhoeff.is_valid(code):
        raise ValidationError(
            _("There is a mistake in the tracking code. Compare it digit by digit."), "check"
        )
    return code


def clean_password(text: str) -> str:
    """Return the bare password; raises ValidationError when it is not sixteen digits."""
    password = bare(text, PASSWORD_LENGTH)
    if not password:
        raise ValidationError(_("The tracking password has 16 digits."), "length")
    return password


def clean_pair(*, code: str, password: str) -> tuple[str, str]:
    """Return both bare; raises ValidationError by field, before anything is counted or hashed."""
    bare_pair, errors = [], {}
    for name, text, clean in (("code", code, clean_code), ("password", password, clean_password)):
        try:
            bare_pair.append(clean(text))
        except ValidationError as error:
            errors[name] = error
    if errors:
        raise ValidationError(errors)
    return bare_pair[0], bare_pair[1]


def grouped(digits: str) -> str:
    """Put a space after every fourth digit, for plain text; HTML draws the groups itself."""
    return " ".join(digits[start : start + 4] for start in range(0, len(digits), 4))
