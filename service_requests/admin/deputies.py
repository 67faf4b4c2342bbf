"""Deputies in the admin: entered, and ended early; never changed or deleted."""

from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core.modeladmin import DeskCreateView, DeskModelAdmin
from persian.jalali import format_date
from service_requests import deputies, permissions
from service_requests.admin.action_forms import StaffChoice
from service_requests.admin.confirming import ConfirmView
from service_requests.days import today
from service_requests.forms import refuse
from service_requests.models import Deputyship

INDEX = "service_requests_deputyship_modeladmin_index"


def _named(user: Any) -> str:
    return str(user.get_full_name() or user.get_username())


class DeputyForm(WagtailAdminModelForm):
    """Offers the people for whom the reader may enter a deputy."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        user = self.for_user
        workers = Membership.objects.filter(role__in=(Role.OFFICER, Role.HEAD))
        led = permissions.led_departments(user)
        mine = workers if led is None else workers.filter(department__in=led)
        self.fields["absent"] = _people(mine, _("Who is away"), beside=user)
        self.fields["deputy"] = _people(workers, _("Who stands in"))
        self.fields["absent"].initial = user.pk

    def clean(self) -> dict[str, Any]:
        """What the verb would refuse, at its field."""
        data = super().clean() or {}
        if self.errors:
            return data
        if not permissions.user_can_enter_deputy(self.for_user, data["absent"]):
            message = _("This person works in departments that you do not lead.")
            self.add_error("absent", message)
            return data
        try:
            deputies.check(**_given(data), actor=self.for_user)
        except ValidationError as error:
            self.add_error(None, error)
        return data

    def save(self, commit: bool = True) -> Deputyship:
        """By the verb. Raises ValidationError where somebody was faster."""
        return deputies.enter(**_given(self.cleaned_data), actor=self.for_user)


def _given(data: dict[str, Any]) -> dict[str, Any]:
    return {name: data[name] for name in ("absent", "deputy", "first_day", "last_day")}


def _people(rows: "QuerySet[Any]", label: Any, *, beside: Any = None) -> ModelChoiceField:
    people = get_user_model()._default_manager.filter(is_active=True)
    found = people.filter(pk__in=rows.order_by().values("user"))
    if beside is not None:
        found = found | people.filter(pk=beside.pk)
    ordered = found.order_by("last_name", "first_name", "username")
    return StaffChoice(ordered, label=label, empty_label=_("Choose …"))


class DeputyCreateView(DeskCreateView):
    """The form of a new deputyship."""

    def get_success_message(self, instance: Any) -> str:
        """Its name is a number: names of staff stay out of logs."""
        return gettext("The deputyship is entered.")

    def form_valid(self, form: Any) -> HttpResponseBase:
        """Save it; what somebody entered in the meantime is said at its field."""
        try:
            return super().form_valid(form)
        except ValidationError as error:
            refuse(form, error)
            return self.form_invalid(form)


class DeputyAdmin(DeskModelAdmin):
    """Who stands in for whom."""

    model = Deputyship
    menu_icon = "user"
    menu_label = _("Deputies")
    list_display = ("who_is_away", "who_stands_in", "days", "stands")
    list_select_related: ClassVar = ("absent", "deputy")
    ordering = ("-first_day", "-id")
    create_view_class = DeputyCreateView
    empty_help = _("When somebody is away, say here who does their work.")
    writes_wagtail_log = False
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("absent"), FieldPanel("deputy")]),
            FieldRowPanel([FieldPanel("first_day"), FieldPanel("last_day")]),
        ],
        base_form_class=DeputyForm,
    )

    def user_can_list(self, user: Any) -> bool:
        """Whoever works on cases, and administrators."""
        return permissions.user_can_list_deputies(user)

    def user_can_create(self, user: Any) -> bool:
        """Oneself at least; the form offers for whom else."""
        return permissions.user_can_enter_deputy(user)

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Nobody: end it and enter another."""
        return False

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Nobody: it is the trace of who could see what."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def who_is_away(self, obj: Deputyship) -> str:
        """Their name."""
        return _named(obj.absent)

    who_is_away.short_description = _("Who is away")  # type: ignore[attr-defined]

    def who_stands_in(self, obj: Deputyship) -> str:
        """Their name."""
        return _named(obj.deputy)

    who_stands_in.short_description = _("Who stands in")  # type: ignore[attr-defined]

    def days(self, obj: Deputyship) -> str:
        """From when until when."""
        return f"{format_date(obj.first_day)} – {format_date(obj.last_day)}"

    days.short_description = _("Days")  # type: ignore[attr-defined]

    def stands(self, obj: Deputyship) -> SafeString | str:
        """Whether it holds, and the way to end it."""
        if obj.ended_at is not None:
            return gettext("Ended early")
        if obj.last_day < today():
            return gettext("Over")
        word = gettext("Holds") if obj.first_day <= today() else gettext("To come")
        address = reverse("service_requests_admin:end_deputy", args=[obj.pk])
        return format_html('{} · <a href="{}">{}</a>', word, address, gettext("End"))

    stands.short_description = _("State")  # type: ignore[attr-defined]


class EndDeputyView(ConfirmView):
    """End a deputyship before its last day."""

    page_title = _("End a deputyship")
    header_icon = "user"
    index = INDEX
    question = _("The deputy will no longer see or do the work of this colleague.")
    button = _("End it now")
    done = _("It has ended.")

    def rows(self) -> QuerySet:
        """What the reader may know of, and what has not ended."""
        rows = Deputyship.objects.visible_to(self.request.user).filter(ended_at=None)
        return rows.select_related("absent", "deputy")

    def may(self, row: Any) -> bool:
        """Whoever could enter it, and the deputy."""
        return permissions.user_can_end_deputy(self.request.user, row)

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """Who for whom, until when."""
        return [
            (_("Who is away"), _named(row.absent)),
            (_("Who stands in"), _named(row.deputy)),
            (_("Last day"), format_date(row.last_day, "long")),
        ]

    def carry_out(self, row: Any) -> None:
        """By the verb."""
        deputies.end(deputyship=row, actor=self.request.user)


def standing_in(request: HttpRequest) -> list[str]:
    """The names of those for whom the reader stands in today. One query where there are any."""
    from service_requests.standing import standing_of

    keys = standing_of(request.user).stands_in_for
    if not keys:
        return []
    people = get_user_model()._default_manager.filter(pk__in=keys)
    return [_named(person) for person in people.order_by("last_name", "first_name", "username")]
