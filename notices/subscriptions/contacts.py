"""A contact as somebody types it: which channel it is, how it is compared, how much staff see."""

from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from desk_core import blind_index, outbound
from desk_core.enums import OutboxChannel
from persian.forms import EmailAddressField, MobileField

LONGEST = outbound.MOST_LETTERS
_FIELD = "notices.subscriber"


def clean(text: str) -> tuple[OutboxChannel, str]:
    """The channel and the form in which it is written to. Raises ValidationError."""
    text = text.strip()[:LONGEST] if isinstance(text, str) else ""
    if "://" in text:
        return OutboxChannel.WEBHOOK, _clean_url(text)
    if "@" in text:
        local, _at, domain = str(EmailAddressField(max_length=254).clean(text)).rpartition("@")
        return OutboxChannel.EMAIL, f"{local}@{domain.lower()}"
    try:
        return OutboxChannel.SMS, str(MobileField().clean(text))
    except ValidationError:
        raise ValidationError(
            _("Write an e-mail address, a mobile number, or an address that begins with https://."),
            "contact",
        ) from None


def digest(channel: str, contact: str) -> str:
    """The keyed index by which a contact is known again; another channel's is unrelated."""
    return blind_index.digest(_compared(channel, contact), field=_FIELD, scope=channel)


def _compared(channel: str, contact: str) -> str:
    """Mail providers take capitals and small letters for the same; paths of web servers do not."""
    return contact if channel == OutboxChannel.WEBHOOK else contact.casefold()


def _clean_url(text: str) -> str:
    try:
        parts = outbound.check_url(text)
    except outbound.NotAllowed:
        raise ValidationError(
            _(
                "This address cannot be used: it must begin with https://, be reachable from the "
                "internet, and hold no user name and no #."
            ),
            "webhook",
        ) from None
    port = f":{parts.port}" if parts.port not in (None, 443) else ""
    host = (parts.hostname or "").lower()
    shown = f"[{host}]" if ":" in host else host
    clean = parts._replace(netloc=f"{shown}{port}", path=parts.path or "/")
    return urlsplit(clean.geturl()).geturl()
