"""Webhooks: a JSON body to an address that its owner has confirmed, signed by Standard Webhooks.

The receiver knows a repeat by `webhook-id`, which never changes for a message; so what may have
arrived can be sent again. `webhook-signature` is `v1,` and the base64 of the HMAC-SHA256 of
`<id>.<timestamp>.<body>` under the receiver's own secret; several, for an old and a new secret,
stand side by side. A message without a secret goes unsigned: the one that asks for confirmation.
"""

import base64
import binascii
import hashlib
import hmac
import time
from typing import ClassVar

from desk_core import outbound
from desk_core.channels.base import Channel, GiveUp, Letter, TryAgain, Unsure

SECRET_PREFIX = "whsec_"  # noqa: S105 – the standard's mark, no secret
GONE = 410


class WebhookChannel(Channel):
    """Many at a time, each with a time limit of its own: a receiver that hangs delays no other."""

    at_once: ClassVar[int] = 25
    # Resolving a name, which cannot be cut short, comes before the ten seconds of the post.
    longest: ClassVar[float] = 20.0

    def can_repeat(self, letter: Letter) -> bool:
        """Always: the receiver tells a repeat by its id."""
        return True

    def send(self, letter: Letter) -> str:
        """Post the letter's text; only an answer of 2xx counts."""
        message_id = f"msg_{letter.local_id}"
        body = letter.text.encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "service-desk-webhook/1",
            "webhook-id": message_id,
        }
        if secrets := letter.context.get("secret", ""):
            now = int(time.time())
            headers["webhook-timestamp"] = str(now)
            headers["webhook-signature"] = " ".join(
                signature(secret, message_id, now, body) for secret in secrets.split()
            )
        try:
            status = outbound.post(letter.recipient, body, headers)
        except outbound.NotAllowed as error:
            raise GiveUp(f"webhook: {error}") from None
        except outbound.NoAnswer as error:
            reason = f"webhook: {error}"
            raise (Unsure(reason) if error.sent else TryAgain(reason)) from None
        if status == GONE:
            raise GiveUp("webhook: the receiver answered 410")
        if not 200 <= status < 300:
            raise TryAgain(f"webhook: the receiver answered {status}")
        return message_id


def signature(secret: str, message_id: str, at: int, body: bytes) -> str:
    """One entry of `webhook-signature`; `secret` as it was shown, `at` in seconds since 1970.

    Raises ValueError for a secret that is not one.
    """
    try:
        key = base64.b64decode(secret.removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error:
        raise ValueError("Not a webhook secret.") from None
    signed = f"{message_id}.{at}.".encode() + body
    return "v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
