"""A dump of everything that is stored, decoded before it is searched, holds nothing of a person."""

import logging
import os
import pickle
from collections.abc import Iterable, Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.files.storage import storages
from django.core.management import call_command
from django.db import connection
from django.utils import translation

from desk_core.models import OutgoingMessage
from desk_core.page_cache.shelf import shelf
from service_requests.models import Case, Receipt
from tests.desk_core import caches
from tests.security.decoding import WRAPPINGS, canonical, texts
from tests.security.desk_life import ANSWER, NATURAL, WORDS, everything_opened, live_a_day

SHORTEST = 5
Piece = tuple[str, bytes]


class Everything(logging.Handler):
    """Keeps every word that is logged, arguments and tracebacks too."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.said: dict[str, None] = {}
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        self.said[self.format(record)] = None
        self.said[f"{record.name} {record.args!r}"] = None

    def pieces(self) -> Iterator[Piece]:
        """Each line, named by its logger and message without its values."""
        for line in self.said:
            yield f"log of {line.split()[0]}", line.encode("utf-8", "replace")


@pytest.fixture
def log() -> Iterator[Everything]:
    """All loggers at DEBUG, and every SQL statement with its parameters among what they say."""
    handler = Everything()
    known = [logging.root, *map(logging.getLogger, list(logging.root.manager.loggerDict))]
    before = [(each, each.level, each.propagate, each.disabled) for each in known]
    for each in known:
        each.setLevel(logging.DEBUG)
        each.propagate, each.disabled = True, False
    logging.root.addHandler(handler)
    yield handler
    logging.root.removeHandler(handler)
    for each, level, propagate, disabled in before:
        each.setLevel(level)
        each.propagate, each.disabled = propagate, disabled


def rows() -> Iterator[Piece]:
    """Every column of every table: models, caches, sessions, tasks and what searches index."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            quoted = connection.ops.quote_name(table)
            cursor.execute(f"SELECT * FROM {quoted}")  # noqa: S608 – its own name
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    if value not in (None, "", b""):
                        yield f"{table}.{name}", as_bytes(value)


def as_bytes(value: Any) -> bytes:
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    return str(value).encode("utf-8", "replace")


def files(*, mail: bool) -> Iterator[Piece]:
    """Every file below the folder of the deployment; the mail folder or all the rest of it."""
    letters = Path(django_settings.DESK_MAIL_DIR)
    roots = {Path(django_settings.VAR_DIR), Path(storages["private"].location), letters}
    for root in roots:
        for path in sorted(root.rglob("*")):
            within = letters in path.parents
            if path.is_file() and within == mail and "static" not in path.parts:
                yield str(path), path.name.encode() + b"\n" + path.read_bytes()


def redis_values() -> Iterator[Piece]:
    import redis

    server = redis.Redis.from_url(django_settings.CACHES["default"]["LOCATION"])
    for key in server.scan_iter():
        kind = server.type(key)
        value = server.get(key) if kind == b"string" else server.dump(key)
        yield "redis", key + b"\n" + (value or b"")


def page_copies() -> Iterator[Piece]:
    for each in (shelf.plain, shelf.queried):
        for key, copy in each.copies.items():
            yield f"cached page {key}", copy.body + repr(key).encode()


