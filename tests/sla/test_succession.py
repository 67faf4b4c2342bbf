from datetime import date, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from sla.succession import Gap, Relation, Span, findings, gap_sentence, gaps, sentence

MAY, JUNE, JULY, AUGUST = (date(2026, month, 1) for month in (5, 6, 7, 8))
DAY = timedelta(days=1)
days = st.dates(date(2025, 1, 1), date(2027, 1, 1))


def relations(own, *signed):
    return [(found.relation, found.other) for found in findings(own, signed)]


def test_the_first_version_and_one_that_follows_at_once_need_no_word():
    first = Span(1, MAY, JULY - DAY)
    assert relations(first) == []
    assert relations(Span(2, JULY, AUGUST), first) == []


def test_one_that_begins_before_its_predecessor_ends_replaces_it_from_that_day():
    found = findings(Span(2, JUNE, AUGUST), [Span(1, MAY, JULY)])
    assert [(f.relation, f.other, f.first, f.last) for f in found] == [
        (Relation.REPLACES, 1, JUNE, JULY)
    ]
    assert not found[0].refused


def test_one_without_an_end_is_replaced_whenever_the_next_begins():
    assert relations(Span(2, JUNE, JULY), Span(1, MAY)) == [(Relation.REPLACES, 1)]


def test_days_between_are_named():
    found = findings(Span(2, AUGUST), [Span(1, MAY, JUNE)])
    assert [(f.relation, f.first, f.last) for f in found] == [
        (Relation.GAP_BEFORE, JUNE + DAY, AUGUST - DAY)
    ]


def test_an_end_by_termination_or_a_former_successor_counts():
    ended = Span(1, MAY, AUGUST, ended=JUNE)
    assert [f.first for f in findings(Span(2, JULY), [ended])] == [JUNE]
    chain = [Span(1, MAY), Span(2, JUNE, JULY - DAY)]
    assert relations(Span(3, JULY), *chain) == []


def test_one_that_begins_before_a_signed_version_that_is_to_come_is_refused():
    signed = Span(1, JULY, AUGUST)
    for own in (Span(2, JUNE, JULY - DAY), Span(2, JUNE), Span(2, JUNE, AUGUST + DAY)):
        assert relations(own, signed) == [(Relation.BEFORE_SIGNED, 1)]
        assert findings(own, [signed])[0].refused


def test_one_wholly_inside_a_signed_version_is_refused():
    signed = Span(1, MAY, AUGUST)
    assert relations(Span(2, JUNE, JULY), signed) == [(Relation.INSIDE, 1)]
    assert relations(Span(2, MAY, JULY), signed) == [(Relation.INSIDE, 1)]
    assert relations(Span(2, JUNE, AUGUST), signed) == [(Relation.REPLACES, 1)]


def test_a_correction_from_the_same_day_on_replaces_the_whole_of_it():
    assert relations(Span(2, JULY, AUGUST), Span(1, JULY, AUGUST)) == [(Relation.REPLACES, 1)]


def test_an_older_draft_cannot_be_signed_under_a_later_version_in_force():
    later = Span(2, JUNE, AUGUST)
    assert relations(Span(1, JULY, AUGUST), later) == [(Relation.OVERTAKEN, 2)]
    assert relations(Span(1, MAY, JUNE), later) == [(Relation.REPLACED_BY, 2)]
    assert relations(Span(1, MAY, MAY + DAY), later) == [(Relation.GAP_AFTER, 2)]


def test_the_gaps_of_a_whole_agreement():
    spans = [Span(1, MAY, JUNE - DAY), Span(2, JUNE, JUNE + DAY), Span(3, JULY, AUGUST)]
    assert gaps(spans) == [Gap(2, 3, JUNE + 2 * DAY, JULY - DAY)]
    assert gaps([]) == []


@given(st.lists(st.tuples(days, st.none() | st.integers(0, 400)), max_size=6))
def test_gaps_are_exactly_the_days_that_no_version_covers(rows):
    spans = [
        Span(n, first, None if length is None else first + timedelta(days=length))
        for n, (first, length) in enumerate(rows, 1)
    ]
    in_gaps = set()
    for gap in gaps(spans):
        in_gaps |= {gap.first + timedelta(days=n) for n in range((gap.last - gap.first).days + 1)}
    if not spans:
        return

    def newest(day):
        return max((span for span in spans if span.first <= day), key=lambda span: span.number)

    def covered(day):
        return newest(day).last is None or day <= newest(day).last

    last = max(span.first for span in spans if newest(span.first) is span)
    day = min(span.first for span in spans)
    while day <= last:
        assert (day in in_gaps) != covered(day), day
        day += DAY


@pytest.mark.parametrize("language", ["fa", "en"])
def test_every_finding_has_a_sentence_with_its_days(language):
    with override(language):
        cases = [
            (Span(2, JUNE), [Span(1, MAY)]),
            (Span(2, JUNE, AUGUST), [Span(1, MAY, JULY)]),
            (Span(2, AUGUST), [Span(1, MAY, JUNE)]),
            (Span(2, JUNE), [Span(1, JULY)]),
            (Span(2, JUNE), [Span(1, JULY, AUGUST)]),
            (Span(2, JUNE, JULY), [Span(1, MAY, AUGUST)]),
            (Span(1, JULY), [Span(2, JUNE)]),
            (Span(1, MAY), [Span(2, JUNE)]),
            (Span(1, MAY, MAY), [Span(2, JUNE)]),
        ]
        said = [sentence(findings(own, signed)[0]) for own, signed in cases]
        assert len(set(said)) == len(cases)
        assert all("%" not in each and each for each in said)
        assert gap_sentence(Gap(1, 2, MAY, JUNE))
