"""Messages as readable files: the default of a development machine and of tests."""

import os
from pathlib import Path

from django.conf import settings

from desk_core.channels.base import Channel, Letter


class FileChannel(Channel):
    """Writes one file per message into `DESK_MAIL_DIR`, oldest first by name."""

    @classmethod
    def problems(cls) -> list[str]:
        """The folder must be named."""
        return [] if getattr(settings, "DESK_MAIL_DIR", None) else ["DESK_MAIL_DIR is not set."]

    def send(self, letter: Letter) -> str:
        """Write the file whole or not at all; the same letter again writes the same file."""
        folder = Path(settings.DESK_MAIL_DIR)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        name = f"{letter.created_at:%Y%m%dT%H%M%S}-{letter.channel}-{letter.local_id}.txt"
        heading = f"To: {letter.recipient}\nLanguage: {letter.language}\n"
        if letter.subject_line:
            heading += f"Subject: {letter.subject_line}\n"
        draft = folder / f".{name}"
        draft.write_text(f"{heading}\n{letter.text}\n", encoding="utf-8")
        os.replace(draft, folder / name)
        return name

    def can_repeat(self, letter: Letter) -> bool:
        """Always: the file has the same name."""
        return True
