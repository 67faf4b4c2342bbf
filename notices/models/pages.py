"""The pages: how a notice is shown, in one language, in one place.

What an editor fills in here counts for the first publication alone. From then on the fact leads
and changes through `notices.updates`; publishing an old draft, moving, copying, translating or
unpublishing the page cannot touch it.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from modelcluster.fields import ParentalManyToManyField
from wagtail.api import APIField
from wagtail.fields import RichTextField
from wagtail.models import Page, PageManager

from cms_pages.models import BasePage, Service
from notices import rules
from notices.enums import Certainty, Event, Impact, Kind, Severity
from notices.models.notices import Notice
from notices.models.updates import NoticeUpdate
from notices.page_forms import NoticePageForm
from notices.page_panels import notice_panels
from notices.page_querysets import NoticePageQuerySet
from notices.permission_testers import OnlyChangers
from notices.permissions import user_can_change_page, user_can_change_places
from notices.warnings import geocodes, shapes
from persian.text import normalise

if TYPE_CHECKING:
    from datetime import datetime

    from django.db.models import QuerySet

    from notices.permissions import Asker


class NoticeIndexPage(BasePage):
    """The place where notices live; shows the same as the status page, newest first."""

    template = "notices/notice_index_page.html"
    max_count_per_parent = 1
    subpage_types: ClassVar = ["notices.NoticePage"]

    class Meta:
        verbose_name = _("notices")
        verbose_name_plural = _("notices")

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Running, coming and past notices; the past ones by pages of twenty."""
        from notices.overview import listing

        return super().get_context(request, *args, **kwargs) | listing(request)

    def permissions_for_user(self, user: "Asker") -> OnlyChangers:
        """What this user may do with it, by whatever way of Wagtail's."""
        return OnlyChangers(user, self)

    def user_can_change(self, user: "Asker") -> bool:
        """Whether it is theirs to change; asked by `permissions_for_user`."""
        return user_can_change_places(user)


