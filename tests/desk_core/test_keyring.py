import base64
import os

import pytest
from django.core.exceptions import ImproperlyConfigured

from desk_core import keyring


def key() -> str:
    return base64.b64encode(os.urandom(32)).decode()


def test_the_first_entry_is_the_current_key(settings):
    settings.DESK_KEYRING = {"b": key(), "a": key()}
    ring = keyring.ring()
    assert ring.current == "b"
    assert set(ring.keys) == {"a", "b"}
    assert repr(ring.keys["a"]) not in repr(ring)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        (None, "not set"),
        ({}, "not set"),
        ("text", "dictionary"),
        ({"a": "?!"}, "not base64"),
        ({"a": 5}, "not base64"),
        ({"a": base64.b64encode(b"short").decode()}, "must be 32 bytes, it is 5"),
        ({"a": base64.b64encode(bytes(32)).decode()}, "not random"),
        ({"": base64.b64encode(os.urandom(32)).decode()}, "key id"),
        ({"a b": base64.b64encode(os.urandom(32)).decode()}, "key id"),
    ],
)
def test_a_ring_that_is_unfit_is_refused_by_name(settings, value, says):
    settings.DESK_KEYRING = value
    with pytest.raises(ImproperlyConfigured, match=f"DESK_KEYRING.*{says}"):
        keyring.validate()


@pytest.mark.parametrize("name", ["DESK_INDEX_KEY", "DESK_PEPPER"])
@pytest.mark.parametrize("value", ["", "not base64 at all", "c2hvcnQ="])
def test_an_unfit_key_is_refused_by_name_and_never_quoted(settings, name, value):
    setattr(settings, name, value)
    with pytest.raises(ImproperlyConfigured, match=name) as caught:
        keyring.validate()
    assert not value or value not in str(caught.value)


def test_one_key_for_two_purposes_is_refused(settings):
    settings.DESK_PEPPER = settings.DESK_INDEX_KEY
    with pytest.raises(ImproperlyConfigured, match=r"DESK_PEPPER.*same key as DESK_INDEX_KEY"):
        keyring.validate()


def test_peppers_can_have_versions(settings):
    settings.DESK_PEPPER = {"2027": key(), "1": key()}
    assert keyring.peppers().current == "2027"
    keyring.validate()


def test_bad_settings_stop_the_start():
    import subprocess
    import sys

    code = (
        "import django; from django.conf import settings; from portal.settings import test;"
        "test.DESK_PEPPER = 'x'; django.setup()"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
    env["PYTHONPATH"] = os.pathsep.join(["site", "."])
    done = subprocess.run(
        [sys.executable, "-c", code], env=env, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "ImproperlyConfigured: DESK_PEPPER[1] is not base64." in done.stderr
