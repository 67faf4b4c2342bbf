"""Contacts and recovery through the API, by the same verbs as the pages."""

import pytest

from service_requests import credentials
from service_requests.models import VerifiedContact
from tests.service_requests.factories import register
from tests.service_requests.one_time import code_sent, verify

pytestmark = pytest.mark.django_db
API = "/api/desk/v1"


def post(client, path, body, **headers):
    return client.post(f"{API}{path}", body, content_type="application/json", **headers)


def test_a_contact_is_verified_in_a_session(client):
    receipt = register()
    pair = {"code": receipt.code, "password": receipt.password}
    token = post(client, "/sessions", pair).json()["token"]
    auth = {"HTTP_AUTHORIZATION": f"Bearer {token}"}
    assert client.get(f"{API}/session/contacts").status_code == 401
    [sms, _email] = client.get(f"{API}/session/contacts", **auth).json()
    assert (sms["channel"], sms["verified_at"], sms["code_sent"]) == ("sms", None, False)
    assert post(client, "/session/contacts/sms/code", {}, **auth).status_code == 202
    code = code_sent(receipt.case)
    other = {"one_time_code": f"{(int(code) + 1) % 10**6:06d}"}
    wrong = post(client, "/session/contacts/sms", other, **auth)
    assert (wrong.status_code, wrong.json()["type"]) == (401, "urn:desk:problem:wrong-code")
    right = {"one_time_code": code}
    assert post(client, "/session/contacts/sms", right, **auth).json()[0]["verified_at"]
    assert post(client, "/session/contacts/fax/code", {}, **auth).status_code == 409
    assert VerifiedContact.objects.get().case == receipt.case


def test_a_lost_password_is_recovered(client, django_capture_on_commit_callbacks):
    receipt = register()
    verify(receipt.case)
    with django_capture_on_commit_callbacks(execute=True):
        asked = post(client, "/recovery", {"contact": "09123456789"})
    assert asked.status_code == 202
    unknown = post(client, "/recovery", {"contact": "09351112233"})
    assert unknown.status_code == 202
    assert unknown.json().keys() == asked.json().keys()
    token = asked.json()["token"]
    early = post(client, "/recovery/password", {"token": token, "code": receipt.code})
    assert early.status_code == 401
    typed = {"token": token, "one_time_code": code_sent(receipt.case)}
    [case] = post(client, "/recovery/code", typed).json()
    assert case["code"] == receipt.code
    new = post(client, "/recovery/password", {"token": token, "code": receipt.code}).json()
    opened = credentials.verify(code=new["code"], password=new["password"], address="192.0.2.7")
    assert opened.case == receipt.case
    assert post(client, "/recovery", {"contact": "x"}).status_code == 422
