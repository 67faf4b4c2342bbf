"""The arithmetic of availability: worst wins, unknown is no uptime, nothing is rounded up."""

from dataclasses import replace
from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from notices.availability.engine import WHOLE, Impairment, Window, merge, reckon

DAY = (0, 1440)
PERIOD = (0, 500)
EXAMPLES = settings(max_examples=40, deadline=None)

minutes = st.integers(-50, 550)
spans = st.tuples(minutes, minutes).map(lambda pair: (min(pair), max(pair)))
weights = st.sampled_from([0, 1, 300, 333, 500, WHOLE])
sources = st.sampled_from("abc")


def parts(kind):
    return st.lists(
        st.builds(
            lambda span, weight, source: kind(*span, weight, source), spans, weights, sources
        ),
        max_size=7,
    )


facts = st.fixed_dictionaries(
    {
        "period": st.just(PERIOD),
        "agreed": st.lists(spans, max_size=4),
        "known": st.lists(spans, max_size=3),
        "impairments": parts(Impairment),
        "windows": parts(Window),
        "cap": st.none() | st.integers(0, 120),
    }
)


def day(impairments=(), windows=(), **values):
    values = {"period": DAY, "agreed": [DAY], "known": [DAY]} | values
    return reckon(impairments=impairments, windows=windows, **values)


@EXAMPLES
@given(facts)
def test_the_availability_is_between_nothing_and_everything(given_facts):
    found = reckon(**given_facts)
    assert found.share is None or 0 <= found.share <= 1
    assert 0 <= found.known <= found.agreed
    assert (found.share is None) == (found.due == 0)
    assert found.coverage is None or 0 <= found.coverage <= 1
    assert sum(each.minutes for each in found.stretches) <= found.known


@EXAMPLES
@given(facts, minutes, st.integers(0, 6))
def test_an_outage_cut_in_two_is_the_same_outage(given_facts, cut, number):
    whole = given_facts["impairments"]
    if number >= len(whole):
        return
    one = whole[number]
    cut = min(max(cut, one.begins), one.ends)
    halves = [replace(one, ends=cut), replace(one, begins=cut)]
    rest = whole[:number] + whole[number + 1 :]
    assert reckon(**{**given_facts, "impairments": rest + halves}) == reckon(**given_facts)


@EXAMPLES
@given(facts, spans, weights)
def test_one_more_excused_window_never_lowers_it(given_facts, span, weight):
    before = reckon(**given_facts)
    windows = [*given_facts["windows"], Window(*span, weight, "w")]
    after = reckon(**{**given_facts, "windows": windows})
    assert after.excused >= before.excused
    assert after.counted <= before.counted
    if before.share is not None and after.share is not None:
        assert after.share >= before.share


@EXAMPLES
@given(facts, spans, weights)
def test_one_more_impairment_never_raises_it(given_facts, span, weight):
    """Outside of windows: inside one, what is excused makes the denominator smaller."""
    given_facts = {**given_facts, "windows": []}
    more = [*given_facts["impairments"], Impairment(*span, weight, "d")]
    before, after = reckon(**given_facts), reckon(**{**given_facts, "impairments": more})
    assert after.counted >= before.counted
    assert after.due == before.due
    assert after.available <= before.available


@EXAMPLES
@given(facts, st.randoms(use_true_random=False))
def test_order_never_matters(given_facts, chance):
    mixed = dict(given_facts)
    for name in ("agreed", "known", "impairments", "windows"):
        mixed[name] = list(given_facts[name])
        chance.shuffle(mixed[name])
    assert reckon(**mixed) == reckon(**given_facts)


@EXAMPLES
@given(facts)
def test_it_is_what_counting_minute_by_minute_gives(given_facts):
    """Against a slow count that looks at each minute alone, without a cap."""
    found = reckon(**{**given_facts, "cap": None})
    agreed = known = excused = counted = 0
    for minute in range(*PERIOD):

        def over(things, minute=minute):
            return [each for each in things if each.begins <= minute < each.ends]

        if not any(a <= minute < b for a, b in given_facts["agreed"]):
            continue
        agreed += 1
        if not any(a <= minute < b for a, b in given_facts["known"]):
            continue
        known += 1
        worst = max((each.weight for each in over(given_facts["impairments"])), default=0)
        allowed = max((each.weight for each in over(given_facts["windows"])), default=0)
        excused += min(worst, allowed)
        counted += worst - min(worst, allowed)
    assert (found.agreed, found.known) == (agreed, known)
    assert (found.excused, found.counted) == (excused, counted)


