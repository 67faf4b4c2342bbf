"""Bringing a Markdown agreement into the site as a draft page; see `sla.reader` for its form."""

import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import override
from wagtail.coreutils import find_available_slug
from wagtail.models import Locale, Site

from cms_pages.models import Department
from cms_pages.models.desk_settings import DeskSettings
from sla.enums import Ending, PartyRole
from sla.models.agreements import Agreement, AgreementVersion
from sla.models.index_page import AgreementIndexPage
from sla.models.pages import AgreementPage
from sla.reader import ReadAgreement, ReadError, decode, read_agreement
from sla.versions import create_version


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of it; `created` is False when the same file had been imported before."""

    page: AgreementPage
    read: ReadAgreement
    created: bool


@transaction.atomic
def import_agreement(
    *, data: bytes, key: str, department: Department | None = None, language: str = "fa"
) -> Imported:
    """Make a draft page of a file's bytes: the next version of the agreement with this key.

    The same bytes again give the page they gave before. Raises ReadError, or ValidationError for
    a key that is none, and nothing is stored.
    """
    Agreement._meta.get_field("key").clean(key, None)
    read = read_agreement(decode(data))
    digest = hashlib.sha256(data).hexdigest()
    agreement, _new = Agreement.objects.get_or_create(
        key=key, defaults={"title": read.title[:200], "department": department}
    )
    before = (
        AgreementPage.objects.filter(
            version__agreement=agreement, version__source_digest=digest, alias_of=None
        )
        .select_related("version")
        .first()
    )
    if before is not None:
        return Imported(before, read, created=False)
    # A page that was deleted leaves its unsigned version behind: it is taken up again.
    version = AgreementVersion.objects.filter(agreement=agreement, source_digest=digest).first()
    if version is None:
        version = create_version(
            agreement=agreement,
            language=language,
            valid_from=read.valid_from,
            valid_to=read.valid_to,
            source_digest=digest,
        )
    return Imported(_draft_page(read, version), read, created=True)


def _draft_page(read: ReadAgreement, version: AgreementVersion) -> AgreementPage:
    locale, _new = Locale.objects.get_or_create(language_code=version.language)
    with override(version.language):
        parent = _index_page(locale)
        page = AgreementPage(
            title=read.title[:255],
            slug=f"{version.agreement.key}-{version.number}",
            locale=locale,
            live=False,
            has_unpublished_changes=True,
            version=version,
            valid_from=read.valid_from,
            valid_to=read.valid_to,
            ending=Ending.DATE,
            parties=_parties(),
            clauses=[
                {
                    "type": clause.type.value,
                    "value": {
                        "title": clause.title,
                        "text": clause.html,
                        "nested": clause.nested,
                        "g2g": clause.g2g,
                        "anchor": "",
                        **({"free": clause.free} if clause.type == "fees" else {}),
                    },
                }
                for clause in read.clauses
            ],
        )
        parent.add_child(instance=page)
        page.save_revision()
    return page


def _index_page(locale: Locale) -> AgreementIndexPage:
    """The list of agreements in this language; made below the site's home page where missing."""
    index = AgreementIndexPage.objects.filter(locale=locale).order_by("depth", "path").first()
    if index is not None:
        return index
    site = Site.objects.filter(is_default_site=True).select_related("root_page").first()
    if site is None:
        raise ReadError(_("There is no site yet to put the agreement in."))
    home = site.root_page.get_translation_or_none(locale) or site.root_page
    slug = find_available_slug(home, "agreements")
    index = AgreementIndexPage(title=_("Service level agreements"), slug=slug, locale=locale)
    home.add_child(instance=index)
    return index


def _parties() -> list[dict[str, object]]:
    """The body, which signs, and its users, as the site's settings name them."""
    site = Site.objects.filter(is_default_site=True).first()
    desk = DeskSettings.for_site(site) if site is not None else DeskSettings()
    provider = {
        "role": PartyRole.PROVIDER.value,
        "name": desk.body or _("the body that provides the services"),
        "signs": True,
        "signatory_name": desk.director,
        "signatory_post": desk.post_of_director,
    }
    users = {
        "role": PartyRole.RECIPIENT.value,
        "name": _("all users, natural and legal persons"),
        "signs": False,
        "signatory_name": "",
        "signatory_post": "",
    }
    return [{"type": "party", "value": provider}, {"type": "party", "value": users}]
