"""Who the body is (R44): names, people and contacts are data, never code."""

from typing import TYPE_CHECKING, ClassVar

from django.core.exceptions import ValidationError
from django.core.validators import FileExtensionValidator
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from wagtail.admin.panels import FieldPanel, FieldRowPanel, MultiFieldPanel, PageChooserPanel
from wagtail.contrib.settings.models import BaseSiteSetting, register_setting
from wagtail.fields import RichTextField
from wagtail.rich_text import expand_db_html

if TYPE_CHECKING:
    from django.http import HttpRequest

# The emblem is printed as it was uploaded, on every page: it has to be small.
EMBLEM_TYPES = ["png", "webp", "jpg", "jpeg"]
EMBLEM_BYTES = 200 * 1024


def _small_enough(file: models.fields.files.FieldFile) -> None:
    if file.size > EMBLEM_BYTES:
        raise ValidationError(_("The emblem must not be larger than 200 KB."))


@register_setting(icon="home", order=10)
class DeskSettings(BaseSiteSetting):
    """The body that runs this desk, one row per site; texts in Persian and, optionally, English."""

    desk_name = models.CharField(
        _("name of the desk"), max_length=120, default="میز خدمت الکترونیک"
    )
    desk_name_en = models.CharField(
        _("name of the desk in English"),
        max_length=120,
        blank=True,
        default="Electronic service desk",
    )
    body_name = models.CharField(_("name of the body"), max_length=160, blank=True)
    body_name_en = models.CharField(_("name of the body in English"), max_length=160, blank=True)
    ministry = models.CharField(_("ministry or parent body"), max_length=160, blank=True)
    ministry_en = models.CharField(
        _("ministry or parent body in English"), max_length=160, blank=True
    )
    province = models.CharField(_("province"), max_length=60, blank=True)
    province_en = models.CharField(_("province in English"), max_length=60, blank=True)
    director_name = models.CharField(_("name of the director"), max_length=120, blank=True)
    director_name_en = models.CharField(
        _("name of the director in English"), max_length=120, blank=True
    )
    director_post = models.CharField(_("post of the director"), max_length=120, blank=True)
    director_post_en = models.CharField(
        _("post of the director in English"), max_length=120, blank=True
    )
    emblem = models.ImageField(
        _("emblem"),
        upload_to="emblem/",
        blank=True,
        width_field="emblem_width",
        height_field="emblem_height",
        validators=[FileExtensionValidator(EMBLEM_TYPES), _small_enough],
        help_text=_("PNG, WebP or JPG, at most 200 KB; without one, a neutral sign is shown."),
    )
    emblem_width = models.PositiveIntegerField(null=True, editable=False)
    emblem_height = models.PositiveIntegerField(null=True, editable=False)
    address = models.CharField(_("address"), max_length=250, blank=True)
    address_en = models.CharField(_("address in English"), max_length=250, blank=True)
    postal_code = models.CharField(_("postal code"), max_length=10, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    fax = models.CharField(_("fax"), max_length=40, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    website = models.URLField(_("main website of the body"), blank=True)
    footer_text = RichTextField(
        _("text in the foot of every page"), blank=True, features=["bold", "link"]
    )
    footer_text_en = RichTextField(
        _("text in the foot of every page, in English"), blank=True, features=["bold", "link"]
    )
    privacy_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("privacy statement"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )
    accessibility_page = models.ForeignKey(
        "wagtailcore.Page",
        verbose_name=_("accessibility statement"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
    )

    panels: ClassVar = [
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("desk_name"), FieldPanel("desk_name_en")]),
                FieldRowPanel([FieldPanel("body_name"), FieldPanel("body_name_en")]),
                FieldRowPanel([FieldPanel("ministry"), FieldPanel("ministry_en")]),
                FieldRowPanel([FieldPanel("province"), FieldPanel("province_en")]),
                FieldPanel("emblem"),
            ],
            heading=_("The body"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("director_name"), FieldPanel("director_name_en")]),
                FieldRowPanel([FieldPanel("director_post"), FieldPanel("director_post_en")]),
            ],
            heading=_("The director"),
        ),
        MultiFieldPanel(
            [
                FieldRowPanel([FieldPanel("address"), FieldPanel("address_en")]),
                FieldRowPanel([FieldPanel("postal_code"), FieldPanel("phone"), FieldPanel("fax")]),
                FieldRowPanel([FieldPanel("email"), FieldPanel("website")]),
            ],
            heading=_("Contacts"),
        ),
        MultiFieldPanel(
            [
                FieldPanel("footer_text"),
                FieldPanel("footer_text_en"),
                PageChooserPanel("privacy_page"),
                PageChooserPanel("accessibility_page"),
            ],
            heading=_("Foot of the page"),
        ),
    ]

    class Meta:
        verbose_name = _("the body and its desk")

    def __str__(self) -> str:
        """The name of the body."""
        return self.body_name or str(self.desk_name)

    @classmethod
    def for_request(cls, request: "HttpRequest") -> "DeskSettings":
        """The settings of the request's site, read together with the frame of the page.

        Never None and never written on reading: before the first save they are the defaults.
        """
        from cms_pages.frame import frame_for

        return frame_for(request).settings

    def in_language(self, field: str) -> str:
        """A text in the active language; Persian where there is no English one."""
        english = getattr(self, f"{field}_en") if get_language() == "en" else ""
        return str(english or getattr(self, field))

    @property
    def desk(self) -> str:
        """Name of the desk in the reader's language."""
        return self.in_language("desk_name")

    @property
    def body(self) -> str:
        """Name of the body in the reader's language."""
        return self.in_language("body_name")

    @property
    def parent_body(self) -> str:
        """Ministry in the reader's language."""
        return self.in_language("ministry")

    @property
    def province_name(self) -> str:
        """Province in the reader's language."""
        return self.in_language("province")

    @property
    def director(self) -> str:
        """Name of the director in the reader's language."""
        return self.in_language("director_name")

    @property
    def post_of_director(self) -> str:
        """Post of the director in the reader's language."""
        return self.in_language("director_post")

    @property
    def postal_address(self) -> str:
        """Address in the reader's language."""
        return self.in_language("address")

    @property
    def foot(self) -> str:
        """The text of the foot in the reader's language, as HTML."""
        return expand_db_html(self.in_language("footer_text"))
