"""Pages of text: content, frequent questions, privacy statement (R43), service desk (R15)."""

from collections.abc import Iterable
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, MultiFieldPanel
from wagtail.api import APIField
from wagtail.fields import StreamField

from cms_pages.blocks import BodyBlock, QuestionGroupBlock
from cms_pages.blocks.media import PictureBlock
from cms_pages.models.base import BasePage


class ContentPage(BasePage):
    """A page put together from blocks."""

    body = StreamField(BodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [*BasePage.content_panels, FieldPanel("body")]
    api_fields: ClassVar = [*BasePage.api_fields, APIField("body")]
    template = "cms_pages/content_page.html"

    class Meta:
        verbose_name = _("content page")
        verbose_name_plural = _("content pages")

    def texts(self) -> Iterable[str]:
        """The blocks."""
        return [*super().texts(), *stream_texts(self.body)]


class FaqPage(BasePage):
    """Frequent questions, grouped by subject."""

    groups = StreamField([("group", QuestionGroupBlock())], verbose_name=_("questions"), blank=True)

    content_panels: ClassVar = [*BasePage.content_panels, FieldPanel("groups")]
    api_fields: ClassVar = [*BasePage.api_fields, APIField("groups")]
    template = "cms_pages/faq_page.html"

    class Meta:
        verbose_name = _("frequent questions")
        verbose_name_plural = _("frequent questions")

    def texts(self) -> Iterable[str]:
        """Questions and answers."""
        return [*super().texts(), *stream_texts(self.groups)]


class PrivacyPage(BasePage):
    """The privacy statement (R43); its version is what an applicant agrees to."""

    version = models.CharField(
        _("version"),
        max_length=20,
        default="1",
        help_text=_("Change it whenever the meaning changes: each request keeps the one accepted."),
    )
    in_force_since = models.DateField(_("in force since"), null=True, blank=True)
    body = StreamField(BodyBlock(), verbose_name=_("content"), blank=True)

    content_panels: ClassVar = [
        *BasePage.content_panels,
        FieldPanel("version"),
        FieldPanel("in_force_since"),
        FieldPanel("body"),
    ]
    api_fields: ClassVar = [
        *BasePage.api_fields,
        APIField("version"),
        APIField("in_force_since"),
        APIField("body"),
    ]
    template = "cms_pages/privacy_page.html"

    class Meta:
        verbose_name = _("privacy statement")
        verbose_name_plural = _("privacy statements")

    def texts(self) -> Iterable[str]:
        """The blocks."""
        return [*super().texts(), *stream_texts(self.body)]


class ServiceDeskPage(BasePage):
    """The desk as a place (R15): where, when, by which phone, and what it does."""

    place = models.CharField(
        _("place"),
        max_length=250,
        blank=True,
        help_text=_("Building, floor and room; empty: the address of the body."),
    )
    way = models.CharField(
        _("how to get there"), max_length=250, blank=True, help_text=_("Bus, metro, parking, lift.")
    )
    phone = models.CharField(_("phone of the desk"), max_length=60, blank=True)
    hours = models.CharField(
        _("hours of the desk"),
        max_length=250,
        blank=True,
        help_text=_("Empty: the working hours of the body, from its calendar."),
    )
    staff_duty = models.CharField(_("who helps you there"), max_length=250, blank=True)
    latitude = models.DecimalField(
        _("latitude"), max_digits=8, decimal_places=6, null=True, blank=True
    )
    longitude = models.DecimalField(
        _("longitude"), max_digits=9, decimal_places=6, null=True, blank=True
    )
    picture = StreamField(
        [("picture", PictureBlock())],
        verbose_name=_("picture or map"),
        blank=True,
        max_num=1,
    )
    duties = StreamField(BodyBlock(), verbose_name=_("what the desk does"), blank=True)

    content_panels: ClassVar = [
        *BasePage.content_panels,
        MultiFieldPanel(
            [
                FieldPanel("place"),
                FieldPanel("way"),
                FieldPanel("phone"),
                FieldPanel("hours"),
                FieldPanel("staff_duty"),
                FieldPanel("latitude"),
                FieldPanel("longitude"),
                FieldPanel("picture"),
            ],
            heading=_("The place"),
        ),
        FieldPanel("duties"),
    ]
    api_fields: ClassVar = [
        *BasePage.api_fields,
        *map(
            APIField,
            [
                "place",
                "way",
                "phone",
                "hours",
                "staff_duty",
                "latitude",
                "longitude",
                "picture",
                "duties",
            ],
        ),
    ]
    template = "cms_pages/service_desk_page.html"

    class Meta:
        verbose_name = _("service desk")
        verbose_name_plural = _("service desks")

    def texts(self) -> Iterable[str]:
        """Place and duties."""
        own = [self.place, self.way, self.phone, self.hours, self.staff_duty]
        return [*super().texts(), *own, *stream_texts(self.duties)]


def stream_texts(value: object) -> list[str]:
    """All readable texts of a StreamField value."""
    return list(value.stream_block.get_searchable_content(value))  # type: ignore[attr-defined]
