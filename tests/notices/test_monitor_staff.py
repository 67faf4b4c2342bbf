"""What people make of proposals: the panel, the list, the draft, dismissing; silence; state."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from desk_core.models import AuditEntry
from desk_core.page_cache.next_change import next_change
from notices import updates
from notices.enums import Impact, Kind, MonitorKind, ProposalState, ServiceState, UpdateState
from notices.models import MonitorSource, NoticePage, Proposal
from notices.monitors import deciding, states
from notices.monitors.alerts import Alert
from notices.monitors.intake import take_in
from notices.overview import overview
from notices.permissions import user_can_decide
from notices.querysets import LAST_WORD_COUNTS
from tests.cms_pages.factories import ServiceFactory, UserFactory, staff_user
from tests.notices.factories import ago, ahead, clock, draft, publish, published
from tests.notices.monitoring import make_source

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

LIST = "/admin/notices/proposal/"
MONITORS = "/admin/notices/monitorsource/"
HOME = reverse("wagtailadmin_home")


@pytest.fixture
def service():
    return ServiceFactory()


@pytest.fixture
def source(service):
    return make_source(service=service, impact=Impact.MAJOR)


def fire(source, fingerprint="f", title="Portal down", at=None, start=None):
    """An alert that fires since an hour ago."""
    said = Alert(fingerprint, title, True, start or ago(hours=1))
    take_in(source=source, alerts=[said], at=at)
    return source.proposals.get(fingerprint=fingerprint, ended_at=None)


def recover(row, at=None):
    said = Alert(row.fingerprint, row.title, False, row.started_at, at or timezone.now())
    take_in(source=row.source, alerts=[said], at=at)
    row.refresh_from_db()


def url_of(row, name="proposal"):
    return reverse(f"notices_admin:{name}", args=[row.pk])


def sign_in(client, role="editor", department=None):
    user = staff_user(role, department)
    client.force_login(user)
    return user


# From a proposal to a notice ---------------------------------------------------------------------


def test_an_editor_writes_a_notice_from_it_and_publishes_it_as_ever(client, index, source):
    editor = sign_in(client)
    row = fire(source)
    home = client.get(HOME).content.decode()
    assert "monitor-proposals" in home
    assert url_of(row, "write_notice") in home
    answer = client.post(url_of(row, "write_notice"))
    page = NoticePage.objects.get()
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.live, page.notice_id, page.kind) == (False, None, Kind.OUTAGE)
    assert (page.impact, page.starts_at) == (Impact.MAJOR, row.started_at)
    assert list(page.affected_services.all()) == [source.service]
    assert source.service.name in page.title
    assert "Portal down" not in page.title + page.message
    row.refresh_from_db()
    assert (row.state, row.page, row.decided_by) == (ProposalState.TAKEN_UP, page, editor)
    assert client.post(url_of(row, "write_notice"))["Location"] == answer["Location"]
    assert NoticePage.objects.count() == 1
    assert client.get(answer["Location"]).status_code == 200
    notice = publish(page, editor).notice
    assert notice.starts_at == row.started_at
    assert "monitor-proposals" not in client.get(HOME).content.decode()
    assert AuditEntry.objects.filter(action="monitor.taken_up", actor_id=editor.pk).count() == 1


def test_when_it_recovers_the_editor_is_asked_and_nothing_resolves_itself(client, index, source):
    editor = sign_in(client)
    row = fire(source)
    notice = publish(deciding.take_up(proposal=row, author=editor), editor).notice
    end = ago(minutes=10).replace(second=0, microsecond=0)
    recover(row, end)
    assert row.state == ProposalState.TAKEN_UP
    notice.refresh_from_db()
    assert notice.ended_at is None
    link = f"{reverse('notices_admin:update', args=[notice.pk])}?from={row.pk}"
    for url in (HOME, LIST, url_of(row)):
        assert link in client.get(url).content.decode(), url
    form = client.get(link).context["form"]
    assert form["state"].value() == UpdateState.RESOLVED
    assert form["ended_at"].value() == timezone.make_naive(end)
    updates.post(notice=notice, state="resolved", text="رفع شد.", author=editor, key="x")
    for url in (HOME, LIST, url_of(row)):
        assert link not in client.get(url).content.decode(), url


@pytest.mark.parametrize("given", ["", "x", "-1", "9" * 40, "٣", "0"])
def test_a_suggestion_that_is_none_leaves_the_form_as_it_is(client, index, given):
    sign_in(client)
    page = published(index, starts_at=ago(hours=2))
    url = f"{reverse('notices_admin:update', args=[page.notice_id])}?from={given}"
    assert client.get(url).context["form"]["state"].value() == UpdateState.INVESTIGATING


def test_it_is_not_said_to_be_over_while_another_alert_of_it_fires(client, index, source):
    editor = sign_in(client)
    first, second = fire(source, "a"), fire(source, "b")
    page = deciding.take_up(proposal=first, author=editor)
    Proposal.objects.filter(pk=second.pk).update(page=page, state=ProposalState.TAKEN_UP)
    publish(page, editor)
    recover(first)
    assert "monitor-proposals" not in client.get(HOME).content.decode()


def test_a_second_alert_is_attached_to_the_notice_that_is_there_and_recovers_with_it(
    client, index, source
):
    editor = sign_in(client)
    first, second = fire(source), fire(source, "g", "Portal slow")
    notice = publish(deciding.take_up(proposal=first, author=editor), editor).notice
    for slug, fields in {
        "elsewhere": {"services": [ServiceFactory()]},
        "news": {"services": [source.service], "kind": Kind.ANNOUNCEMENT},
        "over": {"services": [source.service], "starts_at": ago(hours=2)},
    }.items():
        other = published(index, title=slug, slug=slug, **fields)
        if slug == "over":
            updates.post(notice=other.notice, state="resolved", text="x", author=None, key="x")
    shown = client.get(url_of(second)).context["attachable"]
    assert [each.id for each in shown] == [notice.pk]
    for _click in range(2):
        answer = client.post(url_of(second, "attach_to_notice"), {"notice": notice.pk})
        assert answer["Location"] == url_of(second)
    second.refresh_from_db()
    assert (second.state, second.page.notice, second.decided_by) == ("taken_up", notice, editor)
    assert AuditEntry.objects.filter(action="monitor.attached", actor_id=editor.pk).count() == 1
    assert "monitor-proposals" not in client.get(HOME).content.decode()
    resolve = f"{reverse('notices_admin:update', args=[notice.pk])}?from="
    recover(first, ago(minutes=9))
    assert resolve not in client.get(HOME).content.decode(), "the other one still fires"
    recover(second, ago(minutes=5))
    home = client.get(HOME).content.decode()
    assert home.count(resolve) == 1
    assert f"{resolve}{second.pk}" in home
    assert f"{resolve}{second.pk}" in client.get(url_of(second)).content.decode()


def test_a_proposal_goes_to_no_notice_that_is_not_about_it(client, index, source):
    editor = sign_in(client)
    row = fire(source)
    other = published(index, title="b", slug="b", services=[ServiceFactory()]).notice
    mine = published(index, title="a", slug="a", services=[source.service]).notice
    url = url_of(row, "attach_to_notice")
    for wrong in ("", "x", "1"):
        assert client.post(url, {"notice": wrong}).status_code == 404
    client.post(url, {"notice": other.pk})
    row.refresh_from_db()
    assert (row.state, row.page) == (ProposalState.OPEN, None)
    assert client.get(url).status_code == 405
    deciding.attach(proposal=row, notice=mine.pk, author=editor)
    with pytest.raises(ValidationError):
        deciding.attach(proposal=row, notice=other.pk, author=editor)
    assert deciding.take_up(proposal=row, author=editor).notice == mine


def test_who_attaches_may_decide_and_say_more_of_the_notice(client, index, source):
    row = fire(source)
    whole = published(index, title="a", slug="a").notice
    own = published(index, title="b", slug="b", services=[source.service]).notice
    url = url_of(row, "attach_to_notice")
    for role in ("auditor", "head"):
        sign_in(client, role)
        assert client.post(url, {"notice": own.pk}).status_code in (302, 403, 404)
    row.refresh_from_db()
    assert row.page is None
    head = sign_in(client, "head", source.service.department)
    found = deciding.attachable(proposal=row, author=head, at=timezone.now())
    assert [each.id for each in found] == [own.pk], "the whole desk is no head's"
    client.post(url, {"notice": whole.pk})
    client.post(url, {"notice": own.pk})
    row.refresh_from_db()
    assert row.page.notice == own


def test_an_alert_about_no_service_goes_with_the_whole_desk(client, index):
    editor = sign_in(client)
    row = fire(make_source(service=None))
    published(index, title="a", slug="a", services=[ServiceFactory()])
    whole = published(index, title="b", slug="b").notice
    found = deciding.attachable(proposal=row, author=editor, at=timezone.now())
    assert [each.id for each in found] == [whole.pk]


def test_a_draft_that_was_deleted_can_be_written_again(client, index, source):
    editor = sign_in(client)
    row = fire(source)
    deciding.take_up(proposal=row, author=editor).delete()
    row.refresh_from_db()
    assert url_of(row, "write_notice") in client.get(HOME).content.decode()
    assert deciding.take_up(proposal=row, author=editor).pk


def test_without_a_place_for_notices_nothing_is_written(client, source):
    sign_in(client)
    row = fire(source)
    answer = client.post(url_of(row, "write_notice"), follow=True)
    assert "صفحه" in answer.content.decode() or "page of notices" in answer.content.decode()
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_without_a_service_the_words_of_the_monitor_are_the_title(index):
    row = fire(make_source())
    page = deciding.take_up(proposal=row, author=staff_user("editor"))
    assert (page.title, page.affected_services.count()) == ("Portal down", 0)


# Dismissing --------------------------------------------------------------------------------------


def test_dismissing_needs_a_reason_and_repeats_say_nothing_new(client, index, source):
    editor = sign_in(client)
    row = fire(source)
    assert client.post(url_of(row), {"reason": " "}).status_code == 200
    assert client.post(url_of(row), {"reason": "x" * 5000}).status_code == 200
    assert Proposal.objects.get().state == ProposalState.OPEN
    assert client.post(url_of(row), {"reason": "آزمون بود"}).status_code == 302
    client.post(url_of(row), {"reason": "دلیل دیگر"})
    fire(source, start=row.started_at)
    row.refresh_from_db()
    assert (row.state, row.reason) == (ProposalState.DISMISSED, "آزمون بود")
    assert row.decided_by == editor
    assert "monitor-proposals" not in client.get(HOME).content.decode()
    recover(row)
    assert row.state == ProposalState.DISMISSED
    assert row.ended_at is not None


def test_what_became_a_notice_is_not_dismissed(client, index, source):
    editor = sign_in(client)
    row = fire(source)
    deciding.take_up(proposal=row, author=editor)
    assert client.post(url_of(row), {"reason": "آزمون بود"}).status_code == 200
    assert Proposal.objects.get().state == ProposalState.TAKEN_UP


# Who may -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["officer", "secretariat", "complaints"])
def test_others_see_nothing_of_it(client, index, source, role):
    sign_in(client, role)
    row = fire(source)
    assert "monitor-proposals" not in client.get(HOME).content.decode()
    for url in (LIST, url_of(row), MONITORS, url_of(source, "monitor_token")):
        assert client.get(url).status_code in (302, 403, 404), url
    for url in (url_of(row), url_of(row, "write_notice"), url_of(source, "monitor_token")):
        assert client.post(url, {"reason": "x"}).status_code in (302, 403, 404), url
    row.refresh_from_db()
    assert row.state == ProposalState.OPEN
    assert not NoticePage.objects.exists()


def test_strangers_are_asked_to_log_in(client, source):
    row = fire(source)
    for url in (url_of(row), url_of(source, "monitor_token")):
        assert "/login/" in client.get(url)["Location"]


def test_auditors_read_and_decide_nothing(client, index, source):
    sign_in(client, "auditor")
    row = fire(source)
    shown = client.get(url_of(row)).content.decode()
    assert url_of(row, "write_notice") not in shown
    assert 'name="reason"' not in shown
    assert client.post(url_of(row), {"reason": "x"}).status_code == 302
    assert client.get(MONITORS).status_code == 200
    assert client.get(f"{MONITORS}create/").status_code in (302, 403)
    assert client.get(url_of(source, "monitor_token")).status_code in (302, 403, 404)
    assert Proposal.objects.get().state == ProposalState.OPEN


def test_a_head_decides_about_the_services_of_the_own_department(client, index, source):
    head = sign_in(client, "head", source.service.department)
    mine = fire(source)
    theirs = fire(make_source(service=ServiceFactory()), title="Other")
    nobodys = fire(make_source(), title="None")
    for row, may in ((mine, True), (theirs, False), (nobodys, False)):
        assert user_can_decide(head, row) is may
        assert Proposal.objects.decidable_by(head).filter(pk=row.pk).exists() is may
        client.post(url_of(row, "write_notice"))
        row.refresh_from_db()
        assert (row.state == ProposalState.TAKEN_UP) is may


@pytest.mark.parametrize("path", ["create/", "edit/{}/", "delete/{}/", "history/{}/"])
def test_no_form_of_the_list_changes_a_proposal(client, index, source, path):
    sign_in(client, "administrator")
    row = fire(source)
    assert client.post(LIST + path.format(row.pk), {}).status_code in (302, 403, 404)
    assert Proposal.objects.filter(pk=row.pk, state=ProposalState.OPEN).exists()


# Screens -----------------------------------------------------------------------------------------


def cost(client, url):
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


@pytest.mark.parametrize("url", [HOME, LIST])
def test_more_proposals_cost_no_more_queries(client, index, source, url):
    sign_in(client)
    fire(source, "0")
    few = cost(client, url)
    for number in range(1, 6):
        fire(source, str(number))
    assert cost(client, url) == few


def test_the_list_is_searched_and_filtered(client, index, source):
    sign_in(client)
    fire(source, "a", "Portal down")
    recover(fire(source, "b", "Mail slow"))
    found = client.get(LIST, {"q": "portal"}).context["object_list"]
    assert [row.title for row in found] == ["Portal down"]
    for value, titles in (("firing", ["Portal down"]), ("recovered", ["Mail slow"])):
        found = client.get(LIST, {"alert": value}).context["object_list"]
        assert [row.title for row in found] == titles
    assert client.get(LIST, {"alert": "x"}).status_code == 400
    assert client.get(LIST, {"source__token_digest__startswith": "a"}).status_code == 400


def test_an_administrator_sets_up_a_monitor_and_is_shown_its_token_once(client, service):
    sign_in(client, "administrator")
    assert client.get(f"{MONITORS}create/").status_code == 200
    fields = {
        "name": "نگهبان",
        "kind": "alertmanager",
        "service": service.pk,
        "impact": "major",
        "active": "on",
        "networks": "192.0.2.0/24",
        "expected_status": 200,
        "timeout_seconds": 10,
        "failures_needed": 3,
        "certificate_days": 14,
        "rules-TOTAL_FORMS": 1,
        "rules-INITIAL_FORMS": 0,
        "rules-MIN_NUM_FORMS": 0,
        "rules-MAX_NUM_FORMS": 1000,
        "rules-0-labels": "job=portal",
        "rules-0-service": service.pk,
        "rules-0-impact": "",
        "rules-0-ORDER": 1,
        "rules-0-DELETE": "",
    }
    wrong = fields | {"networks": "everywhere", "rules-0-labels": "job"}
    answer = client.post(f"{MONITORS}create/", wrong)
    assert "networks" in answer.context["form"].errors
    assert answer.context["form"].formsets["rules"].errors[0]
    assert client.post(f"{MONITORS}create/", fields | {"kind": "heartbeat"}).status_code == 200
    probe = fields | {"kind": "probe", "address": "https://user:pw@desk.example/"}
    assert "address" in client.post(f"{MONITORS}create/", probe).context["form"].errors
    assert not MonitorSource.objects.exists()
    answer = client.post(f"{MONITORS}create/", fields)
    made = MonitorSource.objects.get()
    assert made.rules.get().labels == "job=portal"
    assert answer["Location"] == url_of(made, "monitor_token")
    asked = client.get(answer["Location"])
    assert asked.status_code == 200
    assert not MonitorSource.objects.exclude(token_digest="").exists()
    shown = client.post(answer["Location"])
    token = shown.context["token"]
    assert token in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert token not in client.get(answer["Location"]).content.decode()
    assert token not in client.get(f"{MONITORS}edit/{made.pk}/").content.decode()
    made.refresh_from_db()
    assert made.token_digest
    assert made.token_digest not in client.get(f"{MONITORS}edit/{made.pk}/").content.decode()
    assert token not in str(list(AuditEntry.objects.values()))
    assert client.get(MONITORS).status_code == 200


def test_a_monitor_that_has_proposed_something_stays(client, source):
    sign_in(client, "administrator")
    fire(source)
    assert client.post(f"{MONITORS}delete/{source.pk}/").status_code == 200
    assert MonitorSource.objects.filter(pk=source.pk).exists()


def test_an_own_probe_has_no_token(client):
    sign_in(client, "administrator")
    probe = make_source(MonitorKind.PROBE)
    assert client.get(url_of(probe, "monitor_token")).status_code == 404
    form = client.get(f"{MONITORS}edit/{probe.pk}/").content.decode()
    assert 'name="address"' in form
    assert 'name="networks"' not in form


# Announced maintenance ---------------------------------------------------------------------------


def window(index, services, **fields):
    given = {"kind": Kind.MAINTENANCE, "starts_at": ago(minutes=30), "expected_end": ahead(hours=1)}
    return published(index, title="نگهداری", services=services, **(given | fields)).notice


def test_announced_maintenance_keeps_alerts_silent_until_it_is_over(client, index, source):
    sign_in(client)
    notice = window(index, [source.service])
    row = fire(source, start=ago(minutes=5))
    assert row.silenced_by == notice
    assert not Proposal.objects.waiting(timezone.now()).exists()
    assert row.title not in client.get(HOME).content.decode()
    found = client.get(LIST, {"alert": "silenced"}).context["object_list"]
    assert list(found) == [row]
    assert list(Proposal.objects.waiting(notice.expected_end)) == [row]
    with clock(notice.expected_end + timedelta(seconds=1)):
        assert row.title in client.get(HOME).content.decode()
        assert not client.get(LIST, {"alert": "silenced"}).context["object_list"]


def test_an_extended_window_keeps_silent_for_longer_and_a_withdrawn_one_does_not(index, source):
    notice = window(index, [source.service])
    first_end = notice.expected_end
    row = fire(source, start=ago(minutes=5))
    updates.post(
        notice=notice,
        state="in_progress",
        text="دیرتر",
        author=None,
        key="k",
        expected_end=ahead(hours=5),
        alone_because="کسی نبود.",
    )
    assert not Proposal.objects.waiting(first_end).exists()
    NoticePage.objects.get().unpublish()
    assert list(Proposal.objects.waiting(first_end)) == [row]


def test_what_recovers_within_the_window_was_never_a_proposal(index, source):
    notice = window(index, [source.service])
    row = fire(source, start=ago(minutes=5))
    recover(row)
    assert row.silenced_by == notice
    assert not Proposal.objects.waiting(notice.expected_end).exists()


def test_a_fault_from_before_the_window_is_not_silenced_by_it(index, source):
    row = fire(source)
    window(index, [source.service])
    fire(source, start=row.started_at)
    assert list(Proposal.objects.waiting(timezone.now())) == [row]


@pytest.mark.parametrize(
    ("make", "silent"),
    [
        (lambda index, mine: window(index, []), True),
        (lambda index, mine: window(index, [ServiceFactory()]), False),
        (lambda index, mine: window(index, [mine], impact=Impact.NONE), False),
        (lambda index, mine: window(index, [mine], starts_at=ahead(minutes=5)), False),
        (lambda index, mine: window(index, [mine], kind=Kind.OUTAGE), False),
        (
            lambda index, mine: draft(
                index,
                services=[mine],
                kind=Kind.MAINTENANCE,
                starts_at=ago(minutes=30),
                expected_end=ahead(hours=1),
            ),
            False,
        ),
    ],
)
def test_which_windows_silence(index, source, make, silent):
    make(index, source.service)
    row = fire(source, start=ago(minutes=5))
    assert (row.silenced_by is not None) is silent
    assert Proposal.objects.waiting(timezone.now()).exists() is not silent


def test_an_alert_about_no_service_is_silenced_by_maintenance_of_the_whole_desk_alone(index):
    source = make_source()
    window(index, [ServiceFactory()])
    assert fire(source, "a").silenced_by is None
    window(index, [], slug="whole")
    assert fire(source, "b").silenced_by is not None


# The state of the service by rule ----------------------------------------------------------------


def state_of(service, at=None):
    lines = overview(at or timezone.now()).lines
    return next(line for line in lines if line.service == service)


def shown_everywhere(client, service):
    """Whether the public pages say that something is out of order."""
    urls = ["/status/", f"/status/services/{service.key}/", "/"]
    return {
        "status-line-ok" not in text and "status-strip-ok" not in text
        for text in (client.get(url).content.decode() for url in urls)
    }


def test_by_rule_an_alert_is_the_state_of_the_service_and_no_notice(client, index, service):
    source = make_source(service=service, impact=Impact.MAJOR, sets_state=True)
    assert shown_everywhere(client, service) == {False}
    row = fire(source, title="Portal down")
    line = state_of(service)
    assert (line.state, line.because) == (ServiceState.MAJOR, [])
    assert (line.observed.since, line.tone) == (row.started_at, "major")
    assert shown_everywhere(client, service) == {True}
    text = client.get("/en/status/").content.decode()
    assert "Observed automatically" in text
    assert "Portal down" not in text
    assert not NoticePage.objects.exists()
    recover(row)
    assert state_of(service).state == ServiceState.OPERATIONAL
    assert shown_everywhere(client, service) == {False}


def without_rule(source, row, index):
    MonitorSource.objects.update(sets_state=False)


def switched_off(source, row, index):
    MonitorSource.objects.update(active=False)


def dismissed(source, row, index):
    deciding.dismiss(proposal=row, reason="آزمون", author=UserFactory())


def not_heard_of(source, row, index):
    Proposal.objects.update(last_seen_at=ago(hours=24, seconds=1))


def without_effect(source, row, index):
    Proposal.objects.update(impact=Impact.NONE)


def silenced(source, row, index):
    Proposal.objects.update(silenced_by=window(index, [ServiceFactory()]))


@pytest.mark.parametrize(
    "deed", [without_rule, switched_off, dismissed, not_heard_of, without_effect, silenced]
)
def test_what_ends_the_state_by_rule(client, index, service, deed):
    source = make_source(service=service, sets_state=True)
    row = fire(source)
    assert state_of(service).state == ServiceState.PARTIAL
    deed(source, row, index)
    assert state_of(service).observed is None


def test_a_published_notice_speaks_for_its_alert(client, index, service):
    source = make_source(service=service, impact=Impact.MAJOR, sets_state=True)
    editor = staff_user("editor")
    page = deciding.take_up(proposal=fire(source), author=editor)
    assert state_of(service).observed is not None
    publish(page, editor)
    line = state_of(service)
    assert (line.observed, line.state) == (None, ServiceState.MAJOR)
    assert [each.page for each in line.because] == [page]


def test_the_worst_alert_counts_and_pages_are_made_again_when_its_word_is_too_old(index, service):
    source = make_source(service=service, impact=Impact.DEGRADED, sets_state=True)
    worse = make_source(service=service, impact=Impact.MAJOR, sets_state=True)
    fire(source, "a", start=ago(hours=3))
    fire(worse, "b", start=ago(hours=2))
    first = fire(worse, "c", start=ago(hours=4))
    now = timezone.now()
    found = states.observed(now)[service.pk]
    assert (found.state, found.since) == (ServiceState.MAJOR, first.started_at)
    oldest = min(Proposal.objects.values_list("last_seen_at", flat=True))
    assert next_change(now) <= oldest + LAST_WORD_COUNTS


def test_pages_kept_whole_are_dropped_when_the_state_changes(
    client, index, service, settings, django_capture_on_commit_callbacks
):
    settings.DESK_PAGE_CACHE = True
    source = make_source(service=service, sets_state=True)
    assert client.get("/status/")["X-Desk-Cache"] == "miss"
    with django_capture_on_commit_callbacks(execute=True):
        row = fire(source)
    assert "observed" in client.get("/en/status/").content.decode().lower()
    with django_capture_on_commit_callbacks(execute=True):
        recover(row)
    assert "Observed" not in client.get("/en/status/").content.decode()
