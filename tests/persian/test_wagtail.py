import datetime as dt
import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.db import models
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st
from wagtail import blocks
from wagtail.admin.filters import DateRangePickerWidget
from wagtail.admin.forms.models import formfield_for_dbfield
from wagtail.admin.panels import FieldPanel, ObjectList
from wagtail.admin.telepath import JSContext
from wagtail.log_actions import log
from wagtail.models import Page
from wagtail.test.utils.form_data import nested_form_data

from persian import jalali
from persian.wagtail import (
    JalaliAdminDateField,
    JalaliAdminDateInput,
    JalaliAdminDateTimeField,
    JalaliAdminDateTimeInput,
    JalaliDateBlock,
    JalaliDateTimeBlock,
    JalaliPublishingPanel,
)

NOON = dt.datetime(2026, 11, 22, 11, 0, tzinfo=dt.UTC)


class Both(forms.Form):
    """A date and a moment, as an admin form has them."""

    day = JalaliAdminDateField(widget=JalaliAdminDateInput)
    at = JalaliAdminDateTimeField(widget=JalaliAdminDateTimeInput)


class Stock(forms.Form):
    """The same widgets before Django's own fields, as in panels with a given widget."""

    day = forms.DateField(widget=JalaliAdminDateInput)
    at = forms.DateTimeField(widget=JalaliAdminDateTimeInput)


@pytest.mark.parametrize("form_class", [Both, Stock])
@pytest.mark.parametrize("language", ["fa", "en"])
def test_jalali_goes_in_and_gregorian_comes_out(form_class, language):
    with override(language):
        form = form_class({"day": "۱۴۰۵/۰۹/۰۲", "at": "1405/9/1 14:30"})
        assert form.is_valid(), form.errors
        assert form.cleaned_data == {"day": dt.date(2026, 11, 23), "at": NOON}


@pytest.mark.parametrize("form_class", [Both, Stock])
def test_dates_of_programs_pass(form_class):
    form = form_class({"day": "2026-11-23", "at": "2026-11-22T11:00:00Z"})
    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"day": dt.date(2026, 11, 23), "at": NOON}


@pytest.mark.parametrize("form_class", [Both, Stock])
@pytest.mark.parametrize(
    "typed",
    ["1404/12/30", "1404-12-30", "2021/03/19", "tomorrow", "\x00", "²", "9" * 10**6, "12/30/1404"],
)
def test_no_day_of_another_calendar_is_taken_by_mistake(form_class, typed):
    form = form_class({"day": typed, "at": typed})
    assert set(form.errors) == {"day", "at"}


def test_the_reason_stands_beside_the_field_and_the_text_stays():
    with override("en"):
        form = Both({"day": "1404/12/30", "at": "1404/12/30 10:00"})
        assert "This month has 29 days" in form.errors["day"][0]
        assert "This month has 29 days" in form.errors["at"][0]
        assert 'value="1404/12/30"' in str(form["day"])
        assert 'value="1404/12/30 10:00"' in str(form["at"])


def test_a_form_with_another_error_shows_jalali_again():
    with override("fa"):
        form = Both({"day": "1405/9/2", "at": "never"})
        assert 'value="۱۴۰۵/۰۹/۰۲"' in str(form["day"])


@pytest.mark.parametrize("zone", ["Asia/Tehran", "UTC", "America/New_York"])
def test_the_clock_is_that_of_tehran_in_every_users_zone(zone):
    with timezone.override(ZoneInfo(zone)), override("en"):
        assert 'value="1405/09/01 14:30"' in str(Both(initial={"at": NOON})["at"])
        form = Both({"day": "1405/9/2", "at": "1405/9/1 14:30"}, initial={"at": NOON})
        assert form.is_valid()
        assert form.cleaned_data["at"] == NOON
        assert 'value="1405/09/01 14:30"' in str(form["at"])


@given(st.dates(jalali.from_jalali(1300, 1, 1), jalali.last_day_of_year(1500)))
def test_every_day_goes_round_through_the_block(day):
    block = JalaliDateBlock()
    block.set_name("day")
    for language in ("fa", "en"):
        with override(language):
            typed = block.get_form_state(day)
            assert block.clean(block.value_from_datadict({"p": typed}, {}, "p")) == day


def test_a_moment_goes_round_through_the_block():
    block = JalaliDateTimeBlock(required=False)
    block.set_name("at")
    with override("fa"):
        assert block.get_form_state(NOON) == "۱۴۰۵/۰۹/۰۱ ۱۴:۳۰"
        assert block.clean(block.value_from_datadict({"p": "۱۴۰۵/۰۹/۰۱ ۱۴:۳۰"}, {}, "p")) == NOON
        assert block.clean(block.value_from_datadict({"p": ""}, {}, "p")) is None
        with pytest.raises(forms.ValidationError):
            block.clean(block.value_from_datadict({"p": "1404/12/30 10:00"}, {}, "p"))
        assert block.get_form_state(None) is None


def test_blocks_keep_their_options_and_can_be_deconstructed():
    block = JalaliDateBlock(required=False, help_text="when")
    assert block.field.required is False
    assert block.field.help_text == "when"
    assert block.deconstruct()[0] == "persian.wagtail.JalaliDateBlock"


