"""The archive that holds an export: written while it is sent, so that its size costs no memory.

The cases are read once, before the first byte is sent: what does not open is an error and not half
an archive. Until they are sent they wait sealed (`desk_core.sealed_scratch`), and every form of
them, for programs and for people, shows the same moment.
"""

import io
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.utils import translation

from cms_pages.models import DeskSettings
from desk_core import zip_streams
from desk_core.frames import FRAME, SealedFrames
from desk_core.sealed_scratch import SealedScratch
from desk_core.sealing import Erased, SealBroken, open_subject
from desk_core.zip_streams import Member, Written
from service_requests import attachments, wording
from service_requests.models import Attachment
from service_requests.subject_export.records import BATCH, moment, records

FORMAT, VERSION = "desk-data-export", "1.1"
SCHEMA = Path(__file__).parent / "schema.json"
MISSING, DAMAGED, WITHHELD = "missing", "damaged", "withheld"
_LANGUAGES = ("fa", "en")
_logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class About:
    """What an export says of itself. `complete`: whether its maker answers for every case."""

    id: UUID
    made_at: datetime
    language: str
    scope: str
    complete: bool
    masked: bool


@dataclass(frozen=True)
class Listed:
    """A line of the table of contents."""

    code: str
    kind: str
    state: str
    department: str
    registered: str


@dataclass
class Export:
    """An archive to be read once, chunk by chunk; close it, read or not."""

    about: About
    name: str
    cases: int
    _desk: DeskSettings = field(repr=False)
    _listed: list[Listed] = field(repr=False)
    _kept: "io.BufferedReader[SealedFrames]" = field(repr=False)
    _problems: list[dict[str, str]] = field(default_factory=list, repr=False)

    def __iter__(self) -> Iterator[bytes]:
        written: list[Written] = []
        yield from zip_streams.stream(
            self._members(written), at=self.about.made_at, written=written
        )

    def close(self) -> None:
        """Let go of what was kept."""
        self._kept.close()

    def _members(self, written: list[Written]) -> Iterator[Member]:
        shown = {**self._shown(), "cases": self._listed}
        yield Member("README.txt", _once(self._readme()))
        yield Member("index.html", _once(self._page("index.html", shown)))
        yield Member("style.css", _once(render_to_string(f"{_TEMPLATES}/style.css")))
        yield Member("schema.json", _once(SCHEMA.read_text(encoding="utf-8")))
        yield Member("export.json", self._json())
        for record in self._records():
            page = self._page("case.html", {**self._shown(), **_readable(record)})
            yield Member(f"cases/{record['code']}.html", _once(page))
        yield from self._files()
        yield Member("manifest.json", _once(self._manifest(written)))

    def _json(self) -> Iterator[bytes]:
        """The head, then one case a line."""
        with translation.override(self.about.language):
            head = self._head()
        yield json.dumps(head, ensure_ascii=False, indent=1)[:-2].encode() + b',\n "cases": ['
        for number, line in enumerate(self._lines()):
            yield (b",\n" if number else b"\n") + line.rstrip(b"\n")
        yield b"\n]}\n"

    def _head(self) -> dict[str, Any]:
        return {
            "format": FORMAT,
            "version": VERSION,
            "id": str(self.about.id),
            "made_at": moment(self.about.made_at),
            "language": self.about.language,
            "body": self._desk.body,
            "desk": self._desk.desk,
            "scope": self.about.scope,
            "complete": self.about.complete,
            "person_masked": self.about.masked,
            "count": self.cases,
        }

    def _files(self) -> Iterator[Member]:
        for wanted in _batches(self._paths()):
            rows = Attachment.objects.select_related("case__subject_key").in_bulk(list(wanted))
            for key, path in wanted.items():
                chunks = self._opened(rows.get(UUID(key)), path)
                if chunks is not None:
                    yield Member(path, self._watched(chunks, path), dense=True)

    def _opened(self, row: Attachment | None, path: str) -> Iterator[bytes] | None:
        """A file whose beginning opens; of any other the manifest tells."""
        try:
            if row is None or row.case is None:
                raise FileNotFoundError
            return attachments.read(row, open_subject(row.case.subject_key))
        except attachments.Withheld:
            self._tell(path, WITHHELD)
        except (FileNotFoundError, Erased):
            self._tell(path, MISSING)
        except SealBroken:
            self._tell(path, DAMAGED)
        return None

    def _watched(self, chunks: Iterator[bytes], path: str) -> Iterator[bytes]:
        """The file up to where it no longer opens."""
        try:
            yield from chunks
        except SealBroken:
            self._tell(path, DAMAGED)

    def _tell(self, path: str, problem: str) -> None:
        self._problems.append({"name": path, "problem": problem})
        _logger.error("A file of the export %s is %s.", self.about.id, problem)

    def _manifest(self, written: list[Written]) -> str:
        found = {
            "format": FORMAT,
            "version": VERSION,
            "id": str(self.about.id),
            "members": [
                {"name": each.name, "size": each.size, "sha256": each.sha256} for each in written
            ],
            "problems": self._problems,
        }
        return json.dumps(found, ensure_ascii=False, indent=1) + "\n"

    def _paths(self) -> Iterator[tuple[str, str]]:
        for record in self._records():
            for place in (record, *record["messages"]):
                for each in place["files"]:
                    yield each["id"], each["path"]

    def _records(self) -> Iterator[dict[str, Any]]:
        return map(json.loads, self._lines())

    def _lines(self) -> Iterator[bytes]:
        """Each case as it was kept, one after the other, from the first."""
        self._kept.seek(0)
        yield from self._kept

    def _page(self, name: str, context: dict[str, Any]) -> str:
        with translation.override(self.about.language):
            return render_to_string(f"{_TEMPLATES}/{name}", context)

    def _readme(self) -> str:
        parts = []
        for language in _LANGUAGES:
            with translation.override(language):
                shown = {**self._shown(), "made": moment(self.about.made_at)}
                parts.append(render_to_string(f"{_TEMPLATES}/readme.txt", shown).strip())
        return "\n\n\n".join(parts) + "\n"

    def _shown(self) -> dict[str, Any]:
        return {"about": self.about, "desk": self._desk, "count": self.cases}


