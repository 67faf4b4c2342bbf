"""The human check lets people in by any of its ways, each ticket once, and nobody else."""

import json
import re
import threading
from io import BytesIO
from typing import Any

import pytest
from captcha.models import CaptchaStore
from django import forms
from django.core.exceptions import ValidationError
from django.db import connections
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from desk_core.human_check import (
    HumanCheckMixin,
    challenge,
    difficulty_after,
    proof,
    question,
    solve,
    tickets,
    verify,
)
from desk_core.human_check.checks import check_human_checks, check_switched_on
from desk_core.human_check.drawing import draw_png
from desk_core.human_check.fields import ANSWERS
from desk_core.throttles import Count, Limit, hit
from persian.digits import to_persian
from tests.desk_core.caches import KINDS, running_on

EASY = 300
PURPOSE = "test"


class Letter(HumanCheckMixin):
    """A form with a check and one field that can be wrong."""

    human_purpose = PURPOSE
    human_bound_to = "key"
    name = forms.CharField()
    key = forms.CharField(required=False)


class Door(HumanCheckMixin):
    """A form where each attempt has to cost."""

    human_keeps = False
    human_together = True
    name = forms.CharField()


@pytest.fixture(autouse=True)
def _switched_on(settings) -> None:
    settings.DESK_HUMAN_CHECK_OFF = False
    settings.DESK_HUMAN_DIFFICULTY = EASY


@pytest.fixture
def clock(monkeypatch) -> list[float]:
    now = [1_800_000_000.0]
    monkeypatch.setattr(tickets.time, "time", lambda: now[0])
    return now


def code(error: pytest.ExceptionInfo[ValidationError]) -> str:
    return error.value.code


def answered(ticket: tickets.Ticket, **answers: Any) -> dict[str, str]:
    data = {"name": "x", "human-ticket": ticket.signed}
    data.update({f"human-{part}": str(answer) for part, answer in answers.items()})
    return data


def shown(form: forms.Form) -> tickets.Ticket:
    """The ticket in the form as the reader gets it."""
    signed = re.search(r'name="human-ticket" value="([^"]+)"', str(form["human"])).group(1)
    return tickets.read(signed, difficulty=0, purpose=form.human_purpose)


def human_codes(form: forms.Form) -> list[str]:
    return [error.code for error in form.errors.as_data().get("human", [])]


