from datetime import date, timedelta

import pytest
from django.contrib.auth import get_user_model
from django.core.management import call_command
from hypothesis import given
from hypothesis import strategies as st

from cms_pages.enums import Role
from cms_pages.models import Department, Membership
from desk_core.letters import write_letter
from desk_core.models import OutgoingMessage
from persian.jalali import from_jalali
from sla.models import Holiday, RenewalReminder, WeeklySchedule
from sla.permissions import user_can_renew
from sla.reminding import STEPS, due_step, remind, reminder_day
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, make_signed, sign

END = from_jalali(1405, 12, 29)
days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


def weekdays(day):
    """Saturday to Wednesday."""
    return day.weekday() not in (3, 4)


def everyday(_day):
    return True


# The days, pure


@given(days, st.sampled_from(STEPS), st.frozensets(st.integers(0, 6), max_size=6))
def test_a_reminder_is_on_a_working_day_and_never_later_than_promised(last, step, closed):
    day = reminder_day(last, step, lambda each: each.weekday() not in closed)
    assert day.weekday() not in closed
    assert last - timedelta(days=step + 6) <= day <= last - timedelta(days=step)


def test_around_nowruz_it_moves_before_the_holidays():
    last = from_jalali(1406, 1, 10)
    holidays = {END, *(from_jalali(1406, 1, n) for n in (1, 2, 3, 4))}
    day = reminder_day(last, 7, lambda each: weekdays(each) and each not in holidays)
    assert day == from_jalali(1405, 12, 26)


def test_a_calendar_without_working_days_keeps_the_day_itself():
    assert reminder_day(END, 30, lambda _day: False) == END - timedelta(days=30)


@given(days, st.integers(-5, 80))
def test_the_step_that_is_due_grows_smaller_towards_the_end(last, left):
    on = last - timedelta(days=left)
    step = due_step(last, on, everyday)
    if left < 0 or left > 60:
        assert step is None
    else:
        assert step == min(s for s in STEPS if left <= s)


# The messages


@pytest.fixture
def staff(db):
    users = get_user_model().objects
    made = {}
    for name in ("admin", "secretary", "head", "editor"):
        made[name] = users.create_user(name, f"{name}@desk.example")
    made["mute"] = users.create_user("mute", "")
    made["gone"] = users.create_user("gone", "gone@desk.example", is_active=False)
    land = Department.objects.create(key="land", name="زمین")
    roles = {
        "admin": (Role.ADMINISTRATOR, None),
        "secretary": (Role.SECRETARIAT, None),
        "head": (Role.HEAD, land),
        "editor": (Role.EDITOR, None),
        "mute": (Role.ADMINISTRATOR, None),
        "gone": (Role.ADMINISTRATOR, None),
    }
    for name, (role, place) in roles.items():
        Membership.objects.create(user=made[name], role=role, department=place)
    return made | {"land": land}


def told():
    return sorted(RenewalReminder.objects.values_list("step", "recipient__username"), key=str)


def before_end(days):
    return END - timedelta(days=days)


def test_each_step_is_told_once_to_those_who_can_act(staff):
    make_signed(valid_to=END)
    assert remind(on=before_end(61)) == 0
    assert remind(on=before_end(60)) == 2
    assert told() == [(60, "admin"), (60, "secretary")]
    assert remind(on=before_end(60)) == 0
    assert remind(on=before_end(31)) == 0
    assert remind(on=before_end(30)) == 2
    assert remind(on=before_end(7)) == 2
    assert remind(on=before_end(-1)) == 0
    assert len(told()) == 6
    assert OutgoingMessage.objects.count() == 6


def test_a_worker_that_slept_tells_the_latest_step_only(staff):
    make_signed(valid_to=END)
    assert remind(on=before_end(5)) == 2
    assert {step for step, _name in told()} == {7}


def test_somebody_new_hears_the_step_that_is_due(staff):
    make_signed(valid_to=END)
    remind(on=before_end(40))
    late = get_user_model().objects.create_user("late", "late@desk.example")
    Membership.objects.create(user=late, role=Role.SECRETARIAT)
    assert remind(on=before_end(39)) == 1
    assert (60, "late") in told()