def pack(*, about: About, ids: Sequence[UUID], name: str) -> Export:
    """Read the cases now, and give the archive to be sent. Raises SealBroken."""
    scratch = SealedScratch()
    listed = []
    try:
        for record in records(ids, language=about.language, masked=about.masked):
            text = json.dumps(record, ensure_ascii=False, separators=(",", ":"))
            scratch.write(text.encode("utf-8", "backslashreplace") + b"\n")
            listed.append(_line(record))
    except BaseException:
        scratch.close()
        raise
    kept = io.BufferedReader(scratch.finish(), FRAME)
    return Export(about, name, len(listed), _desk(), listed, kept)


_TEMPLATES = "service_requests/export"


def _line(record: dict[str, Any]) -> Listed:
    return Listed(
        code=record["code"],
        kind=record["kind_label"],
        state=record["state_label"],
        department=record["department"],
        registered=record["registered_at"]["text"],
    )


def _readable(record: dict[str, Any]) -> dict[str, Any]:
    """A case for its page: the applicant's details with their labels as well."""
    person = {**(record["person"] or {}), **(record["contact"] or {})}
    return {"case": record, "details": lambda: wording.details(person)}


def _desk() -> DeskSettings:
    """The body as the default site's settings name it; reading writes nothing."""
    return DeskSettings.objects.filter(site__is_default_site=True).first() or DeskSettings()


def _once(text: str) -> Iterator[bytes]:
    yield text.encode("utf-8", "backslashreplace")


def _batches(pairs: Iterator[tuple[str, str]]) -> Iterator[dict[str, str]]:
    batch: dict[str, str] = {}
    for key, path in pairs:
        batch[key] = path
        if len(batch) == BATCH:
            yield batch
            batch = {}
    if batch:
        yield batch
