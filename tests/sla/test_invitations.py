"""The other organisation signs by a link, without an account (R33)."""

import json
import logging
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils import timezone, translation

from cms_pages.enums import Role
from cms_pages.staffing import assign
from desk_core.letters import write_letter
from desk_core.models import AuditEntry, OutgoingMessage
from persian.jalali import format_date
from sla import invitations
from sla.enums import SignatureKind, State
from sla.models import AgreementPage, AgreementVersion, Signature, SigningInvitation
from sla.state import state_on, today
from tests.desk_core import pki
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, scan, sign
from tests.sla.signing_kit import pdf_file, tehran_day, trust

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
ENTER = "/en/agreements/sign/"
TEXT = f"{ENTER}text/"
PDF = f"{TEXT}agreement.pdf"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def boss(django_user_model):
    found = django_user_model.objects.create_user("boss", password="x")
    assign(user=found, role=Role.ADMINISTRATOR, department=None)
    return found


@pytest.fixture
def version(db):
    return make_page(g2g=True, parties=[PROVIDER, OTHER_BODY], live=True).version


@pytest.fixture
def invited(version, boss):
    return invitations.invite(version=version, party="recipient", days=14, actor=boss)


def token_of(invited):
    return invited.link.partition("#")[2]


def enter(client, invited):
    answer = client.post(ENTER, {"token": token_of(invited)})
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


def form(**more):
    return {
        "name": "مهر همکار",
        "post": "رئیس سازمان",
        "signed_on": "۱۴۰۵/۰۱/۱۵",
        "letter_number": "۷/د",
        "scan": scan(),
        **more,
    }


def test_the_link_opens_the_text_signs_it_once_and_is_used_up(client, version, invited):
    assert enter(client, invited)["Location"] == TEXT
    shown = client.get(TEXT)
    body = shown.content.decode()
    assert "کیفیت خدمت" in body
    assert version.offered_digest in body
    assert "سازمان همکار" in body
    assert client.get(PDF).content.startswith(b"%PDF")
    done = client.post(TEXT, form(), follow=True)
    assert done.redirect_chain == [(TEXT, 302)]
    signature = Signature.objects.get()
    assert (signature.party, signature.recorded_by) == ("recipient", None)
    invitation = SigningInvitation.objects.get()
    assert invitation.signature == signature
    assert invitation.used_at is not None
    again = client.post(TEXT, form(letter_number="8"))
    assert Signature.objects.count() == 1
    assert "sign_over" in again.templates[0].name
    assert client.get(PDF).status_code == 302
    sign(version, party="provider")
    facts = AgreementVersion.objects.get().facts()
    assert state_on(facts, today()) == State.IN_FORCE


def test_it_can_be_signed_digitally_where_authorities_are_trusted(
    client, version, invited, settings, tmp_path
):
    root = trust(settings, tmp_path)
    enter(client, invited)
    signed = pki.sign(client.get(PDF).content, pki.issue("سازمان همکار", by=root))
    day = format_date(tehran_day(), digits=False)
    client.post(TEXT, form(kind="digital", signed_on=day, scan=pdf_file(signed)))
    assert Signature.objects.get().kind == SignatureKind.DIGITAL


def test_bad_input_is_said_at_its_field_and_leaves_the_link_open(client, invited, settings):
    enter(client, invited)
    for field, value in (
        ("name", ""),
        ("name", "<script>"),
        ("post", "x" * 5000),
        ("signed_on", "۱۴۰۰/۱۲/۳۰"),
        ("letter_number", "\x00"),
        ("scan", ""),
    ):
        answer = client.post(TEXT, form(**{field: value}))
        assert answer.status_code == 200
        assert field in answer.context["form"].errors, field
    future = client.post(TEXT, form(signed_on="۱۴۵۰/۰۱/۰۱"))
    assert "signed_on" in future.context["form"].errors
    assert not Signature.objects.exists()
    assert SigningInvitation.objects.get().used_at is None


# What makes a link void


def changed(page_pk):
    page = AgreementPage.objects.get(pk=page_pk)
    draft = page.get_latest_revision_as_object()
    draft.title = "عنوان تازه"
    draft.save_revision().publish()


