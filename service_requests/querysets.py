"""Questions asked of cases, credentials and what hangs on them."""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from typing import Any, NoReturn, Self

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery

from cms_pages.models import Membership
from desk_core.blind_index import digest
from desk_core.querysets import AppendOnly
from persian import jalali
from persian.identifiers import clean_letter_number
from service_requests.enums import LIVE_VISITS, OPEN_STATES, Kind, Numbering, State, VisitState
from sla.models.clocks import Clock


class CaseQuerySet(models.QuerySet):
    """Cases. Every staff view begins at `visible_to`."""

    def visible_to(self, user: Any) -> Self:
        """The cases a member of staff may know of; see `standing` for the rule."""
        from service_requests.standing import standing_of

        found = standing_of(user).case_filter()
        return self if found is None else self.filter(found)

    def led_by(self, user: Any) -> Self:
        """The cases a member of staff answers for, and may export."""
        from service_requests.standing import standing_of

        found = standing_of(user).led_filter()
        return self if found is None else self.filter(found)

    def open(self) -> Self:
        """Cases in which somebody still has to do something."""
        return self.filter(state__in=OPEN_STATES)

    def new(self) -> Self:
        """Cases that nobody has taken up yet."""
        return self.filter(state__in=(State.REGISTERED, State.REFERRED), assigned_to=None)

    def assigned_to(self, user: Any) -> Self:
        """Cases that one member of staff works on."""
        return self.filter(assigned_to_id=user.pk)

    def of_teams_of(self, user: Any) -> Self:
        """Cases given to a team of the user's and not taken by anybody yet."""
        from service_requests.models import Team

        mine = Team.objects.filter(members=user.pk).order_by().values("pk")
        return self.filter(team__in=mine, assigned_to=None)

    def deputised_to(self, user: Any) -> Self:
        """Cases of the colleagues for whom the user stands in today."""
        from service_requests.standing import standing_of

        return self.filter(assigned_to__in=standing_of(user).stands_in_for)

    def joined_with(self, case: Any) -> Self:
        """A case, the one it was joined with, and whatever else was joined with that one."""
        first = case.merged_into_id or case.pk
        return self.filter(Q(pk=first) | Q(merged_into=first))

    def linked(self) -> Self:
        """Those that staff have confirmed to be about some notice."""
        from service_requests.models import CaseNotice

        return self.filter(pk__in=CaseNotice.objects.active().order_by().values("case"))

    def linked_to(self, notice: Any) -> Self:
        """Those that staff have confirmed to be about this notice."""
        from service_requests.models import CaseNotice

        links = CaseNotice.objects.active().filter(notice=notice).order_by()
        return self.filter(pk__in=links.values("case"))

    def kept_by_no_hold(self) -> Self:
        """Those that are not under a legal hold, nor anything that they were joined with."""
        held = self.model._default_manager.filter(held_at__isnull=False).order_by()
        return self.filter(
            ~Exists(held.filter(merged_into=OuterRef("pk"))),
            Q(merged_into=None) | ~Exists(held.filter(merged_into=OuterRef("merged_into"))),
            Q(merged_into=None) | Q(merged_into__held_at=None),
            held_at=None,
        )

    def overdue(self, at: datetime) -> Self:
        """Those with a promised time that is over; none without a promise."""
        return self.filter(code__in=Clock.objects.overdue(at).values("subject"))

    def at_risk(self, at: datetime) -> Self:
        """Those with a promised time that is nearly over, and none that is."""
        late = Clock.objects.overdue(at).filter(subject=OuterRef("code"))
        near = Clock.objects.at_risk(at).values("subject")
        return self.filter(~Exists(late), code__in=near)

    def with_next_due(self) -> Self:
        """Each with `next_due`: when the nearest of its open promises is due, or None."""
        near = Clock.objects.running().filter(subject=OuterRef("code")).order_by("due_at")
        return self.annotate(
            next_due=Subquery(near.values("due_at")[:1]),
            next_due_waits=Subquery(near.values("paused_at")[:1]),
        )

    def for_list(self) -> Self:
        """What a list row shows, in one query and without the sealed content."""
        return self.select_related("department", "service", "assigned_to").defer("sealed_content")


class OfCases(models.QuerySet):
    """What belongs to a case until it ends."""

    def active(self) -> Self:
        """Those that have not ended."""
        return self.filter(ended_at=None)

    def visible_to(self, user: Any) -> Self:
        """Those of cases that the user may know of."""
        from service_requests.standing import standing_of

        found = standing_of(user).case_filter()
        if found is None:
            return self
        from service_requests.models import Case

        return self.filter(case__in=Case.objects.filter(found).order_by().values("pk"))


class CaseNoticeQuerySet(OfCases):
    """Which case is about which notice."""


class GroupAnswerQuerySet(models.QuerySet):
    """Answers that were given in many cases."""

    def visible_to(self, user: Any) -> Self:
        """One's own alone: which cases it was given in is what that person may see."""
        return self.filter(asked_by=user.pk) if user.pk else self.none()


