"""Tokens of the API in the admin: allowed, shown once to their person, revoked."""

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from wagtail.admin import messages
from wagtail.admin.forms import WagtailAdminModelForm
from wagtail.admin.panels import FieldPanel, FieldRowPanel, ObjectList

from cms_pages.models import Membership
from desk_core.modeladmin import DeskModelAdmin
from desk_core.responses import never_store
from persian.jalali import format_date
from service_requests import permissions, tokens
from service_requests.admin.action_forms import StaffChoice
from service_requests.admin.confirming import ConfirmView
from service_requests.days import today
from service_requests.models import ApiToken

INDEX = "service_requests_apitoken_modeladmin_index"
_USUAL = timedelta(days=90)


class TokenForm(WagtailAdminModelForm):
    """Administrators choose for whom; everybody else makes one for themselves."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = get_user_model()._default_manager.filter(is_active=True)
        if permissions.user_manages_tokens(self.for_user):
            staff = Membership.objects.order_by().values("user")
            people = people.filter(pk__in=staff) | people.filter(pk=self.for_user.pk)
        else:
            people = people.filter(pk=self.for_user.pk)
        self.fields["user"] = StaffChoice(
            people.order_by("last_name", "first_name", "username"),
            label=pgettext_lazy("of a token", "For whom"),
            initial=self.for_user.pk,
            empty_label=None,
            help_text=_("Only this person is shown the secret."),
        )
        self.fields["last_day"].initial = today() + _USUAL

    def clean(self) -> dict[str, Any]:
        """What the verb would refuse, at its field."""
        data = super().clean() or {}
        if not self.errors:
            given = {name: data[name] for name in ("user", "scope", "last_day")}
            try:
                tokens.check(**given)
            except ValidationError as error:
                self.add_error(None, error)
        return data

    def save(self, commit: bool = True) -> ApiToken:
        """By the verb."""
        given = {name: self.cleaned_data[name] for name in ("user", "name", "scope", "last_day")}
        return tokens.allow(**given, actor=self.for_user)


class TokenAdmin(DeskModelAdmin):
    """One's own tokens; administrators see that others have some."""

    model = ApiToken
    menu_icon = "key"
    menu_label = _("API tokens")
    list_display = ("name", "whose", "scope", "until", "used", "stands")
    list_select_related: ClassVar = ("user",)
    ordering = ("-created_at", "id")
    empty_help = _("A program that works for you in the API needs a token of yours.")
    writes_wagtail_log = False
    reads_are_audited = False
    edit_handler = ObjectList(
        [
            FieldRowPanel([FieldPanel("name"), FieldPanel("user")]),
            FieldRowPanel([FieldPanel("scope"), FieldPanel("last_day")]),
        ],
        base_form_class=TokenForm,
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With whether each is the reader's own."""
        return super().get_queryset(request).annotate(own=Q(user=request.user.pk))

    def user_can_list(self, user: Any) -> bool:
        """Whoever works with cases, and administrators."""
        return permissions.user_can_list_tokens(user) or permissions.user_manages_tokens(user)

    def user_can_create(self, user: Any) -> bool:
        """The same; the form says for whom."""
        return self.user_can_list(user)

    def user_can_edit(self, user: Any, obj: Any) -> bool:
        """Nobody: revoke it and make another."""
        return False

    def user_can_delete(self, user: Any, obj: Any) -> bool:
        """Nobody."""
        return False

    def user_can_export(self, user: Any) -> bool:
        """Nobody."""
        return False

    def whose(self, obj: ApiToken) -> str:
        """For whom it is."""
        return str(obj.user.get_full_name() or obj.user.get_username())

    whose.short_description = pgettext_lazy("of a token", "For whom")  # type: ignore[attr-defined]

    def until(self, obj: ApiToken) -> str:
        """Its last day."""
        return format_date(obj.last_day)

    until.short_description = _("Valid until the end of")  # type: ignore[attr-defined]

    def used(self, obj: ApiToken) -> str:
        """The day of its last use."""
        return format_date(obj.last_used_on) if obj.last_used_on else gettext("never")

    used.short_description = _("Last used on")  # type: ignore[attr-defined]

    def stands(self, obj: Any) -> SafeString | str:
        """Whether it opens anything, and what the reader can do with it."""
        if obj.revoked_at is not None:
            return gettext("Revoked")
        if obj.last_day < today():
            return gettext("Over")
        if tokens.password_changed(obj):
            return gettext("Ended with the password")
        revoke = reverse("service_requests_admin:revoke_token", args=[obj.pk])
        link = format_html('<a href="{}">{}</a>', revoke, gettext("Revoke"))
        if obj.digest:
            return format_html("{} · {}", gettext("Holds"), link)
        if not obj.own:
            return format_html("{} · {}", gettext("Secret not shown yet"), link)
        show = reverse("service_requests_admin:token_secret", args=[obj.pk])
        return format_html('<a href="{}">{}</a> · {}', show, gettext("Show the secret"), link)

    stands.short_description = _("State")  # type: ignore[attr-defined]


class TokenDoor(ConfirmView):
    """What both doors share."""

    header_icon = "key"
    index = INDEX

    def rows(self) -> QuerySet:
        """What the reader may know of, and what still holds."""
        rows = ApiToken.objects.visible_to(self.request.user)
        return rows.filter(revoked_at=None).select_related("user")

    def facts(self, row: Any) -> list[tuple[Any, Any]]:
        """What it is for."""
        return [
            (_("Name"), row.name),
            (_("May"), row.get_scope_display()),
            (_("Valid until the end of"), format_date(row.last_day, "long")),
        ]


class RevokeTokenView(TokenDoor):
    """End a token at once."""

    page_title = _("Revoke a token")
    question = _("The program that uses it will be refused from now on.")
    button = _("Revoke it now")
    done = _("The token no longer opens anything.")

    def may(self, row: Any) -> bool:
        """Its person, and administrators."""
        return row.user_id == self.request.user.pk or permissions.user_manages_tokens(
            self.request.user
        )

    def carry_out(self, row: Any) -> None:
        """By the verb."""
        tokens.revoke(token=row, actor=self.request.user)


class TokenSecretView(TokenDoor):
    """Make the secret and show it, this once, to the person whose token it is."""

    page_title = _("Secret of a token")
    question = _("It is shown once and kept nowhere here. Have the program ready.")
    button = _("Show the secret")

    def may(self, row: Any) -> bool:
        """Its person alone."""
        return row.user_id == self.request.user.pk

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Ask, unless it was shown already."""
        if self.row.digest:  # type: ignore[attr-defined]
            messages.error(request, str(tokens.ALREADY_SHOWN))
            return redirect(self.index_url)
        return super().get(request, *args, **kwargs)

    def carry_out(self, row: Any) -> HttpResponseBase:
        """The page with the secret."""
        secret = tokens.issue(token=row, actor=self.request.user)
        context = {"secret": secret, "token": row, "index_url": self.index_url}
        context |= {"page_title": self.page_title, "header_icon": self.header_icon}
        return never_store(render(self.request, "service_requests/admin/token.html", context))
