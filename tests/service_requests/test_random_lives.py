"""Random people do random things to two cases of one applicant: nothing forbidden comes of it."""

import itertools
import uuid
from collections import defaultdict

from django.core.exceptions import ValidationError
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as HypothesisTestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from cms_pages.enums import Role
from service_requests import (
    conversation,
    credentials,
    deadlines,
    four_eyes,
    notes,
    slots,
    visits,
    workflow,
)
from service_requests.days import today
from service_requests.enums import EventKind, Priority, SetAside, State
from service_requests.errors import CaseError, NotPossible
from service_requests.models import Case, DepartmentRules, Event, Team, Visit
from service_requests.transitions import TABLE, Step
from sla.models import CalendarException
from tests.cms_pages.factories import staff_user
from tests.service_requests.factories import head_of, make_case, officer_of, receives
from tests.service_requests.test_workflow import take_step

TEXT = "متنی برای آزمون"
# Those who must never have done anything, whatever they tried.
NOBODY = (6, 7)
# Nobody takes these: they happen when a place is shut.
BY_THEMSELVES = (Step.SHUT_VISIT, Step.OFFER_ANOTHER)
TABLE_OF_EVENTS = defaultdict(list)
for _found in TABLE.values():
    TABLE_OF_EVENTS[_found.event].append((_found.sources, _found.target))


