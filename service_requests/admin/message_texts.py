"""Editing what messages say: a list of changed texts, and a screen of all that goes out now."""

import json
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.generic import TemplateView
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList
from wagtail.admin.views.generic.base import WagtailAdminTemplateMixin

from desk_core.enums import Channel
from desk_core.letters import Wording
from desk_core.modeladmin import DeskModelAdmin
from desk_core.responses import never_store
from desk_core.sms_length import Length, measure
from persian.digits import localised
from service_requests import message_words, permissions
from service_requests.enums import State
from service_requests.models import MessageText


@dataclass(frozen=True)
class Shown:
    """One text as it goes out, with sample values; `length` of a text message alone."""

    language: str
    wording: Wording
    length: Length | None
    own: bool
    state: str = ""
    pk: int | None = None


def shown(event: str, channel: str, language: str, row: MessageText | None = None) -> Shown:
    """What a row says, or the packaged text, in one language."""
    context = message_words.sample(event)
    with translation.override(language):
        if row is not None:
            wording = message_words.wording(row, context)
        else:
            wording = message_words.packaged_wording(event, channel, context)
    length = measure(wording.text) if channel == Channel.SMS else None
    state = row.get_state_display() if row is not None and row.state else ""
    return Shown(language, wording, length, row is not None, state, row.pk if row else None)


def length_words(length: Length) -> str:
    """«112 of 160 · 1 part · GSM-7», as the script beside the field says it."""
    return gettext("%(units)s places, %(parts)s parts, %(left)s left (%(encoding)s)") % {
        "units": localised(length.units),
        "parts": localised(length.parts),
        "left": localised(length.left),
        "encoding": length.encoding,
    }


class MessageTextForm(WagtailAdminModelForm):
    """The text with its counter; what it would say stands below once it was saved."""

    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, initial=settings.LANGUAGE_CODE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        samples = message_words.sample("registered") | message_words.sample("reply_due")
        samples |= message_words.sample("one_time_code") | message_words.sample("third_question")
        samples = {name: message_words.filled(f"{{{name}}}", samples) for name in samples}
        samples["url"] = message_words.filled("{url}", {})
        self.fields["text"].widget = forms.Textarea(
            attrs={
                "rows": 6,
                "dir": "auto",
                "data-sms-samples": json.dumps(samples),
                "data-sms-words": gettext(
                    "%(units)s places, %(parts)s parts, %(left)s left (%(encoding)s)"
                ),
            }
        )
        self.fields["subject_line"].widget.attrs["dir"] = "auto"


class MessageTextAdmin(DeskModelAdmin):
    """Texts for the whole body, by administrators; deleting one brings the packaged one back."""

    model = MessageText
    menu_icon = "edit"
    menu_label = _("Texts of messages")
    list_display = ("event", "state", "channel", "language_name", "changed_at", "length")
    list_filter = ("event", "channel")
    list_select_related: ClassVar = ()
    ordering = ("event", "state", "channel", "language", "pk")
    empty_help = _(
        "Every message is sent with its packaged text until it is changed here. “What goes out” "
        "shows them all."
    )
    reads_are_audited = False
    index_template_name = "service_requests/admin/message_texts.html"
    create_template_name = "service_requests/admin/message_text_form.html"
    edit_template_name = "service_requests/admin/message_text_edit.html"
    form_view_extra_js: ClassVar = ["service_requests/message-length.js"]
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("event"), FieldPanel("state")]),
            FieldRowPanel([FieldPanel("channel"), FieldPanel("language")]),
            FieldPanel("subject_line"),
            FieldPanel("text"),
            FieldPanel("gateway_template"),
        ],
        base_form_class=MessageTextForm,
    )

    def visible_to(self, user: Any) -> Any:
        """They belong to the whole body."""
        return MessageText.objects.all()

    def user_can_list(self, user: Any) -> bool:
        """Administrators."""
        return permissions.user_can_edit_texts(user)

    def user_can_create(self, user: Any) -> bool:
        """The same."""
        return permissions.user_can_edit_texts(user)

    def user_can_edit(self, user: Any, obj: Model) -> bool:
        """The same."""
        return permissions.user_can_edit_texts(user)

    def user_can_delete(self, user: Any, obj: Model) -> bool:
        """The same."""
        return permissions.user_can_edit_texts(user)

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def language_name(self, obj: MessageText) -> str:
        """Its language."""
        return str(dict(settings.LANGUAGES).get(obj.language, obj.language))

    language_name.short_description = _("Language")  # type: ignore[attr-defined]

    def length(self, obj: MessageText) -> str:
        """How long the text message is with sample values."""
        length = shown(obj.event, obj.channel, obj.language, obj).length
        return length_words(length) if length else ""

    length.short_description = _("Length")  # type: ignore[attr-defined]


