"""The small parts of the face: icons, pills, bars, steps, pages of a list."""

import datetime as dt
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from django.core.paginator import Paginator
from django.http import HttpRequest
from django.template import Context, RequestContext, Template, TemplateDoesNotExist
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from cms_pages.templatetags import desk_face

ICONS = sorted(
    path.stem
    for path in (Path(__file__).resolve().parents[2] / "templates/cms_pages/icons").glob("*.svg")
)


def drawn(template: str, request: HttpRequest | None = None, **values: object) -> BeautifulSoup:
    context = RequestContext(request, values) if request else Context(values)
    text = Template("{% load desk_face %}" + template).render(context)
    return BeautifulSoup(text, "html.parser")


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_is_hidden_from_screen_readers_and_takes_the_text_colour(name: str) -> None:
    svg = BeautifulSoup(desk_face.icon(name), "html.parser").find("svg")
    assert svg["aria-hidden"] == "true"
    assert svg["stroke"] == "currentColor"
    assert f"icon-{name}" in svg["class"]
    assert "style" not in str(svg)


def test_an_unknown_icon_is_a_fault_of_the_template() -> None:
    with pytest.raises(TemplateDoesNotExist):
        desk_face.icon("nothing-of-that-name")


@pytest.mark.parametrize("tone", desk_face.TONES)
def test_a_state_is_a_sign_a_word_and_a_shape(tone: str) -> None:
    pill = drawn("{% pill tone 'In order' %}", tone=tone).find(class_="pill")
    assert pill.find("svg", class_=f"icon-{tone}")
    assert pill.get_text(strip=True) == "In order"
    assert f"pill-{tone}" in pill["class"]


def test_an_unknown_tone_shows_as_closed_and_labels_are_escaped() -> None:
    pill = desk_face.pill('"><script>', "<b>")
    assert "pill-closed" in pill
    assert "<script>" not in pill
    assert "<b>" not in pill


def width(svg: str) -> float:
    return float(BeautifulSoup(svg, "html.parser").find(class_="bar-value")["width"])


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6))
def test_a_bar_never_leaves_its_ground(value: float, maximum: float) -> None:
    assert 0 <= width(desk_face.bar(value, maximum)) <= 100


def test_a_bar_is_as_long_as_its_part() -> None:
    assert width(desk_face.bar(62)) == 62
    assert width(desk_face.bar(1, 3)) == pytest.approx(33.3)
    assert width(desk_face.bar(None)) == 0
    assert width(desk_face.bar(5, 0)) == 0


@given(st.dates(), st.dates(), st.dates())
def test_the_mark_of_today_stays_within_the_validity(
    start: dt.date, end: dt.date, today: dt.date
) -> None:
    svg = BeautifulSoup(desk_face.validity(start, end, today), "html.parser")
    mark = svg.find(class_="validity-now")
    assert 0 <= float(mark["x"]) <= 100 - float(mark["width"])


def test_validity_without_an_end_is_a_full_line() -> None:
    assert width(desk_face.validity(dt.date(2026, 3, 21), None, dt.date(2026, 11, 23))) == 100


def test_each_day_is_a_bar_with_words_the_oldest_first() -> None:
    days = [{"tone": "ok", "label": "day one"}, {"tone": "major", "label": "<day two>"}]
    soup = drawn("{% day_bars days label='Two days' %}", days=days)
    bars = soup.find_all("rect")
    assert [each.find("title").get_text() for each in bars] == ["day one", "<day two>"]
    assert int(bars[0]["height"]) > int(bars[1]["height"])
    assert soup.find("svg")["aria-label"] == "Two days"


def test_long_bars_say_how_long_ago_they_begin_and_fold_only_where_they_are_long() -> None:
    days = [{"tone": "ok", "label": f"day {n}"} for n in range(90)]
    with override("en"):
        soup = drawn("{% day_bars days label='Days' ends=True fold=True %}", days=days)
        whole = drawn("{% day_bars days label='Days' ends=True %}", days=days)
        short = drawn("{% day_bars days label='Days' ends=True fold=True %}", days=days[:30])
    assert "days-fold" in soup.find("figure")["class"]
    assert soup.find(class_="days-all").get_text() == "89 days ago"
    assert soup.find(class_="days-few").get_text() == "29 days ago"
    for other in (whole, short):
        assert "days-fold" not in other.find("figure")["class"]
        assert other.find(class_="days-few") is None


def test_each_tone_of_a_day_has_a_shape_of_its_own() -> None:
    marks = [drawn("{% day_mark tone %}", tone=tone) for tone in desk_face.DAY_HEIGHTS]
    shapes = {(mark.rect["y"], mark.rect["height"]) for mark in marks}
    # What is unknown is a pale ghost of what is in order; words stand beside both.
    assert len(shapes) == len(marks) - 1
    assert all(mark.svg["aria-hidden"] == "true" for mark in marks)


def test_no_days_draw_an_empty_figure() -> None:
    assert not drawn("{% day_bars days label='None' %}", days=[]).find_all("rect")


@pytest.mark.parametrize("current", [1, 2, 3])
def test_the_steps_say_where_one_is(current: int) -> None:
    with override("en"):
        soup = drawn("{% steps current names %}", current=current, names=["You", "About", "Check"])
    assert f"Step {current} of 3" in soup.get_text()
    items = soup.find_all("li")
    assert [item.get("aria-current") for item in items].index("step") == current - 1
    assert sum("is-done" in item["class"] for item in items) == current - 1


def test_the_copy_button_waits_for_its_script_and_holds_plain_digits() -> None:
    soup = drawn("{% copy_button '140548291370' labelledby='l1' %}")
    button = soup.find("button")
    assert button.has_attr("hidden")
    assert button["type"] == "button"
    assert button["data-copy"] == "140548291370"
    # Heard among others, it says what it copies.
    own, label = button["aria-labelledby"].split()
    assert soup.find(id=own).get_text(strip=True)
    assert label == "l1"


def test_pages_of_a_list_keep_the_rest_of_the_query(rf) -> None:
    pages = Paginator(range(30), 10)
    request = rf.get("/search/", {"q": "زمین", "page": "2"})
    soup = drawn("{% pagination page_obj %}", page_obj=pages.page(2), request=request)
    before, after = (link["href"] for link in soup.find_all("a"))
    assert "page=1" in before
    assert "page=3" in after
    assert "q=%D8%B2%D9%85%DB%8C%D9%86" in after


def test_a_list_of_one_page_has_no_pages(rf) -> None:
    page = Paginator(range(3), 10).page(1)
    assert not drawn("{% pagination p %}", p=page, request=rf.get("/")).find("nav")


def test_an_address_of_an_app_that_is_missing_is_empty() -> None:
    assert desk_face.desk_url("nowhere:at_all") == ""
