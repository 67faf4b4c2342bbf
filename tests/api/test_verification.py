"""Verification through the desk API: the same answers as the page, problem details for errors."""

import hashlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from desk_core.throttles import Limit
from sla import pdfs
from tests.sla.conftest import _private_files  # noqa: F401 - letters go to a folder of the test
from tests.sla.factories import make_page, make_signed

pytestmark = pytest.mark.django_db
URL = "/api/desk/v1/agreements/verify"


def ask(client, **body):
    return client.post(URL, body, content_type="application/json")


@pytest.fixture
def page(db):
    return make_signed()


def test_a_hash_is_answered_by_get_and_post(client, page):
    for answer in (ask(client, sha256=page.digest), client.get(f"{URL}/{page.digest}")):
        assert answer.status_code == 200, answer.content
        found = answer.json()
        assert (found["verdict"], found["authentic"], found["state"]) == ("text", True, "in_force")
        assert (found["agreement"], found["number"]) == ("desk", 1)
        assert found["signatures"][0]["name"] == "بهار نمونه"
        assert found["url"] == page.get_url()
        text = client.get(found["text_url"])
        assert hashlib.sha256(text.content).hexdigest() == page.digest


def test_a_pdf_is_answered_and_a_changed_one_told_apart(client, page):
    data = bytes(pdfs.signed_pdf(page.version).data)
    place = len(data) // 2
    changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
    for content, verdict in (
        (data, "pdf"),
        (changed, "changed"),
        (data + b"\n% more", "added"),
        (b"%PDF-1.7 strange", "unknown"),
    ):
        answer = client.post(URL, {"file": SimpleUploadedFile("a.pdf", content)})
        assert answer.status_code == 200, answer.content
        assert answer.json()["verdict"] == verdict
        assert answer.json()["authentic"] == (verdict == "pdf")


def test_an_offer_is_no_signed_text(client):
    version = make_page(live=True).version
    found = ask(client, sha256=version.offered_digest).json()
    assert (found["verdict"], found["authentic"], found["signatures"]) == ("offer", False, [])
    assert found["pdf_url"] is None


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"sha256": 5}', b'{"sha256": "x"}', b"[" * 100_000, b"\xff\xfe"],
)
def test_bad_input_is_a_problem_at_its_field(client, body):
    answer = client.post(URL, body, content_type="application/json")
    assert answer.status_code == 422
    assert answer["Content-Type"] == "application/problem+json"
    assert list(answer.json()["errors"]) == ["sha256"]


def test_other_bad_input(client, monkeypatch):
    assert client.get(f"{URL}/xyz").status_code == 404
    assert client.post(URL, {"other": "x"}).status_code == 422
    monkeypatch.setattr("service_requests.api.verifying.MAX_FILE_BYTES", 3)
    large = client.post(URL, {"file": SimpleUploadedFile("a.pdf", b"%PDF")})
    assert large.status_code == 413
    assert large.json()["type"] == "urn:desk:problem:too-big"


def test_asking_too_often_is_a_problem_with_a_wait(client, page, monkeypatch):
    monkeypatch.setattr("service_requests.api.verifying.LOOK_UPS", Limit("test-api", 1, 10**8))
    assert client.get(f"{URL}/{page.digest}").status_code == 200
    answer = client.get(f"{URL}/{page.digest}")
    assert answer.status_code == 429
    assert answer["Retry-After"] == str(10**8)
    assert answer["Content-Type"] == "application/problem+json"


def test_the_description_of_the_api_names_both_ways(client):
    paths = client.get("/api/desk/v1/openapi.json").json()["paths"]
    content = paths[URL]["post"]["requestBody"]["content"]
    assert set(content) == {"application/json", "multipart/form-data"}


def test_the_content_api_gives_what_is_sealed(client, page):
    found = client.get(f"/api/v2/pages/{page.pk}/?fields=*").json()
    assert found["digest"] == page.digest
    assert found["signatures"][0]["kind"] == "paper"