def test_a_departments_own_agreement_is_its_heads(staff):
    page = make_signed(valid_to=END, key="land", department=staff["land"])
    assert user_can_renew(staff["head"], page.version)
    remind(on=before_end(60))
    assert told() == [(60, "head")]
    staff["head"].email = ""
    staff["head"].save()
    remind(on=before_end(30))
    assert (30, "secretary") in told(), "a head without an address is nobody to tell"


def test_everybody_who_is_told_may_act_and_a_superuser_is_among_them(staff):
    boss = get_user_model().objects.create_superuser("boss", "boss@desk.example", "x")
    version = make_signed(valid_to=END).version
    remind(on=before_end(60))
    for reminder in RenewalReminder.objects.select_related("recipient"):
        assert user_can_renew(reminder.recipient, version)
    assert RenewalReminder.objects.filter(recipient=boss).exists()
    assert not user_can_renew(staff["editor"], version)
    assert not user_can_renew(staff["head"], version)


def test_a_closed_day_is_told_on_the_working_day_before(staff):
    make_signed(valid_to=END)
    open_days = ("saturday", "sunday", "monday", "tuesday", "wednesday")
    WeeklySchedule.objects.create(
        name="هفته", first_day=date(2020, 1, 1), **dict.fromkeys(open_days, "8-14")
    )
    day = before_end(30)
    Holiday.objects.create(day=day, name="تعطیل")
    Holiday.objects.create(day=day - timedelta(days=1), name="تعطیل")
    early = next(each for each in (day - timedelta(days=n) for n in range(2, 9)) if weekdays(each))
    remind(on=early - timedelta(days=1))
    assert {step for step, _name in told()} == {60}
    remind(on=early)
    assert {step for step, _name in told()} == {60, 30}


def test_nothing_is_told_of_what_has_a_signed_successor_or_no_end(staff):
    make_signed(valid_to=END)
    successor = make_signed(valid_from=END + timedelta(days=1), valid_to=date(2028, 3, 1))
    make_signed(key="open", valid_to=None, ending="open")
    make_page(key="unsigned", valid_to=END, live=True)
    half = make_page(key="g2g", g2g=True, parties=[PROVIDER, OTHER_BODY], valid_to=END, live=True)
    sign(half.version, party="provider")
    assert successor.version.number == 2
    assert remind(on=before_end(10)) == 0
    sign(half.version, party="recipient", name="مهر همکار", letter_number="2")
    assert remind(on=before_end(10)) == 2


def test_a_dead_gateway_costs_no_reminder_and_a_failed_one_is_written_nowhere(
    staff, monkeypatch, settings
):
    from desk_core import outbox

    make_signed(valid_to=END)

    def broken(*args, **kwargs):
        raise OSError("no outbox")

    with monkeypatch.context() as patch:
        patch.setattr(outbox, "queue_many", broken)
        with pytest.raises(OSError, match="no outbox"):
            remind(on=before_end(60))
    assert told() == []
    assert remind(on=before_end(60)) == 2


def test_what_the_message_says(staff, settings):
    settings.WAGTAILADMIN_BASE_URL = "https://desk.example"
    page = make_signed(valid_to=END)
    remind(on=before_end(60))
    letters = [write_letter(message) for message in OutgoingMessage.objects.all()]
    assert sorted(letter.recipient for letter in letters) == [
        "admin@desk.example",
        "secretary@desk.example",
    ]
    letter = letters[0]
    assert "۱۴۰۵/۱۲/۲۹" in letter.subject_line
    assert "۶۰" in letter.text
    assert page.version.agreement.title in letter.text
    assert f"https://desk.example/admin/sla/versions/{page.version_id}/successor/" in letter.text
    message = OutgoingMessage.objects.first()
    message.language = "en"
    assert "60 days" in write_letter(message).text


def test_few_queries_however_many_agreements(staff, django_assert_max_num_queries):
    for number in range(5):
        make_signed(key=f"a{number}", valid_to=date(2040, 1, 1))
    with django_assert_max_num_queries(6):
        remind(on=before_end(60))


def test_the_command_sweeps_once_and_says_how_much(staff, capsys, monkeypatch):
    make_signed(valid_to=END)
    monkeypatch.setattr("sla.reminding.today", lambda: before_end(20))
    call_command("sweep_agreements")
    assert capsys.readouterr().out == "reminders: 2, told of an end: 0\n"
    call_command("sweep_agreements")
    assert capsys.readouterr().out == "reminders: 0, told of an end: 0\n"
