"""A whole site in a folder, used through its real commands, and what its citizens see.

Run inside such a site (`python -m tests.service_requests.backup_site …`) it does what its commands
do not: `fill` builds the demo and registers cases with files, `see_and_erase` prints what every
credential opens and erases one person, `look_around` sees all that a restore has to bring back.
Several deeds are one process, for each takes seconds to start.
"""

import hashlib
import io
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

ROOT = Path(__file__).resolve().parents[2]
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
SERVER = "postgres://postgres@127.0.0.1:5432/"


def server() -> str:
    """The address of the PostgreSQL server, up to the name of the database."""
    given = os.environ.get("DATABASE_URL", "")
    return f"{given.rpartition('/')[0]}/" if given.startswith("postgres") else SERVER


def query(statement: str, database: str = "postgres") -> list[tuple]:
    address = server().replace("postgres://", "postgresql://", 1) + database
    with psycopg.connect(address, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


@dataclass
class Site:
    """One machine: a folder, and a database in it or on the PostgreSQL server."""

    folder: Path
    vendor: str
    backups: Path
    ledger: Path
    #: The OPTIONS of a bucket that takes the backups instead of the folder.
    bucket: dict[str, Any] | None = None

    @property
    def database(self) -> str:
        """Its name on the server."""
        return f"desk_drill_{os.getpid()}"

    @property
    def environment(self) -> dict[str, str]:
        """Of its processes."""
        env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL")}
        env |= {
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'site'}",
            "PYTHONIOENCODING": "utf-8",
            "DESK_VAR": str(self.folder),
            "DESK_BACKUP_FOLDER": str(self.backups),
            "DESK_ERASURE_LEDGER": str(self.ledger),
        }
        if self.bucket:
            env["DESK_BACKUP_S3"] = json.dumps(self.bucket)
        if self.vendor == "postgresql":
            env["DATABASE_URL"] = server() + self.database
        return env

    def make(self, template: str = "template1") -> None:
        """A machine with an empty database, or on PostgreSQL with a copy of another."""
        self.folder.mkdir(parents=True)
        if self.vendor == "postgresql":
            query(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)")
            query(f"CREATE DATABASE {self.database} TEMPLATE {template}")

    def destroy(self) -> None:
        """Nothing of it stays."""
        import shutil

        shutil.rmtree(self.folder)
        if self.vendor == "postgresql":
            query(f"DROP DATABASE {self.database} WITH (FORCE)")

    def start(self, *command: str) -> subprocess.Popen[str]:
        """One of its commands, running."""
        return subprocess.Popen(
            [sys.executable, *command],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *command: str, fails: bool = False) -> str:
        """What a command printed; of one that has to fail, what it said."""
        process = self.start(*command)
        out, err = process.communicate(timeout=600)
        assert (process.returncode != 0) == fails, f"{command}\n{out[-3000:]}\n{err[-3000:]}"
        return err if fails else out

    def manage(self, *command: str, fails: bool = False) -> str:
        """`manage.py …`."""
        return self.run("manage.py", *command, fails=fails)

    def inside(self, *command: str) -> Any:
        """One of the deeds below, done inside the site."""
        return json.loads(
            self.run("-m", "tests.service_requests.backup_site", *command).splitlines()[-1]
        )

    @property
    def is_shut(self) -> bool:
        """Whether a restore of its database has begun and not ended."""
        if self.vendor == "postgresql":
            ((found,),) = query(
                "SELECT to_regclass('desk_unfinished_restore')::text", self.database
            )
            return found is not None
        import sqlite3
        from contextlib import closing

        path = self.folder / "db.sqlite3"
        if not path.exists():
            return False
        with closing(sqlite3.connect(path)) as file:
            return bool(
                file.execute(
                    "SELECT 1 FROM sqlite_master WHERE name = 'desk_unfinished_restore'"
                ).fetchall()
            )


def fill() -> list[list[str]]:
    """The demo, and cases of all kinds; code and password of each, the demo's among them."""
    import re

    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from portal.demo.records import PERSON

    from service_requests import conversation, intake, submissions, workflow
    from service_requests.attachments import IncomingFile
    from service_requests.enums import Source

    said = io.StringIO()
    call_command("demo", stdout=said)
    shown = [list(found) for found in re.findall(r"code (\d+), password (\d+)", said.getvalue())]
    officer = get_user_model().objects.get(username="officer")
    for number in range(6):
        given = {**PERSON, "kind": "request", "department": "roads", "subject": f"درخواست {number}"}
        files = [IncomingFile(f"سند {n}.pdf", pdf(1 + 60_000 * n)) for n in range(number % 3)]
        receipt = intake.submit(
            submission=submissions.clean({**given, "body": "متن درخواست با «نقل قول» و ۱۲۳."}),
            submission_key=intake.new_submission_key(),
            source=Source.WEB,
            language="fa",
            files=files,
        )
        case = receipt.case
        if number % 2:
            case = workflow.start_review(case=case, actor=officer, expected=case.version)
            conversation.citizen_adds(
                case=case,
                text="افزوده",
                files=[IncomingFile("افزوده.pdf", pdf(40_000))],
            )
            case.refresh_from_db()
            case = workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ")
            with_letters(case)
        shown.append([receipt.code, receipt.password])
    return shown


