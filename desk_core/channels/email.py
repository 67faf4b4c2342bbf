"""E-mail through Django's own mail settings (EMAIL_HOST and its kin)."""

import smtplib
from types import TracebackType

from django.conf import settings
from django.core.mail import EmailMessage, get_connection

from desk_core.channels.base import Channel, ChannelDown, GiveUp, Letter, TryAgain, Unsure

TIMEOUT = 20


class EmailChannel(Channel):
    """Sends plain text over one connection per batch.

    The Message-ID is made of our own number, so that a receiver who is sent the same letter
    twice after all can tell.
    """

    def __init__(self) -> None:
        # Django's own default is to wait for ever.
        timeout = getattr(settings, "EMAIL_TIMEOUT", None) or TIMEOUT
        self._connection = get_connection(timeout=timeout)
        self._open = False

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def send(self, letter: Letter) -> str:
        """Hand a letter to the mail server."""
        self._connect()
        message_id = f"<{letter.local_id}@{_domain()}>"
        message = EmailMessage(
            subject=letter.subject_line,
            body=letter.text,
            from_email=settings.DEFAULT_FROM_EMAIL,
            to=[letter.recipient],
            headers={
                "Message-ID": message_id,
                "Auto-Submitted": "auto-generated",
                "Content-Language": letter.language,
                **letter.headers,
            },
            connection=self._connection,
        )
        try:
            message.send()
        except smtplib.SMTPRecipientsRefused as refused:
            raise _verdict(max(code for code, _text in refused.recipients.values())) from None
        except smtplib.SMTPResponseException as answer:
            self._close()
            raise _verdict(answer.smtp_code) from None
        except (smtplib.SMTPException, OSError):
            self._close()
            raise Unsure("the mail server went away") from None
        except ValueError:
            # An address or a subject line that no header can hold.
            raise GiveUp("not a valid e-mail") from None
        return message_id

    def _connect(self) -> None:
        if self._open and self._still_there():
            return
        self._close()
        try:
            self._connection.open()
        except (smtplib.SMTPException, OSError):
            raise ChannelDown("no connection to the mail server") from None
        self._open = True

    def _still_there(self) -> bool:
        """Ask first: a letter sent into a connection that the server has left would be unsure."""
        session = getattr(self._connection, "connection", None)
        try:
            return session is None or session.noop()[0] == 250
        except (smtplib.SMTPException, OSError):
            return False

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._connection.close()


def _verdict(code: int) -> Exception:
    """RFC 5321 4.2.1: 4xx may go later, 5xx never will."""
    reason = f"the mail server answered {code}"
    return GiveUp(reason) if 500 <= code < 600 else TryAgain(reason)


def _domain() -> str:
    sender = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return sender or "localhost"
