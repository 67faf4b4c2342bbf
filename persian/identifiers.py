"""Identifiers of Iran: each `clean_…` takes what was typed and returns the form that is stored.

They accept digits of three scripts with any separators and raise Django's `ValidationError`
with a message that says what to do; messages never repeat what was typed. Nothing is padded or
guessed: a national ID without its leading zeros is sent back with that hint.
"""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from persian.digits import to_ascii
from persian.text import identifier, normalise

_LONGEST = 100
_MOBILE = re.compile(r"(?:\+98|0098|98|0)?(9[0-9]{9})")
_LANDLINE = re.compile(r"(?:\+98|0098|98|0)?([1-8][0-9]{9})")
_POSTAL = re.compile(r"[1-9][0-9]{9}")
# The Post says 0 and 2 are not used in the first five digits; some real codes break it.
_USUAL_POSTAL = re.compile(r"[13-9]{4}[1346-9][0-9]{5}")
_FOREIGN = re.compile(r"[0-9]{8,15}")
_PASSPORT = re.compile(r"(?=[A-Z0-9]*[0-9])(?=[A-Z0-9]*[A-Z])[A-Z0-9]{6,15}")
_LETTER_NUMBER = re.compile(r"(?=[^0-9]*[0-9])[0-9A-Za-z\u0621-\u06cc/\-. ]{1,60}")
_PERSON_NAME = re.compile(r"(?:[^\W\d_]|[\u064b-\u0655\u0670\u200c .'’\-]){2,60}")
_LEGAL_WEIGHTS = (29, 27, 23, 19, 17) * 2


def clean_national_id(text: str) -> str:
    """Return a natural person's national ID (کد ملی): ten digits, the last one a check digit.

    Refuses repeated digits and six zeros in the middle, which satisfy the bare sum.
    """
    value = _compact(text)
    if re.fullmatch(r"[0-9]{8,9}", value):
        raise ValidationError(
            _("The national ID has 10 digits. Write the zeros at its beginning too."), "length"
        )
    if not re.fullmatch(r"[0-9]{10}", value):
        raise ValidationError(_("The national ID has 10 digits."), "length")
    remainder = sum(int(d) * w for d, w in zip(value, range(10, 1, -1), strict=False)) % 11
    check = remainder if remainder < 2 else 11 - remainder
    if _hollow(value) or int(value[9]) != check:
        raise ValidationError(_("This is not a valid national ID. Check every digit."), "invalid")
    return value


def clean_legal_id(text: str) -> str:
    """Return a legal person's national ID (شناسه ملی): eleven digits, the last a check digit."""
    value = _compact(text)
    if not re.fullmatch(r"[0-9]{11}", value):
        raise ValidationError(_("The national ID of a legal person has 11 digits."), "length")
    shift = int(value[9]) + 2
    total = sum((int(d) + shift) * w for d, w in zip(value, _LEGAL_WEIGHTS, strict=False))
    if _hollow(value) or int(value[10]) != total % 11 % 10:
        raise ValidationError(
            _("This is not a valid national ID of a legal person. Check every digit."), "invalid"
        )
    return value


def clean_foreign_id(text: str) -> str:
    """Return a foreign national's code (8–15 digits) or passport number, in capitals.

    No public check digit exists, so only the shape is checked.
    """
    value = _compact(text).upper()
    if not (_FOREIGN.fullmatch(value) or _PASSPORT.fullmatch(value)):
        raise ValidationError(
            _("Write the code of foreign nationals (8 to 15 digits) or the passport number."),
            "invalid",
        )
    return value


def clean_mobile(text: str) -> str:
    """Return a mobile number as +989123456789; operators' ranges grow and are not checked."""
    match = _MOBILE.fullmatch(_compact(text))
    if match is None:
        raise ValidationError(
            _("Write a mobile number of 11 digits that begins with 09, for example 09123456789."),
            "invalid",
        )
    return f"+98{match[1]}"


def clean_landline(text: str) -> str:
    """Return a landline number with its area code as +982112345678."""
    match = _LANDLINE.fullmatch(_compact(text))
    if match is None:
        raise ValidationError(
            _("Write the phone number with its area code, for example 02112345678."), "invalid"
        )
    return f"+98{match[1]}"


def clean_postal_code(text: str) -> str:
    """Return a postal code of ten digits; unusual ones pass, see `postal_code_warning`."""
    value = _compact(text)
    if not _POSTAL.fullmatch(value) or len(set(value)) == 1:
        raise ValidationError(
            _("The postal code has 10 digits and does not begin with zero."), "invalid"
        )
    return value


def postal_code_warning(value: str) -> str | None:
    """Return a question to ask about a clean but unusual postal code, else None. Never refuse."""
    if _USUAL_POSTAL.fullmatch(value):
        return None
    return str(_("This postal code is unusual. Please check it once more."))


def clean_letter_number(text: str) -> str:
    """Return a secretariat's letter number, ASCII digits: letters, digits, `/`, `-`, `.`, ≤ 60."""
    value = to_ascii(normalise(_short(text)))
    if not _LETTER_NUMBER.fullmatch(value):
        raise ValidationError(
            _("A letter number has digits, letters and / - . only, at most 60 characters."),
            "invalid",
        )
    return value


def clean_person_name(text: str) -> str:
    """Return a person's name, normalised: letters of any script, spaces, hyphens, at most 60."""
    value = normalise(_short(text))
    if not _PERSON_NAME.fullmatch(value) or not any(c.isalpha() for c in value):
        raise ValidationError(
            _("Write the name with letters only, 2 to 60 characters, as in the identity card."),
            "invalid",
        )
    return value


def mask_national_id(value: str) -> str:
    """Return an identifier with only its first three and last two characters: 008•••••48."""
    if len(value) < 8:
        return "•" * len(value)
    return f"{value[:3]}{'•' * (len(value) - 5)}{value[-2:]}"


def _short(text: str) -> str:
    """Return `text` unless it is absurdly long: nothing after this costs more than a moment."""
    if len(text) > _LONGEST:
        raise ValidationError(_("This is too long."), "too_long")
    return text


def _compact(text: str) -> str:
    """Return a bare identifier of bounded length."""
    return identifier(_short(text))


def _hollow(value: str) -> bool:
    """Say whether a number is one repeated digit, or all zeros from the fourth to the ninth."""
    return len(set(value)) == 1 or value[3:9] == "000000"
