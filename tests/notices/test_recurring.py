"""Windows that return: on the right days of either calendar, made once, each changed alone."""

import re
import threading
from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import partial

import pytest
from dateutil import rrule
from dateutil.rrule import rrulestr
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connections, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from notices import recurrence, recurring, updates
from notices.enums import Impact, Repeats
from notices.models import MaintenanceRule, Notice, NoticePage, NoticeUpdate, Occurrence
from notices.recurrence import LAST, Pattern
from notices.rule_forms import RuleForm
from persian.jalali import TEHRAN, from_jalali, jalali_parts
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import clock

FIRST = date(2026, 3, 21)  # 1405/01/01
FRIDAY = 4


def jalali_days(pattern, year=1405):
    found = recurrence.days(pattern, from_jalali(year, 1, 1), from_jalali(year + 1, 1, 1))
    return [jalali_parts(day) for day in found if jalali_parts(day)[0] == year]


def test_the_first_friday_of_each_jalali_month():
    found = jalali_days(Pattern(FIRST, weekday=FRIDAY, which=1))
    # 1405/01/01 is a Saturday, so that its first Friday is the seventh.
    assert found[0] == (1405, 1, 7)
    assert [month for _year, month, _day in found] == list(range(1, 13))
    assert all(day <= 7 for _year, _month, day in found)


@pytest.mark.parametrize(("day", "last"), [(10, 10), (30, 29), (31, 29)])
def test_day_n_of_each_jalali_month_is_the_last_one_of_shorter_months(day, last):
    found = jalali_days(Pattern(FIRST, month_day=day))
    assert [found[0], found[6], found[11]] == [
        (1405, 1, min(day, 31)),
        (1405, 7, min(day, 30)),
        (1405, 12, last),
    ]
    # 1403 was a leap year: its Esfand has 30 days.
    leap = jalali_days(Pattern(from_jalali(1403, 1, 1), month_day=day), 1403)
    assert leap[11] == (1403, 12, min(day, 30))


@settings(max_examples=50, deadline=None)
@given(
    st.integers(0, 6),
    st.sampled_from([1, 2, 3, 4, LAST]),
    st.integers(0, 4000).map(lambda n: FIRST + timedelta(days=n)),
)
def test_each_jalali_month_has_its_day_and_it_is_the_right_one(weekday, which, start):
    pattern = Pattern(FIRST, weekday=weekday, which=which)
    found = recurrence.days(pattern, start, start + timedelta(days=200))
    assert found == sorted(set(found))
    for day in found:
        number = jalali_parts(day)[2]
        assert day.weekday() == weekday
        if which == LAST:
            assert jalali_parts(day + timedelta(days=7))[1] != jalali_parts(day)[1]
        else:
            assert (number - 1) // 7 == which - 1
    months = {jalali_parts(day)[:2] for day in found}
    assert len(months) == len(found) >= 6


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 300), st.integers(0, 300))
def test_looking_in_two_pieces_finds_the_same_days(one, other):
    for pattern in (
        Pattern(FIRST, month_day=31),
        Pattern(FIRST, rrule="FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,FR"),
        Pattern(FIRST, rrule="FREQ=DAILY;COUNT=9"),
    ):
        middle = FIRST + timedelta(days=one)
        end = middle + timedelta(days=other)
        whole = recurrence.days(pattern, FIRST, end)
        parts = (
            recurrence.days(pattern, FIRST, middle),
            recurrence.days(pattern, middle + timedelta(days=1), end),
        )
        assert whole == parts[0] + parts[1]


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("FREQ=MONTHLY;BYDAY=1FR", [date(2026, 4, 3), date(2026, 5, 1)]),
        ("FREQ=WEEKLY;COUNT=2", [date(2026, 3, 21), date(2026, 3, 28)]),
        ("FREQ=DAILY;INTERVAL=10;UNTIL=20260401T000000Z", [date(2026, 3, 21), date(2026, 3, 31)]),
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", []),
    ],
)
def test_rrules_say_days(rule, expected):
    assert recurrence.rrule_wrong(rule) is None
    assert recurrence.days(Pattern(FIRST, rrule=rule), FIRST, date(2026, 5, 20)) == expected


