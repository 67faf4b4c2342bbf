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

from desk_core.frames import FRAME
from desk_core.sealed_scratch import SealedScratch

DEFAULT_LIMIT = 128 * 1024 * 1024


class SealedUploadHandler(FileUploadHandler):
    """Seals what arrives. More than `DESK_UPLOAD_LIMIT` bytes in one request are refused (400)."""

    def __init__(self, request: Any = None) -> None:
        super().__init__(request)
        self._received = 0
        self._sink: SealedScratch | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin the next file of the request, under a key of its own."""
        super().new_file(*args, **kwargs)
        self._drop()
        self._sink = SealedScratch()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Seal what has arrived; no later handler sees it."""
        self._received += len(raw_data)
        if self._received > getattr(settings, "DESK_UPLOAD_LIMIT", DEFAULT_LIMIT):
            self._drop()
            raise RequestDataTooBig("The request holds more files than can be accepted.")
        if self._sink is not None:
            self._sink.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """The finished upload, readable and seekable."""
        if self._sink is None:
            return None
        sink, self._sink = self._sink, None
        return SealedUploadedFile(
            file=io.BufferedReader(sink.finish(), FRAME),
            name=self.file_name,
            content_type=self.content_type,
            size=file_size,
            charset=self.charset,
            content_type_extra=self.content_type_extra,
        )

    def upload_interrupted(self) -> None:
        """The client went away: nothing stays."""
        self._drop()

    def _drop(self) -> None:
        if self._sink is not None:
            self._sink.close()
            self._sink = None


class SealedUploadedFile(UploadedFile):
    """An upload whose bytes lie sealed; read it, seek in it or take its chunks as usual."""
