"""The rules of editors' forms: what is asked, what will do, and what editors are told."""

import json
from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given, settings
from hypothesis import strategies as st

from service_requests.enums import ConditionTest, QuestionType
from service_requests.request_forms import rules
from service_requests.request_forms.definition import (
    Condition,
    Definition,
    Option,
    Question,
    Step,
    read,
)
from service_requests.request_forms.objections import objections

OPTIONS = tuple(Option(value=f"o{n}", label=f"گزینه {n}") for n in range(3))


def made(*steps: Step) -> Definition:
    return Definition(
        title="فرم", language="fa", kind="request", person_types=("natural",), steps=steps
    )


def one(kind: str, **fields: Any) -> Definition:
    question = Question(key="q", type=kind, label="پرسش", **fields)
    return made(Step(key="s", title="گام", questions=(question,)))


def of(kind: str, raw: Any, **fields: Any) -> tuple[Any, list[str]]:
    """The answer to a form with one question, and the parts of it that are wrong."""
    checked = rules.check(one(kind, **fields), {"q": raw}, files=["t", 0])
    return checked.answers.get("q"), [part for _key, part in checked.errors]


@pytest.mark.parametrize(
    ("kind", "raw", "answer"),
    [
        ("text", " كتاب ", "کتاب"),
        ("long_text", "خط ۱\nخط ۲", "خط ۱\nخط ۲"),
        ("number", "۲٬۵۰۰٫۵۰", "2500.5"),
        ("number", 12, "12"),
        ("number", 0, "0"),
        ("date", "۱۴۰۵/۰۹/۰۱", "2026-11-22"),
        ("date", "2026-11-22", "2026-11-22"),
        ("choice", "o1", "o1"),
        ("choices", ["o2", "o0", "o2"], ["o2", "o0"]),
        ("file", "t", "t"),
        ("file", 0, 0),
        ("national_id", "۰۰۸۴۵۷۵۹۴۸", "0084575948"),
        ("legal_id", "10380284790", "10380284790"),
        ("mobile", "0912 345 6789", "+989123456789"),
        ("postal_code", "38176-54392", "3817654392"),
        ("statement", True, True),
        ("statement", "on", True),
    ],
)
def test_what_is_typed_is_stored_in_one_form(kind, raw, answer):
    assert of(kind, raw, options=OPTIONS, places=1) == (answer, [])


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        *((kind, None) for kind in QuestionType.values if kind != "address"),
        ("text", 5),
        ("text", ["a"]),
        ("text", "a" * 400),
        ("text", "\x00"),
        ("number", True),
        ("number", "نه"),
        ("number", float("nan")),
        ("number", 1e300),
        ("number", 0.125),
        ("number", 9),
        ("number", -1),
        ("date", "2026-13-01"),
        ("date", "1405/13/01"),
        ("choice", "o9"),
        ("choices", ["o0", "o9"]),
        ("choices", "o0"),
        ("choices", [{"a": 1}]),
        ("file", "other"),
        ("file", True),
        ("file", 1),
        ("national_id", "0084575949"),
        ("statement", False),
        ("statement", "maybe"),
        ("statement", {}),
    ],
)
def test_what_will_not_do_is_said_once_and_repeats_nothing(kind, raw):
    with override("en"):
        checked = rules.check(
            one(kind, options=OPTIONS, places=2, maximum="8", minimum="0"), {"q": raw}, files=[0]
        )
    assert (checked.answers, list(checked.errors)) == ({}, [("q", "")])
    if isinstance(raw, str) and len(raw) > 2:
        assert raw not in str(checked.errors)


def test_an_address_is_whole_or_not_there():
    whole = {"province": "مرکزی", "city": "اراک", "address": "خیابان ۱", "postal_code": ""}
    assert of("address", whole) == (
        {"province": "مرکزی", "city": "اراک", "address": "خیابان ۱"},
        [],
    )
    assert of("address", None) == (None, ["province", "city", "address"])
    assert of("address", {}, required=False) == (None, [])
    assert of("address", {"city": "اراک"}, required=False)[1] == ["province", "address"]
    assert of("address", "اراک") == (None, [""])
    assert of("address", {"city": 5, "province": [], "address": {}})[1] == [
        *("province", "city", "address"),
    ]


