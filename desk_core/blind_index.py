"""Keyed indexes: find a sealed value again without storing it.

The same value in the same field and scope always has the same digest; in another field or scope
(a department, say) it has an unrelated one, so that two columns cannot be joined on it.
"""

import hashlib
import hmac
from collections.abc import Iterable, Iterator

from desk_core import keyring


def digest(value: str, *, field: str, scope: str = "") -> str:
    """HMAC-SHA256 of a value in canonical form, 64 hex digits.

    The key is derived from `DESK_INDEX_KEY` for this field and scope. An empty value has no
    digest (ValueError): it would tie together everyone who left the field empty.
    """
    return next(digests([value], field=field, scope=scope))


def digests(values: Iterable[str], *, field: str, scope: str = "") -> Iterator[str]:
    """The digests of several values in one field and scope: their key is derived once."""
    if "\0" in field:
        raise ValueError("A field name holds no NUL.")
    label = f"desk:index\0{field}\0{scope}".encode()
    key = hmac.digest(keyring.index_key(), label, hashlib.sha256)
    for value in values:
        if not value:
            raise ValueError("An empty value is not indexed.")
        yield hmac.digest(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()
