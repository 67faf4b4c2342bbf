"""Signing by a link: for the other organisation, without an account (R33).

The token follows the # of the link, is posted once, and becomes a short session in a cookie. No
address, log or cache ever holds it.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from desk_core.responses import never_store
from desk_core.throttles import client_address, hit
from sla import invitations
from sla.forms import InvitedSignatureForm, TokenForm
from sla.limits import FILES, TOKENS
from sla.models.invitations import SigningInvitation
from sla.pdfs import offer_pdf
from sla.views.texts import pdf_response

_COOKIE = "desk_signing"


@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponseBase:
    """Take the code of a link and open a session."""
    form = TokenForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        if hit(TOKENS, client_address(request)).over:
            form.add_error(None, _("This was asked too often. Please wait ten minutes."))
            status = 429
        else:
            opened = invitations.open_by_token(form.cleaned_data["token"])
            if opened is not None:
                response = redirect("sla:sign_text")
                _put(response, opened[1])
                return never_store(response)
            form.add_error("token", _("There is no such link. Copy it whole, as it was sent."))
    return never_store(render(request, "sla/sign_enter.html", {"form": form}, status=status))


@require_http_methods(["GET", "HEAD", "POST"])
def text(request: HttpRequest) -> HttpResponseBase:
    """The text, its hash and its PDF; and the form that signs it."""
    invitation = _invitation(request)
    if invitation is None:
        return never_store(redirect("sla:sign"))
    reason = invitations.reason_void(invitation, invitation.version)
    if reason:
        return _void(request, invitation, reason)
    if request.method != "POST":
        return _show(request, InvitedSignatureForm(invitation=invitation))
    form = InvitedSignatureForm(request.POST, request.FILES, invitation=invitation)
    if hit(FILES, client_address(request)).over:
        form.add_error(None, _("This was asked too often. Please wait ten minutes."))
        return _show(request, form, status=429)
    if not form.is_valid() or form.save() is None:
        return _show(request, form)
    return never_store(redirect("sla:sign_text"))


@require_safe
def offered(request: HttpRequest) -> HttpResponseBase:
    """The PDF of the text, to be read or to be signed digitally."""
    invitation = _invitation(request)
    version = invitation.version if invitation is not None else None
    if invitation is None or version is None or invitations.reason_void(invitation, version):
        return never_store(redirect("sla:sign_text"))
    found = offer_pdf(version)
    if found is None:
        return never_store(redirect("sla:sign_text"))
    return never_store(pdf_response(request, found, "agreement-to-sign.pdf"))


def _invitation(request: HttpRequest) -> SigningInvitation | None:
    return invitations.of_session(request.COOKIES.get(_cookie(), ""))


def _show(request: HttpRequest, form: InvitedSignatureForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "document": form.document,
        "digest": form.invitation.text_digest,
        "until": form.invitation.expires_at,
        "party": next(
            (
                party
                for party in (form.document.signing_parties if form.document else ())
                if party.key == form.invitation.party
            ),
            None,
        ),
    }
    return never_store(render(request, "sla/sign_text.html", context, status=status))


def _void(request: HttpRequest, invitation: SigningInvitation, reason: str) -> HttpResponse:
    """Used, withdrawn, over, or void since the text changed: said in a sentence."""
    context = {"reason": reason, "used": invitation.used_at is not None}
    status = 200 if invitation.used_at is not None else 410
    return never_store(render(request, "sla/sign_over.html", context, status=status))


def _cookie() -> str:
    return getattr(settings, "DESK_TRACKING_COOKIE_PREFIX", "") + _COOKIE


def _put(response: HttpResponse, session: str) -> None:
    """A cookie that ends with the browser and that no script can read."""
    response.set_cookie(
        _cookie(),
        session,
        path="/",
        secure=bool(getattr(settings, "SESSION_COOKIE_SECURE", False)),
        httponly=True,
        samesite="Lax",
    )