CHAIN = made(
    Step(
        key="s1",
        title="یک",
        questions=(
            Question(key="q1", type="choice", label="نوع", options=OPTIONS),
            Question(
                key="q2",
                type="text",
                label="نام",
                condition=Condition(question="q1", test="equals", values=("o0",)),
            ),
        ),
    ),
    Step(
        key="s2",
        title="دو",
        condition=Condition(question="q2"),
        questions=(Question(key="q3", type="text", label="باز"),),
    ),
)


def test_hidden_answers_are_dropped_with_all_that_hangs_on_them():
    raw = {"q1": "o0", "q2": "الف", "q3": "ب", "unknown": 1}
    assert rules.check(CHAIN, raw).answers == {"q1": "o0", "q2": "الف", "q3": "ب"}
    changed = rules.check(CHAIN, {**raw, "q1": "o1"})
    assert (changed.answers, changed.errors) == ({"q1": "o1"}, {})
    assert [step.key for step, _questions in changed.steps] == ["s1"]


def test_what_is_wrong_hides_what_hangs_on_it_and_makes_no_second_error():
    checked = rules.check(CHAIN, {"q1": "o7", "q2": "الف"})
    assert list(checked.errors) == [("q1", "")]


def test_a_definition_is_read_back_as_it_was_and_known_by_its_digest():
    again = read(json.loads(json.dumps(CHAIN.as_dict())))
    assert again == CHAIN
    assert again.digest() == CHAIN.digest() != one("text").digest()


KINDS = ["text", "choice", "choices", "number", "statement"]


@st.composite
def definitions(draw: Any) -> Definition:
    """Any form whose conditions look back: what objections let through."""
    steps, earlier = [], []
    for s in range(draw(st.integers(1, 3))):
        condition = draw(_conditions(tuple(earlier)))
        questions = []
        for q in range(draw(st.integers(1, 4))):
            kind = draw(st.sampled_from(KINDS))
            question = Question(
                key=f"q{s}{q}",
                type=kind,
                label=f"پرسش {s} {q}",
                required=draw(st.booleans()),
                condition=draw(_conditions(tuple(earlier))),
                options=OPTIONS if kind in ("choice", "choices") else (),
            )
            questions.append(question)
            earlier.append(question)
        steps.append(
            Step(key=f"s{s}", title="گام", condition=condition, questions=tuple(questions))
        )
    return made(*steps)


def _conditions(earlier: tuple[Question, ...]) -> Any:
    if not earlier:
        return st.none()
    choosing = [q for q in earlier if q.type in ("choice", "choices")]
    answered = st.sampled_from(earlier).map(lambda q: Condition(question=q.key))
    found = [st.none(), answered]
    if choosing:
        values = st.lists(st.sampled_from(["o0", "o1", "o2"]), min_size=1, max_size=2, unique=True)
        found.append(
            st.builds(
                lambda q, v: Condition(question=q.key, test=ConditionTest.ONE_OF, values=tuple(v)),
                st.sampled_from(choosing),
                values,
            )
        )
    return st.one_of(found)


RAW = st.one_of(
    st.none(),
    st.sampled_from(["", "o0", "o1", "o9", "متن", "12"]),
    st.lists(st.sampled_from(["o0", "o1", "o2"]), max_size=2),
    st.booleans(),
    st.integers(-3, 3),
    st.dictionaries(st.text(max_size=2), st.none(), max_size=1),
)


