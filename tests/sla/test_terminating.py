"""Ending an agreement: two people, told beneficiaries, and the backup first (R38)."""

import html
from datetime import timedelta
from hashlib import sha256
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from cms_pages.enums import Role
from cms_pages.models import Membership
from desk_core.backup import BackupError, records
from desk_core.backup.shelf import MANIFEST
from desk_core.locks import UNDER_WAY
from desk_core.models import AuditEntry, Backup
from persian.jalali import format_date
from sla import agreements, beneficiaries, telling, terminating
from sla.enums import State
from sla.models import AgreementVersion, Termination
from sla.sequence import said_of_end
from sla.showing import state_sentence
from sla.state import state_on, today
from sla.terminating import TerminationRefused
from tests.sla.factories import make_page, make_signed

pytestmark = pytest.mark.django_db
PART = "database-0001-x.ndjson.age"
REASON = "سازمان در سازمانی دیگر ادغام شد."


@pytest.fixture(autouse=True)
def changes(monkeypatch):
    """When the last case under a version changed; nobody to tell but in tests of their own."""
    last = {}
    monkeypatch.setattr(beneficiaries, "_tellers", [lambda termination: 3])
    monkeypatch.setattr(beneficiaries, "_last_changes", [lambda version: last.get("at")])
    return last


@pytest.fixture
def people(django_user_model):
    made = []
    for name in ("first", "second"):
        user = django_user_model.objects.create_user(name, f"{name}@desk.example", "x" * 12)
        Membership.objects.create(user=user, role=Role.ADMINISTRATOR)
        made.append(user)
    return made


@pytest.fixture
def version(db):
    page = make_signed(valid_from=today() - timedelta(days=30), valid_to=None, ending="open")
    return page.version


def announced(version, actor, **values):
    given = {
        "reason": REASON,
        "ends_on": today() + timedelta(days=1),
        "readable_until": today() + timedelta(days=400),
        **values,
    }
    made = terminating.announce(version=version, actor=actor, **given)
    telling.of_announced(termination_id=made.pk)
    made.refresh_from_db()
    return made


def days_later(monkeypatch, days):
    now = timezone.now() + timedelta(days=days)
    monkeypatch.setattr(timezone, "now", lambda: now)


def state_of(version):
    row = AgreementVersion.objects.with_facts().get(pk=version.pk)
    return state_on(row.facts(), today())


def backup(**values):
    """A row of a backup, with a manifest and a part where backups lie."""
    now = timezone.now()
    given = {
        "name": f"backup-{uuid4()}",
        "started_at": now,
        "finished_at": now,
        "covers_until": now + UNDER_WAY + timedelta(seconds=1),
        "manifest_sha256": sha256(b"x").hexdigest(),
        "verified_at": now,
        "parts": [{"name": PART, "size": 3, "sha256": sha256(b"abc").hexdigest()}],
        **values,
    }
    storages["backups"].save(f"{given['name']}/{MANIFEST}", ContentFile(b"x"))
    storages["backups"].save(f"{given['name']}/{PART}", ContentFile(b"abc"))
    return Backup.objects.create(**given)


def test_the_whole_way_ends_the_agreement_and_is_written_down(
    version, people, changes, monkeypatch
):
    first, second = people
    made = announced(version, first)
    assert made.told_count == 3
    assert state_of(version) == State.IN_FORCE
    terminating.confirm(termination=made, actor=second)
    assert state_of(version) == State.IN_FORCE
    days_later(monkeypatch, 1)
    assert state_of(version) == State.ENDING
    changes["at"] = timezone.now()
    kept = backup()
    done = terminating.finish(termination=made, actor=first)
    assert done.backup == kept
    assert state_of(version) == State.TERMINATED
    steps = AuditEntry.objects.filter(action__startswith="agreement.termination_")
    assert [entry.action.rpartition("_")[2] for entry in steps.order_by("at", "pk")] == [
        "announced",
        "confirmed",
        "finished",
    ]


