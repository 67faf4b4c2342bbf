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

_SPEAKING = (Occasion.FIRST, Occasion.EDIT, Occasion.UPDATE)


@dataclass(frozen=True)
class Words:
    """The words of an event, and its body for programs."""

    heading: str
    title: str
    when: str
    where: str
    text: str
    url: str
    short_url: str
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
            "short_url": self.short_url,
        }


class EventWords:
    """The words of events as of one moment, kept for each event and language.

    A notice that no public page shows any more has none: what was withdrawn is not told. Neither
    is what the clock brought too early. What was held back is told `late`: of a notice that is over
    by then the last words, whatever the event.
    """

    def __init__(self, at: datetime, *, late: bool = False) -> None:
        self.at, self.late = at, late
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
        outdated = self.late and _is_outdated(event, shown)
        return Words(
            heading=_heading(event, shown, outdated=outdated),
            title=shown.title,
            when=shown.when,
            where=_where(shown),
            text=shown.latest_text if outdated else _text(event, shown, language),
            url=shown.page.full_url or "",
            short_url=addresses.short(shown.id, language),
            body=webhook_bodies.event_body(shown, self.at, language),
            way_out=addresses.absolute("unsubscribe", language, "-").removesuffix("-/"),
            manage=addresses.absolute("subscription_manage", language),
        )


def _heading(event: NoticeEvent, shown: PublicNotice, *, outdated: bool) -> str:
    """What it is and, where it has come further, how far; no word stands twice."""
    nameless = shown.phase == Phase.ENDED and shown.kind != Kind.MAINTENANCE
    heading = f"{shown.kind.label} ({shown.heading})" if nameless else shown.heading
    if event.update is None or event.occasion != Occasion.UPDATE or outdated:
        return heading
    progress = str(event.update.get_state_display())
    return heading if progress.casefold() in heading.casefold() else f"{heading} ({progress})"


def _is_outdated(event: NoticeEvent, shown: PublicNotice) -> bool:
    """Whether its words, told late, would speak of what is over as if it were not."""
    newest = shown.updates[0].pk if shown.updates else None
    return shown.is_over and event.update_id != newest and event.occasion in _SPEAKING


def _where(shown: PublicNotice) -> str:
    """What is affected and how badly, as the pages say it."""
    said = render_to_string("notices/parts/where.html", {"each": shown})
    return unescape(strip_tags(said)).strip()


def _text(event: NoticeEvent, shown: PublicNotice, language: str) -> str:
    if event.occasion == Occasion.FIRST or event.occasion == Occasion.EDIT:
        return shown.page.message
    if event.update is not None:
        return event.update.text_for(language)
    if event.occasion == Occasion.BEGUN:
        return _("What was announced has begun.")
    return _("It is over, as announced.")
