"""Texts of messages: what may be saved, what goes out, who may word it."""

import re
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from cms_pages.enums import Role
from desk_core import outbox
from desk_core.letters import write_letter
from desk_core.models import AuditEntry, OutgoingMessage
from desk_core.outbox import Outgoing
from desk_core.sealing import new_subject, open_subject
from desk_core.sms_length import measure
from service_requests import handing_over, message_words, notify, workflow
from service_requests.admin.message_texts import shown
from service_requests.enums import Kind, State
from service_requests.message_words import EVENTS
from service_requests.models import MessageText
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import (
    NATURAL,
    answered,
    head_of,
    in_review,
    make_case,
    officer_of,
)
from tests.service_requests.one_time import letters

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
FOLDERS = django_settings.TEMPLATES[0]["DIRS"]
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
        ({"event": "survey", "text": "نظر شما دربارهٔ {code}: {link}"}, "text"),
        ({"event": "survey", "text": "نظر شما را می‌پرسیم."}, "text"),
        ({"event": "staff_due", "channel": "email", "text": "{counts}"}, "text"),
        ({"event": "staff_due_counts", "channel": "email", "text": "{cases}"}, "text"),
        ({"event": "staff_handed_over", "channel": "email", "text": "پرونده"}, "text"),
        ({"gateway_template": "a b"}, "gateway_template"),
        (
            {
                **{"event": "staff_due", "channel": "email"},
                **{"text": "{cases}", "subject_line": "مهلت‌ها: {cases}"},
            },
            "subject_line",
        ),
        ({"event": "agreement_ends", "text": "{code} {certain}"}, "text"),
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
        sample = message_words.sample(event)
        with override(language):
            values = {
                name: message_words.filled(f"{{{name}}}", sample) for name in EVENTS[event].needed
            }
        assert all(value in whole for name, value in values.items() if name != "day"), event
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
        assert content["context"]["code"] == case.code


ASKED = re.compile(r"\{\{ ?(\w+)|\{% (?:el)?if (\w+)|with \w+=(\w+)")


@pytest.mark.parametrize("name", EVENTS)
def test_a_message_carries_whatever_its_packaged_text_asks_for(name):
    folder = next(Path(found) for found in FOLDERS) / "service_requests" / "messages"
    asked = set()
    for file in folder.glob(f"{name}.*.txt"):
        for found in ASKED.finditer(file.read_text()):
            asked.add(next(filter(None, found.groups())))
    # The list itself is an own template's.
    lists = {"late", "near", "more"}
    assert asked - lists <= set(EVENTS[name].carries)
    assert not asked & lists or set(EVENTS[name].variables) & {"cases", "counts"}


def test_every_packaged_message_can_be_worded_anew():
    folder = next(Path(found) for found in FOLDERS) / "service_requests" / "messages"
    packaged = {tuple(file.name.split(".")[:2]) for file in folder.glob("*.*.txt")}
    assert packaged == {
        (key, channel) for key, event in EVENTS.items() for channel in event.channels
    }


def own_email(event: str, words: str) -> None:
    row = text(event=event, channel="email", subject_line="پرونده‌ها", text=words)
    row.full_clean()
    row.save()


def sent(event: str) -> str:
    """The text of the one message of an event, as it would be sent."""
    rows = OutgoingMessage.objects.filter(template=f"{message_words.FOLDER}/{event}")
    return write_letter(rows.select_related("subject_key").get()).text


def test_own_words_about_many_cases_carry_the_whole_list():
    case, officer = in_review()
    heir, head = officer_of(case), head_of(case)
    own_email("staff_handed_over", "برای شما: {count}")
    own_email("staff_due", "سلام.\n\n{cases}\n\nسپاس")
    own_email("staff_due_counts", "شمار:\n{counts}")
    handing_over.hand_over(leaver=officer, to=heir, actor=head)
    person = {"recipient": heir.email, "channel": "email", "language": "fa"}
    subject = new_subject()
    subject.save()
    due = {"late": f"{case.code}\n111111111111", "near": "", "more": "4"}
    for event, context in (("staff_due", due), ("staff_due_counts", {"late": "7", "near": "0"})):
        template = f"{message_words.FOLDER}/{event}"
        row = Outgoing(template=template, context=context, dedupe=event, **person)
        outbox.queue_many([row], subject=subject)
    assert sent("staff_handed_over") == "برای شما: ۱"
    listed = sent("staff_due")
    assert listed.startswith("سلام.\n\n")
    assert listed.endswith("\n\nسپاس")
    with override("fa"):
        assert _("Their promised time is over:") in listed
        assert _("Their promised time is nearly over:") not in listed
    assert f"{case.code}\n111111111111" in listed
    assert "۴" in listed
    assert "۷" in sent("staff_due_counts")


def test_an_invitation_in_own_words_carries_its_link_and_no_code():
    case = make_case()
    subject = open_subject(case.subject_key)
    own = text(event="survey", text="نظر شما؟ {link}", gateway_template="survey1")
    own.full_clean()
    own.save()
    more = {"link": "https://desk.example/survey#abc"}
    contact = {"mobile": "+989123456789"}
    rows = notify.to_applicant(case=case, contact=contact, what="survey", more=more)
    assert [row.context for row in rows] == [more]
    outbox.queue_many(rows, subject=subject)
    [letter] = letters(case, "survey")
    assert letter.text == "نظر شما؟ https://desk.example/survey#abc"
    assert letter.gateway_template == "survey1"


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
