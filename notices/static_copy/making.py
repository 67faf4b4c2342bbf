"""Puts the files of a copy together."""

import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language_from_path, gettext, override

from desk_core import instants
from desk_core.page_cache.generation import shared_generation
from notices import addresses, conf
from notices.static_copy import assets, contents, links
from notices.static_copy.files import CopiedFile
from notices.static_copy.reading import CopyNote, Stranger, Unreadable

logger = logging.getLogger(__name__)
#: Tells programs when the copy was made.
NOTE = "/status/static-copy.json"
#: What the web server answers, with 503, to everything that is not in the copy.
UNAVAILABLE = "/unavailable.html"


@dataclass(frozen=True)
class StaticCopy:
    """All its files, in the order of writing: what pages are shown with, then pages."""

    made_at: datetime
    files: tuple[CopiedFile, ...]
    #: The mark of the page cache before it was made; "" where nobody asked.
    mark: str = ""


def make() -> StaticCopy:
    """Read all of it as of one instant. Raises `reading.Unreadable` where the site itself fails."""
    root = addresses.root()
    if not root:
        raise ImproperlyConfigured("There is no default site to make a static copy of.")
    mark, made_at = shared_generation(), timezone.now()
    with instants.standing_at(made_at):
        return _made(root, made_at, mark)


def _made(root: str, made_at: datetime, mark: str) -> StaticCopy:
    note = CopyNote(made_at=made_at, stale_at=made_at + conf.static_copy_stale_after())
    stranger = Stranger(root, note)
    found = _read(stranger, contents.addresses())
    if missing := contents.needed() - found.keys():
        # A wrong host name or scheme answers everything with an error or a redirect.
        raise Unreadable(f"{root} shows strangers no {min(missing)}: see Settings → Sites.")
    found |= _read(stranger, _followed(found.values()) - found.keys(), needed=False)
    used = _assets(found.values(), root)
    pages = [_turned(each, root, found, used) for each in found.values()]
    files = (*used.values(), *pages, _unavailable(), _note(note, len(found)))
    return StaticCopy(made_at, files, mark)


def _read(
    stranger: Stranger, paths: Iterable[str], *, needed: bool = True
) -> dict[str, CopiedFile]:
    """What is at these paths; one that fails and is not `needed` is left out."""
    found = {}
    for path in sorted(paths):
        try:
            read = stranger.read(path)
        except Unreadable:
            if needed:
                raise
            logger.exception("The static copy goes without %s", path)
            continue
        if read is not None:
            found[read.path] = read
    return found


def _followed(files: Iterable[CopiedFile]) -> set[str]:
    """Addresses that machine faces name and that are copied for that."""
    texts = (each.body.decode() for each in files if each.path.endswith((".rss", ".atom")))
    return {match.group() for text in texts for match in contents.FOLLOWED.finditer(text)}


def _assets(files: Iterable[CopiedFile], root: str) -> dict[str, CopiedFile]:
    found: dict[str, CopiedFile] = {}
    waiting = {
        path
        for each in files
        if each.is_page
        for path in links.found_in(each.body.decode(), path=each.path, root=root)
        if assets.is_asset(path)
    }
    while waiting:
        path = waiting.pop()
        file = assets.read(path)
        if file is None:
            continue
        found[path] = file
        if file.content_type == "text/css":
            waiting |= links.found_in_style(file.body.decode(), path) - found.keys()
    return found


def _turned(
    file: CopiedFile, root: str, copied: dict[str, CopiedFile], used: dict[str, CopiedFile]
) -> CopiedFile:
    if not file.is_page:
        return file
    with override(get_language_from_path(file.path) or settings.LANGUAGE_CODE):
        outwards = gettext("Leads to the desk itself, which may not answer now.")
    html = links.inwards(
        file.body.decode(),
        path=file.path,
        root=root,
        copied=copied,
        assets=used.__contains__,
        outwards=outwards,
    )
    return replace(file, body=html.encode())


def _unavailable() -> CopiedFile:
    page = render_to_string("notices/static_copy/unavailable.html")
    return CopiedFile(UNAVAILABLE, page.encode(), "text/html")


def _note(note: CopyNote, number: int) -> CopiedFile:
    body = {
        "generated_at": note.made_at.astimezone(UTC).isoformat(timespec="seconds"),
        "stale_at": note.stale_at.astimezone(UTC).isoformat(timespec="seconds"),
        "addresses": number,
    }
    return CopiedFile(NOTE, json.dumps(body).encode(), "application/json")
