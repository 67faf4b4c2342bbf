from datetime import datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.utils.translation import override

from cms_pages.models import Department
from persian.jalali import TEHRAN, from_jalali
from sla.models import CalendarException, Holiday, WeeklySchedule
from sla.working_time import (
    calendar_for,
    is_open,
    next_change,
    next_opening,
    next_working_sentence,
)

pytestmark = pytest.mark.django_db


def at(year, month, day, hour=12, minute=0):
    return datetime.combine(from_jalali(year, month, day), time(hour, minute), TEHRAN)


@pytest.fixture
def hours(db):
    row = WeeklySchedule(
        name="ساعت کار",
        first_day=from_jalali(1405, 1, 1),
        **dict.fromkeys(("saturday", "sunday", "monday", "tuesday", "wednesday"), "7:30-14:30"),
    )
    row.full_clean()
    row.save()
    return row


@pytest.fixture
def department(db):
    return Department.objects.create(key="land", name="زمین")


def test_hours_are_stored_in_their_canonical_form(hours):
    assert hours.saturday == "07:30-14:30"
    hours.friday = "شنبه"
    with pytest.raises(ValidationError):
        hours.full_clean()


@pytest.mark.usefixtures("hours")
def test_every_question_is_one_query(department, django_assert_num_queries):
    Holiday.objects.create(day=from_jalali(1405, 9, 8), name="تعطیل")
    CalendarException.objects.create(
        reason="سرما", first_day=from_jalali(1405, 9, 7), last_day=from_jalali(1405, 9, 7)
    )
    with django_assert_num_queries(1):
        assert is_open(None, at(1405, 9, 4))
    with django_assert_num_queries(1):
        assert next_opening(None, at(1405, 9, 5)) == at(1405, 9, 9, 7, 30)
    with django_assert_num_queries(1):
        next_working_sentence(department, at(1405, 9, 5))


@pytest.mark.usefixtures("hours")
def test_a_cancelled_holiday_is_a_working_day():
    Holiday.objects.create(day=from_jalali(1405, 9, 8), name="تعطیل", cancelled=True)
    assert is_open(None, at(1405, 9, 8))


@pytest.mark.usefixtures("hours")
def test_a_department_has_its_own_hours(department):
    WeeklySchedule.objects.create(
        name="عصر", department=department, first_day=from_jalali(1405, 9, 1), friday="16:00-20:00"
    )
    friday = at(1405, 9, 6, 17)
    assert is_open(department, friday)
    assert not is_open(None, friday)
    assert not is_open(department, at(1405, 9, 7, 9))
    assert next_change(at(1405, 9, 6, 10)) == at(1405, 9, 6, 16)


@pytest.mark.usefixtures("hours")
def test_the_sentence_names_the_day_and_the_hour_in_both_languages():
    with override("en"):
        assert "until 14:30" in next_working_sentence(at=at(1405, 9, 4))
        text = next_working_sentence(at=at(1405, 9, 5))
        assert "Saturday 7 Azar at 7:30" in text
    with override("fa"):
        text = next_working_sentence(at=at(1405, 9, 5))
        assert "شنبه ۷ آذر" in text
        assert "۷:۳۰" in text


@pytest.mark.usefixtures("hours")
def test_the_year_is_named_when_it_is_another():
    Holiday.objects.bulk_create(
        Holiday(day=from_jalali(1405, 12, 28) + timedelta(days=n), name="تعطیل") for n in range(5)
    )
    with override("en"):
        assert "1406" in next_working_sentence(at=at(1405, 12, 28))


def test_without_any_hours_it_promises_none():
    with override("en"):
        assert "not announced" in next_working_sentence(at=at(1405, 9, 5))
    assert next_opening(None, at(1405, 9, 5)) is None
    assert next_change(at(1405, 9, 5)) is None
    assert calendar_for(None, at(1405, 9, 5)).weeks == ()


def test_one_week_a_day_and_office(hours, department):
    for office in (None, department):
        WeeklySchedule.objects.filter(department=office).delete()
        WeeklySchedule.objects.create(name="a", department=office, first_day=hours.first_day)
        with pytest.raises(IntegrityError), transaction.atomic():
            WeeklySchedule.objects.create(name="b", department=office, first_day=hours.first_day)


# Holidays


def test_a_year_is_filled_and_only_its_lunar_days_are_provisional():
    call_command("fill_holidays", "۱۴۰۵", verbosity=0)
    fixed = {row.day for row in Holiday.objects.filter(provisional=False)}
    for month, day in ((1, 1), (1, 2), (1, 12), (1, 13), (3, 14), (3, 15), (11, 22), (12, 29)):
        assert from_jalali(1405, month, day) in fixed
    assert Holiday.objects.filter(provisional=True).count() > 12
    assert not Holiday.objects.filter(name__contains="تخمینی").exists()
    assert all(row.source.startswith("holidays ") for row in Holiday.objects.all())


def test_the_last_day_of_a_leap_year_is_fixed():
    call_command("fill_holidays", "1403", "1408")
    for year in (1403, 1408):
        assert not Holiday.objects.get(day=from_jalali(year, 12, 30)).provisional


def test_filling_again_keeps_what_staff_changed():
    call_command("fill_holidays", "1405")
    count = Holiday.objects.count()
    moved, confirmed, cancelled = Holiday.objects.filter(provisional=True)[:3]
    Holiday.objects.filter(pk=moved.pk).update(day=moved.day + timedelta(days=1), provisional=False)
    Holiday.objects.filter(pk=confirmed.pk).update(provisional=False)
    Holiday.objects.filter(pk=cancelled.pk).update(cancelled=True)
    call_command("fill_holidays", "1405")
    assert Holiday.objects.count() == count
    assert not Holiday.objects.get(pk=confirmed.pk).provisional
    assert Holiday.objects.get(pk=cancelled.pk).cancelled


@pytest.mark.parametrize("year", ["2026", "x", "", "۱۲", "14.05", "²"])
def test_what_is_no_year_is_refused(year):
    with pytest.raises(CommandError):
        call_command("fill_holidays", year)
    assert not Holiday.objects.exists()
