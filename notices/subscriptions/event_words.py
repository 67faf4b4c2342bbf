"""What one event says, in one language: computed once for a whole batch of subscribers."""

from dataclasses import dataclass
from datetime import datetime
from html import unescape

from django.db.models import Q
from django.template.loader import render_to_string
from django.utils.html import strip_tags
from django.utils.translation import gettext as _
from django.utils.translation import override

from notices import addresses, current
from notices.current import PublicNotice
from notices.enums import Kind, Occasion, Phase
from notices.models import NoticeEvent
from notices.subscriptions import webhook_bodies

#: What is affected stands in a text message too, as far as that costs one part at the most.
MOST_IN_SMS = 60


@dataclass(frozen=True)
class Words:
    """The words of an event, and its body for programs."""

    heading: str
    title: str
    when: str
    where: str
    text: str
    url: str
    body: webhook_bodies.EventBody
    #: What stands before the token of `List-Unsubscribe`, and where one asks for a code to manage.
    way_out: str
    manage: str

    @property
    def values(self) -> dict[str, str]:
        """For the templates of messages to people."""
        return {
            "heading": self.heading,
            "title": self.title,
            "when": self.when,
            "where": self.where,
            "briefly_where": self.where if len(self.where) <= MOST_IN_SMS else "",
            "text": self.text,
            "url": self.url,
        }


class EventWords:
    """The words of events as of one moment, kept for each event and language.

    A notice that no public page shows any more has none: what was withdrawn is not told. Neither
    is what the clock brought too early.
    """

    def __init__(self, at: datetime) -> None:
        self.at = at
        self._known: dict[tuple[int, str], Words | None] = {}

    def of(self, event: NoticeEvent, language: str) -> Words | None:
        """The words, or None for a notice that is not public now."""
        if event.is_taken_back:
            return None
        key = (event.pk, language)
        if key not in self._known:
            with override(language):
                shown = self._shown(event, language)
                self._known[key] = self._words(event, shown, language) if shown else None
        return self._known[key]

    def _shown(self, event: NoticeEvent, language: str) -> PublicNotice | None:
        condition = Q(notice=event.notice_id)
        return next(iter(current.find(self.at, condition, updates=True, language=language)), None)

    def _words(self, event: NoticeEvent, shown: PublicNotice, language: str) -> Words:
        return Words(
            heading=_heading(event, shown),
            title=shown.title,
            when=shown.when,
            where=_where(shown),
            text=_text(event, shown, language),
            url=addresses.short(shown.id, language),
            body=webhook_bodies.event_body(shown, self.at, language),
            way_out=addresses.absolute("unsubscribe", language, "-").removesuffix("-/"),
            manage=addresses.absolute("subscription_manage", language),
        )


def _heading(event: NoticeEvent, shown: PublicNotice) -> str:
    """What it is and, where it has come further, how far; no word stands twice."""
    nameless = shown.phase == Phase.ENDED and shown.kind != Kind.MAINTENANCE
    heading = f"{shown.kind.label} ({shown.heading})" if nameless else shown.heading
    if event.update is None or event.occasion != Occasion.UPDATE:
        return heading
    progress = str(event.update.get_state_display())
    return heading if progress.casefold() in heading.casefold() else f"{heading} ({progress})"


def _where(shown: PublicNotice) -> str:
    """What is affected and how badly, as the pages say it."""
    said = render_to_string("notices/parts/where.html", {"each": shown})
    return unescape(strip_tags(said)).strip()


def _text(event: NoticeEvent, shown: PublicNotice, language: str) -> str:
    if event.occasion == Occasion.FIRST or event.occasion == Occasion.EDIT:
        # Told late, the first words would speak of what is over as if it were not.
        return shown.latest_text if shown.is_over else shown.page.message
    if event.update is not None:
        return event.update.text_for(language)
    if event.occasion == Occasion.BEGUN:
        return _("What was announced has begun.")
    return _("It is over, as announced.")
