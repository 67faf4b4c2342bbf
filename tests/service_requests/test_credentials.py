"""Guessing is hopeless, equal in cost, and locks nobody out (R42)."""

import base64
import os
from types import SimpleNamespace

import pytest
from django.urls import reverse

from cms_pages.enums import BODY_ROLES, Role
from desk_core import throttles
from desk_core.blind_index import digest
from desk_core.models import AuditEntry, OutgoingMessage
from service_requests import codes, credentials, intake, receipts, tracking
from service_requests.enums import EndReason, EventKind
from service_requests.errors import (
    Conflict,
    HumanCheckNeeded,
    NotAllowed,
    NotPossible,
    WrongCredential,
)
from service_requests.models import Credential, TrackingSession
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import head_of, make_case, officer_of, register

pytestmark = pytest.mark.django_db
HERE = "192.0.2.7"


def wrong(code: str, address: str = HERE, passed: int = 0) -> None:
    with pytest.raises(WrongCredential):
        credentials.verify(code=code, password="0" * 16, address=address, human_check_passed=passed)


def test_code_and_password_open_the_case_in_any_script_and_grouping():
    receipt = register()
    fa = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    typed_code = codes.grouped(receipt.code).translate(fa)
    typed_password = "-".join(codes.grouped(receipt.password).split())
    found = credentials.verify(code=typed_code, password=typed_password, address=HERE)
    assert found.case == receipt.case


def test_the_right_password_moves_to_the_new_pepper(settings):
    receipt = register()
    old = settings.DESK_PEPPER
    new = base64.b64encode(os.urandom(32)).decode()
    settings.DESK_PEPPER = {"2": new, "1": old}
    right = {"code": receipt.code, "password": receipt.password, "address": HERE}
    wrong(receipt.code)
    stored = Credential.objects.get()
    assert stored.secret_hash.startswith("desk1$1$")
    found = credentials.verify(**right)
    stored.refresh_from_db()
    assert stored.secret_hash == found.secret_hash
    assert stored.secret_hash.startswith("desk1$2$")
    settings.DESK_PEPPER = {"2": new}
    credentials.verify(**right)
    stored.refresh_from_db()
    assert stored.secret_hash == found.secret_hash


def test_unknown_code_and_wrong_password_give_one_answer():
    receipt = register()
    with pytest.raises(WrongCredential) as one:
        credentials.verify(code=codes.new_code(), password=receipt.password, address=HERE)
    with pytest.raises(WrongCredential) as other:
        credentials.verify(code=receipt.code, password=codes.new_password(), address=HERE)
    assert str(one.value) == str(other.value)


@pytest.mark.parametrize("password", ["", "0" * 16, "junk", "9" * 1_000_000, "\0"])
def test_every_wrong_attempt_costs_one_hash_and_the_same_queries(
    password, monkeypatch, django_assert_num_queries
):
    real, hashed = credentials.verify_secret, []

    def counted(secret, stored):
        hashed.append(stored is None)
        return real(secret, stored)

    monkeypatch.setattr(credentials, "verify_secret", counted)
    for code in (register().code, codes.new_code(), "", "junk", "1" * 12, "\0" * 12):
        with django_assert_num_queries(2), pytest.raises(WrongCredential):
            credentials.verify(code=code, password=password, address=code or HERE)
    assert len(hashed) == 6
    assert hashed == [False, True, True, True, True, True]


def test_every_attempt_leaves_a_line_that_does_not_name_the_code():
    receipt, unknown = register(), codes.new_code()
    wrong(receipt.code)
    wrong(unknown)
    credentials.verify(code=receipt.code, password=receipt.password, address=HERE)
    lines = list(AuditEntry.objects.filter(target__startswith="tracking:").order_by("pk"))
    assert [(line.action, line.target) for line in lines] == [
        ("tracking.refused", f"tracking:{digest(receipt.code, field='case.code')}"),
        ("tracking.refused", f"tracking:{digest(unknown, field='case.code')}"),
        ("tracking.opened", f"tracking:{digest(receipt.code, field='case.code')}"),
    ]
    assert {(line.actor_id, line.department_id, str(line.detail)) for line in lines} == {
        (None, None, "{}")
    }


