"""What the admin's page of one version says: state, terms, signatures, promises.

Columns for a ModelAdmin, so that list and page show the same words.
"""

from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language, gettext, pgettext
from django.utils.translation import gettext_lazy as _

from cms_pages.templatetags.desk_face import pill
from desk_core.modeladmin import DeskInspectView
from persian.jalali import format_date
from sla.document import Document, read_canonical
from sla.models import AgreementPage, AgreementVersion, Signature
from sla.sentences import LANGUAGES, sentences_of
from sla.sequence import said_of
from sla.showing import state_sentence
from sla.state import state_on, today
from sla.tones import TONES
from sla.version_buttons import facts_in_list

LINE = SafeString("<br>")
#: In the order of the page.
FIELDS = (
    "agreement",
    "department",
    "label",
    "state_in_words",
    "starts",
    "ends",
    "organisations",
    "signatures",
    "promises",
    "in_language",
    "pages",
)


class VersionFacts:
    """The columns. Each is read from the sealed text as soon as there is one."""

    def department(self, obj: AgreementVersion) -> str:
        """Whom it covers."""
        return str(obj.agreement.department or gettext("the whole body"))

    def state_in_words(self, obj: AgreementVersion) -> SafeString | str:
        """The state as a sign, the sentence that readers get, its place among the others."""
        facts = facts_in_list(obj)
        state = state_on(facts, today())
        said = [state_sentence(state, facts, today())]
        said += said_of(obj, obj.agreement.versions.all(), facts)
        return _lines([pill(TONES[state], state.label), *said])

    def starts(self, obj: AgreementVersion) -> str:
        """Its first day."""
        facts = facts_in_list(obj)
        day = facts.starts or facts.valid_from
        return format_date(day, "long") if day else gettext("on the day of the last signature")

    def ends(self, obj: AgreementVersion) -> str:
        """Its last day, or what ends it."""
        day = facts_in_list(obj).valid_to
        return format_date(day, "long") if day else obj.get_ending_display()

    def organisations(self, obj: AgreementVersion) -> SafeString | str:
        """Who made it with whom, and whether it binds two organisations."""
        document = _document(obj)
        kind = [gettext("Between two organisations (G2G)")] if obj.g2g else []
        parties = document.parties if document else ()
        return _lines([*kind, *(f"{each.role.label}: {each.name}" for each in parties)])

    def signatures(self, obj: AgreementVersion) -> SafeString | str:
        """Who has signed, when and with which letter; who has not."""
        document = _document(obj)
        if document is None:
            return gettext("Nothing is offered for signature yet.")
        given = {row.party: row for row in Signature.objects.filter(text__version=obj)}
        return _lines(
            _signed(given[party.key])
            if party.key in given
            else gettext("%(party)s: not signed yet") % {"party": party.name}
            for party in document.signing_parties
        )

    def promises(self, obj: AgreementVersion) -> SafeString | str:
        """The promises in figures, a sentence each."""
        document = _document(obj)
        language = get_language() if get_language() in LANGUAGES else "en"
        said = sentences_of(document, language or "en") if document else []
        return _lines(said) if said else gettext("Nothing is promised in figures.")

    def in_language(self, obj: AgreementVersion) -> str:
        """The language whose text is signed, by its name."""
        return str(dict(settings.LANGUAGES).get(obj.language, obj.language))

    def pages(self, obj: AgreementVersion) -> SafeString | str:
        """Where it can be read."""
        return pages_of(obj, None)

    department.short_description = _("department")  # type: ignore[attr-defined]
    state_in_words.short_description = _("state")  # type: ignore[attr-defined]
    starts.short_description = _("valid from")  # type: ignore[attr-defined]
    ends.short_description = _("valid until")  # type: ignore[attr-defined]
    organisations.short_description = _("parties")  # type: ignore[attr-defined]
    signatures.short_description = _("signatures")  # type: ignore[attr-defined]
    promises.short_description = _("promises in figures")  # type: ignore[attr-defined]
    in_language.short_description = _("language of the signed text")  # type: ignore[attr-defined]
    pages.short_description = _("pages of this version")  # type: ignore[attr-defined]


class VersionPage(DeskInspectView):
    """The page of one version; who may edit its pages finds the way there."""

    instance: AgreementVersion

    def get_field_display_value(self, field_name: str, field: Any = None) -> Any:
        """As the columns say it, but for what depends on the reader."""
        if field_name == "pages":
            return pages_of(self.instance, self.request.user)
        return super().get_field_display_value(field_name, field)


def pages_of(version: AgreementVersion, user: Any) -> SafeString | str:
    """A line for each page: its language, and the links that are of use to this reader."""
    names = dict(settings.LANGUAGES)
    rows = AgreementPage.objects.filter(version=version).select_related("locale").order_by("pk")
    return _lines(
        format_html("{}: {}", names.get(code, code), _links(page, user))
        for page in rows
        for code in [page.locale.language_code]
    )


def _links(page: AgreementPage, user: Any) -> SafeString:
    links = []
    if page.live and (address := page.get_url()):
        links.append((address, gettext("Read the page")))
    if user is not None and page.permissions_for_user(user).can_edit():
        edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
        links.append((edit, gettext("Edit the page")))
    return format_html_join(" · ", '<a href="{}">{}</a>', links)


def _document(version: AgreementVersion) -> Document | None:
    """The text that is sealed or on offer; None for a draft."""
    text = version.signed_text.body if version.sealed else version.offered_text
    return read_canonical(text) if text else None


def _signed(row: Signature) -> SafeString:
    """One signature."""
    return format_html(
        "{} – {}<br>{} · {} · {}",
        row.name,
        row.post,
        format_date(row.signed_on, "long"),
        format_html(
            # Translators: the number of a letter
            pgettext("number", "letter {}"),
            format_html('<bdi dir="ltr">{}</bdi>', row.letter_number),
        ),
        row.get_kind_display(),
    )


def _lines(lines: Any) -> SafeString | str:
    """Each on a line of its own."""
    return format_html_join(LINE, "{}", ((line,) for line in lines))
