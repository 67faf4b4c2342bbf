"""Text messages through Kavenegar's REST API.

`DESK_KAVENEGAR = {"API_KEY": …, "SENDER": …, "TEMPLATES": {<our template>: {"template": <theirs>,
"tokens": {"token": <name in the context>, …}}}}`. A template named there goes by `verify/lookup`
(approved patterns on service lines), and so does one for which staff named a pattern; every other
one as free text by `sms/send`. Receipts are read by `sms/status`.
"""

import re
from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, ClassVar, NoReturn

from django.utils import timezone

from desk_core.channels.base import (
    Channel,
    ChannelDown,
    GiveUp,
    Letter,
    Report,
    TryAgain,
    Unsure,
)
from desk_core.channels.gateway import Gateway, national_mobile, pattern_problems, setting
from desk_core.channels.gateway import problems as gateway_problems
from desk_core.enums import DeliveryState

BASE_URL = "https://api.kavenegar.com/v1"
OK = 200
NEVER = frozenset({400, 406, 411, 412, 413, 414, 417, 419, 420, 422, 424, 426, 428, 431, 432})
# Account, key, address or credit: nothing else would get through either.
DOWN = frozenset({401, 403, 407, 409, 416, 418, 427, 429, 451})
CREDIT = 418
UNKNOWN_LOCAL_ID = 100
# Kavenegar finds a message by our number for twelve hours.
REMEMBERED = timedelta(hours=11)
# In token, token2 and token3 a space, ZWNJ or line break is answered with 431.
GAPS = re.compile(r"[\s\u200c]+")
SPACED = frozenset({"token10", "token20"})
MAX_TOKEN = 100
TOKENS = ("token", "token2", "token3")
REPORTS = {
    **dict.fromkeys((6, 11, 13, 14), DeliveryState.FAILED),
    10: DeliveryState.DELIVERED,
    100: DeliveryState.UNKNOWN,
}


class KavenegarChannel(Channel):
    """One session with Kavenegar. Its key is a part of each address, which is never shown."""

    reports_delivery: ClassVar[bool] = True

    @classmethod
    def problems(cls) -> list[str]:
        """Key, address, and the shape of TEMPLATES."""
        wrong = gateway_problems("DESK_KAVENEGAR")
        if wrong:
            return wrong
        return pattern_problems(
            "DESK_KAVENEGAR",
            "template and tokens",
            lambda theirs: isinstance(theirs.get("tokens"), dict) and bool(theirs.get("template")),
        )

    def __init__(self) -> None:
        self._settings = setting("DESK_KAVENEGAR")
        self._gateway = Gateway("kavenegar")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gateway.close()

    def can_repeat(self, letter: Letter) -> bool:
        """Free text, for as long as the gateway finds it by our number; a pattern never."""
        since = letter.unsure_since
        fresh = since is None or timezone.now() - since < REMEMBERED
        return self._pattern(letter) is None and fresh

    def send(self, letter: Letter) -> str:
        """Send one message; the gateway's number of it."""
        receptor = f"0{national_mobile(letter.recipient)}"
        pattern = self._pattern(letter)
        if pattern is not None:
            return self._lookup(receptor, letter, pattern)
        if letter.unsure_since and (found := self._find(letter.local_id)):
            return found
        data = {"receptor": receptor, "message": letter.text, "localid": str(letter.local_id)}
        if self._settings.get("SENDER"):
            data["sender"] = str(self._settings["SENDER"])
        return self._sent(self._call("sms/send", data))

    def reports(self, provider_ids: Sequence[str]) -> dict[str, Report]:
        """One call for up to 500 messages; the gateway remembers them for two days."""
        entries = self._call("sms/status", {"messageid": ",".join(provider_ids)})
        return {
            str(entry["messageid"]): Report(
                REPORTS.get(entry["status"], DeliveryState.PENDING), str(entry["status"])
            )
            for entry in entries
            if entry.get("messageid") and isinstance(entry.get("status"), int)
        }

    def _lookup(self, receptor: str, letter: Letter, pattern: dict[str, Any]) -> str:
        data = {"receptor": receptor, "template": str(pattern["template"])}
        for token, name in pattern["tokens"].items():
            value = letter.context.get(name, "")
            data[token] = (value if token in SPACED else GAPS.sub("-", value.strip()))[:MAX_TOKEN]
        return self._sent(self._call("verify/lookup", data))

    def _find(self, local_id: int) -> str:
        """The gateway's number of a message that it has already, else ""."""
        entries = self._call("sms/statuslocalmessageid", {"localid": str(local_id)})
        for entry in entries:
            if entry.get("status") not in (None, UNKNOWN_LOCAL_ID) and entry.get("messageid"):
                return str(entry["messageid"])
        return ""

    def _sent(self, entries: list[dict[str, Any]]) -> str:
        if not entries or not entries[0].get("messageid"):
            raise Unsure("kavenegar: a reply without a number")
        return str(entries[0]["messageid"])

    def _call(self, method: str, data: dict[str, str]) -> list[dict[str, Any]]:
        base = self._settings.get("BASE_URL", BASE_URL)
        url = f"{base}/{self._settings['API_KEY']}/{method}.json"
        http, body = self._gateway.call("POST", url, data=data)
        head = body.get("return")
        # The status in the body is the true one: HTTP may say 200 for an error.
        status = head.get("status") if isinstance(head, dict) else None
        if status != OK:
            _refuse(status if isinstance(status, int) else http, answered=status is not None)
        entries = body.get("entries")
        entries = [entries] if isinstance(entries, dict) else entries or []
        return [entry for entry in entries if isinstance(entry, dict)]

    def _pattern(self, letter: Letter) -> dict[str, Any] | None:
        configured = self._settings.get("TEMPLATES", {}).get(letter.template)
        if not letter.gateway_template:
            return configured
        ours = dict(zip(TOKENS, letter.context, strict=False))
        tokens = configured["tokens"] if configured else ours
        return {"template": letter.gateway_template, "tokens": tokens}


def _refuse(status: int, *, answered: bool) -> NoReturn:
    reason = f"kavenegar: {status}"
    if not answered and status < 400:
        raise Unsure("kavenegar: a reply that cannot be read")
    if answered and status in NEVER:
        raise GiveUp(reason)
    if status in DOWN:
        raise ChannelDown(reason, after=timedelta(hours=1) if status == CREDIT else None)
    raise TryAgain(reason)