@EXAMPLES
@given(facts)
def test_every_counted_minute_has_its_source(given_facts):
    found = reckon(**given_facts)
    assert found.counted == sum(each.counted for each in found.stretches)
    for each in found.stretches:
        assert each.excused + each.counted == each.minutes * each.weight
        told = [one for one in given_facts["impairments"] if one.source == each.sources[0]]
        for minute in range(each.begins, each.ends):
            running = [one.weight for one in told if one.begins <= minute < one.ends]
            assert each.weight == max(running)


@EXAMPLES
@given(facts)
def test_unknown_time_is_coverage_and_not_uptime(given_facts):
    blind = reckon(**{**given_facts, "known": []})
    assert (blind.known, blind.due, blind.available) == (0, 0, 0)
    assert blind.share is None
    assert blind.agreed == reckon(**given_facts).agreed


def test_the_worst_of_overlapping_outages_holds_and_their_sum_never():
    found = day([Impairment(0, 60, 500, "a"), Impairment(30, 90, WHOLE, "b")])
    assert [(each.begins, each.ends, each.weight) for each in found.stretches] == [
        (0, 30, 500),
        (30, 60, WHOLE),
        (60, 90, WHOLE),
    ]
    assert found.lost == 75


def test_both_sources_of_an_overlap_are_named_the_worst_first():
    found = day([Impairment(0, 60, 500, "a"), Impairment(0, 60, WHOLE, "b")])
    assert [each.sources for each in found.stretches] == [("b", "a")]


def test_a_failed_minute_is_not_rounded_away():
    year = (0, 366 * 1440)
    found = reckon(
        period=year,
        agreed=[year],
        known=[year],
        impairments=[Impairment(5, 6, 1, "a")],
        windows=[],
    )
    assert found.share < 1
    assert found.lost == 1


def test_an_excused_window_leaves_numerator_and_denominator():
    maintenance = Impairment(0, 120, WHOLE, "m")
    outage = Impairment(600, 660, WHOLE, "o")
    found = day([maintenance, outage], [Window(0, 120, WHOLE, "m")])
    assert (found.due, found.available) == (1440 - 120, 1440 - 120 - 60)
    assert found.share == Fraction(1260, 1320)


def test_what_goes_beyond_the_announced_end_counts():
    found = day([Impairment(0, 150, WHOLE, "m")], [Window(0, 120, WHOLE, "m")])
    assert (found.due, found.lost, found.outages) == (1320, 30, (30,))


def test_a_fault_worse_than_announced_counts_for_the_difference():
    found = day(
        [Impairment(0, 100, 500, "m"), Impairment(0, 40, WHOLE, "o")], [Window(0, 100, 500, "m")]
    )
    assert (found.excused, found.counted) == (50_000, 20_000)
    assert (found.due, found.lost) == (1390, 20)


def test_the_cap_takes_the_first_windows_and_the_rest_counts():
    both = [Impairment(0, 100, WHOLE, "m"), Impairment(500, 600, WHOLE, "n")]
    windows = [Window(0, 100, WHOLE, "m"), Window(500, 600, WHOLE, "n")]
    found = day(both, windows, cap=130)
    assert (found.excused, found.counted, found.over_cap) == (130_000, 70_000, 70_000)
    assert [(each.excused, each.counted) for each in found.stretches] == [
        (100_000, 0),
        (30_000, 0),
        (0, 70_000),
    ]
    assert found.outages == (70,)


@EXAMPLES
@given(facts)
def test_a_cap_excuses_as_much_as_it_may_and_no_more(given_facts):
    free = reckon(**{**given_facts, "cap": None})
    cap = given_facts["cap"]
    found = reckon(**given_facts)
    assert found.excused == (free.excused if cap is None else min(free.excused, cap * WHOLE))
    assert found.over_cap == free.excused - found.excused
    assert found.excused + found.counted == free.excused + free.counted


def test_a_day_that_is_wholly_excused_has_no_availability():
    found = day([Impairment(0, 1440, WHOLE, "m")], [Window(0, 1440, WHOLE, "m")])
    assert (found.due, found.share) == (0, None)


def test_outages_are_counted_in_agreed_time():
    found = day(
        [Impairment(400, 1000, WHOLE, "a"), Impairment(1000, 1010, 500, "b")],
        agreed=[(450, 870), (990, 1100)],
    )
    assert found.outages == (420 + 20,)
    assert found.agreed == 530


def test_touching_and_overlapping_time_is_one():
    assert merge([(5, 9), (0, 3), (3, 4), (8, 12), (2, 2)]) == [(0, 4), (5, 12)]