@pytest.mark.django_db(transaction=True)
def test_a_refusal_stays_on_record_whatever_becomes_of_the_request(client, monkeypatch):
    receipt = register()
    monkeypatch.setattr(tracking, "open_session", lambda **kwargs: 1 / 0)
    client.raise_request_exception = False
    door = reverse("service_requests:track")
    for password, status in (("1" * 16, 200), (receipt.password, 500)):
        answer = client.post(door, {"code": receipt.code, "password": password})
        assert answer.status_code == status
    lines = AuditEntry.objects.filter(target__startswith="tracking:").order_by("pk")
    assert [line.action for line in lines] == ["tracking.refused", "tracking.opened"]


def test_after_five_failures_a_code_costs_a_human_check_that_grows():
    code = register().code
    for n in range(credentials.PER_CODE.rate):
        wrong(code, f"192.0.2.{n}")
    with pytest.raises(HumanCheckNeeded) as first:
        credentials.verify(code=code, password="0" * 16, address="198.51.100.1")
    assert credentials.required_difficulty(code=code, address="x") == first.value.difficulty > 0
    for n in range(3 * credentials.PER_CODE.rate):
        need = credentials.required_difficulty(code=code, address="x")
        wrong(code, f"203.0.113.{n}", passed=need)
    assert credentials.required_difficulty(code=code, address="x") > first.value.difficulty


def test_nobody_is_locked_out_by_a_stranger():
    receipt = register()
    for n in range(60):
        need = credentials.required_difficulty(code=receipt.code, address=f"a{n}")
        wrong(receipt.code, f"a{n}", passed=need)
    need = credentials.required_difficulty(code=receipt.code, address=HERE)
    found = credentials.verify(
        code=receipt.code, password=receipt.password, address=HERE, human_check_passed=need
    )
    assert found.case == receipt.case
    assert credentials.required_difficulty(code=receipt.code, address=HERE) == 0


def test_the_check_comes_before_any_look_up_or_hash(monkeypatch, django_assert_num_queries):
    code = register().code
    for n in range(5):
        wrong(code, f"a{n}")
    monkeypatch.setattr(credentials, "verify_secret", lambda *a: pytest.fail("hashed"))
    with django_assert_num_queries(0), pytest.raises(HumanCheckNeeded):
        credentials.verify(code=code, password="0" * 16, address=HERE)


@pytest.fixture
def _within_one_minute(monkeypatch):
    """No window of the limits ends while they are reached, however slow the machine is."""
    monkeypatch.setattr(throttles, "time", SimpleNamespace(time=lambda: 1_800_000_030.0))


@pytest.mark.usefixtures("_within_one_minute")
def test_one_address_trying_many_codes_is_slowed_and_others_are_not():
    for _ in range(credentials.PER_ADDRESS.rate):
        wrong(codes.new_code())
    with pytest.raises(HumanCheckNeeded):
        credentials.verify(code=codes.new_code(), password="0" * 16, address=HERE)
    wrong(codes.new_code(), "198.51.100.9")


@pytest.mark.usefixtures("_within_one_minute")
def test_a_flood_from_everywhere_raises_the_price_for_the_site():
    for _ in range(credentials.PER_SITE.rate):
        throttles.hit(credentials.PER_SITE, "site")
    receipt = register()
    with pytest.raises(HumanCheckNeeded) as need:
        credentials.verify(code=receipt.code, password=receipt.password, address=HERE)
    credentials.verify(
        code=receipt.code,
        password=receipt.password,
        address=HERE,
        human_check_passed=need.value.difficulty,
    )


def test_a_known_code_is_throttled_like_an_unknown_one():
    known, unknown = register().code, codes.new_code()
    for n in range(5):
        wrong(known, f"a{n}")
        wrong(unknown, f"b{n}")
    for code in (known, unknown):
        assert credentials.required_difficulty(code=code, address="c") > 0


