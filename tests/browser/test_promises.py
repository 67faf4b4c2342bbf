"""The list of promises on an agreement's page: each with its name and figure, on a phone too."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from cms_pages.models import Department
from sla import reports
from sla.models import AgreementPage, Clock
from sla.months import Period, earlier, month_of
from tests.sla.measured import ANSWER, FIRST, SATISFIED, WORDS, make_clock, make_measured

pytestmark = [pytest.mark.browser, pytest.mark.drill]


@pytest.fixture
def measured(desk) -> AgreementPage:
    """A signed agreement of which two promises were measured last month."""
    last = Period(earlier(month_of(timezone.now())))
    page = make_measured((FIRST, ANSWER, SATISFIED, WORDS), key="measured", since=last.first)
    due = last.starts + timedelta(days=3)
    department = Department.objects.first()
    Clock.objects.bulk_create(
        make_clock(
            page.version,
            target,
            due,
            department=department,
            stopped_at=due + timedelta(hours=1 if late else -1),
            spent_minutes=60,
        )
        for target in (FIRST, ANSWER)
        for late in (True, *[False] * 11)
    )
    reports.sweep()
    return page


@pytest.mark.parametrize("width", [390, 1280])
def test_each_promise_has_its_name_and_its_figure(open_page, measured, width):
    reader = open_page(width=width)
    reader.goto(measured.get_url())
    assert reader.evaluate("document.documentElement.scrollWidth <= innerWidth")
    promises = reader.locator(".targets > li")
    assert promises.count() == 4
    said = [" ".join(text.split()) for text in promises.all_inner_texts()]
    with translation.override("fa"):
        for target, text in zip((FIRST, ANSWER, SATISFIED), said, strict=False):
            assert str(target.measure.label) in text
    for text in said[:2]:
        assert "۹۱٫۶٪" in text, "eleven of twelve, cut off"
        assert "۱۲ پرونده" in text
    assert WORDS.text in said[3]
    name = promises.first.locator(".meta").first
    sentence = promises.first.locator("p").first
    size = "element => parseFloat(getComputedStyle(element).fontSize)"
    assert name.evaluate(size) < sentence.evaluate(size), "the name is quiet"
    for box in (each.bounding_box() for each in promises.all()):
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
