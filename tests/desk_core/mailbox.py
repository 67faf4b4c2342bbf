"""A real SMTP server on loopback that keeps what it takes."""

import email
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from email import policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from desk_core.channels.email import EmailChannel


class Mailbox:
    """What the server took: recipients and letter, parsed."""

    def __init__(self) -> None:
        self.letters: list[tuple[list[str], EmailMessage]] = []

    def to(self, address: str) -> list[EmailMessage]:
        """The letters to this address, in order."""
        return [letter for recipients, letter in self.letters if address in recipients]

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        letter = email.message_from_bytes(envelope.content, policy=policy.default)
        self.letters.append((envelope.rcpt_tos, letter))
        return "250 OK"


@contextmanager
def mailbox_of(settings: Any) -> Iterator[Mailbox]:
    """While it runs, the desk's e-mails go there."""
    found = Mailbox()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(found, hostname="127.0.0.1", port=port)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    settings.DEFAULT_FROM_EMAIL = "desk@example.ir"
    path = f"{EmailChannel.__module__}.{EmailChannel.__name__}"
    settings.DESK_CHANNELS = {**settings.DESK_CHANNELS, "email": path}
    try:
        yield found
    finally:
        controller.stop()