class MessagePreviewView(WagtailAdminTemplateMixin, TemplateView):
    """Everything that goes out now, in every language; after a POST, what is being written."""

    http_method_names = ["get", "head", "post", "options"]
    template_name = "service_requests/admin/message_previews.html"
    page_title = _("What goes out")
    header_icon = "view"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Refuse whoever may not change it."""
        if not permissions.user_can_edit_texts(request.user):
            raise PermissionDenied
        return never_store(super().dispatch(request, *args, **kwargs))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """The form as it is, unsaved; its errors in words."""
        names = ("event", "state", "channel", "language")
        values = {name: request.POST.get(name, "")[:32] for name in names}
        row = MessageText(
            **values,
            subject_line=request.POST.get("subject_line", "")[:120],
            text=request.POST.get("text", "")[: message_words.LONGEST_EMAIL],
        )
        event = message_words.EVENTS.get(row.event)
        known = event and row.channel in event.channels
        if not known or row.language not in dict(settings.LANGUAGES):
            return self.render_to_response(
                self.get_context_data(errors=[gettext("Choose one of the options.")], groups=[])
            )
        errors = [message for each in message_words.problems(row).values() for message in each]
        rows = self._rows().get((row.event, row.channel), [])
        others = [
            self._of(row.event, row.channel, language, rows)
            for language, _name in settings.LANGUAGES
            if language != row.language
        ]
        written = shown(row.event, row.channel, row.language, row)
        texts = [written, *(text for each in others for text in each)]
        group = {
            "label": row.get_event_display(),
            "channel": row.get_channel_display(),
            "texts": [self._described(text) for text in texts],
        }
        return self.render_to_response(self.get_context_data(errors=errors, groups=[group]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The groups of texts, one for each event and channel."""
        context = super().get_context_data(**kwargs)
        if "groups" not in context:
            context["groups"] = self._groups()
        return context

    def _groups(self) -> list[dict[str, Any]]:
        rows = self._rows()
        return [
            {
                "label": event.label,
                "channel": Channel(channel).label,
                "texts": [
                    self._described(text)
                    for language, _name in settings.LANGUAGES
                    for text in self._of(key, channel, language, rows.get((key, channel), []))
                ],
            }
            for key, event in message_words.EVENTS.items()
            for channel in event.channels
        ]

    def _rows(self) -> dict[tuple[str, str], list[MessageText]]:
        found: dict[tuple[str, str], list[MessageText]] = {}
        for row in MessageText.objects.order_by("state"):
            found.setdefault((row.event, row.channel), []).append(row)
        return found

    def _of(self, event: str, channel: str, language: str, rows: list[MessageText]) -> list[Shown]:
        """The text for every state, then those for some."""
        mine = [row for row in rows if row.language == language]
        general = next((row for row in mine if not row.state), None)
        special = [row for row in mine if row.state in State.values]
        return [
            shown(event, channel, language, general),
            *(shown(event, channel, language, row) for row in special),
        ]

    def _described(self, text: Shown) -> dict[str, Any]:
        names = dict(settings.LANGUAGES)
        length = length_words(text.length) if text.length else ""
        return {"text": text, "language": names[text.language], "length": length}
