"""Words of surveys for the staff who may read them; never published."""

import secrets
from typing import TYPE_CHECKING

from desk_core.sealing import Erased, SealBroken
from service_requests.surveys import keys

if TYPE_CHECKING:
    from service_requests.querysets import SurveyAnswerQuerySet

MOST = 200


def words(
    rows: "SurveyAnswerQuerySet",
    *,
    shown: bool,
    department: str | None = None,
    kind: str | None = None,
    month: str | None = None,
) -> list[str]:
    """What was written, in random order; nothing where the figure beside it is not `shown`."""
    if not shown:
        return []
    chosen = {"department__key": department, "kind": kind, "month": month}
    rows = rows.filter(**{name: value for name, value in chosen.items() if value is not None})
    written = rows.filter(sealed_comment__isnull=False).select_related("subject_key")
    found: list[str] = []
    for row in written[:MOST]:
        try:
            found += keys.words_of(row).values()
        except (Erased, SealBroken):
            continue
    secrets.SystemRandom().shuffle(found)
    return found
