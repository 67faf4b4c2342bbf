"""Uploads that never lie plain on a disk.

Django keeps small uploads in memory (its own handler, first in FILE_UPLOAD_HANDLERS); larger ones
come here and go, frame by frame as they arrive, to an unnamed temporary file sealed under a key
that exists in this process's memory alone. The form and the verbs see an ordinary upload.
"""

import io
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler

from desk_core import vault
from desk_core.frames import FRAME
from desk_core.sealed_scratch import SealedScratch

DEFAULT_LIMIT = 128 * 1024 * 1024


class SealedUploadHandler(FileUploadHandler):
    """Seals what arrives. More than `DESK_UPLOAD_LIMIT` bytes in one request are refused (400)."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._received = 0
        self._sink: SealedScratch | None = None
        self._lost = False

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file of the request, under a key of its own."""
        super().new_file(*args, **kwargs)
        self._drop()
        self._lost = False
        self._sink = SealedScratch()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal what has arrived; no later handler sees it."""
        self._received += len(raw_data)
        if self._received > getattr(settings, "DESK_UPLOAD_LIMIT", DEFAULT_LIMIT):
            self._drop()
            raise RequestDataTooBig("The request holds more files than can be accepted.")
        if self._sink is not None:
            try:
                self._sink.write(raw_data)
            except OSError as error:
                self._lose(error)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The finished upload, readable and seekable; or the one for which there was no room."""
        sink, self._sink = self._sink, None
        file: Any = None
        if sink is not None:
            try:
                file = io.BufferedReader(sink.finish(), FRAME)
            except OSError as error:
                sink.close()
                self._lose(error)
        if file is None and not self._lost:
            return None
        return (SealedUploadedFile if file is not None else LostUpload)(
            file=file or io.BytesIO(),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The client went away: nothing stays."""
        self._drop()

    def _lose(self, error: OSError) -> None:
        """Go on without the file where the disk is full: its field says so, the answers stay."""
        if not vault.is_full(error):
            raise error
        self._drop()
        self._lost = True

    def _drop(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None


class SealedUploadedFile(UploadedFile):
    """An upload whose bytes lie sealed; read it, seek in it or take its chunks as usual."""


class LostUpload(UploadedFile):
    """An upload that this machine had no room for: its name and size, and none of its bytes."""