class Lives(RuleBasedStateMachine):
    """The rules try; the invariants look at what became of it."""

    cases = st.integers(0, 1)
    people = st.integers(0, 8)

    @initialize(by_two=st.booleans())
    def begin(self, by_two):
        first = make_case()
        self.by_two = by_two
        self.made = [first, make_case(department=first.department.key)]
        DepartmentRules.objects.create(department=first.department, rejection_by_two=by_two)
        receives(first.department)
        self.team = Team.objects.create(name="گروه", department=first.department)
        self.people_of = [
            officer_of(first),
            officer_of(first),
            head_of(first),
            None,
            None,
            staff_user(Role.SECRETARIAT),
            staff_user(Role.AUDITOR),
            staff_user(Role.OFFICER),
            officer_of(first),
        ]
        self.team.members.add(self.people_of[0])
        self.done = {row.pk: 1 for row in self.made}

    def _try(self, which, verb):
        """Let somebody try; what is refused leaves everything as it was."""
        before = self._state()
        try:
            verb(Case.objects.get(pk=self.made[which].pk))
        except (CaseError, ValidationError):
            assert self._state() == before
            return
        for row in self.made:
            version = Case.objects.values_list("version", flat=True).get(pk=row.pk)
            assert version >= self.done[row.pk]
            self.done[row.pk] = version

    def _rows(self):
        """These two: what earlier lives left is still there."""
        return Case.objects.filter(pk__in=self.done).order_by("pk")

    def _events(self):
        return Event.objects.filter(case__in=self.done)

    def _state(self):
        return [
            *self._rows().values_list("pk", "state", "version", "set_aside"),
            self._events().count(),
        ]

    @rule(
        which=cases,
        step=st.sampled_from([each for each in Step if each not in (Step.MERGE, *BY_THEMSELVES)]),
        who=people,
        stale=st.booleans(),
    )
    def take_a_step(self, which, step, who, stale):
        actor = self.people_of[who]
        self._try(
            which, lambda case: take_step(step, case, actor, case.version - 1 if stale else None)
        )

    @rule(which=cases, who=people)
    def join(self, which, who):
        other = self.made[1 - which].code
        self._try(
            which,
            lambda case: workflow.merge(
                case=case, actor=self.people_of[who], expected=case.version, into=other
            ),
        )

    @rule(which=cases, who=people)
    def call_for_a_visit(self, which, who):
        self._try(
            which,
            lambda case: visits.call(case=case, actor=self.people_of[who], expected=case.version),
        )

    @rule(which=cases)
    def choose_a_time(self, which):
        def verb(case):
            if not (offers := slots.offers(case.department)):
                raise NotPossible
            visits.choose(case=case, slot=offers[0].key)

        self._try(which, verb)

    @rule(for_good=st.booleans())
    def the_place_is_shut(self, for_good):
        days = {"first_day": today(), "last_day": today() + timezone.timedelta(days=3)}
        if for_good:
            days["last_day"] += timezone.timedelta(days=3650)
        shut = CalendarException.objects.create(**days, reason=TEXT, hours="")
        visits.call_off_shut(at=timezone.now())
        assert visits.call_off_shut(at=timezone.now()) == 0
        shut.delete()
        for row in self.made:
            self.done[row.pk] = Case.objects.get(pk=row.pk).version

    @invariant()
    def a_visit_lives_exactly_while_its_case_waits_for_one(self):
        for row in self._rows() if hasattr(self, "done") else ():
            alive = Visit.objects.filter(case=row).alive().count()
            assert alive == (row.state == State.VISIT_REQUESTED)

    @rule(which=cases, who=people, days=st.integers(0, 9))
    def ask_with_a_day(self, which, who, days):
        self._try(
            which,
            lambda case: workflow.ask_info(
                case=case,
                actor=self.people_of[who],
                expected=case.version,
                text=TEXT,
                reply_by=today() + timezone.timedelta(days=days),
            ),
        )

    @rule(announced=st.booleans())
    def time_passes(self, announced):
        rows = self._rows().filter(reply_by__isnull=False)
        rows.update(reply_by=timezone.now())
        if announced:
            rows.update(reply_announced_at=timezone.now())
        waiting = set(rows.filter(reply_announced_at=None).values_list("pk", flat=True))
        deadlines.settle(at=timezone.now())
        assert not Case.objects.filter(pk__in=waiting).exclude(state=State.NEEDS_INFO).exists()
        for row in self.made:
            self.done[row.pk] = Case.objects.get(pk=row.pk).version

    @rule(
        which=cases,
        who=people,
        deed=st.sampled_from(
            ["propose", "confirm", "refuse", "prioritise", "take", "assign", "team", "note"]
        ),
    )
    def do_something_beside_the_steps(self, which, who, deed):
        actor = self.people_of[who]
        if actor is None:
            return

        def verb(case):
            common = {"case": case, "actor": actor, "expected": case.version}
            {
                "propose": lambda: four_eyes.propose(**common, reason=TEXT),
                "confirm": lambda: workflow.confirm_rejection(**common),
                "refuse": lambda: four_eyes.refuse(**common, note=TEXT),
                "prioritise": lambda: workflow.prioritise(**common, priority=Priority.HIGH),
                "take": lambda: workflow.take(**common),
                "assign": lambda: workflow.assign(**common, to=self.people_of[1]),
                "team": lambda: workflow.assign_team(**common, team=self.team),
                "note": lambda: notes.add(case=case, actor=actor, text=TEXT),
            }[deed]()

        self._try(which, verb)

    @rule(which=cases, who=people, twice=st.booleans())
    def write(self, which, who, twice):
        actor, message_id = self.people_of[who], uuid.uuid4()

        def verb(case):
            for _time in range(1 + twice):
                if actor is None:
                    conversation.citizen_adds(case=case, text=TEXT, message_id=message_id)
                else:
                    conversation.staff_writes(
                        case=case, actor=actor, text=TEXT, message_id=message_id
                    )

        self._try(which, verb)

    @rule(which=cases, who=people)
    def end_the_password(self, which, who):
        if (actor := self.people_of[who]) is not None:
            self._try(which, lambda case: credentials.end(case=case, actor=actor))

    @invariant()
    def no_event_is_lost_and_no_version_skipped(self):
        for row in self._rows():
            events = list(row.events.order_by("number"))
            assert [event.number for event in events] == list(range(1, row.version + 1))
            assert row.version == self.done[row.pk]
            assert events[-1].to_state == row.state
            for before, after in itertools.pairwise(events):
                assert after.from_state == before.to_state
                assert after.at >= before.at

    @invariant()
    def no_state_is_reached_but_by_the_table(self):
        for event in self._events().exclude(kind=EventKind.REGISTERED):
            if event.from_state == event.to_state and event.kind not in (EventKind.REFERRED,):
                continue
            found = TABLE_OF_EVENTS[event.kind]
            targets = {target for sources, target in found if event.from_state in sources}
            assert targets & {None, event.to_state}
            if event.to_state not in targets:
                aside = (EventKind.MARKED_SPAM, EventKind.MERGED)
                last = event.case.events.filter(kind__in=aside, number__lt=event.number).last()
                assert event.to_state == last.from_state

    @invariant()
    def what_belongs_to_a_state_ends_with_it(self):
        for row in self._rows().select_related("merged_into"):
            assert row.reply_by is None or row.state == State.NEEDS_INFO
            assert not row.rejection_proposed or row.state in TABLE[Step.REJECT].sources
            assert not row.set_aside or row.state == State.CLOSED
            assert (row.set_aside == SetAside.DUPLICATE) == (row.merged_into is not None)
            assert row.merged_into is None or row.merged_into.merged_into_id is None

    @invariant()
    def nobody_rejects_alone_where_it_takes_two(self):
        if not self.by_two:
            return
        for event in self._events().filter(kind=EventKind.REJECTED):
            if event.department_id == self.team.department_id:
                proposed = event.case.events.filter(
                    kind=EventKind.REJECTION_PROPOSED, number__lt=event.number
                ).last()
                assert proposed.actor_id not in (None, event.actor_id)

    @invariant()
    def whoever_may_nothing_did_nothing(self):
        barred = [self.people_of[n].pk for n in NOBODY]
        assert not self._events().filter(actor__in=barred).exists()


class TestLives(Lives.TestCase, HypothesisTestCase):
    settings = settings(
        max_examples=20,
        stateful_step_count=30,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