FALLING = [
    *("FREQ=DAILY", "FREQ=DAILY;INTERVAL=3", "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29"),
    *("FREQ=WEEKLY;INTERVAL=2;BYDAY=FR;WKST=SA", "FREQ=WEEKLY;BYSETPOS=-1;BYDAY=MO,TU"),
    *("FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=5FR", "FREQ=MONTHLY;INTERVAL=7"),
    *("FREQ=YEARLY;BYYEARDAY=366,-1", "FREQ=YEARLY;BYWEEKNO=53;BYDAY=SU", "FREQ=YEARLY;BYDAY=20MO"),
]


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from(FALLING),
    st.dates(date(1990, 1, 1), date(2110, 1, 1)) | st.just(date(2028, 2, 29)),
)
def test_the_days_of_a_rule_are_those_of_its_own_years(rule, first):
    last = first + timedelta(days=9 * 366)
    rest = rrulestr(f"RRULE:{rule}", dtstart=datetime.combine(first, time()))
    expected = rest.between(datetime.combine(first, time()), datetime.combine(last, time()), True)
    found = recurrence.days(Pattern(first, rrule=rule), first, last)
    assert found == [moment.date() for moment in expected]


@pytest.fixture
def periods(monkeypatch):
    """How many years, months, weeks or days `dateutil` looks at; it is counted, not replaced."""
    counted = Counter()

    def counting(name, real):
        def count(*args):
            counted[name] += 1
            return real(*args)

        return count

    for name in ("ydayset", "mdayset", "wdayset", "ddayset"):
        real = getattr(rrule._iterinfo, name)
        monkeypatch.setattr(rrule._iterinfo, name, counting(name, real))
    return counted


@pytest.mark.parametrize(
    ("rule", "name", "a_year"),
    [
        ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "ydayset", 1),
        ("FREQ=YEARLY;BYSETPOS=300;BYDAY=FR", "ydayset", 1),
        ("FREQ=MONTHLY;BYSETPOS=200;BYDAY=FR", "mdayset", 12),
        ("FREQ=WEEKLY;BYMONTH=4;BYMONTHDAY=31", "wdayset", 53),
        ("FREQ=DAILY;BYMONTH=6;BYMONTHDAY=31", "ddayset", 366),
    ],
)
def test_a_rule_that_falls_on_no_day_is_given_up_within_a_cycle_of_the_calendar(
    periods, rule, name, a_year
):
    for first in (date(1900, 1, 1), FIRST, date(2400, 2, 29)):
        periods.clear()
        assert recurrence.days(Pattern(first, rrule=rule), first, first + recurrence.HORIZON) == []
        assert set(periods) == {name}
        assert periods[name] <= a_year * 422


@pytest.mark.parametrize(
    "rule",
    [
        *("", "x", "FREQ=SECONDLY", "FREQ=HOURLY", "FREQ=DAILY;BYHOUR=3", "BYDAY=FR"),
        *("FREQ=DAILY;INTERVAL=0", "FREQ=DAILY;COUNT=0", "FREQ=DAILY;FREQ=DAILY"),
        *("FREQ=WEEKLY;BYDAY=XX", "FREQ=MONTHLY;BYMONTHDAY=99x", "FREQ=DAILY;UNTIL=tomorrow"),
        *("FREQ=DAILY;INTERVAL=" + "9" * 300, "FREQ=DAILY\nDTSTART:20260101", "FREQ=DAILY;"),
        *("FREQ=DAILY;UNTIL=20269999", "FREQ=DAILY;BYEASTER=0", "FREQ=DAILY;X=1"),
    ],
)
def test_what_is_no_rule_of_days_is_refused(rule):
    assert recurrence.rrule_wrong(rule)


def test_a_window_keeps_tehrans_clock():
    start, end = recurrence.window(date(2026, 3, 27), time(23, 30), 90)
    assert (start.astimezone(TEHRAN).hour, start.utcoffset()) == (23, timedelta(0))
    assert end - start == timedelta(minutes=90)


# The pages ---------------------------------------------------------------------------------------

pytest_db = pytest.mark.django_db
NOON = recurrence.window(date(2026, 3, 30), time(12), 1)[0]


def make_ahead(at):
    """As the worker does at a moment, its clock included."""
    with clock(at):
        return recurring.make_ahead(at=at)


