"""What a front end shows before somebody asks about a service: the notices that may answer it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Schema

from notices.current import PublicNotice


class NoticeBefore(Schema):
    """A notice that runs or soon begins, in the words of the pages."""

    id: UUID
    kind: str
    phase: str
    state: str
    heading: str = Field(description="What it is now, as a word: “Outage”")
    title: str
    when: str = Field(description="Since when, and the next announced time, as a sentence")
    starts_at: datetime
    expected_end: datetime | None
    url: str | None
    follow_url: str = Field(description="The page that follows it instead of asking")


def before_asking(request: HttpRequest, found: list[PublicNotice]) -> list[dict[str, Any]]:
    """These notices as `NoticeBefore`."""
    subscribe = request.build_absolute_uri(reverse("notices:subscribe"))
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "phase": each.phase,
            "state": each.progress,
            "heading": str(each.heading),
            "title": each.title,
            "when": each.when,
            "starts_at": each.notice.starts_at,
            "expected_end": each.notice.expected_end,
            "url": each.page.full_url,
            "follow_url": f"{subscribe}?notice={each.id}",
        }
        for each in found
    ]
