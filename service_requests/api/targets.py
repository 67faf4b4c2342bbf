"""What the versions of an agreement promise, for other programs."""

from typing import Any

from django.http import HttpRequest
from ninja import Field, Path, Router, Schema

from service_requests.api import problems
from sla.models import AgreementPage
from sla.showing import targets_data

router = Router(tags=["lists"])
#: The highest number that a version can have.
MOST = 32767


class TargetOut(Schema):
    """One promise. Shares are text, so that nobody rounds them."""

    key: str = Field(description="Identifies it within its version")
    measure: str
    share: str | None = Field(description="Percent; null for a promise in words")
    amount: int | None
    unit: str | None
    department: str | None = Field(description="Key of the department; null: all of them")
    service: str | None = Field(description="Key of the service; null: all of them")
    kind: str | None = Field(description="Kind of cases; null: all kinds")
    sentence: str


@router.get(
    "/agreements/{slug:key}/{int:number}/targets",
    response={200: list[TargetOut], 404: problems.Problem},
    summary="Targets of a version",
)
def targets(request: HttpRequest, key: str, number: int = Path(..., le=MOST)) -> Any:
    """The targets of a published version, in the language of its signed text, in its order."""
    pages = AgreementPage.objects.live().filter(
        version__agreement__key=key, version__number=number, alias_of=None
    )
    for page in pages.select_related("version__signed_text", "version__agreement", "locale"):
        if not page.is_translation:
            return targets_data(page.document)
    return problems.problem("not-found", 404)