def test_one_person_alone_ends_nothing(version, people):
    made = announced(version, people[0])
    with pytest.raises(TerminationRefused):
        terminating.confirm(termination=made, actor=people[0])
    with pytest.raises(IntegrityError), transaction.atomic():
        Termination.objects.filter(pk=made.pk).update(confirmed_by=people[0])


@pytest.mark.parametrize(
    "missing",
    ["announced_by", "confirmed_by", "confirmed_at", "ending_from", "finished_by", "backup"],
)
def test_the_table_takes_no_end_that_is_not_whole(version, people, monkeypatch, missing):
    """Two people, both days and a backup; nothing but such a row says that it is terminated."""
    first, second = people
    made = announced(version, first)
    terminating.confirm(termination=made, actor=second)
    whole = {"finished_at": timezone.now(), "finished_by": first, "backup": backup()}
    rows = Termination.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(**whole | {missing: None})
    assert state_of(version) == State.IN_FORCE
    assert rows.update(**whole) == 1
    assert state_of(version) == State.TERMINATED


def test_the_table_takes_no_finish_without_the_second_person(version, people):
    made = announced(version, people[0])
    rows = Termination.objects.filter(pk=made.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(
            finished_at=timezone.now(), finished_by=people[0], backup=backup(), ending_from=today()
        )
    assert rows.get().finished_on is None


def test_nothing_is_confirmed_before_the_people_concerned_are_told(version, people):
    made = terminating.announce(
        version=version,
        reason=REASON,
        ends_on=today() + timedelta(days=1),
        readable_until=today() + timedelta(days=9),
        actor=people[0],
    )
    with pytest.raises(TerminationRefused):
        terminating.confirm(termination=made, actor=people[1])
    assert telling.whoever_waits() == 3
    assert telling.of_announced(termination_id=made.pk) == 0
    assert terminating.confirm(termination=made, actor=people[1]).confirmed_at


def everywhere(client, version):
    """What the page, the card of the home page, and both APIs say of a version."""
    page = version.pages.get()
    api = client.get(f"/api/desk/v1/agreements/{version.agreement.key}/versions/1").json()
    content = client.get(f"/api/v2/pages/{page.pk}/").json()
    assert content["validity"]["announced_end"] == api["announced_end"]
    shown = page.shown
    assert shown.sentence in html.unescape(client.get(page.url).content.decode())
    return shown.sentence, api["announced_end"]


@pytest.mark.parametrize(
    ("language", "words"), [("fa", "اعلام شده"), ("en", "is certain only once it is confirmed")]
)
def test_an_end_that_is_announced_is_said_with_its_day_and_that_it_is_not_certain(
    client, people, language, words
):
    last = today() + timedelta(days=300)
    version = make_signed(valid_from=today() - timedelta(days=30), valid_to=last).version
    made = announced(version, people[0])
    day = today() + timedelta(days=1)
    with override(language):
        facts = AgreementVersion.objects.with_facts().get(pk=version.pk).facts()
        said = state_sentence(State.IN_FORCE, facts, today())
        assert words in said
        assert format_date(day, "long") in said
        assert format_date(last, "long") in said
    said, in_api = everywhere(client, version)
    assert "اعلام شده" in said
    assert in_api == {"on": day.isoformat(), "confirmed": False}
    terminating.confirm(termination=made, actor=people[1])
    said, in_api = everywhere(client, version)
    assert "اعلام شده" not in said
    assert in_api == {"on": day.isoformat(), "confirmed": True}
    terminating.call_off(termination=made, actor=people[1])
    assert everywhere(client, version)[1] is None


def test_an_end_whose_day_passed_without_a_confirmation_is_no_end(client, version, people):
    announced(version, people[0])
    facts = AgreementVersion.objects.with_facts().get(pk=version.pk).facts()
    later = today() + timedelta(days=1)
    with override("en"):
        assert "not confirmed, so it holds" in state_sentence(State.IN_FORCE, facts, later)
    assert state_on(facts, later) == State.IN_FORCE


def test_the_foot_says_the_last_day_before_a_confirmed_end(client, people, monkeypatch):
    last = today() + timedelta(days=300)
    version = make_signed(valid_from=today() - timedelta(days=30), valid_to=last).version
    made = announced(version, people[0], ends_on=today() + timedelta(days=3))

    def foot():
        body = client.get(version.pages.get().url).content.decode()
        return body[body.index("foot-agreement") :].partition("</p>")[0]

    assert format_date(last) in foot()
    terminating.confirm(termination=made, actor=people[1])
    assert format_date(today() + timedelta(days=2)) in foot()
    days_later(monkeypatch, 3)
    assert format_date(last) not in foot()


def test_once_its_end_is_confirmed_the_sentence_says_the_day(version, people):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    facts = AgreementVersion.objects.with_facts().get(pk=version.pk).facts()
    said = state_sentence(state_on(facts, today()), facts, today())
    assert format_date(today() + timedelta(days=1), "long") in said


def test_a_last_day_before_the_announced_end_is_what_the_sentence_says(people):
    last = today() + timedelta(days=5)
    page = make_signed(valid_from=today() - timedelta(days=30), valid_to=last)
    made = announced(page.version, people[0], ends_on=today() + timedelta(days=10))
    terminating.confirm(termination=made, actor=people[1])
    facts = AgreementVersion.objects.with_facts().get(pk=page.version_id).facts()
    said = state_sentence(state_on(facts, today()), facts, today())
    assert format_date(last, "long") in said


def test_the_days_are_typed_with_a_calendar(client, version, people):
    client.force_login(people[0])
    body = client.get(reverse("sla_admin:termination", args=[version.pk])).content.decode()
    assert "persian/jalali.js" in body
    assert "persian/jalali.css" in body


def test_while_it_is_ending_nothing_new_is_registered_under_it(version, people, monkeypatch):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    assert agreements.in_force() == version
    days_later(monkeypatch, 1)
    assert agreements.in_force() is None
    assert agreements.latest_expired() == version


@pytest.mark.parametrize(
    ("kept", "changed"),
    [
        ({}, None),
        ({"verified_at": None}, 0),
        ({"finished_at": None}, 0),
        ({"covers_until": -2}, 0),
        ({"covers_until": UNDER_WAY.seconds - 1}, 0),
        ({"covers_until": -60 * 60 * 48}, None),
    ],
    ids=[
        "none",
        "unverified",
        "unfinished",
        "older than a case",
        "while a change may have been under way",
        "older than the confirmation",
    ],
)
def test_without_a_verified_backup_younger_than_the_last_change_it_is_refused(
    version, people, changes, monkeypatch, kept, changed
):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    now = timezone.now()
    if changed is not None:
        changes["at"] = now
    if kept:
        if isinstance(kept.get("covers_until"), int):
            kept = {"covers_until": now + timedelta(seconds=kept["covers_until"])}
        backup(**kept)
    with pytest.raises(TerminationRefused) as refused:
        terminating.finish(termination=made, actor=people[0])
    assert str(refused.value) == terminating.backup_problem(version)
    assert state_of(version) == State.ENDING


def test_a_case_that_changed_after_the_backup_asks_for_another_one(
    version, people, changes, monkeypatch
):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    changes["at"] = timezone.now()
    kept = backup()
    assert terminating.covering_backup(version) == kept
    changes["at"] = kept.covers_until
    assert terminating.covering_backup(version) is None


@pytest.mark.parametrize("name", [MANIFEST, PART])
@pytest.mark.parametrize("left", [b"", b"another"], ids=["gone", "another"])
def test_a_backup_that_lost_a_file_since_does_not_count(version, people, monkeypatch, name, left):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    kept = backup()
    storages["backups"].delete(f"{kept.name}/{name}")
    if left:
        storages["backups"].save(f"{kept.name}/{name}", ContentFile(left))
    with pytest.raises(TerminationRefused, match=name):
        terminating.finish(termination=made, actor=people[0])
    assert state_of(version) == State.ENDING
    older = backup(covers_until=kept.covers_until - timedelta(milliseconds=1))
    assert terminating.finish(termination=made, actor=people[0]).backup == older


def test_a_backup_whose_parts_nobody_wrote_down_does_not_count(version, people, monkeypatch):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    backup(parts=[])
    with pytest.raises(TerminationRefused):
        terminating.finish(termination=made, actor=people[0])


def test_a_case_that_changes_while_the_storage_answers_is_noticed(
    version, people, changes, monkeypatch
):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    kept = backup()

    def slowly(version, **how):
        changes["at"] = kept.covers_until
        return kept

    monkeypatch.setattr(terminating, "covering_backup", slowly)
    with pytest.raises(TerminationRefused, match="هم‌اکنون"):
        terminating.finish(termination=made, actor=people[0])
    assert state_of(version) == State.ENDING


def test_the_backup_that_an_agreement_ended_on_is_not_forgotten_for_another_of_its_name(
    version, people, monkeypatch
):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    kept = backup()
    terminating.finish(termination=made, actor=people[0])
    with pytest.raises(BackupError, match="another name"), transaction.atomic():
        records.begun(kept.name)
    assert Backup.objects.get().verified_at == kept.verified_at


def test_it_is_not_finished_before_its_day(version, people):
    made = announced(version, people[0])
    backup()
    for _confirmed in (False, True):
        with pytest.raises(TerminationRefused):
            terminating.finish(termination=made, actor=people[1])
        made = terminating.confirm(termination=made, actor=people[1])


def test_each_step_can_be_repeated(version, people, monkeypatch):
    made = announced(version, people[0])
    assert announced(version, people[0]) == made
    with pytest.raises(TerminationRefused):
        announced(version, people[1], reason="دلیلی دیگر برای پایان.")
    terminating.confirm(termination=made, actor=people[1])
    terminating.confirm(termination=made, actor=people[0])
    days_later(monkeypatch, 1)
    backup()
    terminating.finish(termination=made, actor=people[0])
    terminating.finish(termination=made, actor=people[0])
    assert AuditEntry.objects.filter(action="agreement.termination_finished").count() == 1


def test_called_off_it_holds_as_before(version, people, monkeypatch):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    terminating.call_off(termination=made, actor=people[1])
    terminating.call_off(termination=made, actor=people[1])
    days_later(monkeypatch, 2)
    assert state_of(version) == State.IN_FORCE
    with pytest.raises(TerminationRefused):
        terminating.confirm(termination=made, actor=people[1])


def test_what_is_terminated_cannot_be_taken_back(version, people, monkeypatch):
    made = announced(version, people[0])
    terminating.confirm(termination=made, actor=people[1])
    days_later(monkeypatch, 1)
    backup()
    terminating.finish(termination=made, actor=people[1])
    with pytest.raises(TerminationRefused):
        terminating.call_off(termination=made, actor=people[0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "کوتاه"),
        ("reason", "x" * 1001),
        ("reason", "با نویسهٔ \x00 پنهان و دراز"),
        ("ends_on", 0),
        ("readable_until", 0),
    ],
)
def test_a_bad_announcement_is_refused_at_its_field(version, people, field, value):
    if value == 0:
        value = today()
    with pytest.raises(ValidationError) as refused:
        announced(version, people[0], **{field: value})
    assert set(refused.value.message_dict) == {field}
    assert not Termination.objects.exists()


