"""A personal search term goes through the address bar sealed."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk_core.modeladmin import hidden_terms
from service_requests.models import Case
from tests.service_requests.factories import make_case, officer_of


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=hidden_terms.LONGEST_TERM))
def test_what_was_hidden_comes_back(term):
    hidden = hidden_terms.hide(term)
    assert hidden_terms.reveal(hidden) == term
    assert len(hidden) <= 700


@pytest.mark.parametrize("text", ["~", "~x", "~" + "A" * 80, "~%00"])
def test_what_is_not_ours_is_nothing(text):
    assert hidden_terms.reveal(text) == ""


def test_it_is_over_after_an_hour(monkeypatch):
    hidden = hidden_terms.hide("0499370899")
    later = hidden_terms.time.time() + hidden_terms.LIFETIME + 5
    monkeypatch.setattr(hidden_terms.time, "time", lambda: later)
    assert hidden_terms.reveal(hidden) == ""


@pytest.mark.django_db
@pytest.mark.parametrize("term", ["0499370899", "۰۴۹۹۳۷۰۸۹۹", "آسفالت"])
def test_staff_find_a_case_and_no_address_shows_for_what_they_looked(client, term):
    case = make_case()
    make_case(kind="suggestion", national_id="0790419904", subject="چیز دیگر", body="متن دیگری است")
    client.force_login(officer_of(case))
    found = client.post("/admin/service_requests/case/", {"q": term}, follow=True)
    (address, _status) = found.redirect_chain[-1]
    assert term not in unquote(address)
    assert found.status_code == 200
    assert [str(row) for row in found.context["object_list"]] == [case.code]
    html = found.content.decode()
    assert f'value="{term}"' in html
    assert f"q={term}" not in html
    assert Case.objects.count() == 2
