import re
from datetime import date

import pytest
from django.utils.translation import override
from wagtail.models import Locale

from sla.enums import Ending
from sla.models import AgreementPage
from sla.publishing import PublishRefused
from tests.sla.factories import clause, clauses, make_page, make_signed, sign

pytestmark = [pytest.mark.django_db, pytest.mark.face]

FIRST = [
    clause("purpose", "هدف", "<p>کیفیت خدمت برای همه.</p>"),
    clause("period", "دوره", "<p>تا پایان سال ۱۴۰۵.</p>"),
]
SECOND = [
    clause("introduction", "مقدمه", "<p>تازه.</p>"),
    clause("purpose", "هدف", "<p>کیفیت خدمت برای همه.</p>"),
    clause("period", "دوره", "<p>تا پایان سال ۱۴۰۶.</p>"),
]


@pytest.fixture
def two(db):
    first = make_signed(clauses=FIRST, valid_to=date(2026, 12, 31))
    second = make_page(
        clauses=SECOND, valid_from=date(2027, 1, 1), valid_to=date(2027, 12, 31), live=True
    )
    return first, second


def main_of(response):
    assert response.status_code == 200
    body = response.content.decode()
    return body[body.index("<main") : body.index("</main")]


def test_what_changed_is_shown_clause_by_clause_with_words_and_signs(client, two):
    first, second = two
    main = main_of(client.get(f"{second.get_url()}changes/1-2/"))
    assert "change-added" in main
    assert "مقدمه" in main
    marks = " ".join(main.replace("\n", " ").split())
    for tag, word in (("del", "۱۴۰۵"), ("ins", "۱۴۰۶")):
        piece = marks[marks.index(f"<{tag}>", marks.index("change-changed")) :]
        assert word in piece[: piece.index(f"</{tag}>")]
        assert "visually-hidden" in piece[: piece.index(f"</{tag}>")]
    assert "style=" not in main
    assert first.get_url() in main


def test_any_page_of_the_agreement_answers_and_names_one_address_as_its_own(client, two):
    first, second = two
    response = client.get(f"{first.get_url()}changes/1-2/")
    assert main_of(response)
    canonical = f'<link rel="canonical" href="http://testserver{second.get_url()}changes/1-2/">'
    assert canonical in response.content.decode()


def test_the_form_works_without_scripts_and_leads_to_the_comparison(client, two):
    url = f"{two[0].get_url()}changes/"
    assert client.get(url).headers["Location"] == f"{url}1-2/"
    for query in ("from=1&to=2", "from=2&to=1", "from=۱&to=۲"):
        assert client.get(f"{url}?{query}").headers["Location"] == f"{url}1-2/"
    assert client.get(f"{url}2-1/").headers["Location"] == f"{url}1-2/"


@pytest.mark.parametrize(
    "query", ["from=1&to=1", "from=&to=", "from=x&to=2", "from=1", "from=1&to=99", "to=%00"]
)
def test_a_choice_that_is_none_is_told_at_the_form(client, two, query):
    with override("en"):
        response = client.get(f"{two[0].get_url()}changes/?{query}")
    assert response.status_code == 400
    body = response.content.decode()
    assert 'aria-describedby="changes-error"' in body
    assert 'id="changes-error"' in body


@pytest.mark.parametrize("which", ["1-1", "1-9", "0-1", "x", "1-2-3", "۱-۲", "1", "123456-1"])
def test_an_address_of_no_comparison_is_not_found(client, two, which):
    assert client.get(f"{two[0].get_url()}changes/{which}/").status_code == 404
    assert client.get(f"{two[0].get_url()}changes/1-2/more/").status_code == 404


def test_a_draft_cannot_be_read_this_way(client):
    first = make_signed()
    make_page(title="پنهان")
    assert client.get(f"{first.get_url()}changes/1-2/").status_code == 404
    main = main_of(client.get(f"{first.get_url()}changes/"))
    assert "<form" not in main
    assert "پنهان" not in main


def test_a_signed_version_whose_page_is_away_can_still_be_compared(client, two):
    first, second = two
    AgreementPage.objects.filter(pk=first.pk).update(live=False)
    assert "۱۴۰۵" in main_of(client.get(f"{second.get_url()}changes/1-2/"))


def test_the_sealed_text_is_compared_not_the_page(client, two):
    first, second = two
    AgreementPage.objects.filter(pk=first.pk).update(
        clauses=[clause("other", "دروغ", "<p>دروغ</p>")]
    )
    assert "دروغ" not in main_of(client.get(f"{second.get_url()}changes/1-2/"))