class OfDepartments(models.QuerySet):
    """What the head of a department decides for it, and an administrator for each."""

    def visible_to(self, user: Any) -> Self:
        """Those of the departments that the user leads; administrators and superusers see all."""
        from service_requests.permissions import led_departments

        led = led_departments(user)
        return self if led is None else self.filter(department__in=led)


class TeamQuerySet(OfDepartments):
    """Teams."""

    def of_case(self, case: Any) -> Self:
        """The teams that a case may be given to; none takes a complaint."""
        if case.kind == Kind.COMPLAINT:
            return self.none()
        return self.filter(department=case.department_id, active=True).order_by("name", "id")


class LadderQuerySet(OfDepartments):
    """Steps of the ladders of reminders."""

    def visible_to(self, user: Any) -> Self:
        """Those of departments that the user leads, and to them those of the whole body."""
        from service_requests.permissions import led_departments, user_can_lead

        if not user_can_lead(user):
            return self.none()
        led = led_departments(user)
        return self if led is None else self.filter(Q(department=None) | Q(department__in=led))


class DeputyshipQuerySet(models.QuerySet):
    """Who stands in for whom."""

    def on(self, day: date) -> Self:
        """Those that hold on a day."""
        return self.filter(ended_at=None, first_day__lte=day, last_day__gte=day)

    def visible_to(self, user: Any) -> Self:
        """One's own on either side; those of people whom one leads; administrators see all."""
        from service_requests.permissions import led_departments

        led = led_departments(user)
        if led is None:
            return self
        mine = Q(absent=user.pk) | Q(deputy=user.pk)
        if led:
            people = Membership.objects.filter(department__in=led).order_by().values("user")
            mine |= Q(absent__in=people)
        return self.filter(mine)


class ApiTokenQuerySet(models.QuerySet):
    """Tokens of the API."""

    def visible_to(self, user: Any) -> Self:
        """One's own; administrators see that others have some, never what they are."""
        from service_requests.permissions import user_can_list_tokens, user_manages_tokens

        if user_manages_tokens(user):
            return self
        return self.filter(user=user.pk) if user_can_list_tokens(user) else self.none()

    def alive(self, on: date) -> Self:
        """Those that open something on a day."""
        return self.filter(revoked_at=None, last_day__gte=on).exclude(digest="")


class RulesQuerySet(OfDepartments):
    """Rules of departments."""


class RetentionQuerySet(models.QuerySet):
    """Retention rules."""

    def visible_to(self, user: Any) -> Self:
        """All to administrators and auditors, nothing to anybody else."""
        from service_requests.permissions import user_can_list_retention

        return self.all() if user_can_list_retention(user) else self.none()


class StoredReplyQuerySet(models.QuerySet):
    """Stored replies."""

    def visible_to(self, user: Any) -> Self:
        """Those for all, those of departments that the user leads; administrators see all."""
        from service_requests.permissions import led_departments, user_can_list_replies

        if not user_can_list_replies(user):
            return self.none()
        led = led_departments(user)
        return self if led is None else self.filter(Q(department=None) | Q(department__in=led))

    def offered_to(self, user: Any) -> Self:
        """Those in use that a member of staff may begin an answer to many with, by title."""
        from service_requests.standing import standing_of

        own = standing_of(user).own
        rows = self.filter(Q(department=None) | Q(department__in=own), active=True)
        return rows.order_by("title", "id")

    def for_case(self, case: Any) -> Self:
        """Those that fit a case as it is: its department, kind, state and language."""
        return self.filter(
            Q(department=None) | Q(department=case.department_id),
            kind__in=("", case.kind),
            state__in=("", case.state),
            language=case.language,
            active=True,
        ).order_by("title", "id")


class CredentialQuerySet(OfCases):
    """Tracking passwords."""


class BookQuerySet(models.QuerySet):
    """Secretariats and their indicator books."""

    def visible_to(self, user: Any) -> Self:
        """All to administrators, auditors and secretariats, nothing to anybody else."""
        from service_requests.permissions import user_can_list_books

        return self.all() if user_can_list_books(user) else self.none()

    def in_use(self, direction: str, departments: Collection[int]) -> Self:
        """Books of this direction whose secretariat serves any of these departments."""
        serves = models.Q(secretariat__department=None) | models.Q(
            secretariat__department_id__in=departments
        )
        return self.filter(serves, direction=direction, active=True, secretariat__active=True)


def letter_digest(number: str) -> str:
    """By what a letter number is looked up; half of the digest (128 bits) is plenty."""
    return digest(number, field="letter.number")[:32]


