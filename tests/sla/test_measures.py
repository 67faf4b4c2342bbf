"""Floors say how they count; what nobody counts stands as not measured."""

import pytest

from sla import measures
from sla.enums import Measure
from sla.measures import ShareCount, ShareMeasure, TimedMeasure


@pytest.fixture
def satisfaction():
    before = measures.source_of(Measure.SATISFACTION)

    def put(*counts, of_people=True):
        found = iter(counts)
        source = ShareMeasure(
            Measure.SATISFACTION, lambda period, target: next(found), of_people=of_people
        )
        measures.register(source)
        return source

    yield put
    measures.register(before)


def test_cases_are_counted_and_visits_not_yet():
    for measure in (Measure.FIRST_RESPONSE, Measure.RESOLUTION):
        assert isinstance(measures.source_of(measure), TimedMeasure)
    for measure in (Measure.SATISFACTION, Measure.AVAILABILITY):
        assert isinstance(measures.source_of(measure), ShareMeasure)
    for measure in (Measure.VISIT, Measure.WORDS):
        assert measures.source_of(measure) is None


def test_a_floor_registers_a_share(satisfaction):
    source = satisfaction(ShareCount(3, 4))
    assert measures.source_of(Measure.SATISFACTION) is source


def test_a_measure_is_registered_as_what_it_is():
    with pytest.raises(ValueError, match="cannot be counted"):
        measures.register(ShareMeasure(Measure.RESOLUTION, lambda period, target: None))
    with pytest.raises(ValueError, match="cannot be counted"):
        measures.register(TimedMeasure(Measure.AVAILABILITY, lambda user: None, lambda codes: {}))
    assert isinstance(measures.source_of(Measure.AVAILABILITY), ShareMeasure)


@pytest.mark.parametrize(("part", "whole"), [(5, 4), (-1, 4)])
def test_a_share_is_a_part_of_its_whole(part, whole):
    with pytest.raises(ValueError, match="part of its whole"):
        ShareCount(part, whole)
