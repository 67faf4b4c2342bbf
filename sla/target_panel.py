"""In the page editor: each target as a sentence, in Persian and English, to be read back.

After saving it is there without a script; `static/sla/target-sentences.js` keeps it up to date
while the editor types.
"""

from typing import Any

from django import forms
from django.urls import reverse
from wagtail.admin.panels import Panel

from sla.sentences import LANGUAGES, sentence
from sla.target_blocks import targets_of
from sla.target_names import named


def sentences_of(stream: Any) -> list[dict[str, str]]:
    """The sentences of the targets of a page, in order, by language."""
    targets = targets_of(stream)
    by_language = {language: named(targets, language) for language in LANGUAGES}
    return [
        {language: sentence(by_language[language][nth], language) for language in LANGUAGES}
        for nth in range(len(targets))
    ]


class TargetSentencesPanel(Panel):
    """The sentences, below the targets; not on translations, which have no targets to edit."""

    class BoundPanel(Panel.BoundPanel):
        """The panel of one page."""

        template_name = "sla/admin/target_sentences.html"

        @property
        def media(self) -> forms.Media:
            """The script that asks again while the editor types."""
            return forms.Media(js=["sla/target-sentences.js"], css={"all": ["sla/admin.css"]})

        def is_shown(self) -> bool:
            """Only where there are targets to edit."""
            return "targets" in getattr(self.form, "fields", {})

        def get_context_data(self, parent_context: Any = None) -> dict[str, Any]:
            """The sentences of what is stored, and where to ask for those of what is typed."""
            return super().get_context_data(parent_context) | {
                "sentences": sentences_of(self.instance.targets),
                "address": reverse("sla_admin:target_sentences"),
            }