class Haystack:
    """Pieces, decoded once, searched for many secrets."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        places: dict[bytes, str] = {}
        for place, raw in pieces:
            places.setdefault(raw, place)
        self.places = list(places.values())
        self.folded = list(map(folded, places))
        self.whole = "\n".join(self.folded)

    def where(self, secret: str) -> list[str]:
        """The places that hold it."""
        wanted = canonical(secret)
        assert len(wanted) >= SHORTEST, secret
        if wanted not in self.whole:
            return []
        return [
            place for place, text in zip(self.places, self.folded, strict=True) if wanted in text
        ]


@lru_cache(maxsize=20_000)
def folded(raw: bytes) -> str:
    """All texts in one form; what the migrations left lies in every database of a process."""
    return "\n".join(map(canonical, everything(raw)))


def everything(raw: bytes) -> list[str]:
    """All texts; of a whole database file only what lies in it as it is (its rows are read)."""
    if len(raw) > 1_000_000:
        return [raw.decode(code, "replace") for code in ("utf-8", "utf-16-le", "utf-16-be")]
    return list(dict.fromkeys(texts(raw)))


def build_demo(settings: Any) -> list[tuple[str, str]]:
    """What the command `demo` builds; code and password of its open case."""
    from portal.demo import records
    from portal.management.commands.demo import people_and_pages

    settings.DEMO_PASSWORD = "desk-demo-1405-Parvin"
    with translation.override("fa"):
        people_and_pages()
        return records.build_cases()


def assert_nothing_of(secrets: dict[str, str], pieces: Iterable[Piece]) -> Haystack:
    found = Haystack(pieces)
    held = {what: where for what, text in secrets.items() if (where := found.where(text))}
    assert not held
    return found


@pytest.mark.drill
@pytest.mark.indexed
@pytest.mark.parametrize("kind", ["database", "redis"])
def test_nothing_of_a_person_lies_anywhere_in_clear(
    kind, transactional_db, settings, log, monkeypatch, tmp_path
):
    if kind == "redis":
        if "TEST_REDIS_URL" not in os.environ:
            pytest.skip("TEST_REDIS_URL names no Redis that may be emptied")
        monkeypatch.setitem(caches.BACKENDS["redis"], "LOCATION", os.environ["TEST_REDIS_URL"])
    settings.DESK_PAGE_CACHE = True
    settings.DESK_MAIL_DIR = tmp_path / "mail"
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    with caches.running_on(kind, settings):
        shown = build_demo(settings)
        connection.force_debug_cursor = True
        try:
            secrets = live_a_day(settings.DEMO_PASSWORD)
        finally:
            connection.force_debug_cursor = False
        secrets |= {f"demo's password {n}": password for n, (_c, password) in enumerate(shown)}
        secrets = {w: t for w, t in secrets.items() if len(canonical(t)) >= SHORTEST}
        assert len(secrets) > 60

        # Before and after the workers: what waits, and what remains of it.
        waiting = assert_nothing_of(secrets, rows())
        assert OutgoingMessage.objects.filter(state="waiting").count() >= 8
        assert any("django_tasks" in place for place in waiting.places)
        call_command("outbox_worker", once=True)
        call_command("db_worker", batch=True, startup_delay=False, verbosity=0)
        call_command("sweep_requests", verbosity=0)
        stored = assert_nothing_of(secrets, [*rows(), *files(mail=False), *page_copies()])
        if kind == "redis":
            assert_nothing_of(secrets, redis_values())
        assert_nothing_of(secrets, log.pieces())
        assert any("INSERT INTO" in line for line in log.said), "the SQL was not watched"
        check_letters(secrets)

    # It looked where it should: what may be in clear was seen.
    code = Case.objects.get(person_type="legal").code
    assert any("service_requests_case" in place for place in stored.where(code))
    for table in ("wagtailcore_revision", "django_session", "wagtailcore_pagelogentry"):
        assert any(place.startswith(f"{table}.") for place in stored.places), table
    assert any("search" in place for place in stored.where("استعلام پروانهٔ ساختمان"))
    assert any(str(storages["private"].location) in place for place in stored.places)
    assert Receipt.objects.exists()


def check_letters(secrets: dict[str, str]) -> None:
    """Letters name their recipient and the code of the case, and nothing else."""
    letters = list(files(mail=True))
    assert len(letters) >= 8
    applicants = {NATURAL["email"], NATURAL["mobile"]}
    contacts = {canonical(text) for text in secrets.values() if canonical(text)}
    codes = set(Case.objects.values_list("code", flat=True))
    reached = set()
    for place, raw in letters:
        heading, text = raw.decode().split("\nTo: ", 1)[1].split("\n", 1)
        assert any(code in text.replace(" ", "") for code in codes), place
        folded = canonical(f"{Path(place).name} {text}")
        assert not [secret for secret in contacts if len(secret) >= SHORTEST and secret in folded]
        reached.add(canonical(heading))
    for contact in applicants:
        assert any(canonical(contact)[-9:] in each for each in reached), contact


@pytest.mark.parametrize("wrapping", list(WRAPPINGS))
def test_the_dump_finds_a_secret_that_was_planted(wrapping, db, settings, tmp_path):
    """In a session, a task, a cache, a binary column, a log entry, a file: in any wrapping."""
    from django.contrib.sessions.models import Session
    from django.utils import timezone

    from desk_core.models import SubjectKey

    secret = "سپهروشان‌تبار ۰۹۱۲۷۷۱۳۰۹۴"
    if wrapping == "Windows Arabic":
        secret = "جعفري 09127713094"
    planted = WRAPPINGS[wrapping](secret)
    SubjectKey.objects.create(wrapped=planted)
    packed = Session.get_session_store_class()().encode({"q": planted.decode("latin-1")})
    Session.objects.create(session_key="x", session_data=packed, expire_date=timezone.now())
    settings.VAR_DIR = tmp_path
    (tmp_path / "file").write_bytes(pickle.dumps(planted))
    found = Haystack([*rows(), *files(mail=False)]).where(secret)
    assert any(place.startswith("desk_core_subjectkey.") for place in found)
    assert str(tmp_path / "file") in found
    if planted.isascii():
        assert "django_session.session_data" in found


def test_everything_that_was_sealed_is_opened_for_the_search(db, settings):
    build_demo(settings)
    opened = everything_opened()
    assert "0499370899" in opened
    assert "دیرکرد در پاسخ" in opened
    assert any("آسفالت راه روستا" in text for text in opened)
    assert any("کیلومتر ۴ تا ۶" in text for text in opened)
    assert ANSWER not in opened
    assert WORDS["subject"] not in opened
