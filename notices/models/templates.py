"""Words that notices are begun with, in Persian and English."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from notices import rules, variables
from notices.enums import Impact, Kind
from persian.text import normalise


class NoticeWords(models.Model):
    """Title and message in both languages, with the variables of `notices.variables`."""

    TEXTS = ("title", "title_en", "message", "message_en")

    title = models.CharField(_("title"), max_length=200)
    title_en = models.CharField(_("title in English"), max_length=200, blank=True)
    message = models.TextField(_("what people should know"), max_length=rules.TEXT_LIMIT)
    message_en = models.TextField(
        _("what people should know, in English"), max_length=rules.TEXT_LIMIT, blank=True
    )

    class Meta:
        abstract = True

    def clean(self) -> None:
        """Refuse HTML, unknown variables, and half an English text."""
        super().clean()
        for name in self.TEXTS:
            setattr(self, name, normalise(getattr(self, name) or ""))
        texts = {name: getattr(self, name) for name in self.TEXTS}
        rules.refuse(
            {name: wrong for name, text in texts.items() if (wrong := rules.text_wrong(text))}
        )
        variables.refuse(texts)
        rules.refuse(rules.half_english(self.title_en, self.message_en))


class NoticeTemplate(NoticeWords):
    """A notice to begin with: chosen in the list of templates, filled in, and then edited freely.

    What was begun with it does not change with it.
    """

    name = models.CharField(
        _("name"), max_length=100, unique=True, help_text=_("For the list of templates only.")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=Kind, default=Kind.MAINTENANCE)
    impact = models.CharField(
        _("impact on the services"), max_length=8, choices=Impact, default=Impact.MAJOR
    )

    class Meta:
        verbose_name = _("template of a notice")
        verbose_name_plural = _("templates of notices")
        ordering = ["name"]

    def __str__(self) -> str:
        """Its name."""
        return self.name
