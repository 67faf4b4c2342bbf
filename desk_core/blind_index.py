"""Keyed indexes: find a sealed value again without storing it.

The same value in the same field and scope always has the same digest; in another field or scope
(a department, say) it has an unrelated one, so that two columns cannot be joined on it.
"""

import hashlib
import hmac

from desk_core import keyring


def digest(value: str, *, field: str, scope: str = "") -> str:
    """HMAC-SHA256 of a value in canonical form, 64 hex digits.

    The key is derived from `DESK_INDEX_KEY` for this field and scope. An empty value has no
    digest (ValueError): it would tie together everyone who left the field empty.
    """
    if not value:
        raise ValueError("An empty value is not indexed.")
    if "\0" in field:
        raise ValueError("A field name holds no NUL.")
    label = f"desk:index\0{field}\0{scope}".encode()
    key = hmac.digest(keyring.index_key(), label, hashlib.sha256)
    return hmac.new(key, value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