class TestApi:
    def test_a_solved_puzzle_is_accepted_once(self):
        solution = solve(challenge())
        verify(solution)
        with pytest.raises(ValidationError) as error:
            verify(solution)
        assert code(error) == "human_used"

    def test_json_text_is_accepted_too(self):
        verify(json.dumps(solve(challenge())))

    def test_the_same_submission_may_come_twice_and_another_may_not(self):
        solution = solve(challenge())
        verify(solution, binding="submission-1")
        verify(solution, binding="submission-1")
        with pytest.raises(ValidationError):
            verify(solution, binding="submission-2")
        with pytest.raises(ValidationError):
            verify(solution)

    def test_a_wrong_number_is_refused_and_the_right_one_still_counts(self):
        solution = solve(challenge())
        with pytest.raises(ValidationError) as error:
            verify({**solution, "number": solution["number"] + 1})
        assert code(error) == "human_wrong"
        verify(solution)

    def test_an_easier_puzzle_than_asked_for_is_refused(self):
        with pytest.raises(ValidationError) as error:
            verify(solve(challenge(difficulty=EASY)), difficulty=2 * EASY + 2)
        assert code(error) == "human_too_easy"

    def test_half_of_what_is_asked_for_now_is_enough(self):
        verify(solve(challenge(difficulty=EASY)), difficulty=2 * EASY)
        with pytest.raises(ValidationError):
            verify(solve(challenge(difficulty=EASY - 1)))

    def test_a_harder_one_is_welcome(self):
        verify(solve(challenge(difficulty=2 * EASY)), difficulty=EASY)

    def test_an_old_one_is_refused(self, clock, settings):
        solution = solve(challenge())
        clock[0] += tickets.oldest_seconds() + 1
        with pytest.raises(ValidationError) as error:
            verify(solution)
        assert code(error) == "human_expired"

    def test_one_from_the_future_is_refused(self, clock):
        solution = solve(challenge())
        clock[0] -= 60
        with pytest.raises(ValidationError):
            verify(solution)

    def test_one_made_for_another_purpose_is_refused(self):
        with pytest.raises(ValidationError) as error:
            verify(solve(challenge(purpose="track")), purpose="submit")
        assert code(error) == "human_forged"

    def test_a_forged_ticket_is_refused(self):
        puzzle = challenge()
        solution = solve(puzzle)
        signed = solution["ticket"]
        for forged in (signed[:-1] + ("A" if signed[-1] != "A" else "B"), "x" + signed, "a:b"):
            with pytest.raises(ValidationError) as error:
                verify({**solution, "ticket": forged})
            assert code(error) == "human_forged"

    def test_a_ticket_of_another_site_is_refused(self, settings):
        solution = solve(challenge())
        settings.SECRET_KEY = "another-key-of-another-site-0123456789-0123456789"
        with pytest.raises(ValidationError) as error:
            verify(solution)
        assert code(error) == "human_forged"

    def test_the_ticket_of_one_who_passed_a_form_is_no_solution(self):
        passed = tickets.issue_pass(tickets.issue(difficulty=EASY))
        with pytest.raises(ValidationError):
            verify({"ticket": passed.signed, "number": proof.wanted_number(passed)})

    @pytest.mark.parametrize(
        "payload",
        [None, 3, "", "{", "[]", "null", "[1]", b"\xff", {}, {"ticket": 3}, {"ticket": ["a"]},
         {"ticket": "a" * 1_000_000}, "[" * 100_000, {"ticket": "", "number": 1}],
    )  # fmt: skip
    def test_nonsense_is_refused_and_never_an_error(self, payload):
        with pytest.raises(ValidationError):
            verify(payload)

    @pytest.mark.parametrize("number", [None, True, "", "-1", "1e3", "٣", 10**400, [], {}, 1.0])
    def test_no_odd_number_is_an_error(self, number):
        with pytest.raises(ValidationError):
            verify({**solve(challenge()), "number": number})

    @given(
        st.recursive(st.none() | st.text() | st.integers() | st.binary(), st.lists, max_leaves=4)
    )
    def test_no_payload_is_an_error(self, payload):
        from django.test import override_settings

        with override_settings(DESK_HUMAN_CHECK_OFF=False), pytest.raises(ValidationError):
            verify(payload)

    def test_the_switch_of_the_tests_lets_everything_through(self, settings):
        settings.DESK_HUMAN_CHECK_OFF = True
        verify(None)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.django_db(transaction=True)
def test_of_many_that_send_one_ticket_at_once_one_gets_in(kind, settings):
    with running_on(kind, settings):
        solution, outcomes = solve(challenge()), []

        def run() -> None:
            try:
                verify(solution)
                outcomes.append("in")
            except ValidationError as error:
                outcomes.append(error.code)
            finally:
                connections.close_all()

        crowd = [threading.Thread(target=run) for _ in range(12)]
        for thread in crowd:
            thread.start()
        for thread in crowd:
            thread.join()
        assert sorted(outcomes) == ["human_used"] * 11 + ["in"]