def test_markup_in_a_text_is_words_not_markup(client):
    first = make_signed(clauses=[clause("other", "<b>الف</b>", "<p>&lt;script&gt; یک</p>")])
    make_page(clauses=[clause("other", "<b>الف</b>", "<p>&lt;script&gt; دو</p>")], live=True)
    main = main_of(client.get(f"{first.get_url()}changes/1-2/"))
    assert "<script" not in main
    assert "&lt;script&gt;" in main.replace("</span>", "")


def test_translations_are_compared_for_their_readers(client, two):
    english, _new = Locale.objects.get_or_create(language_code="en")
    index = two[0].get_parent().specific
    index.get_parent().specific.copy_for_translation(english).save_revision().publish()
    index.copy_for_translation(english).save_revision().publish()
    copies = []
    for page, text in zip(two, ("Until the end of 1405.", "Until the end of 1406."), strict=True):
        copy = AgreementPage.objects.get(pk=page.copy_for_translation(english).pk)
        draft = copy.get_latest_revision_as_object()
        draft.clauses = [clause("period", "Period", f"<p>{text}</p>")]
        draft.save_revision().publish()
        copies.append(AgreementPage.objects.get(pk=copy.pk))
        if len(copies) == 1:
            with override("en"):
                main = main_of(client.get(f"{copies[0].get_url()}changes/1-2/"))
            assert 'lang="fa"' in main, "one translation alone cannot be compared"
    with override("en"):
        response = client.get(f"{copies[1].get_url()}changes/1-2/")
        main = main_of(response)
    other = f'href="{two[1].get_url()}changes/1-2/"'
    assert other in response.content.decode(), "the language switch stays at the comparison"
    assert "Until the end of" in main
    assert "تا پایان" not in main
    assert "This compares the translations" in main


def test_without_a_translation_the_language_switch_leads_to_the_list_of_agreements(client, two):
    english, _new = Locale.objects.get_or_create(language_code="en")
    index = two[0].get_parent().specific
    index.get_parent().specific.copy_for_translation(english).save_revision().publish()
    listed = index.copy_for_translation(english)
    listed.save_revision().publish()
    copy = two[0].copy_for_translation(english)
    copy.save_revision().publish()
    copy.refresh_from_db()
    listed.refresh_from_db()

    def switch(page):
        body = client.get(f"{page.get_url()}changes/1-2/").content.decode()
        return re.search(r'<a href="([^"]+)" lang="en" hreflang="en">', body)[1]

    assert switch(two[1]) == listed.get_url(), "the later version alone is not translated"
    assert switch(two[0]) == f"{copy.get_url()}changes/1-2/"


def test_eight_queries_and_kept_like_every_page(client, two, django_assert_max_num_queries):
    url = f"{two[1].get_url()}changes/1-2/"
    client.get(url)
    with django_assert_max_num_queries(8):
        client.get(url)


# How versions follow each other


def test_publishing_a_version_that_would_undo_a_signed_one_is_refused():
    make_signed(valid_from=date(2029, 1, 1), valid_to=date(2029, 12, 31))
    with pytest.raises(PublishRefused) as refused:
        make_page(valid_from=date(2028, 6, 1), valid_to=date(2028, 12, 31), live=True)
    assert [one.field for one in refused.value.objections] == ["valid_from"]


def test_readers_are_told_of_replacements_and_gaps(client, two):
    first, second = two
    sign(second.version, letter_number="2")
    gap = make_page(valid_from=date(2028, 3, 1), valid_to=date(2028, 12, 31), live=True)
    sign(gap.version, letter_number="3")
    early = make_page(valid_from=date(2028, 6, 1), valid_to=date(2029, 12, 31), live=True)
    sign(early.version, letter_number="4")
    with override("en"):
        first_words = first.shown.sequence
        assert first_words == []
        assert len(gap.shown.sequence) == 2
        assert "All services go on" in gap.shown.sequence[0]
        assert "Version 4 replaces it" in gap.shown.sequence[1]
        assert "It replaces version 3" in early.shown.sequence[0]
        listed = client.get(first.get_parent().get_url(), headers={"accept-language": "en"})
    assert gap.shown.sequence[0]
    assert listed.content.decode().count("changes/") == 1


def test_mutual_consent_is_for_two_organisations_only():
    with pytest.raises(PublishRefused):
        make_page(ending=Ending.CONSENT, valid_to=None, live=True, clauses=clauses())


@pytest.mark.parametrize("ending", [Ending.AMENDED, Ending.REPLACED, Ending.OPEN])
def test_a_version_without_a_last_day_says_what_ends_it(ending):
    page = make_signed(ending=ending, valid_to=None)
    with override("en"):
        assert page.shown.sentence.startswith("In force until it is ")
        assert page.shown.document.ending == ending
