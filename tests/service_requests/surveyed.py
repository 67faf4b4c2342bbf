"""Surveys and answers for tests."""

import json
import time
import uuid
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from unittest import mock

from django.utils import timezone

from service_requests.models import Survey, SurveyAnswer
from service_requests.surveys import composing, figures


def question(block: str, text: str | None, *, key: str = "", **more: Any) -> dict[str, Any]:
    """A block of a survey as StreamField keeps it."""
    value = None if text is None else {"text": text, "text_en": "", "required": False, **more}
    return {"type": block, "value": value, "id": key or str(uuid.uuid4())}


def compose(questions: list[dict[str, Any]], **fields: Any) -> Survey:
    """A survey that is asked, in its first version."""
    survey = Survey.objects.create(title="نظر شما", questions=json.dumps(questions), **fields)
    survey.refresh_from_db()
    composing.publish(survey=survey)
    return survey


@contextmanager
def later(**by: Any):
    """What is signed was signed so long ago."""
    moved = time.time() + timedelta(**by).total_seconds()
    with mock.patch("django.core.signing.time.time", return_value=moved):
        yield timezone.now() + timedelta(**by)


def rated(count: int, *, department: Any, kind: str = "request", month: str = "", **more: Any):
    """So many released answers; in the last month that is over, if none is named."""
    grade = more.pop("grade", 5)
    SurveyAnswer.objects.bulk_create(
        SurveyAnswer(
            month=month or figures.window()[-1],
            department=department,
            kind=kind,
            answers={"overall": grade},
            **more,
        )
        for _ in range(count)
    )
