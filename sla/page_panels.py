"""What the page editor tells about a version: how it follows the others, and what to mend."""

from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import get_language_info
from wagtail.admin.panels import Panel

from sla.contradictions import fees_against, warning_of
from sla.document import Document
from sla.periods import DAY, add_months
from sla.permissions import user_can_renew
from sla.sentences import sentences_of
from sla.sequence import findings_for, precedence, said_of
from sla.showing import state_sentence
from sla.state import state_on, today
from sla.succession import sentence

if TYPE_CHECKING:
    from sla.facts_beside import Beside
    from sla.models.agreements import AgreementVersion


class SealedPanel(Panel):
    """Instead of the fields of a signed text: what it says, and how it is corrected."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "sla/admin/sealed.html"

        def is_shown(self) -> bool:
            """Once its text is signed."""
            return self.instance.is_sealed

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The sealed text with its signatures, and the ways to a new version."""
            from sla.renewal import can_have_successor

            page, user = self.instance, self.request.user
            version = page.version
            facts = version.facts()
            given = {row.party: row for row in version.signed_text.signatures.all()}
            sides = page.document.signing_parties
            renews = can_have_successor(version) and user_can_renew(user, version)
            copies = page.get_parent().permissions_for_user(user).can_add_subpage()
            return super().get_context_data(parent_context) | {
                "page": page,
                "document": page.document,
                "direction": "rtl" if get_language_info(page.document.language)["bidi"] else "ltr",
                "signed": [given[side.key] for side in sides if side.key in given],
                "state": state_sentence(state_on(facts, today()), facts, today()),
                "targets": sentences_of(page.document, page.document.language),
                "waiting": [side.name for side in sides if side.key not in given],
                "successor_url": reverse("sla_admin:successor", args=[version.pk])
                if renews
                else "",
                "copy_url": reverse("wagtailadmin_pages:copy", args=[page.pk]) if copies else "",
            }


class AboutVersionPanel(Panel):
    """Sentences to read; a new page has nothing to say yet."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "sla/admin/about_version.html"

        def is_shown(self) -> bool:
            """Once the page has a version."""
            return self.instance.version_id is not None

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """What to know, what to mend, and last year's facts beside the promises."""
            version, document = self.instance.version, self.instance.document
            return super().get_context_data(parent_context) | {
                "said": told(version, document),
                "warnings": warnings(version, document),
                "beside": beside(version),
            }


def told(version: "AgreementVersion", document: Document) -> list[str]:
    """How a version follows the others, or would if it were signed today; a sentence each."""
    if version.sealed:
        siblings = list(version.agreement.versions.with_facts())
        said = said_of(version, siblings, version.facts(siblings=siblings))
    else:
        said = [sentence(found) for found in findings_for(version, document)]
    return [*said, *filter(None, [precedence(version)])]


def warnings(version: "AgreementVersion", document: Document) -> list[str]:
    """What should be mended before a version is in force; empty for one that is signed."""
    from sla.renewal import old_days_warning

    if version.sealed:
        return []
    found = [warning_of(document, fees_against(document, version)), old_days_warning(version)]
    return [text for text in found if text]


def beside(version: "AgreementVersion") -> "list[Beside]":
    """The promises of the version that this one succeeds, with the facts of twelve months."""
    from sla.comparing import documents_of
    from sla.facts_beside import facts_beside

    if version.sealed or version.succeeds is None:
        return []
    day = today()
    before = documents_of([version.succeeds])[version.succeeds.pk]
    return facts_beside(before, version.succeeds.pk, add_months(day, -12), day - DAY)
