"""A lost code or password: recovered by whoever holds a verified contact, and by nobody else."""

import threading
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk_core.models import AuditEntry, OutgoingMessage
from service_requests import credentials, one_time_codes, recovery, tracking
from service_requests.enums import EndReason
from service_requests.errors import AskedTooOften, NotPossible, WrongCode, WrongCredential
from service_requests.intake import new_submission_key
from service_requests.models import Credential, OneTimeCode
from tests.service_requests.factories import head_of, register
from tests.service_requests.one_time import code_sent, letters, verify

HERE = "192.0.2.7"
MOBILE, EMAIL = "۰۹۱۲ ۳۴۵ ۶۷۸۹", "golnar@EXAMPLE.ir"


@pytest.fixture
def begin(django_capture_on_commit_callbacks):
    """Ask for a code, and let the task behind it run."""

    def ask(contact: str = MOBILE, code: str = "", address: str = HERE) -> str:
        with django_capture_on_commit_callbacks(execute=True):
            return recovery.begin(contact=contact, code=code, address=address)

    return ask


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["reissue", "end"])
def test_a_contact_opens_nothing_any_more_once_staff_ended_the_password(begin, how):
    receipt = register()
    verify(receipt.case)
    head = head_of(receipt.case)
    if how == "end":
        credentials.end(case=receipt.case, actor=head)
    else:
        credentials.reissue(case=receipt.case, actor=head, slip_key=new_submission_key())
    token = begin()
    assert not letters(receipt.case, "one_time_code")[1:], "nobody is sent another code"
    assert recovery.issued(token=token) is None


@pytest.mark.django_db
class TestRecovering:
    def test_a_new_password_by_the_code_sent_to_a_verified_contact(self, begin):
        receipt = register()
        verify(receipt.case)
        token_before, session = tracking.open_session(credential=receipt.case.credentials.get())
        token = begin()
        assert token not in str(OneTimeCode.objects.values())
        found = recovery.prove(token=token, code=code_sent(receipt.case), address=HERE)
        assert found == [receipt.case]
        new = recovery.new_password(token=token, code=receipt.code)
        again = recovery.new_password(token=token, code=receipt.code)
        assert new.password == again.password != receipt.password
        assert recovery.issued(token=token).password == new.password
        with pytest.raises(WrongCredential):
            credentials.verify(code=receipt.code, password=receipt.password, address=HERE)
        opened = credentials.verify(code=new.code, password=new.password, address=HERE)
        assert opened.case == receipt.case
        assert tracking.get_session(token_before) is None
        old = Credential.objects.get(pk=session.credential_id)
        assert (old.reason, old.ended_by) == (EndReason.RECOVERED, None)
        told = {each.channel for each in letters(receipt.case, "reissued")}
        assert told == {"sms", "email"}
        assert AuditEntry.objects.filter(action="credential.recovered").count() == 1

    def test_of_several_cases_one_is_chosen_and_only_one(self, begin):
        first, second = register(), register()
        unverified, others = register(), register(mobile="09351112233")
        for receipt in (first, second, others):
            verify(receipt.case)
        token = begin()
        found = recovery.prove(token=token, code=code_sent(second.case), address=HERE)
        assert found == [second.case, first.case]
        for foreign in (unverified, others):
            with pytest.raises(NotPossible):
                recovery.new_password(token=token, code=foreign.code)
        recovery.new_password(token=token, code=first.code)
        with pytest.raises(NotPossible):
            recovery.new_password(token=token, code=second.code)
        assert second.case.credentials.get().active

    def test_a_named_code_narrows_it_to_that_case(self, begin):
        first, second = register(), register()
        verify(first.case)
        verify(second.case)
        token = begin(code=first.code)
        found = recovery.prove(token=token, code=code_sent(first.case), address=HERE)
        assert found == [first.case]
        with pytest.raises(NotPossible):
            recovery.new_password(token=token, code=second.code)

    def test_by_e_mail_too(self, begin):
        receipt = register()
        verify(receipt.case, "email")
        begin(contact=MOBILE)
        assert len(letters(receipt.case, "one_time_code")) == 1
        token = begin(contact=EMAIL)
        code = code_sent(receipt.case)
        assert recovery.prove(token=token, code=code, address=HERE) == [receipt.case]

    def test_no_code_is_used_twice_nor_late_nor_by_another_browser(self, begin):
        receipt = register()
        verify(receipt.case)
        token = begin()
        code = code_sent(receipt.case)
        other = begin(contact="09351112233")
        with pytest.raises(ValidationError):
            recovery.prove(token="", code=code, address=HERE)
        for wrong in (other, "x" * 43):
            with pytest.raises(WrongCode):
                recovery.prove(token=wrong, code=code, address=HERE)
        recovery.prove(token=token, code=code, address=HERE)
        with pytest.raises(WrongCode):
            recovery.prove(token=token, code=code, address=HERE)
        late = timezone.now() - recovery.CHOOSING - timedelta(seconds=1)
        OneTimeCode.objects.update(used_at=late)
        with pytest.raises(WrongCode):
            recovery.new_password(token=token, code=receipt.code)
        assert receipt.case.credentials.count() == 1

    def test_the_task_sends_once_however_often_it_runs(self, begin):
        receipt = register()
        verify(receipt.case)
        begin()
        row = OneTimeCode.objects.get(purpose="recover")
        recovery.send(row_id=row.pk)
        recovery.send(row_id=row.pk)
        # One to verify, one to recover.
        assert len(letters(receipt.case, "one_time_code")) == 2

    @pytest.mark.parametrize("contact", ["", "x", "0912", "a@", "@b", "\0", "۰۹" * 200, "a@b@c.ir"])
    def test_what_is_no_contact_is_a_sentence(self, contact):
        with pytest.raises(ValidationError) as caught:
            recovery.begin(contact=contact, code="", address=HERE)
        assert set(caught.value.message_dict) == {"contact"}

    def test_asked_for_too_often_whoever_it_is(self):
        for number, known in ((MOBILE, True), ("09351112233", False)):
            if known:
                verify(register().case)
            rest = one_time_codes.PER_CONTACT.rate
            for _time in range(rest):
                recovery.begin(contact=number, code="", address=HERE)
            with pytest.raises(AskedTooOften):
                recovery.begin(contact=number, code="", address=HERE)

    def test_a_network_may_try_so_often(self, begin, monkeypatch):
        monkeypatch.setattr(one_time_codes, "TRIES", one_time_codes.Limit("few", 2, 3600))
        token = begin()
        for _try in range(2):
            with pytest.raises(WrongCode):
                recovery.prove(token=token, code="000000", address=HERE)
        with pytest.raises(AskedTooOften):
            recovery.prove(token=token, code="000000", address=HERE)


