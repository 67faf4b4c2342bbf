"""A contact is verified by whoever receives what is sent there."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from cms_pages.enums import Role
from desk_core.models import AuditEntry, OutgoingMessage
from service_requests import contacts, cookies, housekeeping, one_time_codes, tracking
from service_requests.enums import Kind
from service_requests.erasing import forget_subjects
from service_requests.errors import AskedTooOften, NotPossible, WrongCode
from service_requests.models import Case, OneTimeCode, VerifiedContact
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.service_requests.factories import NATURAL, make_case, register
from tests.service_requests.one_time import code_sent, letters, verify

pytestmark = pytest.mark.django_db


def another(code: str) -> str:
    return f"{(int(code) + 1) % 10**6:06d}"


def test_a_code_goes_to_the_contact_and_verifies_it_once():
    case = make_case()
    contacts.send_code(case=case, channel="sms")
    code, row = code_sent(case), OneTimeCode.objects.get()
    [letter] = letters(case, "one_time_code")
    assert letter.recipient == "+989123456789"
    assert case.code not in letter.text
    assert code not in row.code_hash
    assert row.code_hash.startswith("desk1$")
    message = OutgoingMessage.objects.get(template__endswith="one_time_code")
    assert message.not_after == row.expires_at
    contacts.confirm(case=case, channel="sms", code=code)
    with pytest.raises(WrongCode):
        contacts.confirm(case=case, channel="sms", code=code)
    assert VerifiedContact.objects.get().channel == "sms"
    assert AuditEntry.objects.filter(action="contact.verified").count() == 1
    sms, email = contacts.of_case(case)
    assert (bool(sms.verified_at), bool(email.verified_at)) == (True, False)
    assert sms.shown == "0912•••••89"


def test_five_tries_ten_minutes_and_only_the_newest_code():
    case = make_case()
    contacts.send_code(case=case, channel="sms")
    first = code_sent(case)
    contacts.send_code(case=case, channel="sms")
    second = code_sent(case)
    if first != second:
        with pytest.raises(WrongCode):
            contacts.confirm(case=case, channel="sms", code=first)
    for _try in range(one_time_codes.MOST_TRIES):
        with pytest.raises(WrongCode):
            contacts.confirm(case=case, channel="sms", code=another(second))
    with pytest.raises(WrongCode):
        contacts.confirm(case=case, channel="sms", code=second)
    contacts.send_code(case=case, channel="email")
    OneTimeCode.objects.update(expires_at=timezone.now())
    with pytest.raises(WrongCode):
        contacts.confirm(case=case, channel="email", code=code_sent(case))
    assert not VerifiedContact.objects.exists()


def test_so_many_codes_an_hour_and_no_more():
    case = make_case()
    for _time in range(one_time_codes.PER_CONTACT.rate):
        contacts.send_code(case=case, channel="sms")
    with pytest.raises(AskedTooOften):
        contacts.send_code(case=case, channel="sms")
    assert OutgoingMessage.objects.filter(template__endswith="one_time_code").count() == 3
    contacts.send_code(case=case, channel="email")


def test_what_is_not_there_or_not_offered_is_refused(settings):
    case = make_case(email=None)
    for channel in ("email", "phone", ""):
        with pytest.raises(NotPossible):
            contacts.send_code(case=case, channel=channel)
    settings.DESK_VERIFY_CONTACTS = ["complaint"]
    assert contacts.of_case(case) == []
    with pytest.raises(NotPossible):
        contacts.send_code(case=case, channel="sms")


def test_administrators_choose_the_kinds_and_until_then_the_deployment_does(client, settings):
    settings.DESK_VERIFY_CONTACTS = ["complaint"]
    assert [kind for kind in Kind.values if contacts.offered_for(kind)] == ["complaint"]
    url = "/admin/settings/service_requests/contactverification/"
    for role in (Role.OFFICER, Role.HEAD, Role.EDITOR, Role.AUDITOR):
        client.force_login(staff_user(role))
        assert client.get(url).status_code in {302, 403}
    client.force_login(staff_user(Role.ADMINISTRATOR))
    page = client.get(url, follow=True)
    form = page.context["form"]
    assert form.initial == {
        "for_requests": False,
        "for_complaints": True,
        "for_suggestions": False,
    }
    client.post(page.redirect_chain[-1][0], {"for_requests": "on"})
    settings.DESK_VERIFY_CONTACTS = []
    assert [kind for kind in Kind.values if contacts.offered_for(kind)] == ["request"]


def test_erasure_and_time_take_the_rows_along():
    case, other = make_case(), make_case(mobile="09351112233")
    verify(case)
    forget_subjects([case.subject_key_id])
    assert not VerifiedContact.objects.exists()
    assert not OneTimeCode.objects.exists()
    contacts.send_code(case=other, channel="sms")
    later = timezone.now() + one_time_codes.KEPT + timedelta(minutes=1)
    assert housekeeping.sweep(at=later)["one_time_codes"] == 1


def test_on_the_tracking_page_without_any_script(client):
    receipt = register()
    url = reverse("service_requests:case_contacts")
    assert client.get(url).status_code == 302
    token, _session = tracking.open_session(credential=receipt.case.credentials.get())
    client.cookies[cookies.TRACKING] = token
    assert url in client.get(reverse("service_requests:case")).content.decode()
    page = client.get(url)
    assert "no-store" in page["Cache-Control"]
    assert "9123456789" not in page.content.decode()
    sent = client.post(url, {"channel": "sms", "send": "1"})
    assert sent.status_code == 302
    code = code_sent(receipt.case)
    wrong = client.post(url, {"channel": "sms", "one_time_code": another(code)})
    assert wrong.status_code == 409
    assert 'id="id_sms_one_time_code"' in wrong.content.decode()
    assert 'href="#id_sms_one_time_code"' in wrong.content.decode()
    assert client.post(url, {"channel": "sms", "one_time_code": ""}).status_code == 200
    assert client.post(url, {"channel": "fax", "send": "1"}).status_code == 409
    right = client.post(url, {"channel": "sms", "one_time_code": code})
    assert right.status_code == 302
    assert VerifiedContact.objects.get().case == receipt.case


def last_page(client):
    """A request that is written, up to the page on which it is sent."""
    client.post(reverse("service_requests:submit"), {"kind": "request", "person_type": "natural"})
    client.post(reverse("service_requests:submit_person"), NATURAL | {"mobile": "09123456789"})
    words = {"department": DepartmentFactory().key, "subject": "درخواست", "body": "متن درخواست من"}
    client.post(reverse("service_requests:submit_words"), words)
    return reverse("service_requests:submit_check")


def test_at_submission_a_code_is_asked_for_with_a_tick_and_typed_on_the_receipt(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = True
    check, receipt = last_page(client), reverse("service_requests:receipt")
    assert 'name="verify"' in client.get(check).content.decode()
    for _again in range(2):
        assert client.post(check, {"consent": "on", "verify": "on"}).url == receipt
    case = Case.objects.get()
    assert OneTimeCode.objects.count() == 1
    page = client.get(receipt)
    assert 'id="id_sms_one_time_code"' in page.content.decode()
    url = reverse("service_requests:receipt_contacts")
    client.post(url, {"channel": "sms", "one_time_code": code_sent(case)})
    assert VerifiedContact.objects.get().channel == "sms"
    assert url not in client.get(receipt).content.decode()


def test_at_submission_nobody_must_and_past_the_limit_the_case_is_registered(client, settings):
    settings.DESK_HUMAN_CHECK_OFF = True
    check = last_page(client)
    other = make_case()
    for _time in range(one_time_codes.VERIFYING.rate):
        contacts.send_code(case=other, channel="sms")
    sent = OneTimeCode.objects.count()
    assert client.post(check, {"consent": "on", "verify": "on"}).status_code == 302
    assert OneTimeCode.objects.count() == sent
    receipt = client.get(reverse("service_requests:receipt")).content.decode()
    assert reverse("service_requests:receipt_contacts") in receipt
    settings.DESK_VERIFY_CONTACTS = []
    other = Client()
    assert 'name="verify"' not in other.get(last_page(other)).content.decode()


def test_right_after_registering_while_the_receipt_is_shown(client):
    from service_requests import drafts, receipts

    token = drafts.new_token()
    key = drafts.submission_key(token)
    receipt = register(key=key)
    client.cookies[cookies.DRAFT] = token
    url = reverse("service_requests:receipt_contacts")
    assert url in client.get(reverse("service_requests:receipt")).content.decode()
    client.post(url, {"channel": "email", "send": "1"})
    client.post(url, {"channel": "email", "one_time_code": code_sent(receipt.case)})
    assert VerifiedContact.objects.get().channel == "email"
    receipts.keep(submission_key=key)
    assert client.get(url).status_code == 302
