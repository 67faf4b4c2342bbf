"""What the content API tells of an agreement's page: plain values."""

from typing import TYPE_CHECKING, Any, ClassVar

from rest_framework.fields import ReadOnlyField
from wagtail.api import APIField

from cms_pages.models.base import BasePage
from sla.document import read_canonical

if TYPE_CHECKING:
    from sla.showing import Shown


class PageValues(BasePage):
    """The part of `AgreementPage` that the API reads; it writes nothing."""

    version: Any
    version_id: Any

    api_fields: ClassVar = [
        *BasePage.api_fields,
        APIField("agreement_key"),
        APIField("number"),
        APIField("state"),
        APIField("validity"),
        APIField("signed_language"),
        APIField("is_translation"),
        APIField("parties", serializer=ReadOnlyField(source="parties_data")),
        APIField("clauses", serializer=ReadOnlyField(source="clauses_data")),
        APIField("targets", serializer=ReadOnlyField(source="targets_data")),
        APIField("outages", serializer=ReadOnlyField(source="outages_data")),
        APIField("signatures"),
        APIField("digest"),
        APIField("attainment"),
        APIField("versions", serializer=ReadOnlyField(source="versions_data")),
        APIField("succession"),
        APIField("changes_url"),
    ]

    class Meta(BasePage.Meta):
        abstract = True

    @property
    def shown(self) -> "Shown":
        """Document, state, signatures and neighbours, as the template and the API show them."""
        from sla.showing import Shown

        return Shown(self)

    @property
    def agreement_key(self) -> str:
        """The key of the agreement."""
        return self.version.agreement.key

    @property
    def number(self) -> int:
        """The number of the version."""
        return self.version.number

    @property
    def state(self) -> str:
        """The state today, in Tehran."""
        return self.shown.state.value

    @property
    def signed_language(self) -> str:
        """The language of the text that is, or will be, signed."""
        return self.version.language

    @property
    def validity(self) -> dict[str, Any]:
        """First and last day (ISO), how it ends, days left, an end that is announced."""
        return self.shown.validity()

    @property
    def parties_data(self) -> list[dict[str, Any]]:
        """The parties."""
        return self.shown.parties_data()

    @property
    def clauses_data(self) -> list[dict[str, Any]]:
        """The clauses, numbered, their text as HTML."""
        return self.shown.clauses_data()

    @property
    def targets_data(self) -> list[dict[str, Any]]:
        """The targets, each with its sentence in the language of the page."""
        return self.shown.targets_data()

    @property
    def outages_data(self) -> dict[str, str]:
        """What clocks do while an outage lasts, with the sentence of the text."""
        return self.shown.outages_data()

    @property
    def versions_data(self) -> list[dict[str, Any]]:
        """All versions of the agreement that the public may read, newest first."""
        return self.shown.versions_data()

    @property
    def succession(self) -> list[str]:
        """How it follows the other versions, in sentences."""
        return self.shown.sequence

    @property
    def changes_url(self) -> str:
        """Below it stands what changed between two versions: `<number>-<number>/`."""
        return f"{self.get_url()}changes/"

    @property
    def signatures(self) -> list[dict[str, Any]]:
        """Who signed, when, by which letter."""
        return self.shown.signatures_data()

    @property
    def digest(self) -> str:
        """The SHA-256 of the sealed text; empty while nothing is signed."""
        return self.version.signed_text.digest if self.version.sealed else ""

    @property
    def attainment(self) -> list[dict[str, Any]]:
        """The promises of a signed version beside the facts; docs/attainment.md says each value."""
        from sla.performance.plain import promise
        from sla.performance.showing import Performance

        if self.version_id is None or not self.shown.signed:
            return []
        targets = read_canonical(self.version.signed_text.body).targets
        return [promise(line) for line in Performance(self.version_id, targets).lines]