class NoticePage(BasePage):
    """One notice as citizens read it."""

    template = "notices/notice_page.html"
    parent_page_types: ClassVar = ["notices.NoticeIndexPage"]
    subpage_types: ClassVar[list[str]] = []
    # A copy is a new notice, from its own first publication on. A translation finds the fact
    # again by its translation key.
    exclude_fields_in_copy: ClassVar = ["notice", "tell_subscribers"]

    notice = models.ForeignKey(
        Notice,
        verbose_name=_("notice"),
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="pages",
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.OUTAGE)
    impact = models.CharField(
        _("impact on the services"), max_length=8, choices=Impact, default=Impact.MAJOR
    )
    affected_services = ParentalManyToManyField(
        Service,
        verbose_name=_("affected services"),
        blank=True,
        related_name="+",
        help_text=_("Choose none when the whole desk is affected."),
    )
    starts_at = models.DateTimeField(
        _("start"),
        null=True,
        blank=True,
        help_text=_("Empty means: from the moment of publication."),
    )
    expected_end = models.DateTimeField(
        _("expected end"),
        null=True,
        blank=True,
        help_text=_("Leave empty when nobody knows. Planned maintenance ends by itself then."),
    )
    event = models.CharField(_("event"), max_length=12, choices=Event, blank=True)
    severity = models.CharField(_("severity"), max_length=8, choices=Severity, blank=True)
    certainty = models.CharField(_("certainty"), max_length=8, choices=Certainty, blank=True)
    area = models.TextField(
        _("area"),
        blank=True,
        max_length=rules.AREA_LIMIT,
        help_text=_("In words that people of the place use: road, from where to where, county."),
    )
    area_en = models.TextField(_("area in English"), blank=True, max_length=rules.AREA_LIMIT)
    instruction = models.TextField(
        _("instruction"),
        blank=True,
        max_length=rules.TEXT_LIMIT,
        help_text=_(
            "What people should do: which other road to take, what to carry, whom to call."
        ),
    )
    instruction_en = models.TextField(
        _("instruction in English"), blank=True, max_length=rules.TEXT_LIMIT
    )
    shape = models.TextField(
        _("borders on the map"),
        blank=True,
        default="",
        db_default="",
        max_length=shapes.TEXT_LIMIT,
        help_text=_(
            "The corners of the area in turn, one a line: latitude, longitude. An empty line "
            "begins another area. A circle is one line: latitude, longitude, radius in kilometres."
        ),
    )
    geocodes = models.TextField(
        _("codes of the place"),
        blank=True,
        default="",
        db_default="",
        max_length=geocodes.TEXT_LIMIT,
        help_text=_("For machines, one a line: NAME=CODE, for example ISO3166-2=IR-28."),
    )
    message = models.TextField(
        _("what people should know"),
        max_length=rules.TEXT_LIMIT,
        help_text=_("Two or three sentences: what happened, whom it touches, what to do instead."),
    )
    body = RichTextField(_("more details"), blank=True, features=["bold", "link", "ul", "ol"])
    # Of one revision: counts when that is published, and is never ticked beforehand.
    tell_subscribers = models.BooleanField(
        _("Tell subscribers about this edit"),
        default=False,
        db_default=False,
        help_text=_(
            "Leave this alone for small corrections. First publications and updates are told "
            "without it."
        ),
    )

    #: What of a warning stands on the page and on the fact by the same name.
    WARNING_FACTS: ClassVar = (
        *("event", "certainty", "area", "area_en", "instruction", "instruction_en"),
        *("shape", "geocodes"),
    )
    WARNING_TEXTS: ClassVar = ("area", "area_en", "instruction", "instruction_en")

    objects = PageManager.from_queryset(NoticePageQuerySet)()
    # Set on instances that `with_content_json` makes.
    built_from_revision = False

    base_form_class = NoticePageForm
    content_panels: ClassVar = [*Page.content_panels, *notice_panels()]
    select_with_page: ClassVar = ("notice",)
    api_fields: ClassVar = [
        *BasePage.api_fields,
        APIField("notice_fact"),
        APIField("message"),
        APIField("body"),
    ]

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")

    @property
    def summary(self) -> str:
        """The message stands under the title, in lists and in search results."""
        return self.search_description or self.message

    @property
    def notice_fact(self) -> dict[str, Any] | None:
        """For the API: the fact with its computed state and its updates, newest first."""
        from notices.current import PublicNotice, as_dict

        if self.notice_id is None:
            return None
        return as_dict(PublicNotice(self, timezone.now()), self.locale.language_code)

    def texts(self) -> Iterable[str]:
        """The page's own words and all updates, for the search."""
        said = NoticeUpdate.objects.filter(notice=self.notice_id).values_list("text", "text_en")
        fact = self.notice
        warned = [getattr(fact, name) for name in self.WARNING_TEXTS] if fact else []
        updates = (text for row in said for text in row)
        return [*super().texts(), self.message, self.body, *warned, *updates]

    def missing(self) -> dict[str, str]:
        """What has to be filled in before the first publication, by field."""
        return rules.times_missing(
            self.kind, self.starts_at, self.expected_end
        ) | rules.warning_missing(
            self.kind,
            event=self.event,
            severity=self.severity,
            certainty=self.certainty,
            area=self.area,
            area_en=self.area_en,
        )

    def clean(self) -> None:
        """Refuse impossible times before the first publication; later the fact has its rules."""
        super().clean()
        for name in ("message", *self.WARNING_TEXTS):
            setattr(self, name, normalise(getattr(self, name) or ""))
        errors: dict[str, str] = {}
        if self.known_notice() is None:
            errors = rules.times_wrong(self.starts_at, self.expected_end, timezone.now())
            # A page that is being created says "live" before anybody has decided so.
            if self.live and not self._state.adding:
                errors = self.missing() | errors
        for name in ("message", *self.WARNING_TEXTS):
            if wrong := rules.text_wrong(getattr(self, name)):
                errors[name] = wrong
        misplaced = rules.place_wrong(self.shape, self.geocodes)
        if not misplaced:
            self.shape = shapes.canonical(self.shape)
            self.geocodes = geocodes.canonical(self.geocodes)
        errors |= misplaced
        if errors:
            raise ValidationError(errors)

    def with_content_json(self, content: dict[str, Any]) -> Self:
        """An old or a copied draft never brings a fact along, and never takes one away."""
        found = super().with_content_json(content)
        found.notice_id = self.notice_id
        if found.notice_id is None and found.alias_of_id is not None:
            found.notice_id = (
                NoticePage.objects.filter(pk=found.alias_of_id)
                .values_list("notice_id", flat=True)
                .first()
            )
        # Only what is built from a revision is being published on purpose; a page that goes live
        # because it or its branch was copied is not (see `notices.signal_handlers`).
        found.built_from_revision = True
        return found

    def known_notice(self) -> Notice | None:
        """The fact this page shows, or will show: a translation finds it by its key."""
        if self.notice_id is not None:
            return self.notice
        return Notice.objects.filter(origin=self.translation_key).first()

    def named_services(self) -> "QuerySet[Service]":
        """Services that the newest draft names, as it is stored."""
        if self.latest_revision is None:
            named = [service.pk for service in self.affected_services.all()]
        else:
            named = self.latest_revision.content.get("affected_services") or []
        return Service.objects.filter(pk__in=named)

    def permissions_for_user(self, user: "Asker") -> OnlyChangers:
        """What this user may do with it, by whatever way of Wagtail's."""
        return OnlyChangers(user, self)

    def user_can_change(self, user: "Asker") -> bool:
        """Whether it is theirs to change; asked by `permissions_for_user`."""
        return user_can_change_page(user, self)

    def shown_at(self, at: "datetime") -> bool:
        """Only what was published as a notice, too: a copied branch is live in name only."""
        return self.notice_id is not None and super().shown_at(at)

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """The fact, its phase and its updates, newest first."""
        from notices.overview import page_context

        return super().get_context(request, *args, **kwargs) | page_context(self)
