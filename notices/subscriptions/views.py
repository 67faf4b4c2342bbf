"""The pages of subscribers: ask, show the code, change, take along, end.

Nothing of a contact is in any address, and no page says whether one is known. The one token in an
address is the one that RFC 8058 asks for; it can end a subscription and do nothing else.
"""

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cms_pages.models import Service
from desk_core.outbox import masked
from desk_core.responses import never_store
from desk_core.sealing import Erased
from desk_core.throttles import client_address
from notices import current
from notices.current import PublicNotice
from notices.enums import LIVING_STATES, CodePurpose
from notices.errors import AskedTooOften, SubscriptionError
from notices.models import Subscription
from notices.subscriptions import subscribing, tokens
from notices.subscriptions.forms import (
    CodeForm,
    FollowForm,
    ManageForm,
    SubscribeForm,
    choices_form,
    refuse,
)

COOKIE = "desk_subscription"
RENEWED = "desk_subscription_renewed"
MOST_WISHED = 50


@require_http_methods(["GET", "HEAD", "POST"])
def subscribe(request: HttpRequest) -> HttpResponseBase:
    """Say where and of what; `?service=` names some to begin with, `?notice=` one to follow."""
    form = _form_of_wish(request)
    status = 200
    if form.is_valid():
        try:
            subscribing.ask(
                contact=form.cleaned_data["contact"],
                choices=form.choices,
                language=_language(),
                address=client_address(request),
            )
        except ValidationError as error:
            refuse(form, error)
        except AskedTooOften as error:
            form.add_error(None, str(error))
            status = 429
        else:
            return never_store(_flagged(request, "notices:subscription_code", "sent"))
    return _page(request, "subscribe", {"form": form}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def manage(request: HttpRequest) -> HttpResponseBase:
    """Ask for a code with which a subscription is changed.

    Whoever has shown one already is led to what is theirs; `?other` is for another contact.
    """
    if request.method != "POST":
        if "other" not in request.GET and _of_cookie(request) is not None:
            return never_store(_flagged(request, "notices:subscription_mine"))
        return _page(request, "manage", {"form": ManageForm(request=request)})
    form = ManageForm(request.POST, request=request)
    status = 200
    if form.is_valid():
        try:
            subscribing.ask_to_manage(
                contact=form.cleaned_data["contact"],
                language=_language(),
                address=client_address(request),
            )
        except ValidationError as error:
            refuse(form, error)
        except AskedTooOften as error:
            form.add_error(None, str(error))
            status = 429
        else:
            return never_store(_flagged(request, "notices:subscription_code", "sent"))
    return _page(request, "manage", {"form": form}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponseBase:
    """Type the code, or come with the link that carries it behind its #."""
    if request.method != "POST":
        return _page(request, "code", {"form": CodeForm(), "sent": "sent" in request.GET})
    form = CodeForm(request.POST)
    status = 200
    if form.is_valid():
        try:
            opened = subscribing.redeem(
                code=form.cleaned_data["code"], address=client_address(request)
            )
        except SubscriptionError as error:
            form.add_error("code", str(error))
            status = 429 if isinstance(error, AskedTooOften) else 200
        else:
            return _opened(request, opened)
    return _page(request, "code", {"form": form}, status)


@require_http_methods(["GET", "HEAD", "POST"])
def mine(request: HttpRequest) -> HttpResponseBase:
    """What a subscription is told, to read and to change."""
    row = _of_cookie(request)
    if row is None:
        return never_store(redirect("notices:subscription_manage"))
    form = choices_form(row, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        subscribing.change(subscription=row, choices=form.choices, language=_language())
        return never_store(_flagged(request, "notices:subscription_mine", "saved"))
    context = {"form": form, "saved": "saved" in request.GET}
    if request.method != "GET" or tokens.of_renewal(_cookie(request, RENEWED)) != row.pk:
        return _mine(request, row, context)
    response = _mine(request, row, {**context, "secret": subscribing.secret_of(row)})
    _put_cookie(response, "", name=RENEWED)
    return response


@require_POST
def renew_secret(request: HttpRequest) -> HttpResponseBase:
    """Another key for a webhook, which the next page shows once.

    To load that page anew renews nothing.
    """
    row = _of_cookie(request)
    if row is None:
        return never_store(redirect("notices:subscription_manage"))
    response = never_store(_flagged(request, "notices:subscription_mine"))
    if subscribing.new_secret(subscription=row):
        _put_cookie(response, tokens.renewal(row.pk), name=RENEWED)
    return response


@require_safe
def take_along(request: HttpRequest) -> HttpResponseBase:
    """All that is known of a subscription, as a file."""
    row = _of_cookie(request)
    if row is None:
        return never_store(redirect("notices:subscription_manage"))
    answer = JsonResponse(
        subscribing.export(row), json_dumps_params={"ensure_ascii": False, "indent": 2}
    )
    answer["Content-Disposition"] = 'attachment; filename="subscription.json"'
    return never_store(answer)


@require_POST
def end(request: HttpRequest) -> HttpResponseBase:
    """End it, and with `erase` destroy the contact at once."""
    row = _of_cookie(request)
    if row is None:
        return never_store(redirect("notices:subscription_manage"))
    erased = "erase" in request.POST
    if erased:
        subscribing.erase(subscription=row)
    else:
        subscribing.end(subscription=row)
    response = _page(request, "ended", {"erased": erased})
    _put_cookie(response, "")
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponseBase:
    """RFC 8058: a POST acts at once, without login, cookie or further question; a GET asks.

    Mail programs post here by themselves, link scanners only get. Again is as good as once.
    """
    key = tokens.of_unsubscribe(token)
    row = Subscription.objects.filter(pk=key).first() if key else None
    if row is None:
        return _page(request, "broken_link", {}, 404)
    if request.method == "POST":
        subscribing.end(subscription=row)
        return _page(request, "ended", {"erased": False})
    ended = row.state not in LIVING_STATES
    return _page(request, "unsubscribe", {"ended": ended})


def _opened(request: HttpRequest, opened: subscribing.Redeemed) -> HttpResponseBase:
    row = opened.subscription
    if row is None:
        return _page(request, "unknown", {})
    if opened.secret:
        context = {"form": choices_form(row), "secret": opened.secret, "confirmed": True}
        response: HttpResponse = _mine(request, row, context)
    elif opened.purpose == CodePurpose.CONFIRM:
        response = _mine(request, row, {"form": choices_form(row), "confirmed": True})
    else:
        response = _flagged(request, "notices:subscription_mine")
    _put_cookie(response, tokens.session(row.pk))
    return never_store(response)


def _mine(request: HttpRequest, row: Subscription, context: dict[str, object]) -> HttpResponse:
    followed = current.find(timezone.now(), Q(notice__in=row.followed.values("pk")))
    shown = {
        "row": row,
        "contact": masked(subscribing.contact_of(row)),
        "followed": [each for each in followed if not each.is_over],
    }
    return _page(request, "mine", {**shown, **context})


def _of_cookie(request: HttpRequest) -> Subscription | None:
    """The subscription of the session, as long as both live."""
    key = tokens.of_session(_cookie(request, COOKIE))
    if key is None:
        return None
    row = Subscription.objects.living().select_related("subject_key").filter(pk=key).first()
    try:
        return row if row is not None and subscribing.contact_of(row) else None
    except Erased:
        return None


def _page(
    request: HttpRequest, name: str, context: dict[str, object], status: int = 200
) -> HttpResponse:
    page = f"notices/subscriptions/{name}.html"
    context = {
        "breadcrumbs": [(_("State of the services"), _status_url())],
        "back": _back(request),
        "carried": _carried(request),
        **context,
    }
    return never_store(render(request, page, context, status=status))


def _status_url() -> str:
    return reverse("notices:status")


def _flagged(request: HttpRequest, name: str, flag: str = "") -> HttpResponse:
    """A redirect whose page says what has just been done, and knows the way back."""
    query = "&".join(filter(None, [flag, _carried(request)]))
    return redirect(f"{reverse(name)}?{query}" if query else reverse(name))


def _form_of_wish(request: HttpRequest) -> FollowForm | SubscribeForm:
    """The form for what the address names."""
    data = request.POST if request.method == "POST" else None
    followed = _followed(request)
    if followed is not None:
        return FollowForm(data, request=request, notice=followed)
    return SubscribeForm(data, request=request, initial=_wished(request))


def _followed(request: HttpRequest) -> PublicNotice | None:
    """The notice of the address, as long as there is something to follow."""
    try:
        key = UUID(request.GET.get("notice", "")[:36])
    except ValueError:
        return None
    found = current.find(timezone.now(), Q(notice=key))
    return next((each for each in found if not each.is_over), None)


def _wished(request: HttpRequest) -> dict[str, object]:
    keys = [slugify(key[:100]) for key in request.GET.getlist("service")[:MOST_WISHED]]
    found = Service.objects.active().filter(key__in=keys) if any(keys) else Service.objects.none()
    return {"services": list(found.values_list("pk", flat=True))}


def _back(request: HttpRequest) -> str:
    """Where somebody came from who was in the middle of something: a page of this site, or ""."""
    path = request.GET.get("back", "")[:200]
    return path if url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def _carried(request: HttpRequest) -> str:
    """What the next address has to know of this one."""
    back = _back(request)
    return urlencode({"back": back}) if back else ""


def _language() -> str:
    language = get_language() or settings.LANGUAGE_CODE
    return language if language in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE


def _cookie(request: HttpRequest, name: str) -> str:
    return request.COOKIES.get(_cookie_name(name), "")


def _cookie_name(name: str) -> str:
    return getattr(settings, "DESK_TRACKING_COOKIE_PREFIX", "") + name


def _put_cookie(response: HttpResponse, value: str, *, name: str = COOKIE) -> None:
    """A cookie that ends with the browser and that no script can read; "" takes it back."""
    response.set_cookie(
        _cookie_name(name),
        value,
        max_age=None if value else 0,
        path="/",
        secure=bool(getattr(settings, "SESSION_COOKIE_SECURE", False)),
        httponly=True,
        samesite="Lax",
    )