@settings(max_examples=120, deadline=None)
@given(definition=definitions(), data=st.data())
def test_rules_of_any_form(definition, data):
    """Only what is shown is kept, missed or wrong; what was kept gives the same again."""
    assert objections(definition) == []
    raw = {q.key: data.draw(RAW) for q in definition.questions()}
    checked = rules.check(definition, raw)
    shown = {q.key for _step, questions in checked.steps for q in questions}
    assert set(checked.answers) <= shown
    assert {key for key, _part in checked.errors} <= shown
    for step, questions in checked.steps:
        for question in questions:
            wrong = (question.key, "") in checked.errors
            required = question.required or question.type == "statement"
            assert (question.key in checked.answers) or wrong or not required
            assert rules.holds(step.condition, checked.answers)
            assert rules.holds(question.condition, checked.answers)
    again = rules.check(definition, checked.answers)
    assert again.answers == checked.answers
    assert [s.key for s, _ in rules.asked(definition, checked.answers)] == [
        s.key for s, _ in again.steps
    ]


@settings(max_examples=60, deadline=None)
@given(definition=definitions(), data=st.data())
def test_a_later_answer_never_changes_an_earlier_page(definition, data):
    keys = [q.key for q in definition.questions()]
    raw = {key: data.draw(RAW) for key in keys}
    cut = data.draw(st.integers(0, len(keys)))
    other = {**raw, **{key: data.draw(RAW) for key in keys[cut:]}}
    first, second = rules.check(definition, raw), rules.check(definition, other)
    early = set(keys[:cut])
    assert {k: v for k, v in first.answers.items() if k in early} == {
        k: v for k, v in second.answers.items() if k in early
    }


def later(key: str) -> Condition:
    return Condition(question=key)


@pytest.mark.parametrize(
    ("definition", "place"),
    [
        (made(), (None, None, "")),
        (made(Step(key="s", title="گام")), (0, None, "")),
        (one("choice", options=OPTIONS[:1]), (0, 0, "options")),
        (one("choice", options=(OPTIONS[0], OPTIONS[0])), (0, 0, "options")),
        (one("number", minimum="5", maximum="4"), (0, 0, "maximum")),
        (one("text", condition=later("nowhere")), (0, 0, "question")),
        (one("text", condition=later("q")), (0, 0, "question")),
        (
            made(
                Step(
                    key="s",
                    title="گام",
                    condition=later("q1"),
                    questions=(Question(key="q1", type="text", label="الف"),),
                )
            ),
            (0, None, "question"),
        ),
        (
            made(
                Step(
                    key="s",
                    title="گام",
                    questions=(
                        Question(key="q1", type="text", label="الف"),
                        Question(key="q1", type="text", label="ب"),
                    ),
                )
            ),
            (0, 0, "label"),
        ),
        (
            made(
                Step(
                    key="s",
                    title="گام",
                    questions=tuple(
                        Question(key=f"q{n}", type="file", label=f"پرونده {n}") for n in range(6)
                    ),
                )
            ),
            (None, None, ""),
        ),
        *(
            (
                made(
                    Step(
                        key="s",
                        title="گام",
                        questions=(
                            Question(key="q1", type=kind, label="الف", options=options),
                            Question(
                                key="q2",
                                type="text",
                                label="ب",
                                condition=Condition(question="q1", test="equals", values=values),
                            ),
                        ),
                    )
                ),
                (0, 1, field),
            )
            for kind, options, values, field in (
                ("text", (), ("x",), "test"),
                ("choice", OPTIONS, (), "values"),
                ("choice", OPTIONS, ("دیگر",), "values"),
                ("choice", OPTIONS, ("o0", "o1"), "values"),
            )
        ),
    ],
)
def test_what_cannot_be_asked_is_said_at_its_place(definition, place):
    found = objections(definition)
    assert place in {(each.step, each.question, each.field) for each in found}
    assert all(each.message for each in found)


def test_numbers_of_a_form_keep_their_limits():
    with override("fa"):
        checked = rules.check(one("number", minimum="10", maximum="20"), {"q": "۹"})
    assert "۱۰" in checked.errors["q", ""][0]
    assert Decimal(of("number", "۱۲٫۳۴", places=2)[0]) == Decimal("12.34")
