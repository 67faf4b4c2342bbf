"""A case as its applicant takes it along: the JSON of the export, and nothing that is internal."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.utils import translation

from notices.current import PublicNotice
from persian.jalali import format_date, format_datetime
from service_requests import promises, reading, wording
from service_requests.about_notices import shown
from service_requests.enums import Side
from service_requests.models import Case
from sla import dues

BATCH = 100
_LONGEST_NAME = 120
# What Windows takes in no name; a name ends with neither of the last two.
_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def records(ids: Sequence[UUID], *, language: str, masked: bool) -> Iterator[dict[str, Any]]:
    """The cases with these ids in this order, a hundred at a time in a fixed number of queries.

    `masked` leaves numbers and contacts as the tracking page shows them. A case that is gone by
    now is left out.
    """
    for start in range(0, len(ids), BATCH):
        wanted = ids[start : start + BATCH]
        rows = reading.with_what_is_taken(Case.objects.filter(pk__in=wanted)).select_related(
            *("subject_key", "department", "complained_department", "service"),
            "agreement_version__agreement",
        )
        known = {row.pk: row for row in rows}
        promised = promises.dues_of_many(known.values())
        with translation.override(language):
            about = shown.to_applicants(list(known.values()))
        for row in (known[key] for key in wanted if key in known):
            with translation.override(language):
                record = _record(row, promised.get(row.code, []), masked=masked)
                record["notices"] = [_notice(each) for each in about.get(row.pk, ())]
            yield record


def moment(at: datetime | None, *, text: str = "") -> dict[str, str] | None:
    """A moment for programs, and as people write it in the active language (or as `text`)."""
    if at is None:
        return None
    utc = at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    return {"utc": utc, "text": text or format_datetime(at, "long")}


def _record(case: Case, promised: list[dues.Due], *, masked: bool) -> dict[str, Any]:
    view = reading.to_take(case, masked=masked)
    paths = _Paths(case.code)
    content = view.content or {}
    return {
        "code": case.code,
        "kind": case.kind,
        "kind_label": case.get_kind_display(),
        "state": case.state,
        "state_label": wording.state_label(case),
        "erased_at": moment(case.subject_key.erased_at) if view.content is None else None,
        "department": wording.holder(case),
        "complained_department": _named(case.complained_department),
        "service": _named(case.service),
        "source": case.source,
        "source_label": case.get_source_display(),
        "language": case.language,
        "person_type": case.person_type,
        "person_type_label": case.get_person_type_display(),
        "registered_at": moment(case.registered_at),
        "answered_at": moment(case.answered_at),
        "closed_at": moment(case.closed_at),
        "agreement": _agreement(case),
        "consent_version": case.consent_version,
        "due": [
            {
                "measure": due.measure,
                "label": due.label,
                "due_at": moment(due.at, text=due.text),
                "state": due.state,
                "state_label": due.words,
            }
            for due in promised
        ],
        **_person(content, masked=masked),
        "subject": content.get("subject"),
        "body": content.get("body"),
        "previous_letter_number": content.get("previous_letter_number") or None,
        "form": _form(view.form),
        "files": [_file(found, paths) for found in view.files],
        "messages": [_message(case, found, paths) for found in view.messages],
        "timeline": [_event(case, event) for event in view.timeline],
        "letters": [_letter(letter) for letter in view.letters],
        "survey": {"invited": case.survey_invited, "answered": case.survey_used},
    }


def _notice(each: PublicNotice) -> dict[str, Any]:
    """A public notice that staff have linked the case to."""
    return {"id": str(each.id), "title": each.title, "phase": each.phase.value, "when": each.when}


def _form(form: reading.ShownForm | None) -> dict[str, Any] | None:
    """The answers of a form that an editor shaped, under the questions as they were asked."""
    if form is None:
        return None
    return {
        "key": form.version.form.key,
        "version": form.version.pk,
        "title": form.title,
        "steps": [
            {
                "title": step.title,
                "answers": [
                    {
                        "key": answer.key,
                        "type": answer.type,
                        "label": answer.label,
                        "text": answer.text,
                        "files": [str(found.id) for found in answer.files],
                    }
                    for answer in step.answers
                ],
            }
            for step in form.steps
        ],
    }


def _person(content: dict[str, Any], *, masked: bool) -> dict[str, dict[str, str] | None]:
    if not content:
        return {"person": None, "contact": None}
    person = {name: text for name, text in content["person"].items() if text}
    if masked:
        return {"person": reading.masked(person), "contact": None}
    return {
        "person": person,
        "contact": {name: text for name, text in content["contact"].items() if text},
    }


def _named(row: Any) -> dict[str, str] | None:
    return {"key": row.key, "name": str(row)} if row is not None else None


def _agreement(case: Case) -> dict[str, Any] | None:
    """The version in force at registration; where there was none, what was noted instead."""
    version = case.agreement_version
    if version is None:
        return {"key": None, "number": None, "label": case.agreement_note}
    title = f"{version.agreement} – {version}"
    return {"key": version.agreement.key, "number": version.number, "label": title}


def _message(case: Case, found: reading.ReadMessage, paths: "_Paths") -> dict[str, Any]:
    by_staff = found.side == Side.STAFF
    return {
        "id": str(found.id),
        "side": found.side,
        "purpose": found.purpose,
        "purpose_label": found.purpose_label,
        "written_at": moment(found.written_at),
        "department": wording.holder(case, found.department) if by_staff else None,
        "text": found.text,
        "visit": _visit(found),
        "files": [_file(each, paths) for each in found.files],
    }


def _visit(found: reading.ReadMessage) -> dict[str, Any] | None:
    if not found.visit:
        return None
    return {
        "at": moment(found.visit_at),
        "place": found.visit.get("place") or "",
        "bring": found.visit.get("bring") or "",
    }


def _event(case: Case, event: reading.ReadEvent) -> dict[str, Any]:
    return {
        "number": event.number,
        "at": moment(event.at),
        "kind": event.kind,
        "label": event.label,
        "state": event.to_state,
        "state_label": event.state_label,
        "department": wording.holder(case, event.department) if event.department else None,
        "note": event.note,
    }


def _letter(letter: reading.ReadLetter) -> dict[str, Any]:
    return {
        "id": str(letter.id),
        "direction": letter.direction,
        "direction_label": letter.direction_label,
        "secretariat": str(letter.secretariat),
        "number": letter.number,
        "indicator": letter.indicator,
        "year": letter.year,
        "letter_date": _day(letter.letter_date),
        "registered_on": _day(letter.registered_on),
        "enclosures": letter.enclosures,
        "enclosed": letter.enclosed,
        "in_reply_to": letter.in_reply_to,
        "following": letter.following,
        "message_id": str(letter.message_id) if letter.message_id else None,
        "voided_at": moment(letter.voided_at),
    }


def _day(day: date) -> dict[str, str]:
    """A day for programs, Gregorian, and as people write it."""
    return {"date": day.isoformat(), "text": format_date(day, "long")}


def _file(found: reading.ReadFile, paths: "_Paths") -> dict[str, Any]:
    return {
        "id": str(found.id),
        "path": paths.of(found.name),
        "name": found.name,
        "content_type": found.content_type,
        "size": found.size,
    }


class _Paths:
    """Where the files of a case lie in the archive: numbered, so that no two have one name."""

    def __init__(self, code: str) -> None:
        self._code, self._given = code, 0

    def of(self, name: str) -> str:
        self._given += 1
        return f"files/{self._code}/{self._given:02}-{safe_name(name)}"


def safe_name(name: str) -> str:
    """A name that every system can unpack, with its ending."""
    name = _NOT_IN_NAMES.sub("_", unicodedata.normalize("NFC", name)).strip(" .")
    stem, dot, ending = name.rpartition(".")
    if not dot:
        stem, ending = name, ""
    return f"{stem[:_LONGEST_NAME].rstrip(' .') or 'file'}{dot}{ending[:10]}"
