"""Text messages through SMS.ir's API, version 1.

`DESK_SMSIR = {"API_KEY": …, "LINE_NUMBER": 3000…, "TEMPLATES": {<our template>: {"template":
<their number>, "parameters": {<their name>: <name in the context>, …}}}}`. A template named there
goes by `send/verify`, and so does one for which staff named a pattern (its parameters are then our
names in capitals); every other one as free text from the line by `send/bulk`.
"""

from collections.abc import Sequence
from datetime import timedelta
from types import TracebackType
from typing import Any, ClassVar, NoReturn

from desk_core.channels.base import (
    Channel,
    ChannelDown,
    GiveUp,
    Letter,
    Report,
    TryAgain,
    Unsure,
)
from desk_core.channels.gateway import Gateway, national_mobile, pattern_problems, setting, written
from desk_core.channels.gateway import problems as gateway_problems
from desk_core.enums import DeliveryState

BASE_URL = "https://api.sms.ir/v1"
OK = 1
NEVER = frozenset({16, 101, 103, 104, 109, 110, 113, 114, 115, 116, 117, 123, 124})
# Key, address, account, credit or rate: nothing else would get through either.
DOWN = frozenset({10, 11, 12, 13, 14, 15, 20, 102, 118, 119})
CREDIT = 102
MAX_VALUE = 25
#: Receipts are read one message at a time: so many in one go.
ASKED_AT_ONCE = 20
REPORTS = {
    1: DeliveryState.DELIVERED,
    8: DeliveryState.UNKNOWN,
    **dict.fromkeys((2, 4, 6, 7), DeliveryState.FAILED),
}


class SmsIrChannel(Channel):
    """One session with SMS.ir. It knows no number of ours: what is unsure is not sent again."""

    reports_delivery: ClassVar[bool] = True

    @classmethod
    def problems(cls) -> list[str]:
        """Key, address, line, and the shape of TEMPLATES."""
        wrong = gateway_problems("DESK_SMSIR")
        if wrong:
            return wrong
        if not str(written("DESK_SMSIR").get("LINE_NUMBER", "")).isdigit():
            wrong.append("DESK_SMSIR: LINE_NUMBER must be a number.")
        return wrong + pattern_problems(
            "DESK_SMSIR",
            "template and parameters",
            lambda theirs: (
                str(theirs.get("template", "")).isdigit()
                and isinstance(theirs.get("parameters"), dict)
            ),
        )

    def __init__(self) -> None:
        self._settings = setting("DESK_SMSIR")
        self._gateway = Gateway("sms.ir", {"X-API-KEY": str(self._settings["API_KEY"])})

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._gateway.close()

    def send(self, letter: Letter) -> str:
        """Send one message; the gateway's number of it."""
        mobile = national_mobile(letter.recipient)
        pattern = self._pattern(letter)
        if pattern is None:
            return self._bulk(mobile, letter.text)
        return self._verify(mobile, letter, pattern)

    def _pattern(self, letter: Letter) -> dict[str, Any] | None:
        configured = self._settings.get("TEMPLATES", {}).get(letter.template)
        if not letter.gateway_template:
            return configured
        ours = {name.upper(): name for name in letter.context}
        parameters = configured["parameters"] if configured else ours
        return {"template": letter.gateway_template, "parameters": parameters}

    def reports(self, provider_ids: Sequence[str]) -> dict[str, Report]:
        """The state alone is taken from a reply that also quotes the number and the text."""
        found = {}
        for number in provider_ids[:ASKED_AT_ONCE]:
            state = self._call(f"send/{number}", None).get("deliveryState")
            if isinstance(state, int):
                found[number] = Report(REPORTS.get(state, DeliveryState.PENDING), str(state))
        return found

    def _bulk(self, mobile: str, text: str) -> str:
        data = self._call(
            "send/bulk",
            {
                "lineNumber": int(self._settings["LINE_NUMBER"]),
                "messageText": text,
                "mobiles": [mobile],
                "sendDateTime": None,
            },
        )
        numbers = data.get("messageIds") or [data.get("packId")]
        return _number(numbers[0])

    def _verify(self, mobile: str, letter: Letter, pattern: dict[str, Any]) -> str:
        parameters = []
        for theirs, ours in pattern["parameters"].items():
            value = letter.context.get(ours, "")
            if len(value) > MAX_VALUE:
                raise GiveUp(f"sms.ir: the value of {theirs} is over {MAX_VALUE} letters")
            parameters.append({"name": theirs, "value": value})
        data = self._call(
            "send/verify",
            {"mobile": mobile, "templateId": int(pattern["template"]), "parameters": parameters},
        )
        return _number(data.get("messageId"))

    def _call(self, method: str, body: dict[str, Any] | None) -> dict[str, Any]:
        """Send a body, or read where there is none."""
        base = self._settings.get("BASE_URL", BASE_URL)
        verb = "GET" if body is None else "POST"
        http, reply = self._gateway.call(verb, f"{base}/{method}", json=body)
        status = reply.get("status")
        if status != OK or http >= 400:
            _refuse(http, status if isinstance(status, int) else None)
        data = reply.get("data")
        return data if isinstance(data, dict) else {}


def _number(value: Any) -> str:
    if not value:
        raise Unsure("sms.ir: a reply without a number")
    return str(value)


def _refuse(http: int, status: int | None) -> NoReturn:
    reason = f"sms.ir: {status if status is not None else f'HTTP {http}'}"
    if status in NEVER:
        raise GiveUp(reason)
    if status is None and http < 400:
        raise Unsure("sms.ir: a reply that cannot be read")
    if status in DOWN or http in (401, 429):
        raise ChannelDown(reason, after=timedelta(hours=1) if status == CREDIT else None)
    raise TryAgain(reason)
