"""How the copy stands: what monitors of operators are told, and what staff see of a failure."""

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.cache import caches
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.utils import timezone
from wagtail.users.models import UserProfile

from desk_core.page_cache import purge_now
from notices import checks
from notices.enums import CopyFailure
from notices.static_copy import folders, manifest, rounds, standing, storages
from tests.cms_pages.factories import staff_user
from tests.notices.copies import copy_of
from tests.notices.factories import ago, ahead, clock

pytestmark = [pytest.mark.django_db, pytest.mark.face]
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def _forgotten():
    caches["default"].delete(standing.KEY)
    yield
    caches["default"].delete(standing.KEY)


@pytest.fixture
def place(settings, tmp_path):
    """Where the settings want the copy."""
    settings.DESK_STATIC_COPY_FOLDER = str(tmp_path / "copy")
    return tmp_path / "copy"


def look(*options: str) -> None:
    call_command("write_static_copy", "--check", *options)


@pytest.mark.usefixtures("short_copy")
class TestTheCommand:
    def test_it_writes_once_into_a_folder_that_is_named(self, told_index, place, tmp_path, capsys):
        call_command("write_static_copy", "--folder", str(tmp_path / "here"))
        assert "written" in capsys.readouterr().out
        assert (tmp_path / "here/current/status/index.html").exists()
        assert not place.exists()
        look("--folder", str(tmp_path / "here"))
        assert standing.read().made_at is None, "it says nothing of the place of the settings"

    def test_a_folder_that_cannot_be_is_said_in_one_line(self, told_index, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(CommandError, match=r"^The static copy in .*file: ") as error:
            call_command("write_static_copy", "--folder", str(tmp_path / "file"))
        assert "\n" not in str(error.value)

    def test_a_whole_and_fresh_copy_is_sound(self, place, capsys):
        folders.write(copy_of(a="one"), place)
        look()
        assert f"{place}: whole, of " in capsys.readouterr().out

    def test_none_is_missing_and_nothing_is_written(self, place):
        with pytest.raises(CommandError, match=r"copy: missing\.$"):
            look()
        assert not place.exists()

    def test_old_is_older_than_stated_else_than_when_it_warns_of_itself(self, place):
        folders.write(copy_of(a="one"), place)
        with clock(ahead(minutes=59)):
            look()
            with pytest.raises(CommandError, match="old: of 2"):
                look("--max-age", "58")
        with clock(ahead(minutes=61)):
            with pytest.raises(CommandError, match="old: of 2"):
                look()
            look("--max-age", "70")

    def test_a_part_that_is_gone_is_named(self, place):
        folders.write(copy_of(a="one", b="two"), place)
        (place / "current" / "b.html").unlink()
        with pytest.raises(CommandError, match=r"parts missing: 1 of 2, b\.html for one"):
            look()

    @pytest.mark.parametrize("words", ["{", "[]", '{"files": {}, "made_at": "soon"}'])
    def test_a_list_that_cannot_be_read_is_no_sound_copy(self, place, words):
        folders.write(copy_of(a="one"), place)
        (place / "current" / manifest.NAME).write_text(words)
        with pytest.raises(CommandError, match=r"unreadable \(\w+\)|parts missing"):
            look()

    def test_a_bucket_is_looked_at_too_and_all_that_is_wrong_is_said_in_one_line(
        self, place, settings, bucket
    ):
        client = bucket.connection.meta.client
        options = {
            "bucket_name": "copy",
            "endpoint_url": client.meta.endpoint_url,
            "access_key": "a",
            "secret_key": "b",
            "region_name": "us-east-1",
        }
        backend = "storages.backends.s3.S3Storage"
        settings.STORAGES = {
            **settings.STORAGES, "copy": {"BACKEND": backend, "OPTIONS": options},
        }  # fmt: skip
        settings.DESK_STATIC_COPY_STORAGE = "copy"
        storages.write(copy_of(a="one"), bucket)
        folders.write(copy_of(a="one"), place)
        look()
        bucket.delete("a.html")
        (place / "current" / "a.html").unlink()
        with pytest.raises(CommandError) as found:
            look()
        assert str(found.value).count("parts missing") == 2
        assert len(str(found.value).splitlines()) == 1
        client.delete_object(Bucket="copy", Key=manifest.NAME)
        client.delete_bucket(Bucket="copy")
        with pytest.raises(CommandError, match=r"storage “copy”: (missing|unreadable)"):
            look()

    @pytest.mark.parametrize(
        "options",
        [
            ["--check", "--every", "5"],
            ["--folder", "x", "--every", "5"],
            ["--max-age", "5"],
            ["--check", "--max-age", "0"],
        ],
    )
    def test_options_that_do_not_go_together_are_refused(self, place, options):
        with pytest.raises(CommandError, match=r"--every|--max-age"):
            call_command("write_static_copy", *options)

    def test_looking_needs_no_database_and_the_exit_code_tells(self, tmp_path):
        folders.write(copy_of(a="one"), tmp_path)
        for folder, code, words in ((tmp_path, 0, "whole"), (tmp_path / "none", 1, "missing")):
            command = ["manage.py", "write_static_copy", "--check", "--folder", str(folder)]
            env = {**os.environ, "DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}
            env["DJANGO_SETTINGS_MODULE"] = "portal.settings.dev"
            done = subprocess.run(
                [sys.executable, *command], cwd=ROOT, env=env, capture_output=True, text=True
            )
            said = done.stdout + done.stderr
            assert (done.returncode, said.count("\n")) == (code, 1), said
            assert words in said


@pytest.mark.usefixtures("short_copy")
class TestAFailure:
    @pytest.fixture
    def full_disk(self, monkeypatch):
        def full(*args):
            raise OSError(28, "No space left on device: /secret/path")

        monkeypatch.setattr(folders.os, "fsync", full)

    def home(self, client) -> str:
        words = client.get(reverse("wagtailadmin_home")).content.decode()
        return words[words.index("notices-running") :]

    @pytest.fixture
    def editor(self, client):
        user = staff_user("editor")
        client.force_login(user)
        UserProfile.objects.create(user=user, preferred_language="en")

    def test_it_is_on_the_home_panel_of_notices_and_goes_with_the_next_whole_copy(
        self, told_index, place, client, editor, monkeypatch, full_disk
    ):
        assert "No whole static copy of the status pages is known of." in self.home(client)
        with pytest.raises(ExceptionGroup):
            rounds.write()
        shown = self.home(client)
        assert "The folder could not be written" in shown
        assert "secret" not in shown
        monkeypatch.undo()
        rounds.write()
        shown = self.home(client)
        assert "Last whole static copy of the status pages:" in shown
        assert "could not be written" not in shown

    def test_without_a_place_nobody_is_told_of_a_copy(self, told_index, client, editor, settings):
        settings.DESK_STATIC_COPY_FOLDER = settings.DESK_STATIC_COPY_STORAGE = ""
        assert "static copy" not in self.home(client)
        assert "static_copy" not in client.get("/health/ready/").json()
        assert checks.check_standing(None) == []

    def test_a_site_that_cannot_be_read_is_another_kind(self, told_index, place, settings):
        rounds.write()
        whole = standing.read().made_at
        settings.ALLOWED_HOSTS = ["else.example"]
        with pytest.raises(Exception, match="Sites"):
            rounds.write()
        found = standing.read()
        assert (found.made_at, found.failure) == (whole, CopyFailure.SITE)
        assert found.failed_at > whole

    def test_the_health_is_late_once_the_last_whole_copy_is_old(self, told_index, place, client):
        assert client.get("/health/ready/").json()["static_copy"] == "late"
        rounds.write()
        assert client.get("/health/ready/").json()["static_copy"] == "ok"
        with clock(ahead(minutes=61)):
            answer = client.get("/health/ready/")
        assert answer.status_code == 200, "people are served all the same"
        assert answer.json()["static_copy"] == "late"
        assert json.dumps(answer.json()).count("static_copy") == 1

    def test_the_system_check_names_the_last_whole_copy_and_the_kind_of_the_error(
        self, place, full_disk
    ):
        standing.note_whole(ago(minutes=61))
        standing.note_failure(CopyFailure.STORAGE)
        [found] = checks.check_standing(None)
        assert found.id == "notices.W001"
        whole = standing.read().made_at.isoformat(timespec="seconds")
        assert whole in found.msg
        assert "storage" in found.msg
        standing.note_whole(timezone.now())
        assert checks.check_standing(None) == []

    def test_a_cache_that_is_away_stops_no_copy(self, told_index, place, monkeypatch):
        class Away:
            def __getattr__(self, name):
                raise ConnectionError("redis://:secret@10.0.0.5")

        purge_now()
        monkeypatch.setattr(standing, "caches", {"default": Away()})
        rounds.write()
        assert (place / "current/status/index.html").exists()
        assert standing.read() == standing.Standing()

    def test_what_failed_before_is_told_beside_the_last_whole_copy(self):
        at = timezone.now() - timedelta(minutes=5)
        standing.note_whole(at)
        standing.note_failure(CopyFailure.FOLDER)
        assert standing.read().made_at == at
        assert not standing.read().is_late(timezone.now())
