"""Verbs that return querysets: agreements' versions and pages, invitations, schedules."""

from datetime import date, datetime
from typing import Any, Self

from django.db import models
from django.db.models import (
    CharField,
    Count,
    Exists,
    Expression,
    ExpressionWrapper,
    F,
    Max,
    OuterRef,
    Q,
    Subquery,
)
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from wagtail.models import PageViewRestriction
from wagtail.query import PageQuerySet

from desk_core.querysets import AppendOnly


class SealedError(AppendOnly):
    """Someone tried to change what is signed; the message says why it stays as it is (R32)."""


class AgreementQuerySet(models.QuerySet):
    """Agreements."""

    #: What the first signature fixes: what it is called, and whom it covers.
    FIXED = frozenset({"key", "title", "department", "department_id"})

    def update(self, **kwargs: Any) -> int:
        """Update, but never name or department of an agreement of which a version is signed."""
        if self.FIXED & kwargs.keys() and self.signed().exists():
            raise SealedError(agreement_is_fixed())
        return super().update(**kwargs)

    def signed(self) -> Self:
        """Agreements of which at least one version carries a signature."""
        return self.filter(versions__signed_text__isnull=False).distinct()


def agreement_is_fixed() -> str:
    """Why name and department of an agreement stay as they are."""
    return _(
        "A version of this agreement is signed, so that its key, title and department stay as they "
        "are. For another department, make an agreement of its own."
    )


class AgreementVersionQuerySet(models.QuerySet):
    """Versions of agreements."""

    #: What a signature fixes, and what no bulk update may therefore touch.
    TERMS = frozenset(
        {
            *("agreement", "agreement_id", "number", "language", "valid_from", "valid_to"),
            *("ending", "g2g", "offered_text", "offered_digest"),
        }
    )

    def update(self, **kwargs: Any) -> int:
        """Update, but never the terms of a version that carries a signature."""
        if self.TERMS & kwargs.keys() and self.filter(signed_text__isnull=False).exists():
            raise SealedError(_("What is signed cannot be changed. Make a new version."))
        return super().update(**kwargs)

    def with_facts(self, *, texts: bool = False) -> Self:
        """Fetch what `AgreementVersion.facts` needs, so that a list of versions is one query.

        `texts`: the sealed texts with it.
        """
        from sla.models import Signature

        given = Signature.objects.filter(text__version=OuterRef("pk")).order_by()
        one = given.values("text__version")
        rows = self.select_related("agreement", "signed_text", "consent_end", "termination")
        unread = ["offered_text"] if texts else ["offered_text", "signed_text__body"]
        return rows.defer(*unread).annotate(
            signatures_given=Subquery(one.annotate(n=Count("pk")).values("n")),
            last_signed_on=Subquery(one.annotate(day=Max("signed_on")).values("day")),
        )

    def signed(self) -> Self:
        """Versions whose text carries at least one signature."""
        return self.filter(signed_text__isnull=False)

    def readable(self) -> Self:
        """Versions that everybody may read: signed, or on offer on a page without a log-in."""
        from sla.models import AgreementPage

        pages = AgreementPage.objects.readable().filter(
            version=OuterRef("pk"), locale__language_code=OuterRef("language")
        )
        return self.filter(Q(signed_text__isnull=False) | Exists(pages))

    def of_department(self, department_id: int | None) -> Self:
        """Versions of the body's own agreements and of those of one department."""
        return self.filter(
            Q(agreement__department=None) | Q(agreement__department_id=department_id)
        )


class AgreementPageQuerySet(PageQuerySet):
    """Pages of agreements."""

    def readable(self) -> Self:
        """Live pages that everybody may read, without aliases: behind no log-in or password."""
        path = ExpressionWrapper(OuterRef("path"), output_field=CharField())
        above = PageViewRestriction.objects.alias(below=path).filter(
            below__startswith=F("page__path")
        )
        return self.filter(~Exists(above), live=True, alias_of=None)


class InvitationQuerySet(models.QuerySet):
    """Invitations to sign."""

    def open(self, at: datetime) -> Self:
        """Those that can still be used, as far as time and use go."""
        return self.filter(used_at=None, revoked_at=None, expires_at__gt=at)


class ScheduleQuerySet(models.QuerySet):
    """Rows of the working calendar that hold for the body or for one department."""

    def of_department(self, department_id: int | None) -> Self:
        """The body's rows, and those of the department where one is named."""
        if department_id is None:
            return self.filter(department=None)
        return self.filter(Q(department=None) | Q(department_id=department_id))

    def touching(self, first: date | Expression, last: date | Expression) -> Self:
        """Rows whose days overlap `first`…`last`; a row without an end never ends."""
        return self.filter(first_day__lte=last).filter(Q(last_day=None) | Q(last_day__gte=first))

    def with_later(self, day: date) -> Self:
        """Mark with `outdone` the rows before which another of their office holds on that day."""
        later = (
            type(self)(self.model).touching(day, day).annotate(office=Coalesce("department_id", 0))
        )
        later = later.filter(
            office=Coalesce(OuterRef("department_id"), 0), first_day__gt=OuterRef("first_day")
        )
        return self.annotate(outdone=Exists(later))


class ClockQuerySet(models.QuerySet):
    """Clocks."""

    def running(self) -> Self:
        """Those whose promise is still to be kept and has a due time."""
        return self.filter(stopped_at=None, due_at__isnull=False)

    def overdue(self, at: datetime) -> Self:
        """Those whose time was over while they ran; what waits in time is late no later."""
        late = Q(paused_at=None) | Q(due_at__lt=F("paused_at"))
        return self.running().filter(late, due_at__lt=at)

    def at_risk(self, at: datetime) -> Self:
        """Those that run, are not overdue, and have little of their time left."""
        return self.running().filter(paused_at=None, due_at__gte=at, at_risk_at__lte=at)

    def to_look_at(self, at: datetime) -> Self:
        """Those that the floor above looks at now, the longest waiting first."""
        ready = self.filter(stopped_at=None, paused_at=None, look_at__isnull=False)
        return ready.filter(look_at__lte=at).order_by("look_at", "pk")