def void(client, words):
    answer = client.get(TEXT)
    assert answer.status_code == 410
    assert words in answer.content.decode()
    client.post(TEXT, form())
    assert not Signature.objects.filter(party="recipient", recorded_by=None).exists()


def test_a_text_that_changed_makes_it_void(client, invited, version):
    enter(client, invited)
    changed(AgreementPage.objects.get().pk)
    void(client, "The text has changed since you were invited")


def test_it_can_be_withdrawn(client, invited, boss):
    enter(client, invited)
    invitations.revoke(invitation=invited.invitation, actor=boss)
    void(client, "This link was withdrawn")


def test_its_time_ends(client, invited):
    enter(client, invited)
    SigningInvitation.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    void(client, "The time of this link is over")


def test_a_signature_recorded_elsewhere_makes_it_void(client, invited, version, boss):
    enter(client, invited)
    sign(version, party="recipient", name="دیگری", actor=boss)
    void(client, "is recorded already")


def test_the_verb_itself_refuses_a_void_link(version, invited, boss):
    invitations.revoke(invitation=invited.invitation, actor=boss)
    stale = invited.invitation  # as a screen that was open before holds it
    with pytest.raises(ValidationError):
        sign(version, invitation=stale)
    assert not Signature.objects.exists()


def test_a_new_link_for_a_party_withdraws_its_earlier_one(version, invited, boss):
    second = invitations.invite(version=version, party="recipient", days=1, actor=boss)
    assert SigningInvitation.objects.get(pk=invited.invitation.pk).revoked_at is not None
    assert SigningInvitation.objects.get(pk=second.invitation.pk).revoked_at is None


@pytest.mark.parametrize(
    "values", [{"party": "nobody"}, {"days": 0}, {"days": 61}, {"party": "provider", "days": -1}]
)
def test_nobody_is_invited_to_nothing(version, boss, values):
    given = {"party": "recipient", "days": 3, **values}
    with pytest.raises(ValidationError):
        invitations.invite(version=version, actor=boss, **given)
    assert not SigningInvitation.objects.exists()


def test_a_draft_and_a_signed_party_invite_nobody(version, boss):
    draft = make_page(key="draft").version
    sign(version, party="recipient", name="مهر")
    for each in (draft, version):
        with pytest.raises(ValidationError):
            invitations.invite(version=each, party="recipient", days=3, actor=boss)


# Nothing secret anywhere


def test_only_a_digest_of_the_token_is_stored_and_it_is_in_no_address_or_log(
    client, invited, caplog
):
    token = token_of(invited)
    assert len(token) == 43
    assert "#" in invited.link
    row = SigningInvitation.objects.values().get()
    assert token not in json.dumps(row, default=str)
    with caplog.at_level(logging.DEBUG):
        answer = enter(client, invited)
        client.get(TEXT)
    assert token not in caplog.text
    assert token not in str(answer.headers)
    assert token not in str(answer.cookies)
    assert token not in repr(invited)
    assert token not in json.dumps([entry.detail for entry in AuditEntry.objects.all()])