def shape(queries) -> list[str]:
    """The statements without their values and without the numbers of savepoints."""
    return [query["sql"].split("VALUES")[0].split("WHERE")[0].split("_x")[0] for query in queries]


@pytest.mark.django_db
def test_known_and_unknown_cost_the_same_work_and_get_the_same_words(client, monkeypatch):
    """The task that looks who it is runs elsewhere: what the asker waits for is the same."""
    receipt = register()
    verify(receipt.case)
    later = []
    monkeypatch.setattr(recovery, "_send_later", later.append)
    hashed = []
    real = one_time_codes.verify_secret

    def counted(secret, stored):
        hashed.append(stored is None)
        return real(secret, stored)

    monkeypatch.setattr(one_time_codes, "verify_secret", counted)
    seen = []
    for contact in (MOBILE, "09351112233"):
        with CaptureQueriesContext(connection) as queries:
            page = client.post(reverse("service_requests:recover"), {"contact": contact})
        asked = shape(queries)
        token = client.cookies["desk_recovery"].value
        shown = client.get(page["Location"]).content.decode()
        with CaptureQueriesContext(connection) as queries:
            wrong = client.post(
                reverse("service_requests:recover_code"), {"one_time_code": "000000"}
            )
        typed, words = shape(queries), wrong.content.decode()
        assert any("onetimecode" in each for each in asked)
        seen.append((page.status_code, len(shown), len(words), asked, typed))
        assert token not in shown
    assert seen[0] == seen[1]
    assert hashed == [True, True]


@pytest.mark.django_db
def test_the_pages_lead_to_a_new_password_and_forget_it(client, django_capture_on_commit_callbacks):
    receipt = register()
    verify(receipt.case)
    url = {name: reverse(f"service_requests:{name}") for name in (
        "recover", "recover_code", "recover_cases", "recover_password", "recover_kept", "track",
    )}  # fmt: skip
    for name in ("recover_code", "recover_cases", "recover_password"):
        assert client.get(url[name])["Location"] == url["recover"]
    assert url["recover"] in client.get(url["track"]).content.decode()
    assert client.post(url["recover"], {"contact": "x"}).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(url["recover"], {"contact": MOBILE})["Location"] == url["recover_code"]
    assert client.get(url["recover_cases"])["Location"] == url["recover"]
    code = code_sent(receipt.case)
    typed = client.post(url["recover_code"], {"one_time_code": code})
    assert typed["Location"] == url["recover_cases"]
    assert receipt.code in client.get(url["recover_cases"]).content.decode()
    assert client.post(url["recover_cases"], {}).status_code == 409
    assert client.post(url["recover_cases"], {"code": "123"}).status_code == 409
    chosen = client.post(url["recover_cases"], {"code": receipt.code})
    assert chosen["Location"] == url["recover_password"]
    page = client.get(url["recover_password"])
    assert "no-store" in page["Cache-Control"]
    password = page.context["receipt"].password
    assert credentials.verify(code=receipt.code, password=password, address=HERE)
    assert client.post(url["recover_kept"])["Location"] == url["track"]
    assert client.get(url["recover_password"])["Location"] == url["recover"]


@pytest.mark.django_db(transaction=True)
def test_of_two_who_use_a_code_at_once_one_gets_in():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    receipt = register()
    verify(receipt.case)
    token = recovery.begin(contact=MOBILE, code="", address=HERE)
    code = code_sent(receipt.case)
    outcomes, gate = [], threading.Barrier(4)

    def use() -> None:
        gate.wait()
        try:
            recovery.prove(token=token, code=code, address=HERE)
            outcomes.append("in")
        except WrongCode:
            outcomes.append("out")
        finally:
            connections.close_all()

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "out", "out", "out"]
    assert OutgoingMessage.objects.filter(template__endswith="one_time_code").count() == 2
