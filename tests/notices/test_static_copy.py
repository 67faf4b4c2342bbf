"""The copy in plain files: what is in it, that it holds together, and that it is never half."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from cms_pages.models import DeskSettings, Service
from desk_core.page_cache import purge_now
from notices import checks, current, updates
from notices.addresses import short_key
from notices.enums import Impact, Kind, UpdateState
from notices.models import Proposal
from notices.querysets import LAST_WORD_COUNTS
from notices.static_copy import contents, folders, links, making, rounds, storages
from notices.static_copy.files import CopiedFile, name_of
from notices.static_copy.reading import Unreadable
from tests.notices.copies import copy_of
from tests.notices.factories import ahead, clock, published
from tests.notices.monitoring import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.face]
DESK = "http://localhost"
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def desk(told_index):
    return told_index


def words_of(file: CopiedFile) -> str:
    return file.body.decode()


def test_it_holds_pages_faces_and_files_in_both_languages(desk):
    copy = making.make()
    files = {each.name: each for each in copy.files}
    assert len(files) == len(copy.files)
    for language in ("", "en/"):
        for name in (
            "status/index.html",
            "status/history/index.html",
            "status/availability/index.html",
            "status/services/enquiry/index.html",
            "status/embed/index.html",
            "status/embed/enquiry/index.html",
            "status/api/v2/summary.json",
            "status/history.rss",
            "status/history.atom",
            "status/history.json",
            "status/maintenance.ics",
            "status/cap.atom",
            "status/availability/figures.json",
            "status/availability/figures.csv",
            "status/availability/figures.xlsx",
        ):
            assert f"{language}{name}" in files, f"{language}{name}"
    assert any(re.fullmatch(r"status/cap/[0-9a-f-]{36}/1\.xml", name) for name in files)
    page = words_of(files["status/index.html"])
    assert "اختلال درگاه" in page
    assert 'lang="fa"' in page
    assert "Enquiry" in words_of(files["en/status/index.html"])
    assert "notices/نگهداری-شبانه/index.html" in files


def test_what_is_not_public_is_nowhere_in_it(desk):
    for file in making.make().files:
        if not file.content_type.startswith(("font/", "image/", "application/vnd")):
            assert "پس‌گرفته" not in words_of(file), file.name
            assert "پیش‌نویس" not in words_of(file), file.name


def test_every_link_leads_inside_or_to_the_live_site(desk):
    """As a browser would follow it, below any address; no link leads to nothing."""
    copy = making.make()
    names = {each.name for each in copy.files}
    seen = 0
    for file in copy.files:
        if not file.is_page or file.path == making.UNAVAILABLE:
            continue
        page = words_of(file)
        for address in re.findall(r'\s(?:href|src|action)="([^"]*)"', page):
            if address.startswith(("#", "tel:", "mailto:", f"{DESK}/")):
                continue
            here = urljoin(f"https://else.example/copy{file.path}", address)
            assert urlsplit(here).netloc == "else.example", (file.name, address)
            target = unquote(urlsplit(here).path)
            assert target.startswith("/copy/"), (file.name, address)
            assert name_of(target.removeprefix("/copy")) in names, (file.name, address)
            seen += 1
    assert seen > 100
    style = next(each for each in copy.files if each.content_type == "text/css")
    for path in links.found_in_style(words_of(style), style.path):
        assert name_of(path) in names


def test_a_page_says_what_it_is_and_needs_no_script(desk):
    made = timezone.now().replace(microsecond=0)
    with clock(made):
        copy = making.make()
    for file in copy.files:
        if file.is_page and file.path != making.UNAVAILABLE:
            page = words_of(file)
            assert "data-copy-stale" in page, file.name
            assert page.count("<script") == 1, "only the one that looks at the age"
    [note] = [each for each in copy.files if each.path == making.NOTE]
    assert json.loads(note.body)["generated_at"] == made.isoformat()
    live = (made + timedelta(minutes=60)).isoformat()
    assert json.loads(note.body)["stale_at"] == live


def test_all_its_files_are_of_one_instant_however_long_it_takes(desk, monkeypatch):
    """An office closes, a window opens and the last word of a monitor grows too old while it is
    made: no file knows. XLSX say when packed."""
    start = timezone.now().replace(microsecond=0)
    told = start - LAST_WORD_COUNTS + timedelta(seconds=5)
    Proposal.objects.create(
        source=make_source(sets_state=True),
        service=Service.objects.active().first(),
        impact=Impact.MAJOR,
        **{"started_at": told, "first_seen_at": told, "last_seen_at": told},
    )
    with clock(start):
        still = making.make()

    def ticking():
        ticking.at += timedelta(minutes=7)
        return ticking.at

    ticking.at = start - timedelta(minutes=7)
    monkeypatch.setattr("django.utils.timezone.now", ticking)
    moving = making.make()
    assert ticking.at > start + timedelta(hours=1), "the clock was asked meanwhile"
    assert moving.made_at == still.made_at == start
    bodies = {each.name: each.body for each in still.files}
    assert [each.name for each in moving.files] == list(bodies)
    other = [each.name for each in moving.files if each.body != bodies[each.name]]
    assert [name for name in other if not name.endswith(".xlsx")] == []


def test_pages_of_the_live_site_say_nothing_of_a_copy_and_it_says_nothing_of_people(desk, client):
    making.make()
    assert "data-copy-stale" not in client.get("/status/").content.decode()
    for file in making.make().files:
        if file.is_page:
            assert "csrfmiddlewaretoken" not in words_of(file), file.name


def test_what_leads_out_to_the_live_site_says_so_in_the_language_of_the_page(desk):
    """The passports of the services and their legal bases are not in the copy, for example."""
    for file in making.make().files:
        if not file.is_page or file.path == making.UNAVAILABLE:
            continue
        page = words_of(file)
        tags = re.findall(rf'<(?:a|form)\b[^>]*\s(?:href|action)="{DESK}/[^>]*>', page)
        assert bool(tags) == ("/embed/" not in file.path), file.name
        for tag in tags:
            assert " data-leads-out title=" in tag, (file.name, tag)
        if tags and file.path.startswith("/en/"):
            assert 'title="Leads to the desk itself' in page, file.name


def test_short_addresses_of_text_messages_lead_on_in_the_copy(desk):
    made = {file.name: file for file in making.make().files}
    each = next(iter(current.recent(timezone.now())))
    name = f"status/n/{short_key(each.id)}/index.html"
    page = words_of(made[name])
    assert each.title in page
    target = re.search(r'class="button" href="([^"]+)"', page.partition("<main")[2])[1]
    assert urljoin(f"/{name}", unquote(target)) == unquote(each.url)


def test_forms_and_what_is_not_copied_go_to_the_live_site():
    page = (
        '<a href="/requests/new/?a=1&amp;b=2">x</a><form action="/status/subscribe/">'
        '<a href="/status/?calendar=x">y</a><a href="/en/status/#now">z</a>'
        '<img srcset="/media/a.png 1x, /media/b.png 2x"><a href="https://other.example/">o</a>'
        '<script src="/static/live.js"></script>'
    )
    copied = {"/status/", "/en/status/"}
    turned = links.inwards(
        page,
        path="/status/",
        root=DESK,
        copied=copied,
        assets=lambda p: p == "/media/a.png",
        outwards="it's out",
    )
    leaving = 'data-leads-out title="it&#x27;s out"'
    assert f'<a {leaving} href="{DESK}/requests/new/?a=1&amp;b=2">' in turned
    assert f"<form {leaving} action=" in turned
    assert turned.count("data-leads-out") == 3, "not what stays inside, nor another site"
    assert f'href="{DESK}/requests/new/?a=1&amp;b=2"' in turned
    assert f'action="{DESK}/status/subscribe/"' in turned
    assert f'href="{DESK}/status/?calendar=x"' in turned
    assert 'href="../en/status/#now"' in turned
    assert f'srcset="../media/a.png 1x, {DESK}/media/b.png 2x"' in turned
    assert 'href="https://other.example/"' in turned
    assert "<script" not in turned


def test_the_emblem_comes_along(desk, settings, tmp_path):
    from wagtail.images.tests.utils import get_test_image_file

    settings.MEDIA_ROOT = tmp_path
    settings_of_desk = DeskSettings.objects.get_or_create(site=desk.get_site())[0]
    settings_of_desk.emblem = get_test_image_file()
    settings_of_desk.save()
    assert any(each.path.startswith("/media/") for each in making.make().files)


def test_the_addresses_take_as_many_queries_for_many_notices_as_for_few(desk):
    def asked() -> int:
        with CaptureQueriesContext(connection) as found:
            contents.addresses()
        return len(found)

    asked()  # from then on Wagtail knows the paths of its sites
    before = asked()
    for number in range(6):
        published(desk, title=f"اختلال {number}", slug=f"more-{number}")
    assert asked() == before


def test_a_folder_shows_the_new_copy_and_keeps_the_one_before(tmp_path):
    for number in range(4):
        folders.write(copy_of(a=f"{number}"), tmp_path)
        assert (tmp_path / "current" / "a.html").read_text() == str(number)
    assert len(list((tmp_path / "copies").iterdir())) == folders.KEPT
    assert not list(tmp_path.glob(".2*"))


WRITER = """
import sys
import threading
from pathlib import Path
from django.utils import timezone
import django; django.setup()
from notices.static_copy import folders
from notices.static_copy.files import CopiedFile
from notices.static_copy.making import StaticCopy
folder, mark, rounds = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
print("ready", flush=True)
for number in range(rounds):
    body = f"{mark}-{number}".encode()
    files = tuple(CopiedFile(f"/{n}.html", body, "text/html") for n in range(60))
    folders.write(StaticCopy(timezone.now(), files), folder)
