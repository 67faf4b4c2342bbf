import pytest
from django.core import checks as django_checks

from desk_core import checks


def texts(found: list) -> list[str]:
    return [f"{check.id} {check.msg}" for check in found]


@pytest.mark.django_db
def test_the_settings_of_the_tests_pass():
    assert [c for c in django_checks.run_checks() if str(c.id).startswith("desk_core.")] == []


@pytest.mark.parametrize(
    ("backend", "found"),
    [
        ("django.core.cache.backends.db.DatabaseCache", ["desk_core.E010"]),
        ("django.core.cache.backends.locmem.LocMemCache", ["desk_core.E010"]),
        ("django.core.cache.backends.redis.RedisCache", []),
        ("desk_core.guard_cache.GuardCache", []),
    ],
)
def test_a_guard_that_forgets_is_refused(settings, backend, found):
    settings.CACHES = {"default": {"BACKEND": backend, "LOCATION": "somewhere"}}
    assert [check.id for check in checks.check_guard_keeps(None)] == found


def test_a_guard_that_is_none_is_named(settings):
    settings.DESK_GUARD_CACHE = "guard"
    assert [check.id for check in checks.check_guard_cache(None)] == ["desk_core.E009"]


@pytest.mark.parametrize("path", ["no.such.Channel", "desk_core.enums.Channel", None])
def test_a_channel_that_is_none_is_named(settings, path):
    settings.DESK_CHANNELS = {"email": path, "sms": path}
    assert texts(checks.check_channels(None)) == [
        "desk_core.E002 DESK_CHANNELS['email'] names no channel.",
        "desk_core.E002 DESK_CHANNELS['sms'] names no channel.",
    ]


@pytest.mark.parametrize(
    ("name", "path", "value", "says"),
    [
        ("DESK_KAVENEGAR", "kavenegar.KavenegarChannel", None, "not set"),
        ("DESK_KAVENEGAR", "kavenegar.KavenegarChannel", {"SENDER": "1"}, "no API_KEY"),
        (
            "DESK_KAVENEGAR",
            "kavenegar.KavenegarChannel",
            {"API_KEY": "k", "BASE_URL": "http://api.example.ir"},
            "must be https",
        ),
        (
            "DESK_KAVENEGAR",
            "kavenegar.KavenegarChannel",
            {"API_KEY": "k", "TEMPLATES": {"a": {}}},
            "TEMPLATES['a']",
        ),
        (
            "DESK_KAVENEGAR",
            "kavenegar.KavenegarChannel",
            {"API_KEY": "k", "TEMPLATES": "x"},
            "TEMPLATES must be an object",
        ),
        (
            "DESK_KAVENEGAR",
            "kavenegar.KavenegarChannel",
            {"API_KEY": "k", "TEMPLATES": {"a": "x"}},
            "TEMPLATES['a'] needs",
        ),
        (
            "DESK_KAVENEGAR",
            "kavenegar.KavenegarChannel",
            {
                "API_KEY": "k",
                "TEMPLATES": {"registred": {"template": "r", "tokens": {"token": "code"}}},
            },
            "TEMPLATES['registred'] is no text message",
        ),
        ("DESK_SMSIR", "smsir.SmsIrChannel", {"API_KEY": "k"}, "LINE_NUMBER"),
        (
            "DESK_SMSIR",
            "smsir.SmsIrChannel",
            {"API_KEY": "k", "LINE_NUMBER": 3000, "TEMPLATES": {"a": {"template": "x"}}},
            "TEMPLATES['a']",
        ),
    ],
)
def test_incomplete_gateway_settings_are_named(settings, name, path, value, says):
    setattr(settings, name, value)
    settings.DESK_CHANNELS = {**settings.DESK_CHANNELS, "sms": f"desk_core.channels.{path}"}
    [found] = texts(checks.check_channels(None))
    assert found.startswith(f"desk_core.E003 {name}")
    assert says in found


def test_file_channels_need_a_folder(settings):
    settings.DESK_MAIL_DIR = None
    assert "DESK_MAIL_DIR" in texts(checks.check_channels(None))[0]


def test_the_private_storage_must_be_there_and_be_private(settings):
    settings.STORAGES = {k: v for k, v in settings.STORAGES.items() if k != "private"}
    assert texts(checks.check_private_storage(None)) == [
        'desk_core.E004 STORAGES has no "private".'
    ]
    settings.STORAGES = {**settings.STORAGES, "private": settings.STORAGES["default"]}
    assert "E005" in texts(checks.check_private_storage(None))[0]


def test_plain_temporary_uploads_are_warned_of(settings):
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    assert "W001" in texts(checks.check_uploads(None))[0]


def test_posting_to_this_machine_is_refused_where_it_is_deployed(settings):
    settings.DESK_OUTBOUND_LOOPBACK = True
    assert "E012" in texts(checks.check_outbound(None))[0]
    settings.DESK_OUTBOUND_LOOPBACK = False
    assert texts(checks.check_outbound(None)) == []