@pytest.mark.django_db
class TestForm:
    def test_the_work_of_a_browser_is_accepted(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        form = Letter(answered(ticket, proof=proof.wanted_number(ticket)))
        assert form.is_valid(), form.errors

    @pytest.mark.parametrize("write", [str, to_persian, lambda n: f" {n}. "])
    def test_an_answer_in_words_is_accepted_in_any_digits(self, clock, write):
        ticket = shown(Letter())
        clock[0] += 3
        form = Letter(answered(ticket, question=write(question.compose(ticket)[1])))
        assert form.is_valid(), form.errors

    def test_a_wrong_answer_uses_the_ticket_up(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        right = question.compose(ticket)[1]
        assert human_codes(Letter(answered(ticket, question=right + 1))) == ["human_wrong"]
        assert human_codes(Letter(answered(ticket, question=right))) == ["human_used"]

    def test_a_wrong_answer_is_not_repeated_into_a_right_one_by_the_same_submission(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        wrong = {**answered(ticket, question=999), "key": "k"}
        assert human_codes(Letter(wrong)) == ["human_wrong"]
        assert human_codes(Letter(wrong)) == ["human_used"]

    def test_the_same_submission_sent_again_is_accepted_again(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        data = {**answered(ticket, proof=proof.wanted_number(ticket)), "key": "k"}
        assert Letter(data).is_valid()
        assert Letter(data).is_valid()
        assert human_codes(Letter({**data, "key": "other"})) == ["human_used"]

    def test_the_key_of_the_submission_may_come_from_elsewhere(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        data = answered(ticket, proof=proof.wanted_number(ticket))
        assert Letter(data, binding="k").is_valid()
        assert Letter(data, binding="k").is_valid()
        assert human_codes(Letter(data, binding="other")) == ["human_used"]

    def test_nothing_answered_is_asked_for(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        assert human_codes(Letter(answered(ticket))) == ["human_missing"]
        assert human_codes(Letter({"name": "x"})) == ["human_missing"]

    def test_faster_than_a_person_is_asked_to_press_again_and_then_let_in(self, clock):
        ticket = shown(Letter())
        clock[0] += 1
        fast = Letter(answered(ticket, proof=proof.wanted_number(ticket)))
        assert human_codes(fast) == ["human_too_fast"]
        again = shown(fast)
        clock[0] += 1.5
        assert Letter(answered(again, proof=proof.wanted_number(again))).is_valid()

    def test_a_form_that_lay_open_too_long_keeps_what_was_written(self, clock):
        ticket = shown(Letter())
        clock[0] += tickets.oldest_seconds() + 1
        form = Letter(answered(ticket, proof=proof.wanted_number(ticket)))
        assert human_codes(form) == ["human_expired"]
        assert 'value="x"' in str(form["name"])

    def test_the_trap_catches_what_fills_everything_in(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        data = {**answered(ticket, proof=proof.wanted_number(ticket)), "human-website": "http://x"}
        assert human_codes(Letter(data)) == ["human_trap"]

    def test_who_has_answered_corrects_another_mistake_without_answering_again(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        form = Letter({**answered(ticket, proof=proof.wanted_number(ticket)), "name": ""})
        assert list(form.errors) == ["name"]
        passed = shown(form)
        assert passed.passed
        assert "human-proof" not in str(form["human"])
        assert Letter(answered(passed)).is_valid()
        assert human_codes(Letter(answered(passed))) == ["human_used"]

    def test_a_door_asks_again_for_each_attempt(self, clock):
        ticket = shown(Door())
        clock[0] += 3
        form = Door({**answered(ticket, proof=proof.wanted_number(ticket)), "name": ""})
        assert list(form.errors) == ["name"]
        assert not shown(form).passed

    def test_a_throttle_asks_for_more(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        data = answered(ticket, proof=proof.wanted_number(ticket))
        form = Letter(data, difficulty=8 * EASY)
        assert human_codes(form) == ["human_too_easy"]
        harder = shown(form)
        assert harder.difficulty == 8 * EASY
        data = answered(harder, proof=proof.wanted_number(harder))
        assert Letter(data, difficulty=8 * EASY).is_valid()

    def test_answers_by_machine_in_words_are_slowed_down_per_network(self, clock):
        request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.5")
        other = RequestFactory().post("/", REMOTE_ADDR="203.0.113.6")

        def attempt(request):
            ticket = shown(Letter())
            clock[0] += 3
            right = question.compose(ticket)[1]
            return human_codes(Letter(answered(ticket, question=right), request=request))

        outcomes = [attempt(request) for _ in range(31)]
        assert outcomes[:30] == [[]] * 30
        assert outcomes[30] == ["human_slow_down"]
        assert attempt(other) == []

    def test_a_door_asks_for_everything_at_once_and_lets_nobody_wait(self, client, clock):
        def attempt(*parts, name="203.0.113.5"):
            request = RequestFactory().post("/", REMOTE_ADDR=name)
            ticket = shown(Door())
            clock[0] += 3
            answers = {"question": question.compose(ticket)[1]}
            if "picture" in parts:
                client.get(reverse("human_check:picture", args=[ticket.signed]))
                answers["picture"] = CaptchaStore.objects.get(hashkey=ticket.nonce).response
            form = Door(
                answered(ticket, **{part: answers[part] for part in parts}),
                request=request,
                counted=["code:1"],
            )
            return human_codes(form), str(form["human"])

        for number in range(30):
            assert attempt("question", name=f"198.51.100.{number}")[0] == []
        codes, html = attempt("question")
        assert codes == ["human_both"]
        assert gettext("or instead") not in html
        assert gettext("Those who cannot see them answer the question below instead.") not in html
        assert attempt("picture", "question")[0] == []

    def test_past_the_limit_both_have_to_be_right(self, client, clock):
        for _ in range(31):
            hit(ANSWERS, "code:1")
        ticket = shown(Door())
        client.get(reverse("human_check:picture", args=[ticket.signed]))
        clock[0] += 3
        both = {"question": question.compose(ticket)[1], "picture": "0"}
        assert human_codes(Door(answered(ticket, **both), counted=["code:1"])) == ["human_wrong"]

    def test_the_work_of_a_browser_is_never_slowed_down(self, clock):
        request = RequestFactory().post("/", REMOTE_ADDR="203.0.113.5")
        for _ in range(40):
            ticket = shown(Letter())
            clock[0] += 3
            data = answered(ticket, proof=proof.wanted_number(ticket))
            assert Letter(data, request=request).is_valid()

    def test_it_draws_everything_and_has_no_inline_code(self):
        html = str(Letter()["human"])
        for part in ("human-proof", "human-picture", "human-question", "human-website"):
            assert f'name="{part}"' in html
        assert not re.search(r"<style|style=|\son[a-z]+=|<script(?![^>]+src=)", html)
        assert html.count("<label") == 3

    def test_a_deployment_chooses_its_checks(self, settings):
        settings.DESK_HUMAN_CHECKS = ["desk_core.human_check.question.Question"]
        html = str(Letter()["human"])
        assert "human-question" in html
        assert "human-proof" not in html

    def test_off_it_asks_nothing(self, settings):
        settings.DESK_HUMAN_CHECK_OFF = True
        assert Letter({"name": "x"}).is_valid()
        assert "<input" not in str(Letter()["human"])

    @given(answer=st.text(max_size=60))
    def test_no_answer_is_an_error(self, answer):
        from django.test import override_settings

        with override_settings(
            DESK_HUMAN_CHECK_OFF=False, DESK_HUMAN_DIFFICULTY=EASY, DESK_FORM_MIN_SECONDS=0
        ):
            for part in ("proof", "picture", "question"):
                ticket = tickets.issue(difficulty=EASY, purpose=PURPOSE)
                Letter(answered(ticket, **{part: answer})).is_valid()


@pytest.mark.django_db
class TestPicture:
    def fetch(self, ticket: tickets.Ticket, client: Client):
        return client.get(reverse("human_check:picture", args=[ticket.signed]))

    @pytest.mark.parametrize("write", [str, to_persian, lambda n: " ".join(n)])
    def test_what_is_drawn_is_accepted_in_any_digits(self, client, clock, write):
        ticket = shown(Letter())
        assert CaptchaStore.objects.count() == 0
        response = self.fetch(ticket, client)
        assert response.content.startswith(b"\x89PNG")
        assert "no-store" in response["Cache-Control"]
        row = CaptchaStore.objects.get()
        assert row.challenge == to_persian(row.response)
        clock[0] += 3
        form = Letter(answered(ticket, picture=write(row.response)))
        assert form.is_valid(), form.errors
        assert CaptchaStore.objects.count() == 0

    def test_one_try_a_picture(self, client, clock):
        ticket = shown(Letter())
        self.fetch(ticket, client)
        right = CaptchaStore.objects.get().response
        clock[0] += 3
        assert human_codes(Letter(answered(ticket, picture="1"))) == ["human_wrong"]
        assert human_codes(Letter(answered(ticket, picture=right))) == ["human_used"]

    def test_a_picture_that_was_never_drawn_has_no_right_answer(self, clock):
        ticket = shown(Letter())
        clock[0] += 3
        assert human_codes(Letter(answered(ticket, picture="12345"))) == ["human_wrong"]

    def test_it_is_the_same_picture_each_time_and_another_for_another(self, client):
        one, two = shown(Letter()), shown(Letter())
        first = self.fetch(one, client).content
        assert self.fetch(one, client).content == first
        assert self.fetch(two, client).content != first
        assert CaptchaStore.objects.count() == 2

    @pytest.mark.parametrize("signed", ["x", "a:b", "ImEi:xx", "%00", "ی"])
    def test_no_picture_for_a_ticket_that_is_not_ours(self, client, signed):
        assert client.get(f"/human-check/picture/{signed}.png").status_code == 410

    def test_none_for_an_old_one(self, client, clock):
        ticket = shown(Letter())
        clock[0] += tickets.oldest_seconds() + 1
        assert self.fetch(ticket, client).status_code == 410

    def test_pictures_are_limited_per_network(self, client):
        tickets_made = [shown(Letter()) for _ in range(121)]
        statuses = [self.fetch(ticket, client).status_code for ticket in tickets_made]
        assert statuses == [200] * 120 + [429]

    @pytest.mark.parametrize(
        ("doublings", "digits"), [(0, 5), (1, 6), (2, 7), (3, 8), (4, 8), (5, 8)]
    )
    def test_it_gets_longer_with_each_doubling(self, client, clock, doublings, digits):
        form = Letter(difficulty=EASY * 2**doublings)
        html = str(form["human"])
        ticket = tickets.read(
            re.search(r'name="human-ticket" value="([^"]+)"', html).group(1),
            difficulty=0,
            purpose=PURPOSE,
        )
        assert f'width="{20 + 44 * digits}"' in html
        drawn = Image.open(BytesIO(self.fetch(ticket, client).content))
        assert drawn.size == (20 + 44 * digits, 80)
        row = CaptchaStore.objects.get()
        assert len(row.response) == digits
        clock[0] += 3
        again = Letter(answered(ticket, picture=row.response), difficulty=EASY * 2**doublings)
        assert again.is_valid()

    def test_drawing_leaves_the_random_numbers_of_the_process_alone(self):
        import random

        random.seed(7)
        expected = random.random()
        random.seed(7)
        draw_png("۱۲۳۴۵", seed=b"x")
        assert random.random() == expected


class TestQuestion:
    @given(st.binary(min_size=16, max_size=16), st.sampled_from([1, EASY, 2 * EASY, 32 * EASY]))
    def test_each_question_has_its_answer_and_needs_no_store(self, nonce, difficulty):
        ticket = tickets.Ticket(nonce.hex(), 0, difficulty, "")
        text, answer = question.compose(ticket)
        assert 0 <= answer <= 20
        assert "%" not in text
        check = question.Question()
        assert check.right(ticket, str(answer))
        assert check.right(ticket, str(question.WORDS[answer]).upper())
        assert not check.right(ticket, str(answer + 1))
        assert not check.right(ticket, "")

    def test_there_are_many(self):
        seen = {question.compose(tickets.issue(difficulty=1)) for _ in range(600)}
        assert len(seen) > 200

    def test_past_a_limit_it_has_two_steps(self):
        def asked(difficulty):
            issued = (tickets.issue(difficulty=difficulty) for _ in range(300))
            return {question.compose(ticket)[0] for ticket in issued}

        with translation.override("en"):
            assert len(asked(2 * EASY)) > 100
            assert not asked(2 * EASY) & asked(2 * EASY - 1)

    def test_it_is_asked_in_the_language_of_the_page(self):
        ticket = tickets.issue(difficulty=1)
        with translation.override("en"):
            assert question.compose(ticket)[0].isascii()


@pytest.mark.parametrize(
    ("n", "expected"), [(1, 1), (5, 1), (6, 2), (9, 2), (10, 4), (16, 8), (1000, 32)]
)
def test_the_work_doubles_with_each_further_limit_and_ends_somewhere(n, expected):
    limit = Limit("x", rate=5, seconds=60)
    assert difficulty_after(Count(n, n > 5), limit) == EASY * expected


def test_the_system_checks_know_wrong_settings(settings):
    assert check_human_checks(None) == []
    settings.DESK_HUMAN_CHECKS = ["desk_core.nothing.Here"]
    assert [found.id for found in check_human_checks(None)] == ["desk_core.E111"]
    settings.DESK_HUMAN_CHECKS = []
    assert [found.id for found in check_human_checks(None)] == ["desk_core.E112"]
    settings.DESK_HUMAN_CHECKS = ["desk_core.human_check.proof.ProofOfWork"]
    assert [found.id for found in check_human_checks(None)] == ["desk_core.W113"]
    assert check_switched_on(None) == []
    settings.DESK_HUMAN_CHECK_OFF = True
    assert [found.id for found in check_switched_on(None)] == ["desk_core.E114"]
