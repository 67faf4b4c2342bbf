"""What every face says of the desk itself."""

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid5

from django.http import HttpRequest
from django.urls import reverse

from cms_pages.frame import frame_for
from cms_pages.models import Service
from notices.current import PublicNotice
from notices.statuspage_words import page_key

# A site whose home page was never published through Wagtail does not know its own age.
_UNKNOWN = datetime(2020, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Desk:
    """The desk of a request, in the language of its address."""

    request: HttpRequest
    key: UUID
    name: str
    body: str
    email: str
    born: datetime
    # Its name in the network: that of the settings, whatever name it was asked by.
    sender: str

    def address(self, view: str, **arguments: object) -> str:
        """The full address of a view of notices."""
        return self.request.build_absolute_uri(reverse(f"notices:{view}", kwargs=arguments))

    def page_of(self, service: Service | None) -> str:
        """The full address of the status page, of all or of one service."""
        return self.address("service", key=service.key) if service else self.address("status")

    def link(self, each: PublicNotice) -> str:
        """The full address of a notice."""
        return self.request.build_absolute_uri(each.page.get_url(self.request) or "/")

    def urn(self, face: str, service: Service | None = None) -> str:
        """A name for a face that stays when the site moves to another address."""
        key = uuid5(self.key, f"{face}:{service.key if service else ''}")
        return key.urn


def desk_of(request: HttpRequest) -> Desk:
    """The desk that answers a request; its key is that of its home page, in all languages."""
    frame = frame_for(request)
    root = frame.site.root_page if frame.site else None
    born = (root.first_published_at or root.latest_revision_created_at) if root else None
    return Desk(
        request=request,
        key=page_key(frame.site),
        name=frame.settings.desk,
        body=frame.settings.body or frame.settings.desk,
        email=frame.settings.email,
        born=born or _UNKNOWN,
        sender=frame.site.hostname if frame.site else request.get_host().rsplit(":", 1)[0],
    )
