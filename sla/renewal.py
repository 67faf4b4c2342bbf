"""Drafting the successor of a version: its text copied, its dates moved on (R36)."""

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from wagtail.actions.copy_page import CopyPageAction
from wagtail.models import Page

from desk_core import audit
from persian.digits import localised
from persian.jalali import JalaliError, parse_date
from sla.enums import BINDING_STATES, Ending, State
from sla.models.agreements import Agreement, AgreementVersion
from sla.models.pages import AgreementPage
from sla.periods import next_period_on
from sla.reminding import needs_successor
from sla.state import Facts, state_on, today
from sla.versions import create_version
from sla.word_diff import plain_text, words_of

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

#: A version in one of these states can have a successor.
RENEWABLE = BINDING_STATES | {State.UPCOMING, State.EXPIRED}


def can_have_successor(version: AgreementVersion) -> bool:
    """Whether a successor can be drafted: signed, not ended, and no later one is signed."""
    facts = version.facts()
    return facts.replaced_from is None and state_on(facts, today()) in RENEWABLE


@dataclass(frozen=True, slots=True)
class Renewal:
    """A version that ends, or has ended, without a signed successor; `draft` is the page of one."""

    version: AgreementVersion
    facts: Facts
    state: State
    draft: AgreementPage | None


def waiting(*, on: date | None = None, days: int = 60) -> list[Renewal]:
    """Versions that end within so many days, or ended last, and nothing signed follows them.

    The soonest end first; two queries.
    """
    day = on or today()
    rows = list(AgreementVersion.objects.with_facts().select_related("agreement__department"))
    known = [(row, row.facts(siblings=rows)) for row in rows]
    found = [
        (row, facts)
        for row, facts in known
        if needs_successor(facts) and facts.valid_to and (facts.valid_to - day).days <= days
    ]
    drafts = _drafts_of([row.pk for row, _facts in found])
    found.sort(key=lambda pair: (pair[1].valid_to, pair[0].pk))
    return [Renewal(row, facts, state_on(facts, day), drafts.get(row.pk)) for row, facts in found]


def successor_days(version: AgreementVersion) -> tuple[date | None, date | None]:
    """First and last day that a successor drafted today would have; open where the old one is."""
    facts = version.facts()
    if facts.valid_to is None:
        return None, None
    return next_period_on(today(), version.valid_from, facts.valid_to)


@transaction.atomic
def draft_successor(
    *, version: AgreementVersion, actor: "AbstractBaseUser | None" = None
) -> AgreementPage:
    """The draft page of the version that follows; the same one while that is unsigned.

    Copies the signed page below the same parent, and its translations beside theirs. Raises
    ValidationError with the reason where there is nothing to follow.
    """
    Agreement.objects.select_for_update().get(pk=version.agreement_id)
    row = AgreementVersion.objects.with_facts().get(pk=version.pk)
    source = _source(row)
    next_version = row.successors.filter(signed_text=None).order_by("number").first()
    begun = next_version and AgreementPage.objects.filter(version=next_version, alias_of=None)
    if begun and (page := _in_language(begun, row.language)):
        return page
    first, last = successor_days(row)
    days = {"valid_from": first, "valid_to": last}
    if next_version is None:
        next_version = create_version(
            agreement=row.agreement,
            language=row.language,
            ending=Ending(row.ending),
            g2g=row.g2g,
            valid_from=first,
            valid_to=last,
        )
        AgreementVersion.objects.filter(pk=next_version.pk).update(succeeds=row)
        next_version.refresh_from_db()
    page = _copied(source, next_version, actor, **days)
    translations = AgreementPage.objects.filter(version=row, alias_of=None).exclude(pk=source.pk)
    for translation in translations.select_related("locale"):
        if not AgreementPage.objects.filter(
            version=next_version, locale=translation.locale, alias_of=None
        ).exists():
            _copied(translation, next_version, actor, translation_key=page.translation_key, **days)
    audit.record(
        action="agreement.successor",
        actor=actor,
        target=f"agreement-version:{next_version.pk}",
        department_id=row.agreement.department_id,
        detail={"succeeds": row.number, "number": next_version.number},
    )
    return page


def _source(row: AgreementVersion) -> AgreementPage:
    """The page to copy; refuses a version that nothing can follow."""
    source, facts = _page_of(row), row.facts()
    if facts.replaced_from is not None:
        raise ValidationError(_("A later version of this agreement is signed already."))
    if source is None or state_on(facts, today()) not in RENEWABLE:
        raise ValidationError(
            _("Only a signed version that was not ended can have a successor drafted.")
        )
    return source


def _page_of(row: AgreementVersion) -> AgreementPage | None:
    return _in_language(AgreementPage.objects.filter(version=row, alias_of=None), row.language)


def _in_language(pages: Any, language: str) -> AgreementPage | None:
    related = pages.select_related("locale", "version__agreement", "version__signed_text")
    return related.filter(locale__language_code=language).order_by("pk").first()


def _copied(
    source: AgreementPage,
    version: AgreementVersion,
    actor: "AbstractBaseUser | None",
    **changes: Any,
) -> AgreementPage:
    """A draft copy beside the source; its slug is that of its version."""
    parent = source.get_parent()
    slugs = set(parent.get_children().values_list("slug", flat=True))
    wanted = f"{version.agreement.key}-{version.number}"
    slug = next(
        name for n in range(1, len(slugs) + 2) if (name := _numbered(wanted, n)) not in slugs
    )
    action = CopyPageAction(
        Page.objects.get(pk=source.pk),
        user=actor,
        keep_live=False,
        copy_revisions=False,
        update_attrs={"version": version, "slug": slug, **changes},
    )
    copy = action.execute(skip_permission_checks=True)
    return AgreementPage.objects.get(pk=copy.pk)


def _numbered(slug: str, number: int) -> str:
    return slug if number == 1 else f"{slug}-{number}"


def _drafts_of(versions: list[int]) -> dict[int, AgreementPage]:
    """The pages of unsigned successors, by the version that they succeed: one query."""
    pages = AgreementPage.objects.filter(
        version__succeeds__in=versions, version__signed_text=None, alias_of=None
    )
    found = {}
    for page in pages.select_related("version", "locale").defer_streamfields():
        if page.locale.language_code == page.version.language:
            found[page.version.succeeds_id] = page
    return found


def old_days_warning(version: AgreementVersion) -> str:
    """Which clauses of a draft still name the last day of the version it succeeds; "" for none.

    Dates in a text are words to the desk, so it can only point to them.
    """
    before, page = version.succeeds, _page_of(version)
    if before is None or page is None or before.valid_to is None:
        return ""
    document = page.get_latest_revision_as_object().own_document()
    named = [clause for clause in document.clauses if _names(clause.html, before.valid_to)]
    if not named:
        return ""
    clauses = [f"{localised(clause.number)} {clause.title}" for clause in named]
    return _("These clauses still name the last day of the version before: %(clauses)s.") % {
        "clauses": _(", ").join(clauses)
    }


def _names(markup: str, day: date) -> bool:
    """Whether a text names a day as year/month/day."""
    for word in words_of(plain_text(markup)):
        try:
            if "/" in word and parse_date(word) == day:
                return True
        except JalaliError:
            continue
    return False
