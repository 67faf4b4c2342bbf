import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_core.blind_index import digest

TEXT = st.text(min_size=1)


@given(TEXT, st.text(st.characters(codec="utf-8", exclude_characters="\0")), st.text())
def test_a_digest_is_stable_and_tells_nothing(value, field, scope):
    found = digest(value, field=field, scope=scope)
    assert found == digest(value, field=field, scope=scope)
    assert len(found) == 64
    assert set(found) <= set("0123456789abcdef")


def test_every_field_and_scope_has_a_key_of_its_own():
    same = "0012345679"
    digests = {
        digest(same, field="national_id"),
        digest(same, field="mobile"),
        digest(same, field="word", scope="1"),
        digest(same, field="word", scope="2"),
        digest(same, field="wor", scope="d1"),
    }
    assert len(digests) == 5


def test_another_index_key_gives_other_digests(settings):
    before = digest("a", field="f")
    settings.DESK_INDEX_KEY = base64.b64encode(os.urandom(32)).decode()
    assert digest("a", field="f") != before


def test_an_empty_value_has_no_digest():
    with pytest.raises(ValueError, match="empty"):
        digest("", field="f")


def test_a_field_cannot_smuggle_a_scope():
    with pytest.raises(ValueError, match="NUL"):
        digest("a", field="f\0s")