class LetterQuerySet(models.QuerySet):
    """Letters in the books of the secretariats; never deleted in bulk either."""

    def visible_to(self, user: Any) -> Self:
        """Those of cases that the user may know of."""
        from service_requests.standing import standing_of

        found = standing_of(user).case_filter()
        if found is None:
            return self
        from service_requests.models import Case

        return self.filter(case__in=Case.objects.filter(found).order_by().values("pk"))

    def numbered(self, term: str) -> Self:
        """Those with exactly this number, voided ones too; none for what is no number."""
        try:
            number = clean_letter_number(term)
        except ValidationError:
            return self.none()
        return self.filter(number_digest=letter_digest(number))

    def valid(self) -> Self:
        """Those that were not voided."""
        return self.filter(voided_at=None)

    def holding_their_numbers(self) -> Self:
        """Those whose number is not free again: a book's own number is used up even when voided."""
        return self.filter(models.Q(voided_at=None) | models.Q(numbering=Numbering.OWN))

    def for_reading(self) -> Self:
        """What a reader is shown of them, the oldest first, in one query."""
        related = ("secretariat", "in_reply_to", "following")
        return self.select_related(*related).order_by("registered_at", "id")

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnly(f"{self.model.__name__}: {self.model.refusal}")  # type: ignore[attr-defined]

    delete.alters_data = delete.queryset_only = True  # type: ignore[attr-defined]


class VisitQuerySet(models.QuerySet):
    """Visits."""

    def visible_to(self, user: Any) -> Self:
        """Those of cases that the user may know of."""
        from service_requests.standing import standing_of

        found = standing_of(user).case_filter()
        if found is None:
            return self
        from service_requests.models import Case

        return self.filter(case__in=Case.objects.filter(found).order_by().values("pk"))

    def alive(self) -> Self:
        """Those that are still to come, or whose time is still to be chosen."""
        return self.filter(state__in=LIVE_VISITS)

    def between(self, first: datetime, last: datetime) -> Self:
        """Those that begin from one moment until before another."""
        return self.filter(starts_at__gte=first, starts_at__lt=last)

    def on_days(self, runs: Iterable[tuple[date, date]]) -> Self:
        """Those on days of Tehran, given as runs from first to last."""
        found = Q(pk__in=())
        for first, last in runs:
            begins = datetime.combine(first, time(), jalali.TEHRAN)
            after = datetime.combine(last + timedelta(days=1), time(), jalali.TEHRAN)
            found |= Q(starts_at__gte=begins, starts_at__lt=after)
        return self.filter(found)

    def holding(self) -> Self:
        """Those that have a place in a slot."""
        return self.filter(seat__isnull=False)

    def booked_after(self, at: datetime) -> Self:
        """Those with a time still to come at this moment; not of erased people."""
        return self.filter(
            state=VisitState.BOOKED, starts_at__gt=at, case__subject_key__erased_at=None
        )

    def unanswered(self, at: datetime) -> Self:
        """Those whose time to choose was over at this moment; not of erased people."""
        return self.filter(
            state=VisitState.WAITING, answer_by__lte=at, case__subject_key__erased_at=None
        )


class VisitingHoursQuerySet(models.QuerySet):
    """Visiting hours and the exceptions from them."""

    def touching(self, first: date, last: date) -> Self:
        """Rows that hold on any of these days."""
        return self.filter(Q(last_day=None) | Q(last_day__gte=first), first_day__lte=last)


class SurveyAnswerQuerySet(models.QuerySet):
    """Filled-in surveys."""

    def visible_to(self, user: Any) -> Self:
        """Heads see their departments', auditors and the complaints office all."""
        from cms_pages.enums import Role
        from service_requests.standing import standing_of

        standing = standing_of(user)
        if standing.superuser or standing.has(Role.AUDITOR, Role.COMPLAINTS):
            return self
        return self.filter(department_id__in=standing.ids(Role.HEAD))

    def words_visible_to(self, user: Any) -> Self:
        """Words are for heads, of their departments, and for the complaints office; no auditor."""
        from cms_pages.enums import Role
        from service_requests.standing import standing_of

        standing = standing_of(user)
        if standing.superuser or standing.has(Role.COMPLAINTS):
            return self
        return self.filter(department_id__in=standing.ids(Role.HEAD))

    def of_months(self, purpose: str, months: Collection[str]) -> Self:
        """Answers about the same thing, of some Jalali months ("1405-09")."""
        return self.filter(purpose=purpose, month__in=months)

    def of_past_months(self, at: datetime) -> Self:
        """Answers of the Jalali months that were over at this moment."""
        return self.filter(month__lt=jalali.month_key(at))


class CaseReportQuerySet(models.QuerySet):
    """Reports about cases that were asked for."""

    def visible_to(self, user: Any) -> Self:
        """One's own alone: each holds what that person may see."""
        return self.filter(requested_by=user.pk) if user.pk else self.none()


class TrackingSessionQuerySet(models.QuerySet):
    """Citizens' sessions."""

    def alive(self, at: datetime) -> Self:
        """Those that may still be used at this moment."""
        from service_requests.tracking import ABSOLUTE, IDLE

        return self.filter(
            ended_at=None,
            created_at__gt=at - ABSOLUTE,
            last_seen_at__gt=at - IDLE,
            credential__ended_at=None,
        )
