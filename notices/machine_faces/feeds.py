"""RSS 2.0, Atom 1.0 and JSON Feed 1.1 of notices: one entry a notice, moved by each update.

The id of an entry is the notice's own and never changes, so a reader that has it shows the newer
text in its place; `updated` says when there was something new.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q
from django.template.defaultfilters import linebreaks_filter
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import format_html, format_html_join
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from cms_pages.models import Service
from notices import current
from notices.current import PublicNotice
from notices.enums import KINDS_WITH_IMPACT
from notices.machine_faces.answers import stamp
from notices.machine_faces.changes import changed_at
from notices.machine_faces.desk import Desk
from notices.models import AffectedService, Notice
from notices.overview import timeline
from persian.jalali import format_datetime

MOST = 50
JSON_VERSION = "https://jsonfeed.org/version/1.1"


@dataclass(frozen=True)
class Entry:
    """One notice as a feed tells of it; texts plain, `html` safe, times to the second."""

    id: str
    title: str
    url: str
    text: str
    html: str
    published: datetime
    updated: datetime
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Feed:
    """What all three formats say, of all notices or of one service."""

    desk: Desk
    service: Service | None
    entries: list[Entry]
    face: str = "feed"

    @property
    def title(self) -> str:
        """Whose notices these are."""
        subject = self.service or _("Notices")
        return f"{subject} – {self.desk.name}"

    @property
    def description(self) -> str:
        """One sentence about the feed."""
        return _("Outages, planned maintenance, warnings and announcements.")

    @property
    def updated(self) -> datetime:
        """When the newest entry changed."""
        return max((each.updated for each in self.entries), default=self.desk.born)

    def address(self, ending: str) -> str:
        """Its own address in a format."""
        if self.service:
            return self.desk.address(f"service_{self.face}_{ending}", key=self.service.key)
        return self.desk.address(f"{self.face}_{ending}")


def feed(desk: Desk, at: datetime, service: Service | None = None) -> Feed:
    """The notices about which something was said last, the most lately changed first."""
    newest = (
        current.public_facts(at)
        .filter(_touching(service))
        .annotate(said=Max("updates__at"))
        .order_by("-said", "pk")[:MOST]
    )
    found = current.showing(newest, at, updates=True)
    entries = [_entry(desk, each) for each in found]
    entries.sort(key=lambda each: each.updated, reverse=True)
    return Feed(desk, service, entries)


def _touching(service: Service | None) -> Q:
    """On facts what `current.touches_q` is on pages."""
    if service is None:
        return Q()
    rows = AffectedService.objects.order_by()
    named = rows.filter(service=service).values("notice_id")
    whole_desk = ~Q(Exists(rows.filter(notice=OuterRef("pk")))) & Q(kind__in=KINDS_WITH_IMPACT)
    return Q(pk__in=named) | whole_desk


def _entry(desk: Desk, each: PublicNotice) -> Entry:
    fact: Notice = each.notice
    services = [str(row.service) for row in each.affected]
    return Entry(
        id=each.id.urn,
        title=plain(each.title),
        url=desk.link(each),
        text=plain(each.latest_text),
        html=_html(each, services),
        published=fact.first_published_at.replace(microsecond=0),
        updated=changed_at(each).replace(microsecond=0),
        tags=(str(each.kind.label), *services),
    )


def _html(each: PublicNotice, services: list[str]) -> str:
    """Where it stands, whom it touches, and everything that was said, newest first."""
    names = pgettext("between items of a list", ", ").join(services)
    affected = _("Affected services: %(services)s") % {"services": names}
    said: Iterable[tuple[Any, ...]] = (
        (entry.label, format_datetime(entry.at, "long"), linebreaks_filter(plain(entry.text)))
        for entry in timeline(each)
    )
    return (
        format_html("<p><strong>{}</strong><br>{}</p>", each.heading, each.when)
        + (format_html("<p>{}</p>", affected) if services else "")
        + format_html_join("", "<p>{}</p>", _of_warning(each))
        + format_html_join("", "<h4>{} <small>{}</small></h4>{}", said)
    )


def _of_warning(each: PublicNotice) -> Iterable[tuple[str]]:
    """Where a warning holds and what to do; other notices leave both empty."""
    return ((plain(text),) for text in (each.area, each.instruction) if text)


_NOT_IN_XML = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def plain(text: str) -> str:
    """A text without what XML 1.0 cannot carry: control characters, surrogates, U+FFFE, U+FFFF."""
    return _NOT_IN_XML.sub("", text)


class _Updated:
    """A feed is as new as its newest entry, and an empty one as old as the desk: never "now"."""

    feed: dict[str, Any]

    def latest_post_date(self) -> datetime:
        return self.feed["updated_at"].astimezone(UTC)


class _Rss(_Updated, Rss201rev2Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("atom:updated", stamp(item["updateddate"]))


class _Atom(_Updated, Atom1Feed):
    def add_item_elements(self, handler: Any, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        handler.addQuickElement("content", item["html"], {"type": "html"})


def rss(feed: Feed) -> str:
    """The feed in RSS 2.0, the description of an item in full."""
    return _written(_Rss, feed, "rss", full=True)


def atom(feed: Feed) -> str:
    """The feed in Atom 1.0, with a summary and the whole content."""
    return _written(_Atom, feed, "atom", full=False)


def _written(format_class: type[Any], feed: Feed, ending: str, *, full: bool) -> str:
    writer = format_class(
        title=plain(feed.title),
        link=feed.desk.page_of(feed.service),
        description=feed.description,
        language=get_language(),
        author_name=plain(feed.desk.body),
        feed_url=feed.address(ending),
        feed_guid=feed.desk.urn(feed.face, feed.service),
        ttl="30",
        updated_at=feed.updated,
    )
    for each in feed.entries:
        writer.add_item(
            title=each.title,
            link=each.url,
            description=each.html if full else linebreaks_filter(each.text),
            unique_id=each.id,
            unique_id_is_permalink=False,
            pubdate=each.published,
            updateddate=each.updated,
            categories=each.tags,
            html=each.html,
        )
    written: str = writer.writeString("utf-8")
    return written


def json_feed(feed: Feed) -> dict[str, Any]:
    """The feed in JSON Feed 1.1."""
    return {
        "version": JSON_VERSION,
        "title": feed.title,
        "description": feed.description,
        "home_page_url": feed.desk.page_of(feed.service),
        "feed_url": feed.address("json"),
        "language": get_language(),
        "authors": [{"name": feed.desk.body}],
        "items": [
            {
                "id": each.id,
                "url": each.url,
                "title": each.title,
                "summary": each.text,
                "content_html": each.html,
                "date_published": stamp(each.published),
                "date_modified": stamp(each.updated),
                "tags": list(each.tags),
            }
            for each in feed.entries
        ],
    }
