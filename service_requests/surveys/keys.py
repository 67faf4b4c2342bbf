"""The keys of sealed words: their date is that of the month, so that it tells no more."""

import json
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING

from desk_core.models import SubjectKey
from desk_core.sealing import Subject, open_subject
from persian import jalali

if TYPE_CHECKING:
    from service_requests.models.survey_answers import FilledIn


def save(subject: Subject, month: str) -> None:
    """Store a data key as of the first day of a Jalali month."""
    subject.save()
    year, number = map(int, month.split("-"))
    start = datetime.combine(jalali.from_jalali(year, number, 1), time(0), tzinfo=UTC)
    SubjectKey.objects.filter(pk=subject.row.pk).update(created_at=start)


def words_of(row: "FilledIn") -> dict[str, str]:
    """The words of one answer by question; nothing when there are none."""
    if row.subject_key is None or row.sealed_comment is None:
        return {}
    text = open_subject(row.subject_key).open(bytes(row.sealed_comment), record=row.record)
    try:
        found = json.loads(text)
    except ValueError:
        found = None
    # Before surveys were composed there was one comment, kept as plain text.
    return found if isinstance(found, dict) else {"comment": text.decode()}