def test_the_pages_are_kept_nowhere_and_the_cookie_is_closed_to_scripts(client, invited):
    answers = [client.get(ENTER), enter(client, invited), client.get(TEXT), client.get(PDF)]
    for answer in answers:
        assert "no-store" in answer["Cache-Control"]
        assert "noindex" in answer["X-Robots-Tag"]
    cookie = answers[1].cookies["desk_signing"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == ""


@pytest.mark.parametrize("cookie", ["", "x", "a:b:c", "x" * 10_000])
def test_without_a_session_there_is_only_the_entrance(client, invited, cookie):
    client.cookies["desk_signing"] = cookie
    assert client.get(TEXT)["Location"] == ENTER
    assert client.get(PDF).status_code == 302
    assert client.post(TEXT, form())["Location"] == ENTER


def test_the_session_ends_by_itself(client, invited, monkeypatch):
    enter(client, invited)
    monkeypatch.setattr(invitations, "SESSION", timedelta(seconds=-1))
    assert client.get(TEXT)["Location"] == ENTER


@pytest.mark.parametrize("token", ["", "x", "x" * 43, "ب" * 43, "\x00" * 43, "x" * 600])
def test_a_wrong_code_is_refused_with_one_message(client, invited, token):
    answer = client.post(ENTER, {"token": token})
    assert answer.status_code == 200
    assert "token" in answer.context["form"].errors


def test_the_whole_link_may_be_pasted(client, invited):
    assert client.post(ENTER, {"token": f"  {invited.link} "}).status_code == 302


def test_guessing_is_slowed_down(client, invited, monkeypatch):
    from desk_core.throttles import Limit

    monkeypatch.setattr("sla.views.sign.TOKENS", Limit("test-token", 2, 10**8))
    answers = [client.post(ENTER, {"token": "x" * 43}) for _attempt in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert client.post(ENTER, {"token": token_of(invited)}).status_code == 429


def test_the_deeds_are_on_record(client, invited, boss):
    enter(client, invited)
    enter(client, invited)
    client.post(TEXT, form())
    actions = list(AuditEntry.objects.order_by("pk").values_list("action", flat=True))
    assert actions == [
        "agreement.invitation",
        "agreement.invitation.opened",
        "agreement.signature",
    ]
    last = AuditEntry.objects.get(action="agreement.signature")
    assert last.detail["invitation"] == str(invited.invitation.pk)


def test_the_e_mail_holds_the_link_and_the_address_is_kept_sealed_alone(version, boss):
    invited = invitations.invite(
        version=version,
        party="recipient",
        days=3,
        actor=boss,
        email="head@example.org",
        language="en",
    )
    message = OutgoingMessage.objects.get()
    assert b"head@example.org" not in bytes(message.sealed)
    letter = write_letter(message)
    assert letter.recipient == "head@example.org"
    assert invited.link in letter.text
    assert "توافق‌نامهٔ سطح خدمت" in letter.text
    assert "sign" in letter.subject_line
    row = json.dumps(SigningInvitation.objects.values().get(), default=str)
    assert "example.org" not in row


# The administrators' screen


def screen(version):
    return reverse("sla_admin:invite", args=[version.pk])


def test_an_administrator_gets_the_link_once(client, version, boss):
    client.force_login(boss)
    answer = client.post(
        screen(version), {"party": "recipient", "days": 7, "email": "", "language": "fa"}
    )
    link = answer.context["link"]
    assert link in answer.content.decode()
    assert "no-store" in answer["Cache-Control"]
    again = client.get(screen(version))
    assert link not in again.content.decode()
    invitation = SigningInvitation.objects.get()
    assert invitation.created_by == boss
    client.post(reverse("sla_admin:revoke_invitation", args=[invitation.pk]))
    assert SigningInvitation.objects.get().revoked_at is not None


@pytest.mark.parametrize(
    ("field", "value"),
    [("party", "nobody"), ("days", "0"), ("days", "many"), ("email", "x"), ("language", "xx")],
)
def test_a_wrong_invitation_is_said_at_its_field(client, version, boss, field, value):
    client.force_login(boss)
    data = {"party": "recipient", "days": 7, "email": "", "language": "fa", field: value}
    answer = client.post(screen(version), data)
    assert field in answer.context["form"].errors
    assert not SigningInvitation.objects.exists()


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.EDITOR, Role.AUDITOR])
def test_only_administrators_invite(client, version, django_user_model, invited, role):
    other = django_user_model.objects.create_user("other", password="x")
    assign(user=other, role=role, department=None)
    client.force_login(other)
    assert client.get(screen(version)).status_code in (302, 403)
    revoke = reverse("sla_admin:revoke_invitation", args=[invited.invitation.pk])
    assert client.post(revoke).status_code in (302, 403)
    assert SigningInvitation.objects.get().revoked_at is None
    assert (
        screen(version)
        not in client.get(reverse("sla_admin:record_signature", args=[version.pk])).content.decode()
    )


def test_the_screen_of_a_signed_version_lists_what_came_of_the_links(client, version, boss):
    invited = invitations.invite(version=version, party="recipient", days=3, actor=boss)
    sign(version, invitation=invited.invitation, signed_on=date(2026, 3, 21))
    sign(version, party="provider", letter_number="9")
    client.force_login(boss)
    answer = client.get(screen(version))
    assert answer.status_code == 200
    assert answer.context["invitations"][0]["state"] != ""
    assert not answer.context["waiting"]
