"""The page of an agreement: one for each version and language (R31, R34, R35)."""

import logging
from typing import Any, ClassVar, cast

from django.db import models, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel
from wagtail.fields import StreamField
from wagtail.models import Locale, PageManager, Revision
from wagtail.url_routing import RouteResult

from cms_pages.models import Department
from cms_pages.models.base import BasePage
from sla import versions
from sla.blocks import ClausesBlock, PartyBlock, clauses_of, parties_of
from sla.document import Document, read_canonical
from sla.enums import Ending, OutageRule
from sla.models.agreements import Agreement, AgreementVersion
from sla.models.page_values import PageValues
from sla.page_forms import AgreementPageForm
from sla.page_panels import AboutVersionPanel, SealedPanel
from sla.publishing import Objection, PublishRefused, objections_to, sealed_objections
from sla.querysets import AgreementPageQuerySet, SealedError
from sla.readability import objections_to_ending, objections_to_expiry
from sla.target_blocks import TargetsBlock, targets_of
from sla.target_names import named
from sla.target_panel import TargetSentencesPanel
from sla.targets import Target

logger = logging.getLogger(__name__)


class AgreementPage(PageValues):
    """One version of an agreement in one language.

    Until the first signature its content is edited and published like any page's, and each
    publishing puts it on offer for signature. From then on the sealed text is what it shows: it
    cannot be edited, and no old draft, copy or move changes it. A copy is a new, unsigned version.
    """

    version = models.ForeignKey(
        AgreementVersion,
        verbose_name=_("version"),
        on_delete=models.PROTECT,
        related_name="pages",
        editable=False,
    )
    valid_from = models.DateField(
        _("valid from"), null=True, blank=True, help_text=_("Empty: from the last signature on.")
    )
    valid_to = models.DateField(
        _("valid until"), null=True, blank=True, help_text=_("The last day on which it is valid.")
    )
    ending = models.CharField(_("ends"), max_length=10, choices=Ending, default=Ending.DATE)
    g2g = models.BooleanField(
        _("between two organisations (G2G)"),
        default=False,
        help_text=_("Then both organisations are named as parties, and both sign."),
    )
    parties = StreamField([("party", PartyBlock())], verbose_name=_("parties"), blank=True)
    clauses = StreamField(ClausesBlock(), verbose_name=_("clauses"), blank=True)
    targets = StreamField(
        TargetsBlock(),
        verbose_name=_("targets"),
        blank=True,
        help_text=_("What is promised in figures. Nothing is promised that is not written here."),
    )
    outages = models.CharField(
        _("during an outage"),
        max_length=8,
        choices=OutageRule,
        default=OutageRule.RUN,
        db_default=OutageRule.RUN,
        help_text=_(
            "What the clocks of requests do while an outage lasts that staff have linked them to. "
            "Planned maintenance, which is announced beforehand, stops none."
        ),
    )

    objects = PageManager.from_queryset(AgreementPageQuerySet)()

    #: What a signature fixes; a save of other fields needs no look at the text.
    CONTENT: ClassVar = frozenset(
        {
            *("title", "valid_from", "valid_to", "ending", "g2g"),
            *("parties", "clauses", "targets", "outages", "live", "expire_at"),
        }
    )
    base_form_class = AgreementPageForm
    parent_page_types: ClassVar = ["sla.AgreementIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    select_with_page = ("version__agreement", "version__signed_text")
    routes_below = True
    template = "sla/agreement_page.html"
    content_panels: ClassVar = [
        SealedPanel(heading=_("The signed text")),
        AboutVersionPanel(heading=_("About this version")),
        FieldPanel("agreement"),
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("valid_from"), FieldPanel("valid_to")]),
                FieldPanel("ending"),
                FieldPanel("g2g"),
            ],
            heading=_("Validity"),
        ),
        FieldPanel("parties"),
        FieldPanel("clauses"),
        FieldPanel("targets"),
        FieldPanel("outages"),
        TargetSentencesPanel(heading=_("What the targets say")),
    ]

    class Meta:
        verbose_name = _("version of an agreement")
        verbose_name_plural = _("versions of agreements")

    # What is shown

    @property
    def is_translation(self) -> bool:
        """Whether another language's text is the one that is signed."""
        return self.version_id is not None and self.language != self.version.language

    @property
    def is_sealed(self) -> bool:
        """Whether this very page shows a signed text: no translation, no alias."""
        if self.version_id is None or self.alias_of_id is not None or self.is_translation:
            return False
        return self.version.sealed

    @property
    def language(self) -> str:
        """The language of this page."""
        return self.locale.language_code

    @property
    def document(self) -> Document:
        """The text to show: the sealed one of a signed version, else the page's own."""
        if self.version_id is not None and self.version.sealed and not self.is_translation:
            return self._sealed_document
        return self.own_document()

    @cached_property
    def _sealed_document(self) -> Document:
        return read_canonical(self.version.signed_text.body)

    def own_document(self) -> Document:
        """The page's own content as a document; a translation takes its terms from the version."""
        version = self.version if self.version_id is not None else None
        covered = version.agreement.department if version is not None else None
        terms: AgreementVersion | AgreementPage = self
        if version is not None and self.is_translation:
            terms = version
        return Document(
            agreement=version.agreement.key if version else "",
            number=version.number if version else 1,
            language=self.language,
            title=self.title.strip(),
            valid_from=terms.valid_from,
            valid_to=terms.valid_to,
            ending=Ending(terms.ending),
            g2g=terms.g2g,
            parties=parties_of(self.parties),
            clauses=clauses_of(self.clauses),
            targets=self._own_targets(),
            outages=self._own_outages(),
            department=covered.key if covered is not None else "",
            department_name=self._name_of(covered),
        )

    def _name_of(self, department: Department | None) -> str:
        """Its name in the language of the page."""
        with override(self.language):
            return str(department or "")

    def _own_targets(self) -> tuple[Target, ...]:
        """The page's targets with the names of today; a translation has those of the version."""
        if not self.is_translation:
            return named(targets_of(self.targets), self.language)
        text = self._text_to_sign
        return named(read_canonical(text).targets, self.language) if text else ()

    def _own_outages(self) -> OutageRule:
        """The page's rule for outages; a translation has that of the version."""
        if not self.is_translation:
            return OutageRule(self.outages)
        text = self._text_to_sign
        return read_canonical(text).outages if text else OutageRule.RUN

    @property
    def _text_to_sign(self) -> str:
        """What is signed, or offered for signature, of the version; "" for neither."""
        return self.version.signed_text.body if self.version.sealed else self.version.offered_text

    def texts(self) -> list[str]:
        """Headings and text of the clauses, for the search."""
        document = self.document
        clauses = [text for clause in document.clauses for text in (clause.title, clause.html)]
        promises = [target.text for target in document.targets]
        return [document.title, self.search_description, *clauses, *promises]

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Add what is shown of the version."""
        from sla.showing import Shown

        context = super().get_context(request, *args, **kwargs)
        context["shown"] = Shown(self, request=request)
        return context

    # The scanned letters and what changed, below the page's own address

    def route(self, request: HttpRequest, path_components: list[str]) -> RouteResult:
        """Answer `…/letter/<signature>/` and `…/changes/[<number>-<number>/]`."""
        if len(path_components) == 2 and path_components[0] == "letter" and self.live:
            return RouteResult(self, kwargs={"letter": path_components[1]})
        if path_components[:1] == ["changes"] and len(path_components) <= 2 and self.live:
            return RouteResult(self, kwargs={"changes": "".join(path_components[1:])})
        return super().route(request, path_components)

    def serve(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """The page, one of its letters, or what changed between two versions."""
        changes = kwargs.pop("changes", None)
        if changes is not None:
            from sla.changes_page import serve_changes

            return serve_changes(self, request, changes)
        letter = kwargs.pop("letter", None)
        if letter is not None:
            from sla.letters import letter_response

            response = letter_response(request, self.version, letter)
            if response is None:
                raise Http404
            return cast(HttpResponse, response)
        return super().serve(request, *args, **kwargs)

    # What may be stored and published

    def objections(self) -> list[Objection]:
        """Why this content must not be published; empty when it may."""
        document = self.own_document()
        found = objections_to(document, translation=self.is_translation)
        return found + self._overlaps(document)

    def _overlaps(self, document: Document) -> list[Objection]:
        """Why its days would undo a version that is signed already."""
        from sla.sequence import findings_for
        from sla.succession import sentence

        if self.version_id is None or self.is_translation or self.version.sealed:
            return []
        found = findings_for(self.version, document)
        return [Objection("valid_from", sentence(one)) for one in found if one.refused]

    def objections_to_change(self) -> list[Objection]:
        """Why this content cannot replace what is stored, once the version is signed."""
        if self._state.adding or self.version_id is None or self.is_translation:
            return []
        if not AgreementVersion.objects.signed().filter(pk=self.version_id).exists():
            return []
        stored = AgreementPage.objects.select_related("version__agreement", "locale").get(
            pk=self.pk
        )
        changed = sealed_objections(stored.own_document(), self.own_document())
        return changed + objections_to_expiry(self)

    def save(self, *args: Any, **kwargs: Any) -> Any:
        """Store the page and, in the same transaction, offer its text or take it back.

        Every way of publishing ends here. Raises PublishRefused with the reasons.
        """
        named = kwargs.get("update_fields")
        if named is not None and not self.CONTENT & set(named):
            return super().save(*args, **kwargs)
        with transaction.atomic():
            self._settle_version()
            if self.alias_of_id is None:
                refused = self.objections_to_change() or (
                    self.objections() if self.live else objections_to_ending(self)
                )
                if refused:
                    raise PublishRefused(refused)
            result = super().save(*args, **kwargs)
            if self.alias_of_id is None and not self.is_translation:
                self._offer_or_withdraw()
        return result

    def _offer_or_withdraw(self) -> None:
        if AgreementVersion.objects.signed().filter(pk=self.version_id).exists():
            return
        if not self.live:
            versions.withdraw(version=self.version)
            return
        try:
            self.version = versions.offer(version=self.version, document=self.own_document())
        except SealedError as error:  # signed in the moment between
            raise PublishRefused([Objection("clauses", str(error))]) from error

    def _settle_version(self) -> None:
        """See that the page has a version of its own: a new page and a copy get the next one."""
        if self.version_id is None:
            agreement = getattr(self, "new_agreement", None) or versions.create_agreement(
                title=self.title, key=self.slug
            )
            self._take_new_version(agreement)
        elif self.alias_of_id is None and self._shares_version():
            self._take_new_version(self.version.agreement)
            self.live, self.has_unpublished_changes = False, True
            self.first_published_at = self.last_published_at = self.live_revision = None

    def _take_new_version(self, agreement: Agreement) -> None:
        self.version = versions.create_version(
            agreement=agreement,
            language=(self.locale if self.locale_id else Locale.get_default()).language_code,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            ending=Ending(self.ending),
            g2g=self.g2g,
        )

    def _shares_version(self) -> bool:
        """Whether another page of this language shows the same version already."""
        others = AgreementPage.objects.filter(
            version_id=self.version_id, locale_id=self.locale_id, alias_of=None
        ).exclude(pk=self.pk)
        if self._state.adding:
            return others.exists()
        return others.filter(pk__lt=self.pk).exists()

    def with_content_json(self, content: dict[str, Any]) -> "AgreementPage":
        """A revision's content on this page; no revision moves a page to another version."""
        obj = super().with_content_json({**content, "version": self.version_id})
        obj.version = self.version
        return obj

    def publish(self, revision: Revision, *args: Any, **kwargs: Any) -> Any:
        """Publish, or schedule, unless the text must not be published.

        A schedule that comes due for such a text is dropped with a line in the log, so that it
        does not hold up the pages after it.
        """
        draft = revision.as_object()
        refused = draft.objections_to_change() or draft.objections()
        if not refused:
            return super().publish(revision, *args, **kwargs)
        if kwargs.get("log_action") == "wagtail.publish.scheduled":
            Revision.objects.filter(pk=revision.pk).update(approved_go_live_at=None)
            reasons = " ".join(objection.message for objection in refused)
            logger.error("Agreement page %s was not published as scheduled: %s", self.pk, reasons)
            return None
        raise PublishRefused(refused)
