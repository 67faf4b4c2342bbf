"""Texts of messages: what may be saved, what goes out, who may word it."""

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _

from cms_pages.enums import Role
from desk_core.models import AuditEntry, OutgoingMessage
from desk_core.sealing import open_subject
from desk_core.sms_length import measure
from service_requests import message_words, workflow
from service_requests.admin.message_texts import shown
from service_requests.enums import Kind, State
from service_requests.message_words import EVENTS
from service_requests.models import MessageText
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import NATURAL, answered, in_review, make_case
from tests.service_requests.one_time import letters

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
LANGUAGES = [code for code, _name in django_settings.LANGUAGES]


def text(**changes) -> MessageText:
    values = {
        "event": "news",
        "channel": "sms",
        "language": "fa",
        "text": "خبری دربارهٔ {code} هست: {url}",
    }
    return MessageText(**{**values, **changes})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"text": "خبری هست."}, "text"),
        ({"text": "{code} {name}"}, "text"),
        ({"text": "{code.__class__}"}, "text"),
        ({"text": "{code} {"}, "text"),
        ({"text": "{code} {day}"}, "text"),
        ({"text": "{code} " + "س" * 280}, "text"),
        ({"subject_line": "خبر"}, "subject_line"),
        ({"channel": "email"}, "subject_line"),
        ({"channel": "email", "subject_line": "{url} {x}"}, "subject_line"),
        (
            {"channel": "email", "subject_line": "خبر", "gateway_template": "news"},
            "gateway_template",
        ),
        ({"event": "registered", "state": "answered"}, "state"),
        ({"event": "reply_due", "text": "{code}"}, "text"),
        ({"event": "one_time_code", "text": "{code}"}, "text"),
        ({"event": "staff_new", "text": "{code}"}, "channel"),
        ({"gateway_template": "a b"}, "gateway_template"),
    ],
)
def test_what_would_not_go_out_as_it_is_meant_is_refused_at_its_field(changes, field):
    with pytest.raises(ValidationError) as caught:
        text(**changes).full_clean()
    assert field in caught.value.message_dict


def test_an_own_text_goes_out_for_its_state_and_language_and_the_packaged_one_otherwise():
    case, officer = in_review()
    row = text(state=State.ANSWERED, text="برای {code} خبری هست. {url}", gateway_template="answer2")
    row.full_clean()
    row.save()
    text(event="registered", language="en", text="Registered: {code}").save()
    workflow.answer(case=case, actor=officer, expected=case.version, text="پاسخ", files=())
    packaged, *_rest = letters(case, "registered")
    assert case.code in packaged.text
    assert packaged.text != f"Registered: {case.code}"
    assert packaged.gateway_template == ""
    [sms] = [letter for letter in letters(case, "news") if letter.channel == "sms"]
    assert sms.text.startswith(f"برای {case.code} خبری هست. ")
    assert sms.text.endswith(reverse("service_requests:track"))
    assert sms.gateway_template == "answer2"
    row.delete()
    [sms] = [letter for letter in letters(case, "news") if letter.channel == "sms"]
    assert sms.gateway_template == ""


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_packaged_text_says_what_it_needs_nothing_personal_and_is_short(language):
    case = make_case()
    # "Request" is said of every kind.
    kinds = {str(Kind.COMPLAINT.label), str(Kind.SUGGESTION.label)}
    words = {*NATURAL.values(), *kinds, str(case.department), "golnar", "0912"}
    words |= {"آسفالت", "بنفشه"}
    every = [(key, channel) for key, event in EVENTS.items() for channel in event.channels]
    for event, channel in every:
        found = shown(event, channel, language)
        whole = f"{found.wording.subject_line}\n{found.wording.text}"
        values = message_words.sample(event)
        assert all(values[name] in whole for name in EVENTS[event].needed if name != "day"), event
        assert "{" not in whole, event
        assert not [word for word in words if word in whole], event
        if channel == "sms":
            assert measure(found.wording.text).parts <= message_words.MOST_PARTS, event


def test_the_values_of_every_message_are_those_of_its_event():
    case, officer = answered()
    case = workflow.object_to_answer(case=case, text="پاسخ کافی نیست، دوباره ببینید.")
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    workflow.ask_info(case=case, actor=officer, expected=case.version, text="کدام کوچه؟")
    for row in OutgoingMessage.objects.all():
        content = open_subject(row.subject_key).open_json(bytes(row.sealed), record=row.record)
        event = EVENTS[row.template.rpartition("/")[2]]
        assert set(content["context"]) <= set(event.variables)
        assert content["context"]["code"] == case.code


class TestScreens:
    @pytest.mark.parametrize(
        "role", [Role.OFFICER, Role.HEAD, Role.COMPLAINTS, Role.AUDITOR, Role.EDITOR]
    )
    def test_administrators_alone_word_messages(self, client, role):
        row = text()
        row.save()
        client.force_login(staff_user(role))
        name = "service_requests_messagetext_modeladmin"
        for url in (
            reverse(f"{name}_index"),
            reverse(f"{name}_create"),
            reverse(f"{name}_edit", args=[row.pk]),
            reverse(f"{name}_delete", args=[row.pk]),
            reverse("service_requests_admin:message_previews"),
        ):
            assert client.get(url).status_code in {302, 403, 404}, url
        assert client.post(reverse(f"{name}_delete", args=[row.pk])).status_code in {302, 403}
        assert MessageText.objects.count() == 1

    def test_a_text_is_written_previewed_changed_and_reset(self, client):
        client.force_login(staff_user(Role.ADMINISTRATOR))
        name = "service_requests_messagetext_modeladmin"
        values = {
            "event": "news",
            "state": "",
            "channel": "sms",
            "language": "fa",
            "subject_line": "",
            "text": "خبر: {code} {name}",
            "gateway_template": "",
        }
        refused = client.post(reverse(f"{name}_create"), values)
        assert refused.status_code == 200
        assert not MessageText.objects.exists()
        assert "{code}, {url}" in refused.content.decode()
        page = client.post(reverse("service_requests_admin:message_previews"), values)
        assert "{code}, {url}" in page.content.decode()
        values["text"] = "خبر: {code}"
        preview = client.post(reverse("service_requests_admin:message_previews"), values)
        assert "خبر: 123456789012" in preview.content.decode()
        assert not MessageText.objects.exists()
        assert client.post(reverse(f"{name}_create"), values).status_code == 302
        row = MessageText.objects.get()
        assert AuditEntry.objects.filter(action="object.create").exists()
        form = client.get(reverse(f"{name}_edit", args=[row.pk])).content.decode()
        assert "data-sms-samples" in form
        assert "message-length.js" in form
        index = client.get(reverse(f"{name}_index")).content.decode()
        assert "UCS-2" in index
        every = client.get(reverse("service_requests_admin:message_previews")).content.decode()
        assert "خبر: 123456789012" in every
        assert client.post(reverse(f"{name}_delete", args=[row.pk])).status_code == 302
        assert not MessageText.objects.exists()
        assert AuditEntry.objects.filter(action="object.delete").exists()

    def test_a_preview_of_nonsense_is_a_sentence(self, client):
        client.force_login(staff_user(Role.ADMINISTRATOR))
        url = reverse("service_requests_admin:message_previews")
        for values in ({}, {"event": "x", "channel": "sms", "language": "fa"}, {"event": "news"}):
            assert _("Choose one of the options.") in client.post(url, values).content.decode()
