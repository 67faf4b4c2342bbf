import pyrage
import pytest
from django.core.exceptions import ImproperlyConfigured

from desk_core.backup import recipients
from desk_core.backup.checks import check_backups_storage, check_recipients
from desk_core.backup.errors import BackupError

KEY = pyrage.x25519.Identity.generate()


@pytest.mark.parametrize(
    "bad",
    ["", "age1nope", "ssh-ed25519 AAAA", str(KEY), 7],
    ids=["empty", "broken", "ssh", "private", "number"],
)
def test_what_is_no_public_key_is_refused_by_its_place_and_not_repeated(settings, bad):
    settings.DESK_BACKUP_RECIPIENTS = [str(KEY.to_public()), bad]
    with pytest.raises(ImproperlyConfigured, match=r"DESK_BACKUP_RECIPIENTS\[1\]") as caught:
        recipients.validate()
    assert str(KEY) not in str(caught.value)


def test_the_site_asks_for_it_when_it_starts(settings):
    from django.apps import apps

    settings.DESK_BACKUP_RECIPIENTS = ["age1nope"]
    with pytest.raises(ImproperlyConfigured, match="DESK_BACKUP_RECIPIENTS"):
        apps.get_app_config("desk_core").ready()


def test_without_recipients_no_backup_is_made(settings):
    settings.DESK_BACKUP_RECIPIENTS = []
    with pytest.raises(BackupError, match="DESK_BACKUP_RECIPIENTS"):
        recipients.recipients()
    assert [each.id for each in check_recipients(None)] == ["desk_core.W002"]


def test_development_makes_an_identity_of_its_own_outside_of_git(settings, tmp_path):
    settings.DESK_BACKUP_RECIPIENTS = []
    settings.DESK_BACKUP_DEV_IDENTITY = tmp_path / "var" / "identity.txt"
    settings.DEBUG = True
    first, again = recipients.recipients(), recipients.recipients()
    assert str(first[0]) == str(again[0])
    assert (tmp_path / "var" / "identity.txt").stat().st_mode & 0o777 == 0o600
    settings.DEBUG = False
    with pytest.raises(BackupError):
        recipients.recipients()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no private key"),
        ("# only a comment\n", "no private key"),
        ("age1qqqq\n", "Line 1"),
        (f"# key\n{str(KEY)[:-3]}\n", "Line 2"),
    ],
    ids=["empty", "comment", "public", "cut"],
)
def test_an_identity_file_that_is_none_is_told(tmp_path, text, said):
    path = tmp_path / "identity.txt"
    path.write_text(text)
    with pytest.raises(BackupError, match=said) as caught:
        recipients.read_identities(path)
    assert "AGE-SECRET-KEY-1Q" not in str(caught.value)
    with pytest.raises(BackupError, match="cannot be read"):
        recipients.read_identities(tmp_path / "nowhere")


def test_the_checks_name_an_unfit_place(settings, place, tmp_path):
    assert check_backups_storage(None) == []
    plain = {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "media" / "backups")},
    }
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STORAGES = {**settings.STORAGES, "backups": plain}
    assert [each.id for each in check_backups_storage(None)] == ["desk_core.E007", "desk_core.E008"]
    settings.STORAGES = {k: v for k, v in settings.STORAGES.items() if k != "backups"}
    assert [each.id for each in check_backups_storage(None)] == ["desk_core.E006"]
    unknown = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"x": 1}}
    settings.STORAGES = {**settings.STORAGES, "backups": unknown}
    [told] = check_backups_storage(None)
    assert told.id == "desk_core.E006"
    assert "DESK_BACKUP_S3" in told.msg
