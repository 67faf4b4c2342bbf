"""Files that come with a submission or a message: checked, sealed, kept in the vault.

A file is sealed before the transaction that stores its row; when that transaction fails, the
file is removed again. Pictures are saved anew without their hidden data, unless the applicant
wants them kept as evidence. Where files are scanned for viruses, nobody is handed one that waits.
"""

import hashlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, BinaryIO
from uuid import UUID, uuid4

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from desk_core import clamd, content_type, pictures, vault
from desk_core.sealing import Subject, open_subject
from desk_core.uploads import LostUpload
from persian.digits import localised
from service_requests import drafts
from service_requests.enums import Scan, Side
from service_requests.errors import DraftGone
from service_requests.models import Attachment, Draft

if TYPE_CHECKING:
    from service_requests.models import Case, Message

MAX_FILES = 5
MAX_SIZE = 20 * 1024 * 1024
ACCEPT = content_type.ACCEPT
_CHUNK = 64 * 1024
_MOST_DESTROYED = 500
_PICTURES = {content_type.JPEG: "JPEG", content_type.PNG: "PNG"}

NO_ROOM = _(
    "There is no room for files just now, and none was kept. Try again later, or send your words "
    "without the file."
)


class Withheld(FileNotFoundError):
    """The file waits for the virus scanner, or was destroyed because of what that found."""


@dataclass(frozen=True)
class IncomingFile:
    """A file as it arrived: its own name, and a seekable stream of its content.

    `question` is the key of the question of an editor's form that it answers. `keep_as_sent`: the
    applicant wants a picture kept with its hidden data, as evidence. `lost`: this machine had no
    room for it.
    """

    name: str = field(repr=False)
    file: BinaryIO = field(repr=False)
    question: str = ""
    keep_as_sent: bool = False
    lost: bool = False

    @classmethod
    def of(
        cls, upload: UploadedFile, question: str = "", *, keep_as_sent: bool = False
    ) -> "IncomingFile":
        """An upload of a form."""
        lost = isinstance(upload, LostUpload)
        return cls(upload.name or "", upload, question, keep_as_sent, lost)  # type: ignore[arg-type]


def store(
    files: Sequence[IncomingFile], *, subject: Subject, side: Side = Side.APPLICANT
) -> list[Attachment]:
    """Check and seal files into the vault; returns unsaved rows.

    Raises ValidationError({"attachments": [...]}) for too many, too large, of another type, or
    when the disk is full; nothing of the lot is kept then.
    """
    if len(files) > MAX_FILES:
        raise _refusal(_("At most %(count)s files can be attached."), count=MAX_FILES)
    stored: list[Attachment] = []
    with discarded_on_failure(stored):
        for incoming in files:
            stored.append(_store_one(incoming, subject, side))
    return stored


def save(
    stored: Iterable[Attachment], *, case: "Case", message: "Message | None" = None
) -> list[Attachment]:
    """Store the rows of sealed files, in the caller's transaction."""
    rows = list(stored)
    for row in rows:
        row.case, row.message = case, message
    return Attachment.objects.bulk_create(rows) if rows else []


@contextmanager
def discarded_on_failure(stored: list[Attachment]) -> Iterator[None]:
    """Remove sealed files again when what should have kept them failed."""
    try:
        yield
    except BaseException:
        for row in stored:
            vault.delete(row.path)
        raise


def add_to_draft(*, draft: Draft, file: IncomingFile) -> Attachment:
    """Seal one file of a submission that is still being written; the same file is kept once.

    A question has one file: another one takes its place. The draft has another version then, so
    that nobody sends it without the file in that moment.
    Raises ValidationError for a bad file, DraftGone when the draft was handed in or erased
    meanwhile.
    """
    subject = open_subject(draft.subject_key)
    stored = store([file], subject=subject)
    with discarded_on_failure(stored), transaction.atomic():
        drafts.locked(draft)
        kept = list(Attachment.objects.filter(draft=draft))
        replaced = [row for row in kept if file.question and row.question == file.question]
        kept = [row for row in kept if row not in replaced]
        twin = next((row for row in kept if _same(row, stored[0], subject)), None)
        if twin is None:
            if len(kept) >= MAX_FILES:
                raise _refusal(_("At most %(count)s files can be attached."), count=MAX_FILES)
            stored[0].draft = draft
            stored[0].save(force_insert=True)
        for row in replaced:
            _remove(row)
        drafts.touch(draft)
    if twin is None:
        return stored[0]
    vault.delete(stored[0].path)
    return twin