def make_rule(**fields):
    rule = MaintenanceRule(
        **{
            "title": "به‌روزرسانی {services}",
            "title_en": "Update of {services}",
            "message": "از {start} تا {end}، {duration}.",
            "message_en": "From {start} to {end}, {duration}.",
            "repeats": Repeats.JALALI_WEEKDAY,
            "which": 1,
            "weekday": FRIDAY,
            "clock": time(2),
            "minutes": 150,
            "first_day": FIRST,
            "days_ahead": 70,
        }
        | fields
    )
    rule.full_clean()
    rule.save()
    return rule


@pytest_db
def test_drafts_are_made_ahead_once_and_filled_in(index):
    author = staff_user("editor")
    rule = make_rule(changed_by=author)
    rule.services.set([ServiceFactory(name="استعلام", name_en="Enquiry")])
    for _again in range(3):
        make_ahead(NOON)
    days = list(rule.occurrences.values_list("day", flat=True))
    assert [jalali_parts(day) for day in days] == [(1405, 2, 4), (1405, 3, 1)]
    page = rule.occurrences.first().page
    assert not page.live
    assert page.title == "به‌روزرسانی استعلام"
    assert "{" not in page.message
    assert re.search("، ۲ .*۳۰ ", page.message)
    assert "جمعه ۴ اردیبهشت ۱۴۰۵" in page.message
    assert page.expected_end - page.starts_at == timedelta(minutes=150)
    assert page.get_latest_revision().user == author
    assert [each.name for each in page.affected_services.all()] == ["استعلام"]
    assert not Notice.objects.exists()
    make_ahead(NOON + timedelta(days=30))
    assert rule.occurrences.count() == 3


def at_once(number, work):
    """What becomes of a work that several begin at the same moment, each in its connection."""
    begin, outcomes = threading.Barrier(number), []

    def run():
        try:
            begin.wait(timeout=30)
            outcomes.append(work())
        except Exception as error:
            outcomes.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _each in range(number)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return outcomes


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_workers_at_once_make_each_day_once_and_every_day(index):
    author, second = staff_user("editor"), staff_user("editor")
    for _rule in range(2):
        rule = make_rule(changed_by=author, publishes=True)
        recurring.approve(rule=rule, by=second, seen=recurring.digest(rule))
    with clock(NOON):
        made = at_once(3, partial(recurring.make_ahead, at=NOON))
    assert all(isinstance(each, int) for each in made), made
    assert sum(made) == Occurrence.objects.count() == NoticePage.objects.count() == 4
    assert Notice.objects.count() == NoticeUpdate.objects.count() == 4
    index.refresh_from_db()
    assert index.numchild == 4


@pytest_db
def test_with_a_place_in_english_there_is_an_english_draft_too(index):
    index.copy_for_translation(Locale.objects.get(language_code="en"))
    make_rule(days_ahead=30)
    make_ahead(NOON)
    page = Occurrence.objects.get().page
    english = page.get_translations().get().specific.get_latest_revision_as_object()
    assert english.title == "Update of the whole desk"
    assert "2 hours and 30 minutes" in english.message


@pytest_db
def test_one_occurrence_is_changed_cancelled_or_deleted_alone(index):
    rule = make_rule()
    make_ahead(NOON)
    first, second = rule.occurrences.all()
    first.page.delete()
    page = NoticePage.objects.get(pk=second.page_id)
    page.title = "جور دیگر"
    with clock(NOON):
        page.save_revision().publish()
        notice = NoticePage.objects.get(pk=page.pk).notice
        updates.cancel(notice=notice, text="لغو شد.", author=None, key="c")
    assert make_ahead(NOON) == 0
    first.refresh_from_db()
    assert first.page is None
    assert Notice.objects.get().title == "جور دیگر"
    assert rule.occurrences.count() == 2


