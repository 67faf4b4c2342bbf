import json
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sla.document import (
    Clause,
    Document,
    DocumentError,
    Party,
    clean_markup,
    digest_of,
    read_canonical,
)
from sla.enums import ClauseType, Ending, PartyRole
from sla.publishing import objections_to

texts = st.text(alphabet=st.characters(exclude_categories=("Cs",)), max_size=40).map(
    lambda text: __import__("unicodedata").normalize("NFC", text)
)
clause = st.builds(
    Clause,
    number=st.sampled_from(["1", "2.1"]),
    anchor=texts,
    type=st.sampled_from(ClauseType),
    title=texts,
    html=texts,
    free=st.booleans(),
    g2g=st.booleans(),
)
party = st.builds(
    Party,
    key=texts,
    role=st.sampled_from(PartyRole),
    name=texts,
    signs=st.booleans(),
    signatory_name=texts,
    signatory_post=texts,
)
documents = st.builds(
    Document,
    agreement=texts,
    number=st.integers(1, 99),
    language=st.sampled_from(["fa", "en"]),
    title=texts,
    valid_from=st.none() | st.dates(),
    valid_to=st.none() | st.dates(),
    ending=st.sampled_from(Ending),
    g2g=st.booleans(),
    parties=st.lists(party, max_size=3).map(tuple),
    clauses=st.lists(clause, max_size=3).map(tuple),
    department=texts,
    department_name=texts,
)


@given(documents)
def test_the_canonical_text_reads_back_to_the_same_document(document):
    text = document.canonical()
    again = read_canonical(text)
    assert again.canonical() == text
    assert digest_of(again.canonical()) == digest_of(text)


@given(documents, documents)
def test_two_documents_share_a_canonical_text_only_when_they_are_equal(one, other):
    assert (one.canonical() == other.canonical()) == (one == other)


def test_the_canonical_form_is_stable():
    text = Document("desk", 1, "fa", "عنوان", valid_to=date(2027, 3, 20)).canonical()
    assert list(json.loads(text)) == sorted(json.loads(text))
    assert "عنوان" in text
    assert ": " not in text


def test_a_text_of_the_first_form_keeps_it_and_its_digest():
    """As they were sealed before the department was part of the text."""
    first = (
        '{"agreement":"desk","clauses":[],"ending":"date","format":1,"g2g":false,"language":"fa",'
        '"number":1,"parties":[],"title":"عنوان","valid_from":null,"valid_to":"2027-03-20"}'
    )
    document = read_canonical(first)
    assert document.canonical() == first
    assert document != read_canonical(Document("desk", 1, "fa", "عنوان").canonical())
    for wrong in (
        first.replace('"format":1', '"format":2'),
        first.replace('"ending"', '"department":"land","department_name":"زمین","ending"'),
    ):
        with pytest.raises(DocumentError):
            read_canonical(wrong)


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "null", '{"format": 2}', '{"format": 3}', '{"format":1,"x":1}']
)
def test_another_text_is_no_canonical_one(text):
    with pytest.raises(DocumentError):
        read_canonical(text)


@pytest.mark.parametrize(
    ("markup", "clean"),
    [
        ("<p onclick='x()'>a</p>", "<p>a</p>"),
        ("<script>alert(1)</script><p>b</p>", "<p>b</p>"),
        ('<a href="javascript:x">c</a>', "c"),
        ("<p><!-- d -->e</p>", "<p>e</p>"),
        ("<ul><li><b>f</b></li></ul>", "<ul><li><b>f</b></li></ul>"),
        ("<img src=x onerror=alert(1)>g", "g"),
    ],
)
def test_rich_text_keeps_nothing_that_could_run(markup, clean):
    assert clean_markup(markup) == clean


PROVIDER = Party("provider", PartyRole.PROVIDER, "اداره", signs=True)
OTHER = Party("recipient", PartyRole.RECIPIENT, "سازمان", signs=True)
CLAUSE = Clause("1", "purpose", ClauseType.PURPOSE, "هدف", "<p>متن</p>")
READY = Document(
    "desk", 1, "fa", "عنوان", valid_to=date(2027, 3, 20), parties=(PROVIDER,), clauses=(CLAUSE,)
)


def changed(**values):
    import dataclasses

    return dataclasses.replace(READY, **values)


def test_a_complete_document_has_no_objections():
    assert objections_to(READY) == []


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (changed(title="توافق [نام]"), "title"),
        (changed(clauses=()), "clauses"),
        (changed(parties=()), "parties"),
        (changed(valid_to=None), "valid_to"),
        (changed(valid_from=date(2028, 1, 1)), "valid_to"),
        (changed(g2g=True), "parties"),
        (changed(g2g=True, parties=(PROVIDER, PROVIDER)), "parties"),
        (
            changed(parties=(Party("provider", PartyRole.PROVIDER, "[نام دستگاه]", signs=True),)),
            "parties",
        ),
        (
            changed(clauses=(Clause("1", "a", ClauseType.PERIOD, "دوره", "<p>تا [ ]</p>"),)),
            "clauses",
        ),
    ],
)
def test_what_is_missing_is_named_with_its_field(document, field):
    assert field in [objection.field for objection in objections_to(document)]


def test_two_organisations_that_both_sign_are_enough_for_g2g():
    assert objections_to(changed(g2g=True, parties=(PROVIDER, OTHER))) == []


def test_the_blank_is_named_with_clause_and_excerpt():
    from django.utils.translation import override

    clauses = (CLAUSE, Clause("2", "b", ClauseType.PERIOD, "دوره", "<p>تا [مدت زمان] بعد</p>"))
    with override("en"):
        [objection] = objections_to(changed(clauses=clauses))
    assert "2 دوره" in objection.message
    assert "[مدت زمان]" in objection.message
    assert "تا [مدت زمان] بعد" in objection.message
    assert objection.index == 1


def test_an_open_end_needs_no_date():
    assert objections_to(changed(valid_to=None, ending=Ending.OPEN)) == []