"""


def writer(folder: Path, mark: str, number: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), mark, str(number)]
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}"}
    started = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    assert started.stdout.readline() == "ready\n"
    return started


def one_copy(folder: Path) -> str:
    """What all files of the shown copy hold: one thing. These writers forget it within a blink."""
    while True:
        place = (folder / "current").resolve()
        try:
            found = {(place / f"{number}.html").read_text() for number in range(60)}
        except FileNotFoundError:
            continue
        assert len(found) == 1
        return found.pop()


def test_two_writers_and_one_that_is_killed_never_show_half(tmp_path):
    first, second = writer(tmp_path, "a", 20), writer(tmp_path, "b", 10_000)
    deadline = time.monotonic() + 30
    seen = set()
    while first.poll() is None:
        assert time.monotonic() < deadline
        if (tmp_path / "current").exists():
            seen.add(one_copy(tmp_path)[0])
    assert first.returncode == 0
    second.send_signal(signal.SIGKILL)
    for each in (first, second):
        each.communicate()
    left = one_copy(tmp_path)
    assert left
    # The next one is not held up by the lock of the killed one, and tidies up after it.
    folders.write(copy_of(a="next"), tmp_path)
    assert (tmp_path / "current" / "a.html").read_text() == "next"
    assert len(list((tmp_path / "copies").iterdir())) == folders.KEPT


def test_a_full_disk_leaves_the_copy_before(tmp_path, monkeypatch):
    folders.write(copy_of(a="old"), tmp_path)

    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folders.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        folders.write(copy_of(a="new"), tmp_path)
    assert (tmp_path / "current" / "a.html").read_text() == "old"


def test_a_bucket_gets_what_changed_and_loses_what_is_gone(bucket):
    storages.write(copy_of(a="one", b="two", c="three"), bucket)
    before = bucket.get_modified_time("b.html")
    time.sleep(1.1)
    storages.write(copy_of(a="new", b="two"), bucket)
    assert bucket.open("a.html").read() == b"new"
    assert bucket.get_modified_time("b.html") == before, "unchanged: not written again"
    assert not bucket.exists("c.html")
    head = bucket.connection.meta.client.head_object(Bucket="copy", Key="a.html")
    assert head["ContentType"] == "text/html"


def test_a_storage_that_gives_other_names_is_refused(tmp_path):
    storage = FileSystemStorage(location=tmp_path)
    with pytest.raises(ImproperlyConfigured, match="DESK_STATIC_COPY_STORAGE"):
        storages.write(copy_of(a="one"), storage)


class BreaksOff(FileSystemStorage):
    """Takes so many files and no more."""

    left = 99

    def _save(self, name, content):
        if not self.left:
            raise OSError("The bucket is gone.")
        self.left -= 1
        return super()._save(name, content)


def test_what_a_broken_off_copy_left_is_mended_by_the_next(tmp_path):
    storage = BreaksOff(location=tmp_path, allow_overwrite=True)
    storages.write(copy_of(a="old", b="old"), storage)
    storage.left = 3  # the list, and two of three files
    with pytest.raises(OSError, match="gone"):
        storages.write(copy_of(withdrawn="new", a="new", b="new"), storage)
    assert storage.exists("withdrawn.html")
    storage.left = 99
    storages.write(copy_of(a="old", b="old"), storage)
    assert (tmp_path / "a.html").read_text() == "old"
    assert not storage.exists("withdrawn.html")


@pytest.mark.usefixtures("short_copy")
class TestRounds:
    @pytest.fixture(autouse=True)
    def _folder(self, settings, tmp_path):
        settings.DESK_STATIC_COPY_FOLDER = str(tmp_path)
        self.page = tmp_path / "current" / "status" / "index.html"

    def test_a_burst_of_changes_is_one_copy_and_an_idle_desk_none(
        self, desk, django_capture_on_commit_callbacks
    ):
        each = rounds.Rounds()
        assert each.write_if_due()
        assert not each.write_if_due()
        with django_capture_on_commit_callbacks(execute=True):
            shown = published(desk, title="اختلال تازه")
            updates.post(
                notice=shown.notice,
                state=UpdateState.IDENTIFIED,
                text="یافتیم",
                author=None,
                key="k",
            )
        assert each.write_if_due()
        assert "اختلال تازه" in self.page.read_text()
        assert not each.write_if_due()

    def test_a_window_that_opens_by_itself_is_copied(self, desk):
        each = rounds.Rounds()
        start = ahead(minutes=5)
        published(
            desk,
            title="نگهداری نزدیک",
            kind=Kind.MAINTENANCE,
            starts_at=start,
            expected_end=start + timedelta(hours=1),
        )
        purge_now()
        assert each.write_if_due()
        with clock(start + timedelta(seconds=1)):
            assert each.write_if_due()

    def test_it_is_made_anew_though_nothing_changes(self, desk):
        each = rounds.Rounds()
        each.write_if_due()
        with clock(ahead(minutes=11)):
            assert each.write_if_due()

    def test_a_site_that_fails_leaves_the_copy_before(self, desk, monkeypatch):
        each = rounds.Rounds()
        each.write_if_due()
        before = self.page.read_text()
        purge_now()

        def broken(*args, **kwargs):
            raise RuntimeError("broken")

        monkeypatch.setattr("notices.overview.overview", broken)
        with pytest.raises(Exception, match=r"500|broken"):
            each.write_if_due()
        assert self.page.read_text() == before
        monkeypatch.undo()
        assert each.write_if_due(), "it is still due"

    @pytest.mark.parametrize(
        ("name", "value"), [("ALLOWED_HOSTS", ["else.example"]), ("SECURE_SSL_REDIRECT", True)]
    )
    def test_a_site_whose_own_address_is_wrong_leaves_the_copy_before(
        self, desk, settings, name, value
    ):
        rounds.write()
        before = self.page.read_text()
        setattr(settings, name, value)
        with pytest.raises(Unreadable, match="Sites"):
            rounds.write()
        assert self.page.read_text() == before

    def test_a_full_disk_does_not_keep_it_from_the_bucket(
        self, desk, settings, tmp_path, monkeypatch
    ):
        options = {"location": str(tmp_path / "bucket"), "allow_overwrite": True}
        backend = "django.core.files.storage.FileSystemStorage"
        bucket = {"BACKEND": backend, "OPTIONS": options}
        settings.STORAGES = {**settings.STORAGES, "copy": bucket}
        settings.DESK_STATIC_COPY_STORAGE = "copy"

        def full(*args):
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(folders.os, "fsync", full)
        with pytest.raises(ExceptionGroup):
            rounds.write()
        assert (tmp_path / "bucket" / "status" / "index.html").exists()

    def test_the_command_writes_and_tells(self, desk, capsys):
        call_command("write_static_copy")
        assert self.page.exists()
        assert "written" in capsys.readouterr().out


def test_the_command_without_a_place_names_the_settings(settings):
    settings.DESK_STATIC_COPY_FOLDER = settings.DESK_STATIC_COPY_STORAGE = ""
    with pytest.raises(CommandError, match="DESK_STATIC_COPY_FOLDER"):
        call_command("write_static_copy")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DESK_STATIC_COPY_STORAGE", "nowhere"),
        ("DESK_STATIC_COPY_FOLDER", "copy"),
        ("DESK_STATIC_COPY_MINUTES", 0),
        ("DESK_STATIC_COPY_MINUTES", "soon"),
        ("DESK_STATIC_COPY_STALE_MINUTES", 10),
    ],
)
def test_a_setting_that_cannot_be_meant_stops_the_start(settings, name, value):
    setattr(settings, name, value)
    found = checks.check_static_copy(None)
    assert found
    assert all(each.id == "notices.E002" for each in found)
    assert any(name in each.msg for each in found)


def test_options_that_the_bucket_does_not_know_stop_the_start(settings):
    backend = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {"x": 1}}
    settings.STORAGES = {**settings.STORAGES, "static_copy": backend}
    settings.DESK_STATIC_COPY_STORAGE = "static_copy"
    assert ["DESK_STATIC_COPY_S3" in each.msg for each in checks.check_static_copy(None)] == [True]


@pytest.mark.browser
def test_a_page_turns_suspicious_of_its_own_age(desk, tmp_path, chromium):
    """Served by a web server that knows nothing; without scripts it says until when to believe."""
    with clock(ahead(hours=-2)):
        folders.write(making.make(), tmp_path / "old")
    folders.write(making.make(), tmp_path / "new")
    with served(tmp_path) as root:
        page = chromium.new_page()
        for place, alarming in (("old", True), ("new", False)):
            for address in ("status/", "status/embed/"):
                page.goto(f"{root}/{place}/current/{address}")
                assert page.locator("[data-copy-alarm]").is_visible() == alarming
                assert page.locator("main h1").is_visible()
        page.goto(f"{root}/new/current/status/")
        page.clock.install()
        page.reload()
        assert not page.locator("[data-copy-alarm]").is_visible()
        page.clock.fast_forward("02:00:00")
        assert page.locator("[data-copy-alarm]").is_visible(), "also while it stays open"
        page.close()


@pytest.mark.browser
def test_a_printed_page_says_that_it_is_a_copy(desk, tmp_path, chromium):
    folders.write(making.make(), tmp_path)
    with served(tmp_path) as root:
        page = chromium.new_page()
        page.goto(f"{root}/current/status/history/")
        signs = "[...document.querySelectorAll('[data-leads-out]')].map("
        signs += "(each) => getComputedStyle(each, '::after').content)"
        assert all("↖" in each for each in page.evaluate(signs))
        page.emulate_media(media="print")
        assert page.locator("#copy-note").is_visible()
        assert not page.locator(".copy-note-signs").is_visible()
        assert set(page.evaluate(signs)) == {"none"}
        page.close()


@contextmanager
def served(folder):
    handler = partial(QuietHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, *args):
        """Say nothing."""
