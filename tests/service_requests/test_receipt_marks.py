"""Whether a receipt is true: yes or no for exactly what stands on it, and nothing else."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from persian.jalali import TEHRAN, format_date
from service_requests import receipt_marks
from service_requests.errors import AskedTooOften
from service_requests.receipt_marks import clean_mark, grouped, is_valid, mark_of
from tests.service_requests.factories import make_case

pytestmark = pytest.mark.django_db
HERE = "192.0.2.9"


def sheet(case) -> dict:
    day = case.registered_at.astimezone(TEHRAN).date()
    return {"code": case.code, "kind": case.kind, "day": day, "mark": mark_of(case)}


def test_only_exactly_what_stands_on_the_sheet_is_valid():
    case, other = make_case(), make_case()
    true = sheet(case)
    assert is_valid(**true, address=HERE)
    assert is_valid(**{**true, "mark": grouped(true["mark"]).lower()}, address=HERE)
    for forged in (
        {"code": other.code},
        {"kind": "complaint"},
        {"day": true["day"] - timedelta(days=1)},
        {"mark": mark_of(other)},
    ):
        assert not is_valid(**{**true, **forged}, address=HERE)
    for malformed in ({"mark": ""}, {"code": ""}, {"kind": "x"}):
        with pytest.raises(ValidationError) as caught:
            is_valid(**{**true, **malformed}, address=HERE)
        assert list(caught.value.message_dict) == list(malformed)


def test_asked_too_often():
    true = sheet(make_case())
    for _time in range(receipt_marks.PER_ADDRESS.rate):
        is_valid(**true, address=HERE)
    with pytest.raises(AskedTooOften):
        is_valid(**true, address=HERE)


@settings(max_examples=40)
@given(st.text(max_size=70))
def test_any_mark_is_read_or_nothing(text):
    found = clean_mark(text)
    assert found == "" or (len(found) == 16 and clean_mark(grouped(found)) == found)


def test_the_page_and_the_api_say_valid_or_not_and_nothing_of_the_case(client):
    case = make_case()
    true = sheet(case)
    url = reverse("service_requests:receipt_check")
    form = {**true, "day": format_date(true["day"])}
    page = client.post(url, form)
    assert page.context["valid"] is True
    assert str(case.department) not in page.content.decode()
    assert client.post(url, {**form, "mark": "A" * 16}).context["valid"] is False
    assert client.post(url, {**form, "day": "x"}).context["valid"] is None
    api = "/api/desk/v1/receipts/check"
    body = {"code": true["code"], "kind": true["kind"], "mark": true["mark"]}
    body["registered_on"] = true["day"].isoformat()
    answer = client.post(api, body, content_type="application/json")
    assert answer.json() == {"valid": True}
    answer = client.post(api, {**body, "mark": "B" * 16}, content_type="application/json")
    assert answer.json() == {"valid": False}