@pytest_db
def test_it_publishes_by_itself_only_what_a_second_person_approved(index):
    author, second = staff_user("editor"), staff_user("editor")
    rule = make_rule(changed_by=author, publishes=True, days_ahead=30)
    make_ahead(NOON)
    assert not Notice.objects.exists()
    with pytest.raises(ValidationError):
        recurring.approve(rule=rule, by=author, seen=recurring.digest(rule))
    with pytest.raises(IntegrityError), transaction.atomic():
        MaintenanceRule.objects.update(approved_by=author)
    recurring.approve(rule=rule, by=second, seen=recurring.digest(rule))
    later = NOON + timedelta(days=30)
    for _again in range(2):
        make_ahead(later)
    assert Notice.objects.get().updates.get().author == author


@pytest_db
def test_a_rule_that_fails_holds_up_no_other(index, monkeypatch):
    broken, sound = make_rule(days_ahead=30), make_rule(days_ahead=30)
    real = recurring.drafting.begin

    def begin(*, words, **more):
        if words.pk == broken.pk:
            raise ValidationError("x")
        return real(words=words, **more)

    monkeypatch.setattr(recurring.drafting, "begin", begin)
    assert make_ahead(NOON) == 1
    assert [row.rule for row in Occurrence.objects.all()] == [sound]


@pytest_db
def test_inactive_rules_ended_rules_and_no_place_make_nothing(db):
    make_rule()
    assert make_ahead(NOON) == 0


@pytest_db
def test_ended_and_inactive_rules_make_nothing(index):
    make_rule(active=False)
    make_rule(last_day=FIRST + timedelta(days=8))
    assert make_ahead(NOON) == 0
    call_command("plan_maintenance")
    assert not Occurrence.objects.exists()


@pytest_db
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"weekday": None}, "weekday"),
        ({"repeats": Repeats.JALALI_DAY}, "month_day"),
        ({"repeats": Repeats.JALALI_DAY, "month_day": 32}, "month_day"),
        ({"repeats": Repeats.RRULE}, "rrule"),
        ({"repeats": Repeats.RRULE, "rrule": "FREQ=HOURLY"}, "rrule"),
        ({"repeats": Repeats.RRULE, "rrule": "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30"}, "rrule"),
        ({"repeats": Repeats.RRULE, "rrule": "FREQ=DAILY;BYMONTH=6;BYMONTHDAY=31"}, "rrule"),
        ({"repeats": Repeats.RRULE, "rrule": "FREQ=MONTHLY;BYSETPOS=200;BYDAY=FR"}, "rrule"),
        ({"last_day": FIRST}, "__all__"),
        ({"last_day": FIRST - timedelta(days=1)}, "last_day"),
        ({"minutes": 0}, "minutes"),
        (
            {"repeats": Repeats.RRULE, "rrule": "FREQ=DAILY", "last_day": None, "minutes": 1441},
            "minutes",
        ),
        ({"repeats": "hourly"}, "repeats"),
        ({"message": "از {begin}"}, "message"),
        ({"title_en": ""}, "title_en"),
        ({"message_en": "{start.year}"}, "message_en"),
        ({"title": "{"}, "title"),
        ({"message": "<b>x</b>"}, "message"),
    ],
)
def test_an_impossible_rule_is_refused_at_its_field(fields, wrong):
    with pytest.raises(ValidationError) as error:
        make_rule(**fields)
    assert wrong in error.value.message_dict


def form_of(rule, **more):
    names = (
        *("title", "title_en", "message", "message_en", "impact", "repeats", "which"),
        *("weekday", "minutes", "days_ahead"),
    )
    sent = {name: getattr(rule, name) for name in names} | {"clock": "02:00", "active": "on"}
    return sent | {"first_day": "1405/01/01", "last_day": "", "month_day": "", "rrule": ""} | more


def seen_at(client, address):
    """What the form of an approval sends back: which rule was shown."""
    answer = client.get(address)
    [seen] = re.findall(r'name="seen" value="([0-9a-f]{64})"', answer.content.decode())
    return {"seen": seen}