def test_inside_a_stream_the_client_renders_the_box_itself():
    stream = blocks.StreamBlock([("day", JalaliDateBlock()), ("at", JalaliDateTimeBlock())])
    context = JSContext()
    packed = str(context.pack(stream))
    assert "wagtail.widgets.Widget" in packed
    assert "desk-jalali" in packed
    assert "__NAME__" in packed
    assert "AdminDateInput" not in packed
    assert any("persian/jalali" in str(js) for js in context.media._js)


def test_every_date_of_an_admin_model_form_is_jalali():
    day = formfield_for_dbfield(models.DateField())
    at = formfield_for_dbfield(models.DateTimeField())
    assert isinstance(day.widget, JalaliAdminDateInput)
    assert isinstance(at.widget, JalaliAdminDateTimeInput)
    assert day.clean(day.widget.value_from_datadict({"x": "۹۹/۱۲/۲۹"}, {}, "x")) == dt.date(
        2021, 3, 19
    )
    with override("en"), pytest.raises(forms.ValidationError, match="29 days"):
        day.clean(day.widget.value_from_datadict({"x": "1404/12/30"}, {}, "x"))


def test_the_box_carries_no_inline_code():
    html = str(Both(initial={"day": dt.date(2026, 11, 22)})["day"])
    assert "<script" not in html
    assert not re.search(r"\son\w+=|style=", html)


def test_date_filters_of_listings_are_jalali():
    widget = DateRangePickerWidget()
    data = {"at_from": "۹۹/۱۲/۲۹", "at_to": "1399/12/30"}
    assert widget.value_from_datadict(data, {}, "at") == ["2021-03-19", "2021-03-20"]
    assert "desk-jalali" in widget.render("at", None)


def test_a_report_is_filtered_by_jalali_dates(staff, page):
    log("wagtail.create", page)
    url = reverse("wagtailadmin_reports:site_history")
    for since, expected in (("۱۴۰۰/۰۱/۰۱", 1), ("۱۴۵۰/۰۱/۰۱", 0)):
        response = staff.get(url, {"timestamp_from": since})
        assert response.status_code == 200
        assert len(response.context["object_list"]) == expected
        assert "persian/jalali" in response.content.decode()
    wrong = staff.get(url, {"timestamp_from": "1404/12/30"})
    assert wrong.status_code == 200
    assert 'value="1404/12/30"' in wrong.content.decode()


def test_the_report_of_aging_pages_asks_for_a_jalali_date(staff):
    html = staff.get(reverse("wagtailadmin_reports:aging_pages")).content.decode()
    assert "desk-jalali" in html
    assert "initDateChooser" not in html


@pytest.fixture
def page(monkeypatch: pytest.MonkeyPatch, db: None) -> Iterator[Page]:
    """The welcome page, edited with the Jalali publishing panel."""
    panels = [FieldPanel("title"), FieldPanel("slug"), JalaliPublishingPanel()]
    Page.get_edit_handler.cache_clear()
    monkeypatch.setattr(Page, "edit_handler", ObjectList(panels), raising=False)
    root = Page.get_first_root_node()
    yield root.add_child(instance=Page(title="سلام", slug="salam"))
    Page.get_edit_handler.cache_clear()


@pytest.fixture
def staff(db: None, client: Client) -> Client:
    """An administrator, signed in."""
    user = get_user_model().objects.create_superuser("modir", "m@example.org", "x" * 12)
    client.force_login(user)
    return client


def test_publishing_dates_go_round_through_the_page_editor(page, staff):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = {
        "title": "سلام",
        "slug": "salam",
        "go_live_at": "۱۴۵۰/۰۹/۰۱ ۱۴:۳۰",
        "expire_at": "1450-10-01 08:00",
        "comments-TOTAL_FORMS": "0",
        "comments-INITIAL_FORMS": "0",
    }
    response = staff.post(url, nested_form_data(data))
    assert response.status_code == 302, response.context["form"].errors
    page.refresh_from_db()
    saved = page.get_latest_revision().as_object()
    assert saved.go_live_at == jalali.parse_datetime("1450/09/01 14:30")
    assert saved.expire_at == jalali.parse_datetime("1450/10/01 08:00")
    html = staff.get(url).content.decode()
    assert 'value="۱۴۵۰/۰۹/۰۱ ۱۴:۳۰"' in html
    assert 'value="۱۴۵۰/۱۰/۰۱ ۰۸:۰۰"' in html
    assert "persian/jalali" in html


def test_the_page_editor_tells_why_a_publishing_date_is_wrong(page, staff):
    url = reverse("wagtailadmin_pages:edit", args=[page.pk])
    data = {"title": "سلام", "slug": "salam", "go_live_at": "1450/12/30 14:30", "expire_at": ""}
    response = staff.post(url, data)
    assert response.status_code == 200
    form = response.context["form"]
    assert "go_live_at" in form.errors
    assert 'value="1450/12/30 14:30"' in response.content.decode()
    page.refresh_from_db()
    assert page.get_latest_revision() is None