def test_a_draft_and_an_agreement_of_two_organisations_are_not_ended_this_way(people):
    draft = make_page(key="draft", live=True).version
    with pytest.raises(TerminationRefused):
        announced(draft, people[0])


def test_who_may_not_ends_nothing(version, people, django_user_model):
    editor = django_user_model.objects.create_user("editor", "e@desk.example", "x" * 12)
    Membership.objects.create(user=editor, role=Role.EDITOR)
    made = announced(version, people[0])
    for verb in (terminating.confirm, terminating.finish, terminating.call_off):
        with pytest.raises(TerminationRefused):
            verb(termination=made, actor=editor)
    with pytest.raises(TerminationRefused):
        announced(version, editor)


class TestScreen:
    """The procedure in the admin, by two people."""

    def post(self, client, user, version, **data):
        client.force_login(user)
        address = reverse("sla_admin:termination", args=[version.pk])
        return client.post(address, data, follow=True)

    def test_two_people_walk_through_it(self, client, version, people, monkeypatch):
        first, second = people
        from persian.jalali import format_date

        tomorrow = format_date(today() + timedelta(days=1))
        bad = self.post(client, first, version, step="announce", reason="کم", ends_on="x")
        assert bad.status_code == 422
        for name in ("reason", "ends_on", "readable_until"):
            assert (
                f'id="id_{name}-error"' in bad.content.decode() or bad.context["form"][name].errors
            )
        self.post(
            client,
            first,
            version,
            step="announce",
            reason=REASON,
            ends_on=tomorrow,
            readable_until=tomorrow,
        )
        made = Termination.objects.get()
        telling.of_announced(termination_id=made.pk)
        self.post(client, first, version, step="confirm")
        made.refresh_from_db()
        assert made.confirmed_at is None
        self.post(client, second, version, step="confirm")
        days_later(monkeypatch, 1)
        page = self.post(client, second, version, step="finish")
        assert terminating.backup_problem(version) in page.content.decode()
        backup()
        self.post(client, second, version, step="finish")
        made.refresh_from_db()
        assert made.finished_at
        assert "manage.py" not in self.post(client, second, version).content.decode()

    def test_others_do_not_open_it(self, client, version, django_user_model):
        editor = django_user_model.objects.create_user("editor", "e@desk.example", "x" * 12)
        Membership.objects.create(user=editor, role=Role.EDITOR)
        response = self.post(client, editor, version, step="announce")
        assert response.status_code in {302, 403} or response.redirect_chain
        assert not Termination.objects.exists()


