"""Editors' forms through the API: which there are, and each as JSON Schema with its words."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from ninja import Router

from cms_pages.models import Service
from notices import asking
from service_requests.api import problems, schemas
from service_requests.api.asking import before_asking
from service_requests.request_forms import filling, json_schema, versions

router = Router(tags=["forms"])


@router.get("/forms", response=list[schemas.FormOut], summary="Forms that can be answered")
def forms(request: HttpRequest) -> list[dict[str, Any]]:
    """Each form once: in the language of the request where it is offered in it."""
    offered = versions.offered()
    known = asking.worth_knowing(timezone.now())
    services = {row.key: row for row in Service.objects.active()}
    received = {version.pk for version in filling.received(offered)}
    return [
        {
            "key": version.form.key,
            "version": version.pk,
            "language": version.language,
            "title": version.questions.title,
            "summary": version.questions.intro,
            "kind": version.questions.kind,
            "person_types": list(version.questions.person_types),
            "departments": list(version.questions.departments),
            "services": list(version.questions.services),
            "can_be_sent": version.pk in received,
            "notices": before_asking(
                request,
                asking.about(
                    known,
                    *(services[key] for key in version.questions.services if key in services),
                ),
            ),
            "schema_url": reverse("desk_v1:form_schema", args=[version.form.key]),
        }
        for version in offered
    ]


@router.get(
    "/forms/{key}",
    response={200: dict[str, Any], 404: problems.Problem},
    url_name="form_schema",
    summary="The questions of a form",
)
def form_schema(request: HttpRequest, key: str) -> HttpResponse:
    """What `answers` of POST /requests must be: JSON Schema (2020-12), conditions as if/then."""
    version = versions.current(key)
    if version is None:
        raise Http404
    response = JsonResponse(
        json_schema.of(version),
        content_type="application/schema+json",
        json_dumps_params={"ensure_ascii": False},
    )
    response["Content-Language"] = version.language
    return response
