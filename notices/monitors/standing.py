"""How a proposal stands now, in words for staff."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from notices.enums import OVER_PHASES, Kind, Phase, ProposalState
from notices.models import Proposal

SHOWN_WITH = ("source", "service", "silenced_by", "page", "page__notice", "decided_by")


@dataclass(frozen=True)
class Standing:
    """A proposal at one instant; read it with `select_related(*SHOWN_WITH)`."""

    proposal: Proposal
    at: datetime

    @property
    def fires(self) -> bool:
        """Whether its alert goes on."""
        return self.proposal.ended_at is None

    @property
    def silent(self) -> bool:
        """Whether an announced maintenance keeps it quiet now.

        (A maintenance whose page was withdrawn meanwhile does not; the lists ask the database.)
        """
        window = self.proposal.silenced_by
        if window is None or window.kind != Kind.MAINTENANCE:
            return False
        return window.phase(self.at) in (Phase.RUNNING, Phase.OVERDUE)

    @property
    def decided(self) -> bool:
        """Whether somebody has dismissed it or written a notice that is still there."""
        row = self.proposal
        return row.state == ProposalState.DISMISSED or row.page is not None

    @property
    def word(self) -> str:
        """One or two words for a list."""
        if self.proposal.state == ProposalState.TAKEN_UP and self.proposal.page is None:
            return _("Its draft was deleted")
        if self.proposal.state == ProposalState.OPEN and self.silent:
            return _("Silenced by maintenance")
        return str(ProposalState(self.proposal.state).label)

    @property
    def alert_word(self) -> str:
        """Whether it still fires."""
        return _("still firing") if self.fires else _("recovered")

    @property
    def resolve_url(self) -> str:
        """Where its notice can be resolved, when the alert is over and the notice is not."""
        page = self.proposal.page
        if self.fires or page is None or page.notice is None:
            return ""
        if page.notice.phase(self.at) in OVER_PHASES:
            return ""
        return f"{reverse('notices_admin:update', args=[page.notice_id])}?from={self.proposal.pk}"

    @property
    def url(self) -> str:
        """The screen of this proposal."""
        return reverse("notices_admin:proposal", args=[self.proposal.pk])

    @property
    def page_url(self) -> str:
        """The editor of the page that was written from it."""
        page = self.proposal.page
        return reverse("wagtailadmin_pages:edit", args=[page.pk]) if page is not None else ""