def _same(one: Attachment, other: Attachment, subject: Subject) -> bool:
    """Whether two files have the same name and the same bytes."""
    if not one.released or one.kept_as_sent != other.kept_as_sent:
        return False
    if one.question != other.question or one.size != other.size:
        return False
    if name_of(one, subject) != name_of(other, subject):
        return False
    return _digest(one, subject) == _digest(other, subject)


def _digest(attachment: Attachment, subject: Subject) -> bytes:
    found = hashlib.sha256()
    for chunk in vault.read(attachment.path, subject=subject, file_id=attachment.pk):
        found.update(chunk)
    return found.digest()


def remove_from_draft(*, draft: Draft, attachment_id: UUID) -> None:
    """Take a file out of a draft, which has another version then; one that is gone is fine."""
    with transaction.atomic(), suppress(DraftGone):
        if leave_out(draft=draft, attachment_ids=[attachment_id]):
            drafts.touch(draft)


def leave_out(*, draft: Draft, attachment_ids: Collection[UUID]) -> int:
    """Remove files of a draft that is handed in, in the caller's transaction; how many."""
    rows = list(Attachment.objects.filter(draft=draft, pk__in=attachment_ids))
    for row in rows:
        _remove(row)
    return len(rows)


def _remove(row: Attachment) -> None:
    path = row.path
    row.delete()
    transaction.on_commit(lambda: vault.delete(path))


def destroy_erased(*, at: datetime) -> int:
    """Destroy the files of cases whose data are gone, then their rows; how many. Safe to repeat.

    The bytes go first: what a killed round leaves behind is found by its row again.
    """
    doomed = Attachment.objects.filter(scan=Scan.ERASED, scan_due_at__lte=at)
    rows = list(doomed.order_by("scan_due_at", "id").values_list("pk", "path")[:_MOST_DESTROYED])
    for _key, path in rows:
        vault.delete(path)
    Attachment.objects.filter(pk__in=[key for key, _path in rows]).delete()
    return len(rows)


def name_of(attachment: Attachment, subject: Subject) -> str:
    """The file's own name."""
    return subject.open(bytes(attachment.sealed_name), record=attachment.record).decode()


def read(attachment: Attachment, subject: Subject) -> Iterator[bytes]:
    """The content, frame by frame; the first is verified before this returns.

    Every door comes through here. Raises Withheld for a file that is not released.
    """
    if not attachment.released:
        raise Withheld
    return vault.read(attachment.path, subject=subject, file_id=attachment.pk)


def _store_one(incoming: IncomingFile, subject: Subject, side: Side) -> Attachment:
    if incoming.lost:
        raise _refusal(NO_ROOM)
    size = incoming.file.seek(0, 2)
    size = incoming.file.tell() if size is None else size
    if size > MAX_SIZE:
        raise _refusal(
            _("A file may have at most %(size)s megabytes."), size=MAX_SIZE // (1024 * 1024)
        )
    try:
        return _sealed(incoming, subject, side)
    except ValidationError as error:
        raise ValidationError({"attachments": error.messages}) from error
    except OSError as error:
        if not vault.is_full(error):
            raise
        raise _refusal(NO_ROOM) from error


def _sealed(incoming: IncomingFile, subject: Subject, side: Side) -> Attachment:
    kind = content_type.verify(incoming.file, incoming.name)
    name = content_type.clean_name(incoming.name)
    picture = _PICTURES.get(kind)
    row = Attachment(id=uuid4(), side=side, content_type=kind.mime, question=incoming.question)
    row.kept_as_sent = picture is not None and incoming.keep_as_sent
    if clamd.is_configured():
        row.scan, row.scan_due_at = Scan.WAITING, timezone.now()
    row.sealed_name = subject.seal(name.encode(), record=row.record)
    source = incoming.file
    if picture is not None and not row.kept_as_sent:
        source = pictures.saved_anew(source, picture)
    try:
        source.seek(0)
        found = vault.store(iter(lambda: source.read(_CHUNK), b""), subject=subject, file_id=row.pk)
    finally:
        if source is not incoming.file:
            source.close()
    row.path, row.size = found.path, found.size
    return row


def _refusal(message: Any, **numbers: int) -> ValidationError:
    params = {name: localised(number) for name, number in numbers.items()}
    return ValidationError({"attachments": [ValidationError(message, params=params)]})