def test_reissue_ends_the_old_password_and_its_sessions_and_tells_the_applicant():
    receipt = register()
    case = receipt.case
    credential = credentials.verify(code=receipt.code, password=receipt.password, address=HERE)
    token, _session = tracking.open_session(credential=credential)
    officer = officer_of(case)
    slip_key = intake.new_submission_key()

    slip = credentials.reissue(case=case, actor=officer, slip_key=slip_key)
    again = credentials.reissue(case=case, actor=officer, slip_key=slip_key)

    assert (slip.created, again.created) == (True, False)
    assert slip.password == again.password != receipt.password
    assert tracking.get_session(token) is None
    wrong_now = pytest.raises(WrongCredential)
    with wrong_now:
        credentials.verify(code=receipt.code, password=receipt.password, address=HERE)
    assert credentials.verify(code=slip.code, password=slip.password, address=HERE).case == case
    old, new = Credential.objects.order_by("issued_at")
    assert (old.reason, old.ended_by, new.issued_by) == (EndReason.REISSUED, officer, officer)
    assert case.events.last().kind == EventKind.CREDENTIAL_REISSUED
    assert AuditEntry.objects.filter(action="credential.reissued", actor=officer).exists()
    assert OutgoingMessage.objects.filter(template__endswith="reissued").count() == 2


def test_a_slip_key_of_another_case_is_refused():
    one, other = register(), make_case()
    key = intake.new_submission_key()
    credentials.reissue(case=one.case, actor=officer_of(one.case), slip_key=key)
    with pytest.raises(NotPossible):
        credentials.reissue(case=other, actor=officer_of(other), slip_key=key)


@pytest.mark.parametrize("guarded", [True, False])
def test_two_clicks_at_once_give_one_slip(monkeypatch, guarded):
    case = make_case()
    officer, key = officer_of(case), intake.new_submission_key()
    asked = {"case": case, "actor": officer, "slip_key": key}
    asked |= {"expected": case.version} if guarded else {}
    real, first = codes.new_password, []

    def overtaken():
        if not first:
            first.append(None)
            first.append(credentials.reissue(**asked))
        return real()

    monkeypatch.setattr(codes, "new_password", overtaken)
    second = credentials.reissue(**asked)
    assert second.password == first[1].password
    assert not second.created
    assert case.credentials.count() == 2


def test_a_slip_does_not_silently_end_a_colleagues(client):
    case = make_case()
    one, other = officer_of(case), officer_of(case)
    seen = case.version
    slip = credentials.reissue(
        case=case, actor=one, slip_key=intake.new_submission_key(), expected=seen
    )
    with pytest.raises(Conflict):
        credentials.reissue(
            case=case, actor=other, slip_key=intake.new_submission_key(), expected=seen
        )
    assert credentials.verify(code=slip.code, password=slip.password, address=HERE).case == case
    client.force_login(other)
    fields = {"slip_key": intake.new_submission_key(), "identity_checked": "on", "expected": seen}
    fields |= {"reason": "lost_password", "identity": "passport"}
    response = client.post(
        reverse("service_requests_case_modeladmin_inspect", args=[case.pk]),
        {"action": "reissue"} | {f"reissue-{name}": value for name, value in fields.items()},
    )
    assert response.status_code == 422
    assert case.credentials.active().get().issued_by == one


def test_end_closes_the_door_and_only_a_head_may():
    receipt = register()
    with pytest.raises(NotAllowed):
        credentials.end(case=receipt.case, actor=officer_of(receipt.case))
    head = head_of(receipt.case)
    credentials.end(case=receipt.case, actor=head)
    credentials.end(case=receipt.case, actor=head)
    with pytest.raises(WrongCredential):
        credentials.verify(code=receipt.code, password=receipt.password, address=HERE)
    assert receipt.case.events.filter(kind=EventKind.CREDENTIAL_ENDED).count() == 1


@pytest.mark.parametrize("role", [None, Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR])
def test_others_may_not_reissue(role):
    case = make_case()
    user = staff_user(role, None if role in BODY_ROLES else case.department)
    with pytest.raises(NotAllowed):
        credentials.reissue(case=case, actor=user, slip_key=intake.new_submission_key())


def test_the_database_never_holds_a_password_or_key():
    key = intake.new_submission_key()
    receipt = register(key=key)
    for row in Credential.objects.values_list("secret_hash", flat=True):
        assert receipt.password not in row
        assert "argon2id" in row
    stored = str(list(receipts.Receipt.objects.values_list("key_digest", "sealed")))
    assert receipt.password not in stored
    assert key not in stored
    assert not TrackingSession.objects.exists()
