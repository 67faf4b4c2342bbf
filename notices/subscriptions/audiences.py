"""People who are told of a notice without having subscribed: whoever a floor above knows of.

A floor registers who tells its audience in `AppConfig.ready()`. An audience is told once a notice,
of its first publication, in batches after the subscribers; what it is told is the registrant's own
message, queued in the transaction that it is called in.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from notices.enums import Occasion
from notices.models import Notice, NoticeEvent
from notices.subscriptions.event_words import EventWords


@dataclass(frozen=True)
class News:
    """What an audience may be told: nothing that the public page does not show."""

    notice: Notice
    words: EventWords
    event: NoticeEvent

    def title(self, language: str) -> str:
        """The title in a language, or in the one there is."""
        said = self.words.of(self.event, language)
        return said.title if said else ""

    def url(self, language: str) -> str:
        """The page of the notice."""
        said = self.words.of(self.event, language)
        return said.url if said else ""


@dataclass(frozen=True)
class Told:
    """How many of the audience a call has told, and the last of them; "" when it is through."""

    count: int
    last: str


#: (news, the last one told, at most so many) → what was done.
Teller = Callable[[News, str, int], Told]
BATCH = 200
_tellers: dict[str, Teller] = {}


def register(name: str, teller: Teller) -> None:
    """Register an audience; in `ready()`."""
    _tellers[name] = teller


def hand_over_batch(event: NoticeEvent, words: EventWords, at: datetime) -> int | None:
    """Tell the next of the audiences of an event; None when there is nobody left to tell."""
    if event.occasion != Occasion.FIRST:
        return None
    with transaction.atomic():
        locked = NoticeEvent.objects.select_for_update().get(pk=event.pk)
        for name, teller in _tellers.items():
            state = locked.audiences.get(name, {"last": "", "count": 0, "done": False})
            if state["done"]:
                continue
            told = teller(News(event.notice, words, event), state["last"], BATCH)
            locked.audiences[name] = {
                "last": told.last or state["last"],
                "count": state["count"] + told.count,
                "done": not told.last,
            }
            locked.save(update_fields=["audiences"])
            return told.count
    return None