@pytest_db
@pytest.mark.screen
def test_editors_keep_rules_and_every_change_takes_back_the_approval(client, index):
    author, second = staff_user("editor"), staff_user("editor")
    rule = make_rule(changed_by=author, publishes=True)
    client.force_login(second)
    listed = client.get(reverse("notices_maintenancerule_modeladmin_index"))
    approve = reverse("notices_admin:approve_rule", args=[rule.pk])
    assert approve in listed.content.decode()
    assert client.post(approve, seen_at(client, approve)).status_code == 302
    rule.refresh_from_db()
    assert rule.approved_by == second
    edit = reverse("notices_maintenancerule_modeladmin_edit", args=[rule.pk])
    assert client.get(edit).status_code == 200
    answer = client.post(edit, form_of(rule, minutes=60, publishes="on"))
    assert answer.status_code == 302, answer.context["form"].errors
    rule.refresh_from_db()
    assert (rule.minutes, rule.approved_by, rule.changed_by) == (60, None, second)
    refused = client.post(approve, seen_at(client, approve))
    assert refused.status_code == 200
    assert refused.context["form"].non_field_errors()
    client.force_login(staff_user("head"))
    assert client.post(edit, form_of(rule)).status_code in (302, 403)
    assert client.post(approve).status_code in (302, 403)
    rule.refresh_from_db()
    assert (rule.minutes, rule.approved_by) == (60, None)


@pytest_db
@pytest.mark.screen
def test_who_saves_a_rule_unchanged_takes_no_approval_back(client, index, monkeypatch):
    """Another approved it while the form was open: between its reading and its writing, even."""
    author, second = staff_user("editor"), staff_user("editor")
    rule = make_rule(changed_by=author, publishes=True)
    client.force_login(author)
    edit = reverse("notices_maintenancerule_modeladmin_edit", args=[rule.pk])
    has_changed = RuleForm.has_changed

    def approved_meanwhile(form):
        recurring.approve(rule=rule, by=second, seen=recurring.digest(rule))
        return has_changed(form)

    monkeypatch.setattr(RuleForm, "has_changed", approved_meanwhile)
    rule.refresh_from_db()
    same = client.get(edit).context["form"]
    sent = {name: same[name].value() for name in same.fields}
    sent = {name: "" if value is None else value for name, value in sent.items()}
    sent |= form_of(rule, publishes="on")
    assert client.post(edit, sent).status_code == 302
    rule.refresh_from_db()
    assert rule.approved_by == second


CHANGES = [
    {"title": "عنوان دیگر"},
    {"message_en": "Something else."},
    {"impact": Impact.PARTIAL},
    {"which": 2},
    {"clock": time(14)},
    {"minutes": 600},
    {"last_day": date(2027, 1, 1)},
    {"days_ahead": 90},
]


@pytest_db
@pytest.mark.parametrize("change", CHANGES, ids=lambda change: next(iter(change)))
def test_what_was_changed_after_the_look_is_not_approved(index, change):
    author, second = staff_user("editor"), staff_user("editor")
    rule = make_rule(changed_by=author, publishes=True)
    seen = recurring.digest(rule)
    MaintenanceRule.objects.filter(pk=rule.pk).update(**change)
    with pytest.raises(ValidationError) as error:
        recurring.approve(rule=rule, by=second, seen=seen)
    assert error.value.code == "changed"
    rule.refresh_from_db()
    assert rule.approved_by is None
    recurring.approve(rule=rule, by=second, seen=recurring.digest(rule))
    rule.refresh_from_db()
    assert rule.approved_by == second


@pytest_db
@pytest.mark.screen
def test_the_screen_shows_the_rule_as_it_is_when_it_was_changed_before_the_click(client, index):
    author, second = staff_user("editor"), staff_user("editor")
    rule = make_rule(changed_by=author, publishes=True)
    client.force_login(second)
    approve = reverse("notices_admin:approve_rule", args=[rule.pk])
    seen = seen_at(client, approve)
    service = ServiceFactory(name="سامانهٔ صدور")
    other = Client()
    other.force_login(author)
    edit = reverse("notices_maintenancerule_modeladmin_edit", args=[rule.pk])
    sent = form_of(rule, publishes="on", services=[service.pk])
    assert other.post(edit, sent).status_code == 302
    for data in (seen, {}, {"seen": "x"}):
        answer = client.post(approve, data, follow=True)
        assert answer.redirect_chain
        shown = answer.content.decode()
        assert service.name in shown
        assert len(list(answer.context["messages"])) == 1
        rule.refresh_from_db()
        assert rule.approved_by is None
    assert client.post(approve, seen_at(client, approve)).status_code == 302
    rule.refresh_from_db()
    assert rule.approved_by == second
