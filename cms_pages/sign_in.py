"""How staff sign in: every attempt leaves a line, and many attempts cost a human check.

Counting is per address and per user name. Past a limit the next attempt must come with the same
human check that citizens know; no account is ever locked, so a stranger who keeps guessing costs
its holder a few seconds of their device, and no more. The lines stay for good, as all of the trail
does: the check is what keeps a stranger from filling it.
"""

from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms.auth import LoginForm

from desk_core import audit, human_check, throttles
from desk_core.blind_index import digest
from desk_core.human_check import HumanCheckField

ACTIONS = {"staff.sign_in": _("Signed in"), "staff.sign_in_failed": _("Sign-in failed")}
PER_NAME = throttles.Limit("staff-name", rate=5, seconds=3600)
# A whole office may come from one address in the morning.
PER_ADDRESS = throttles.Limit("staff-address", rate=30, seconds=600)
LONGEST_NAME = 254


class SignInForm(LoginForm):
    """Wagtail's form; past a limit with a human check, which every attempt needs anew."""

    #: Whether this attempt was sent back for want of the check, before any password was looked at.
    check_needed = False

    def __init__(self, request: HttpRequest | None = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        # Wagtail's own field has the English name of its parameter for a label.
        self.fields["password"].label = AuthenticationForm.base_fields["password"].label
        name = str(self.data.get(self.add_prefix("username"), ""))[:LONGEST_NAME].strip()
        self._name = f"user:{name.casefold()}"
        self._address = throttles.client_address(request) if request is not None else "unknown"
        self._ask_where_needed()

    def clean(self) -> dict[str, Any]:
        """Sign in, unless the human check was not passed: then no password is looked at."""
        if "human" in self.errors:
            self._say_that_nothing_was_tried()
            return self.cleaned_data
        for limit, key in self._keys():
            throttles.hit(limit, key)
        try:
            super().clean()
        finally:
            self._ask_where_needed()
        throttles.reset(PER_NAME, self._name)
        return self.cleaned_data

    def _say_that_nothing_was_tried(self) -> None:
        """A fresh page cannot know the name, so it came without the check: say why, and go on.

        The password does not come back with the page; typing it again is the next thing to do.
        """
        self.check_needed = True
        username, password = self.fields["username"].widget, self.fields["password"].widget
        username.attrs.pop("autofocus", None)
        password.attrs |= {"autofocus": True, "aria-describedby": "check-needed"}

    def _keys(self) -> tuple[tuple[throttles.Limit, str], ...]:
        return (PER_NAME, self._name), (PER_ADDRESS, self._address)

    def _ask_where_needed(self) -> None:
        """Add the check, or make it harder, when the next attempt needs it."""
        counts = [(throttles.peek(limit, key), limit) for limit, key in self._keys()]
        needed = [human_check.difficulty_after(each, limit) for each, limit in counts if each.over]
        if not needed:
            return
        if "human" not in self.fields:
            field = HumanCheckField(purpose="staff", keeps=False, together=True)
            field.counted = (self._address, self._name)
            self.fields["human"] = field
        self.fields["human"].set_difficulty(max(needed))


def signed_in(user: Any, request: HttpRequest | None = None, **kwargs: Any) -> None:
    """Somebody signed in. A session made without a request from outside is no sign-in."""
    if request is not None and request.method:
        audit.record(action="staff.sign_in", actor=user, target=f"user:{user.pk}")


def sign_in_failed(credentials: dict[str, Any], **kwargs: Any) -> None:
    """Somebody tried. What is no user name may be a password in the wrong field: a digest only."""
    model = get_user_model()
    name = str(credentials.get(model.USERNAME_FIELD) or credentials.get("username") or "")
    name = name[:LONGEST_NAME]
    found = model._default_manager.filter(**{model.USERNAME_FIELD: name}).values_list("pk").first()
    target = f"user:{found[0]}" if found else f"name:{digest(name or '-', field='user.name')}"
    audit.record(action="staff.sign_in_failed", actor=None, target=target)


def connect() -> None:
    """Wire the receivers; called once from `AppConfig.ready()`."""
    user_logged_in.connect(signed_in, dispatch_uid="cms_pages_signed_in")
    user_login_failed.connect(sign_in_failed, dispatch_uid="cms_pages_sign_in_failed")