def test_the_screen_speaks_the_readers_language_and_says_when_nobody_was_told(
    client, version, people
):
    announced(version, people[0])
    client.force_login(people[0])
    address = reverse("sla_admin:termination", args=[version.pk])
    Termination.objects.update(told_at=timezone.now(), told_count=0)
    body = client.get(address).content.decode()
    assert "کسی نبود که پیامی برایش فرستاده شود" in body
    assert f"<bdi>{REASON}</bdi>" in body
    Termination.objects.update(told_count=12)
    assert "۱۲ پیام" in client.get(address).content.decode()


@pytest.mark.parametrize("days", [3, 9, None])
def test_days_without_an_agreement_are_said_to_whoever_ends_one(client, version, people, days):
    if days is not None:
        make_signed(
            key=version.agreement.key,
            valid_to=None,
            valid_from=today() + timedelta(days=days),
            ending="open",
        )
    ends = today() + timedelta(days=3)
    said = said_of_end(version, ends)
    assert len(said) == (days != 3), "the successor begins on the very day, later, or never"
    client.force_login(people[0])
    address = reverse("sla_admin:termination", args=[version.pk])
    sent = {"step": "announce", "reason": REASON, "ends_on": format_date(ends)}
    sent["readable_until"] = format_date(ends)
    page = client.post(address, sent, follow=True)
    with override("fa"):
        warned = [str(m).strip() for m in page.context["messages"] if m.level_tag == "warning"]
        assert warned == said_of_end(version, ends)
        assert all(sentence in client.get(address).content.decode() for sentence in warned)
        if days:
            assert all(format_date(today() + timedelta(days=days - 1)) in one for one in warned)


def test_readers_are_told_on_its_page(client, version, people):
    announced(version, people[0])
    page = version.pages.get()
    assert REASON in client.get(page.url).content.decode()
