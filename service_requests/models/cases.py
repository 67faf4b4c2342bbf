"""The case: one request, complaint or suggestion (R1, R2, R19)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from service_requests.enums import Kind, PersonType, Priority, SetAside, Source, State
from service_requests.querysets import CaseQuerySet


class Case(models.Model):
    """Operational facts in clear, everything personal sealed under the case's own key.

    `version` counts the events of the case. Whoever changes a case says which version they
    saw, so that of two people acting at once only the first wins.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    code = models.CharField(_("tracking code"), max_length=12, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    state = models.CharField(_("state"), max_length=16, choices=State, default=State.REGISTERED)
    version = models.PositiveIntegerField(_("version"), default=1)
    department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department"),
        on_delete=models.PROTECT,
        related_name="cases",
        db_index=False,
    )
    service = models.ForeignKey(
        "cms_pages.Service",
        verbose_name=_("service"),
        on_delete=models.PROTECT,
        related_name="cases",
        null=True,
        blank=True,
        db_index=False,
    )
    complained_department = models.ForeignKey(
        "cms_pages.Department",
        verbose_name=_("department complained of"),
        on_delete=models.PROTECT,
        related_name="complaints_about",
        null=True,
        blank=True,
    )
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.SET_NULL,
        related_name="assigned_cases",
        null=True,
        blank=True,
        db_index=False,
    )
    team = models.ForeignKey(
        "service_requests.Team",
        verbose_name=_("team"),
        on_delete=models.SET_NULL,
        related_name="cases",
        null=True,
        blank=True,
        db_index=False,
    )
    priority = models.PositiveSmallIntegerField(
        _("priority"), choices=Priority, default=Priority.NORMAL
    )
    source = models.CharField(_("source"), max_length=8, choices=Source)
    language = models.CharField(_("language"), max_length=8)
    person_type = models.CharField(_("applicant"), max_length=8, choices=PersonType)
    agreement_version = models.ForeignKey(
        "sla.AgreementVersion",
        verbose_name=_("agreement in force at registration"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    # The questions as they were asked; the answers are sealed with the content.
    form_version = models.ForeignKey(
        "service_requests.FormVersion",
        verbose_name=_("answered form"),
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        db_index=False,
    )
    agreement_note = models.CharField(_("note on the agreement"), max_length=200, blank=True)
    consent_version = models.CharField(_("version of the consent"), max_length=40)
    registered_at = models.DateTimeField(_("registered at"), default=timezone.now)
    first_action_at = models.DateTimeField(_("first action at"), null=True, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)
    last_activity_at = models.DateTimeField(_("last activity at"), default=timezone.now)
    unread_by_staff = models.BooleanField(_("news for staff"), default=True)
    unread_by_applicant = models.BooleanField(_("news for the applicant"), default=False)
    rejection_proposed = models.BooleanField(_("rejection proposed"), default=False)
    reply_by = models.DateTimeField(
        _("reply needed before"),
        null=True,
        blank=True,
        help_text=_("Asked for information, the case closes by itself at this moment."),
    )
    reply_announced_at = models.DateTimeField(_("announced at"), null=True, blank=True)
    set_aside = models.CharField(_("set aside"), max_length=9, choices=SetAside, blank=True)
    set_aside_at = models.DateTimeField(_("set aside at"), null=True, blank=True)
    merged_into = models.ForeignKey(
        "self",
        verbose_name=_("joined with"),
        on_delete=models.PROTECT,
        related_name="duplicates",
        null=True,
        blank=True,
        db_index=False,
    )
    survey_invited = models.BooleanField(_("invited to the survey"), default=False)
    survey_used = models.BooleanField(_("survey used"), default=False)
    # By which the same rating is known when it is sent again; the answer itself does not have it.
    survey_key = models.UUIDField(null=True, editable=False)
    held_at = models.DateTimeField(
        _("legal hold since"),
        null=True,
        blank=True,
        help_text=_("While it is held, nothing of it is destroyed."),
    )
    anonymised_at = models.DateTimeField(_("personal data destroyed at"), null=True, blank=True)
    subject_key = models.OneToOneField(
        "desk_core.SubjectKey", on_delete=models.PROTECT, related_name="+", editable=False
    )
    sealed_content = models.BinaryField(editable=False)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ["-registered_at", "-id"]
        # What decides who sees a case travels with each index, so that a list is counted
        # (up to the cap) without touching the table.
        indexes = [
            models.Index(fields=["-registered_at", "-id"], include=["kind"], name="case_newest"),
            models.Index(
                fields=["department", "-registered_at", "-id"],
                include=["kind", "assigned_to", "complained_department"],
                name="case_department_newest",
            ),
            models.Index(
                fields=["department", "state", "-registered_at", "-id"],
                include=["kind", "assigned_to", "complained_department"],
                name="case_department_state",
            ),
            models.Index(fields=["kind", "-registered_at", "-id"], name="case_kind_newest"),
            models.Index(fields=["state", "-registered_at", "-id"], name="case_state_newest"),
            models.Index(
                fields=["assigned_to", "-registered_at", "-id"], name="case_assigned_newest"
            ),
            models.Index(fields=["service", "state"], name="case_service_state"),
            # The few cases of which something is to be said hold small indexes.
            models.Index(
                fields=["priority", "-registered_at", "-id"],
                condition=~Q(priority=Priority.NORMAL),
                name="case_priority_newest",
            ),
            models.Index(
                fields=["team", "-registered_at", "-id"],
                condition=Q(team__isnull=False),
                name="case_team_newest",
            ),
            models.Index(
                fields=["set_aside", "-registered_at", "-id"],
                condition=Q(set_aside_at__isnull=False),
                name="case_set_aside_newest",
            ),
            models.Index(
                fields=["merged_into"],
                condition=Q(merged_into__isnull=False),
                name="case_duplicates",
            ),
            models.Index(
                fields=["reply_by"],
                condition=Q(reply_by__isnull=False),
                name="case_reply_by",
            ),
            # What retention still has to look at.
            models.Index(
                fields=["kind", "closed_at"],
                condition=Q(closed_at__isnull=False, anonymised_at=None, held_at=None),
                name="case_kept_since",
            ),
            models.Index(fields=["held_at"], condition=Q(held_at__isnull=False), name="case_held"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(held_at=None) | Q(anonymised_at=None),
                name="case_held_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(kind=Kind.COMPLAINT, complained_department__isnull=False)
                | (~Q(kind=Kind.COMPLAINT) & Q(complained_department=None)),
                name="case_complaint_names_its_unit",
            ),
            models.CheckConstraint(
                condition=Q(priority__in=Priority.values), name="case_known_priority"
            ),
            models.CheckConstraint(
                condition=Q(set_aside="", set_aside_at=None, merged_into=None)
                | Q(
                    set_aside=SetAside.SPAM,
                    set_aside_at__isnull=False,
                    merged_into=None,
                    state=State.CLOSED,
                )
                | Q(
                    set_aside=SetAside.DUPLICATE,
                    set_aside_at__isnull=False,
                    merged_into__isnull=False,
                    state=State.CLOSED,
                ),
                name="case_set_aside_is_closed",
            ),
            models.CheckConstraint(
                condition=Q(reply_by=None) | Q(state=State.NEEDS_INFO),
                name="case_reply_by_of_a_question",
            ),
            models.CheckConstraint(
                condition=Exact(Length("code"), 12), name="case_code_twelve_digits"
            ),
        ]

    def __str__(self) -> str:
        """The tracking code: the only thing about a case that may be said anywhere."""
        return self.code

    @property
    def office_id(self) -> int | None:
        """Whose working hours count for the applicant; None stands for the whole body's."""
        return None if self.complained_department_id == self.department_id else self.department_id

    @property
    def content_record(self) -> str:
        """The identity that the sealed content is bound to."""
        return f"case:{self.pk}:content"
