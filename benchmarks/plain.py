"""What ours is measured against: the least that Django does for the same bytes or the same rows."""

from django import forms
from django.contrib.sessions.models import Session
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.views.decorators.csrf import csrf_exempt

from desk_core.passwords import hash_secret

BODY = b""


def page(request: HttpRequest) -> HttpResponse:
    """The bytes of a page, from memory."""
    return HttpResponse(BODY)


class PlainForm(forms.Form):
    """As many fields as a natural person's request has."""

    first_name = forms.CharField(max_length=60)
    last_name = forms.CharField(max_length=60)
    national_id = forms.CharField(max_length=10)
    mobile = forms.CharField(max_length=15)
    subject = forms.CharField(max_length=150)
    body = forms.CharField(max_length=5000)


@csrf_exempt
def submit_without_cookie(request: HttpRequest) -> HttpResponse:
    """The same as an API gets it, which has no cookie to protect."""
    return submit(request)


def submit(request: HttpRequest) -> HttpResponse:
    """A form as Django protects it, the same Argon2id, two rows in one transaction."""
    form = PlainForm(request.POST)
    if not form.is_valid():
        return JsonResponse(form.errors, status=422)
    hashed = hash_secret(get_random_string(16, "0123456789"))
    with transaction.atomic():
        for text in (hashed, form.cleaned_data["body"]):
            Session.objects.create(
                session_key=get_random_string(40), session_data=text, expire_date=timezone.now()
            )
    return JsonResponse({"done": True}, status=201)