def with_letters(case: Any) -> None:
    """The case and its answer in the books, each a letter that leads to the other."""
    from django.contrib.auth import get_user_model

    from service_requests import letters
    from service_requests.models import LetterBook, Secretariat

    clerk = get_user_model().objects.get(username="secretariat")
    secretariat, _made = Secretariat.objects.get_or_create(name="دبیرخانه")
    books = [
        LetterBook.objects.get_or_create(secretariat=secretariat, direction=direction)[0]
        for direction in ("incoming", "outgoing")
    ]
    entry = letters.Entry(enclosed="یک نقشه", following_number="77/ص")
    first = letters.register_incoming(case=case, actor=clerk, book=books[0], entry=entry)
    letters.register_outgoing(
        case=case,
        actor=clerk,
        book=books[1],
        message=case.messages.get(purpose="answer"),
        entry=letters.Entry(in_reply_to=first),
    )


def pdf(size: int) -> io.BytesIO:
    """A PDF with a comment that no other one has."""
    start, end = PDF.split(b"\n", 1)
    return io.BytesIO(start + b"\n%" + os.urandom(size).hex().encode() + b"\n" + end)


def see(*credentials: str) -> dict[str, Any]:
    """What the API shows to the holder of each `code:password`, files by their bytes' digest."""
    from django.test import Client

    found = {}
    for each in credentials:
        code, password = each.split(":")
        client = Client()
        answer = client.post(
            "/api/desk/v1/sessions",
            {"code": code, "password": password},
            content_type="application/json",
        )
        assert answer.status_code == 201, answer.content
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {answer.json()['token']}"}
        case = client.get("/api/desk/v1/session/case", **bearer).json()
        listed = [*case["files"], *(f for m in case["messages"] for f in m["files"])]
        digests = {}
        for file in listed:
            content = client.get(f"/api/desk/v1/session/files/{file['id']}", **bearer)
            assert content.status_code == 200
            digests[file["id"]] = hashlib.sha256(b"".join(content.streaming_content)).hexdigest()
        found[code] = {"case": case, "files": digests}
    return found


def erase(code: str) -> None:
    from django.db import transaction

    from desk_core.sealing import erase as erase_key
    from service_requests.erasing import forget_subjects
    from service_requests.models import Case

    with transaction.atomic():
        case = Case.objects.select_related("subject_key").get(code=code)
        erase_key(case.subject_key)
        forget_subjects([case.subject_key_id])


def traces(code: str) -> dict[str, Any]:
    """What is left of a person."""
    from desk_core.sealing import Erased, open_subject
    from service_requests.models import Case, IdentifierIndex, WordIndex

    case = Case.objects.select_related("subject_key").get(code=code)
    try:
        open_subject(case.subject_key)
        opens = True
    except Erased:
        opens = False
    return {
        "opens": opens,
        "identifiers": IdentifierIndex.objects.filter(case=case).count(),
        "words": WordIndex.objects.filter(case=case).count(),
    }


def see_and_erase(erased: str, *credentials: str) -> dict[str, Any]:
    """What everybody sees; then one person is erased for good, and life goes on."""
    seen = see(*credentials)
    erase(erased)
    return {"seen": seen, "new": new_rows()}


def look_around(erased: str, *credentials: str) -> dict[str, Any]:
    """All of it in one process: what citizens see, what is left of the erased, and new rows."""
    return {"seen": see(*credentials), "traces": traces(erased), "new": new_rows()}


def new_rows() -> dict[str, int]:
    """A row in a table with numbers of its own: its number must be free. And the page tree."""
    from wagtail.models import Page, ReferenceIndex
    from wagtail.search.backends import get_search_backend

    from desk_core import audit

    entry = audit.record(action="after.restore", actor=None, target="t")
    found = get_search_backend().search("راه", Page)
    return {
        "entry": entry.pk,
        "found": len(found),
        "references": ReferenceIndex.objects.count(),
        "problems": sum(map(len, Page.find_problems())),
    }


if __name__ == "__main__":
    import django

    django.setup()
    deed, *arguments = sys.argv[1:]
    deeds: dict[str, Any] = {
        "fill": fill,
        "see_and_erase": see_and_erase,
        "look_around": look_around,
    }
    print(json.dumps(deeds[deed](*arguments)))
