"""The verification code of a receipt: whether a sheet that somebody shows was issued here.

It is a keyed digest (HMAC-SHA256, cut to 80 bits) of what the sheet says: tracking code, kind and
day of registration. It is stored nowhere, says nothing by itself, and opens nothing.
"""

import base64
import hmac
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk_core import throttles
from desk_core.blind_index import digest
from persian.jalali import TEHRAN
from persian.text import identifier
from service_requests import codes
from service_requests.enums import Kind
from service_requests.errors import AskedTooOften
from service_requests.models import Case

PER_ADDRESS = throttles.Limit("receipt-mark-address", rate=30, seconds=600)
_BYTES = 10
_LENGTH = 16


def mark_of(case: Case) -> str:
    """The sixteen letters and digits that stand on the receipts of a case."""
    return _mark(case.code, case.kind, case.registered_at.astimezone(TEHRAN).date())


def grouped(mark: str) -> str:
    """In groups of four, as it is printed."""
    return codes.grouped(mark)


def is_valid(*, code: str, kind: str, day: date, mark: str, address: str) -> bool:
    """Whether these stand together on a receipt of ours.

    Raises ValidationError by field for what can stand on none, and AskedTooOften. No case is looked
    for: whether a tracking code exists cannot be learned here.
    """
    code, kind, mark = _cleaned(code, kind, mark)
    if throttles.hit(PER_ADDRESS, address).over:
        raise AskedTooOften
    return hmac.compare_digest(_mark(code, kind, day).encode(), mark.encode())


def clean_mark(text: str) -> str:
    """The mark as it was typed, in any case and grouping; 0, 1 and 8 are what they look like."""
    bare = identifier(text[:60]).upper() if isinstance(text, str) else ""
    letters = bare.translate(str.maketrans("018", "OIB"))
    return letters if len(letters) == _LENGTH and letters.isascii() else ""


def _cleaned(code: str, kind: str, mark: str) -> tuple[str, str, str]:
    errors: dict[str, Any] = {}
    try:
        code = codes.clean_code(code)
    except ValidationError as error:
        errors["code"] = error
    if kind not in Kind.values:
        errors["kind"] = [_("Choose one of the options.")]
    mark = clean_mark(mark)
    if not mark:
        errors["mark"] = [_("The verification code has 16 letters and digits.")]
    if errors:
        raise ValidationError(errors)
    return code, kind, mark


def _mark(code: str, kind: str, day: date) -> str:
    whole = digest(f"{code}\0{kind}\0{day.isoformat()}", field="receipt.mark")
    return base64.b32encode(bytes.fromhex(whole)[:_BYTES]).decode()
