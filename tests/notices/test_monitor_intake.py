"""Alerts of every product: one proposal each, however often and in whatever order they come."""

import base64
import itertools
import json
import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from desk_core import throttles
from notices.enums import Impact, MonitorKind, ProposalState
from notices.models import MonitorRule, MonitorSource, Proposal
from notices.monitors import sources, views
from notices.monitors.alerts import Alert, plain
from notices.monitors.intake import take_in
from notices.monitors.payloads import READERS, alertmanager
from tests.cms_pages.factories import ServiceFactory, UserFactory
from tests.notices import monitoring
from tests.notices.factories import clock
from tests.notices.monitoring import INTAKE, NOW, alert, make_source, post

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)
DOWN, UP = NOW - HOUR, NOW - timedelta(minutes=10)


@pytest.fixture(autouse=True)
def _now():
    with clock(NOW):
        yield


def messages(kind):
    """What a product posts when something breaks, repeats, and is in order again."""
    if kind == MonitorKind.UPTIME_KUMA:
        again = DOWN + timedelta(minutes=20)
        return (
            monitoring.uptime_kuma(0, DOWN),
            monitoring.uptime_kuma(0, again),
            monitoring.uptime_kuma(1, UP, last_down=DOWN),
        )
    if kind == MonitorKind.GOOGLE_CLOUD:
        fires = monitoring.google_cloud(started=DOWN)
        return fires, fires, monitoring.google_cloud(started=DOWN, ended=UP)
    of = {
        MonitorKind.ALERTMANAGER: monitoring.alertmanager,
        MonitorKind.GRAFANA: monitoring.grafana,
    }
    fires = of[kind](alert(start=DOWN))
    return fires, fires, of[kind](alert(start=DOWN, ended=UP))


@pytest.mark.parametrize("kind", list(READERS))
def test_a_fault_is_one_proposal_and_its_recovery_closes_it(client, kind):
    source = make_source(kind, service=ServiceFactory(), impact=Impact.MAJOR)
    fires, again, recovers = messages(kind)
    assert post(client, source, fires).json() == {"opened": 1, "closed": 0}
    assert post(client, source, again).json() == {"opened": 0, "closed": 0}
    row = Proposal.objects.get()
    assert (row.state, row.started_at, row.ended_at) == (ProposalState.OPEN, DOWN, None)
    assert (row.service, row.impact, row.source) == (source.service, Impact.MAJOR, source)
    assert row.title
    assert post(client, source, recovers).json() == {"opened": 0, "closed": 1}
    assert post(client, source, recovers).json() == {"opened": 0, "closed": 0}
    row = Proposal.objects.get()
    assert (row.state, row.started_at, row.ended_at) == (ProposalState.RECOVERED, DOWN, UP)


@pytest.mark.parametrize("kind", list(READERS))
def test_out_of_order_and_repeated_it_is_still_one(client, kind):
    fires, again, recovers = messages(kind)
    for order in itertools.permutations((fires, again, recovers)):
        source = make_source(kind)
        for message in (*order, *order):
            assert post(client, source, message).status_code == 200
        row = source.proposals.get()
        assert (row.state, row.started_at, row.ended_at) == (ProposalState.RECOVERED, DOWN, UP)


def test_an_older_uptime_kuma_does_not_say_when_it_went_down(client):
    down, again, _up = messages(MonitorKind.UPTIME_KUMA)
    for order in itertools.permutations((down, again, monitoring.uptime_kuma(1, UP))):
        source = make_source(MonitorKind.UPTIME_KUMA)
        for message in order:
            post(client, source, message)
        row = source.proposals.get()
        assert (row.started_at, row.ended_at) == (DOWN, UP)


@pytest.mark.parametrize("kind", list(READERS))
def test_a_new_fault_after_the_recovery_is_a_new_proposal(client, kind):
    source = make_source(kind)
    for message in messages(kind):
        post(client, source, message)
    later = NOW - timedelta(minutes=5)
    new = {
        MonitorKind.UPTIME_KUMA: monitoring.uptime_kuma(0, later),
        MonitorKind.GOOGLE_CLOUD: monitoring.google_cloud(started=later, incident_id="0.other"),
        MonitorKind.GRAFANA: monitoring.grafana(alert(start=later)),
        MonitorKind.ALERTMANAGER: monitoring.alertmanager(alert(start=later)),
    }[kind]
    assert post(client, source, new).json() == {"opened": 1, "closed": 0}
    assert [row.started_at for row in Proposal.objects.all()] == [later, DOWN]


@given(
    order=st.permutations(range(6)).flatmap(
        lambda order: st.lists(st.sampled_from(order), min_size=0, max_size=4).map(
            lambda extra: [*order, *extra]
        )
    )
)
@example(order=[3, 0, 2, 1, 5, 4])
@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_two_episodes_in_any_order_stay_two_and_end_when_they_ended(order):
    ends = [NOW - 3 * HOUR, NOW - HOUR]
    starts = [NOW - 4 * HOUR, NOW - 2 * HOUR]
    said = [
        Alert("f", "t", firing, starts[n], None if firing else ends[n])
        for n in (0, 1)
        for firing in (True, True, False)
    ]
    source = make_source()
    for place in order:
        take_in(source=source, alerts=[said[place]], at=NOW)
    rows = list(source.proposals.order_by("started_at"))
    assert [row.started_at for row in rows] == starts
    assert [row.ended_at for row in rows] == ends
    assert {row.state for row in rows} == {ProposalState.RECOVERED}


def test_a_fault_whose_recovery_was_lost_is_over_when_the_next_begins():
    source = make_source()
    for start in (NOW - 3 * HOUR, NOW - HOUR):
        take_in(source=source, alerts=[Alert("f", "t", True, start)], at=NOW)
    first, second = source.proposals.order_by("started_at")
    assert (first.state, first.ended_at) == (ProposalState.RECOVERED, second.started_at)
    assert second.state == ProposalState.OPEN
    take_in(source=source, alerts=[Alert("f", "t", True, NOW - 2 * HOUR)], at=NOW)
    assert source.proposals.count() == 2


def test_alerts_of_a_group_speak_for_themselves(client):
    source = make_source()
    first, second = alert(fingerprint="a" * 16), alert(fingerprint="b" * 16)
    post(client, source, monitoring.alertmanager(first, second))
    over = alert(fingerprint="a" * 16, ended=UP)
    # One is over, the other was cut off: that is no recovery.
    post(client, source, monitoring.alertmanager(over, status="firing", truncatedAlerts=1))
    states = dict(Proposal.objects.values_list("fingerprint", "state"))
    assert states == {"a" * 16: ProposalState.RECOVERED, "b" * 16: ProposalState.OPEN}


def test_old_alerts_without_a_fingerprint_are_known_by_their_labels(client):
    source = make_source()
    row = alert()
    del row["fingerprint"]
    for _again in range(2):
        assert post(client, source, monitoring.alertmanager(row)).status_code == 200
    other = alert(instance="other")
    del other["fingerprint"]
    post(client, source, monitoring.alertmanager(other))
    assert Proposal.objects.count() == 2


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (MonitorKind.UPTIME_KUMA, monitoring.KUMA_TEST),
        (MonitorKind.UPTIME_KUMA, monitoring.uptime_kuma(2, NOW)),
        (MonitorKind.UPTIME_KUMA, monitoring.uptime_kuma(3, NOW)),
        (MonitorKind.GOOGLE_CLOUD, monitoring.GOOGLE_TEST),
    ],
)
def test_test_messages_and_mere_news_propose_nothing(client, kind, payload):
    source = make_source(kind)
    assert post(client, source, payload).status_code == 200
    assert not Proposal.objects.exists()
    source.refresh_from_db()
    assert source.last_seen_at == NOW


def test_a_rule_says_which_service_and_impact_its_labels_mean(client):
    own, other = ServiceFactory(), ServiceFactory()
    source = make_source(service=own, impact=Impact.DEGRADED)
    rules = [
        MonitorRule(labels="job=none", service=other),
        MonitorRule(labels="job=black*, severity=critical", service=other, impact=Impact.MAJOR),
        MonitorRule(labels="job=black*", impact=Impact.NONE),
    ]
    for place, rule in enumerate(rules):
        rule.source, rule.sort_order = source, place
        rule.save()
    both = [alert(fingerprint="1"), alert(fingerprint="2", severity="warning")]
    both.append(alert(fingerprint="3", job="[x]"))
    post(client, source, monitoring.alertmanager(*both))
    found = Proposal.objects.order_by("fingerprint").values_list("service", "impact")
    assert list(found) == [
        (other.pk, Impact.MAJOR),
        (own.pk, Impact.NONE),
        (own.pk, Impact.DEGRADED),
    ]


@pytest.mark.parametrize(
    ("kind", "label"),
    [
        (MonitorKind.UPTIME_KUMA, "hostname: portal.example"),
        (MonitorKind.UPTIME_KUMA, "unit: roads"),
        (MonitorKind.GOOGLE_CLOUD, "resource.host: portal.example"),
        (MonitorKind.GOOGLE_CLOUD, "team: desk"),
        (MonitorKind.GRAFANA, "job: blackbox"),
    ],
)
def test_what_is_kept_holds_labels_and_no_secrets(client, kind, label):
    source = make_source(kind)
    post(client, source, messages(kind)[0])
    kept = Proposal.objects.get().details
    assert label in kept
    assert "geheim" not in kept
    assert "key=abc" not in kept


def test_labels_that_sound_like_secrets_are_not_kept(client):
    row = alert(api_key="geheim", Authorization="geheim", db_password="geheim")
    row["annotations"]["description"] = "Authorization: Bearer geheim"
    post(client, make_source(), monitoring.alertmanager(row))
    assert "geheim" not in str(Proposal.objects.values().get())


@pytest.mark.parametrize(
    "text", ["a\x00b", "a\u202eb", "a\ud800b", "<script>alert(1)</script>", "x" * 100_000]
)
def test_any_text_can_be_stored(client, text):
    source = make_source()
    row = alert(fingerprint=text, instance=text)
    row["annotations"] |= {"summary": text, "description": text}
    answer = post(client, source, json.dumps(monitoring.alertmanager(row)))
    assert answer.status_code == 200
    kept = Proposal.objects.get()
    assert len(kept.title) <= 255
    assert len(kept.details) <= 2000
    assert not {"\x00", "\u202e"} & set(kept.title + kept.details)


def test_plain_keeps_persian_words_whole():
    assert plain("می\u200cشود", 20) == "می\u200cشود"
    assert plain(None, 20) == ""


# Clocks ------------------------------------------------------------------------------------------


def test_a_clock_that_is_ahead_means_now_and_makes_no_second_proposal(client):
    source = make_source()
    ahead = monitoring.alertmanager(alert(start=NOW + 9 * HOUR))
    for minutes in (0, 5):
        with clock(NOW + timedelta(minutes=minutes)):
            post(client, source, ahead)
    assert Proposal.objects.get().started_at == NOW
    over = alert(start=NOW + 9 * HOUR, ended=NOW + 10 * HOUR)
    with clock(NOW + HOUR):
        post(client, source, monitoring.alertmanager(over))
    assert Proposal.objects.get().ended_at == NOW + HOUR


def test_a_start_long_ago_is_cut_to_a_year(client):
    source = make_source()
    for _again in range(2):
        post(client, source, monitoring.alertmanager(alert(start=datetime(1999, 1, 1, tzinfo=UTC))))
    row = Proposal.objects.get()
    assert NOW - timedelta(days=366) < row.started_at < NOW - timedelta(days=365)


def test_an_end_before_the_start_is_the_start(client):
    source = make_source()
    post(client, source, monitoring.alertmanager(alert(start=DOWN)))
    post(client, source, monitoring.alertmanager(alert(start=DOWN, ended=DOWN - HOUR)))
    row = Proposal.objects.get()
    assert row.started_at <= row.ended_at


def test_an_alert_without_a_start_begins_when_it_is_heard_of(client):
    source = make_source()
    row = alert() | {"startsAt": "0001-01-01T00:00:00Z"}
    post(client, source, monitoring.alertmanager(row))
    assert Proposal.objects.get().started_at == NOW


# What is refused ---------------------------------------------------------------------------------

GOOD = monitoring.alertmanager()
BAD_ALERTMANAGER = {
    "empty": b"",
    "no JSON": b"hello",
    "truncated": json.dumps(GOOD).encode()[:-40],
    "not UTF-8": b'{"version": "4", "alerts": ["\xff"]}',
    "deeply nested": b"[" * 100_000,
    "nested objects": b'{"a":' * 50_000,
    "a huge number": b'{"version": ' + b"9" * 10_000 + b"}",
    "NaN": b'{"version": NaN}',
    "a list": b"[]",
    "null": b"null",
    "another version": monitoring.alertmanager(version="3"),
    "no alerts": {"version": "4"},
    "alerts no list": monitoring.alertmanager(alerts={}),
    "an alert no object": GOOD | {"alerts": [7]},
    "no status": GOOD | {"alerts": [{"labels": {}}]},
    "bad status": GOOD | {"alerts": [alert() | {"status": "burning"}]},
    "labels no object": GOOD | {"alerts": [alert() | {"labels": []}]},
    "a start without zone": GOOD | {"alerts": [alert() | {"startsAt": "2026-11-22T10:00:00"}]},
    "a start that is none": GOOD | {"alerts": [alert() | {"startsAt": "yesterday"}]},
    "a start as number": GOOD | {"alerts": [alert() | {"startsAt": 7}]},
    "an empty fingerprint": GOOD | {"alerts": [alert() | {"fingerprint": " "}]},
    "one bad among good": GOOD | {"alerts": [alert(), alert() | {"status": ""}]},
    "too many": GOOD | {"alerts": [alert()] * (alertmanager.MOST_ALERTS + 1)},
}


@pytest.mark.parametrize("name", BAD_ALERTMANAGER)
def test_garbage_is_refused_with_its_reason_and_nothing_of_it_is_stored(client, name):
    source = make_source()
    payload = BAD_ALERTMANAGER[name]
    answer = post(client, source, payload if isinstance(payload, bytes) else json.dumps(payload))
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["type"] == "urn:desk:problem:malformed"
    assert answer.json()["detail"]
    assert not Proposal.objects.exists()
    source.refresh_from_db()
    assert source.last_seen_at is None


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (MonitorKind.UPTIME_KUMA, {}),
        (MonitorKind.UPTIME_KUMA, {"heartbeat": 7}),
        (MonitorKind.UPTIME_KUMA, {"heartbeat": {"status": True, "monitorID": 1}}),
        (MonitorKind.UPTIME_KUMA, {"heartbeat": {"status": 9, "monitorID": 1}}),
        (MonitorKind.UPTIME_KUMA, {"heartbeat": {"status": 0}}),
        (MonitorKind.UPTIME_KUMA, {"heartbeat": {"status": 0, "monitorID": 1, "time": "x"}}),
        (
            MonitorKind.UPTIME_KUMA,
            {"heartbeat": {"status": 0, "monitorID": 1, "time": "9999-12-31T23:59:59-10:00"}},
        ),
        (MonitorKind.GOOGLE_CLOUD, {"version": "1.2"}),
        (MonitorKind.GOOGLE_CLOUD, monitoring.google_cloud(state="ajar")),
        (MonitorKind.GOOGLE_CLOUD, monitoring.google_cloud(incident_id=None)),
        (MonitorKind.GOOGLE_CLOUD, monitoring.google_cloud(started_at="now")),
        (MonitorKind.GOOGLE_CLOUD, monitoring.google_cloud(started_at=10**30)),
        (MonitorKind.GRAFANA, {"alerts": None}),
        (MonitorKind.GRAFANA, monitoring.uptime_kuma(0, NOW)),
    ],
)
def test_garbage_of_the_others(client, kind, payload):
    assert post(client, make_source(kind), payload).status_code == 400
    assert not Proposal.objects.exists()


def test_unknown_fields_are_passed_over(client):
    row = alert() | {"novelty": {"a": [1]}}
    payload = monitoring.alertmanager(row, another="novelty")
    assert post(client, make_source(), payload).status_code == 200


def test_a_body_that_is_too_big_is_not_even_read(client, monkeypatch):
    monkeypatch.setattr(views, "MOST_BYTES", 100)
    answer = post(client, make_source(), GOOD)
    assert (answer.status_code, answer.json()["type"]) == (413, "urn:desk:problem:too-big")


def test_other_methods_are_told_which_one_is_right(client):
    answer = client.get(INTAKE)
    assert (answer.status_code, answer["Allow"]) == (405, "POST")


# Who may post ------------------------------------------------------------------------------------


def basic(token):
    pair = base64.b64encode(f"desk:{token}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


@pytest.mark.parametrize(
    "headers",
    [
        {"Authorization": ""},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer " + "x" * 43},
        {"Authorization": "Bearer ۱۲۳"},
        {"Authorization": "Digest x"},
        {"Authorization": "Basic !!!"},
        {"Authorization": "Basic /w=="},
        basic("x" * 43),
        basic(""),
    ],
)
def test_a_forged_token_opens_nothing(client, headers):
    answer = post(client, make_source(), GOOD, headers=headers)
    assert answer.status_code == 401
    assert answer.json()["type"] == "urn:desk:problem:no-token"
    assert "Basic" in answer["WWW-Authenticate"]
    assert not Proposal.objects.exists()


def test_basic_does_as_well_and_no_csrf_token_is_asked_for():
    source = make_source()
    strict = Client(enforce_csrf_checks=True)
    assert post(strict, source, GOOD, headers=basic(source.token)).status_code == 200


def test_the_token_is_kept_as_a_digest_and_ends_with_the_next(client):
    source = make_source()
    old = source.token
    assert old not in str(MonitorSource.objects.values().get())
    source.token = sources.new_token(source=source, actor=UserFactory())
    assert post(client, source, GOOD).status_code == 200
    assert sources.of_token(old) is None


def test_a_monitor_without_token_or_switched_off_posts_nothing(client):
    source = make_source(active=False)
    assert post(client, source, GOOD).status_code == 401
    MonitorSource.objects.create(name="بی‌نشان", kind=MonitorKind.ALERTMANAGER)
    assert sources.of_token("") is None


def test_the_token_in_the_address_only_where_it_is_allowed(client):
    source = make_source()
    url = f"{INTAKE}/{source.token}"
    assert client.post(url, GOOD, content_type="application/json").status_code == 401
    MonitorSource.objects.update(token_in_address=True)
    assert client.post(url, GOOD, content_type="application/json").status_code == 200
    wrong = {"Authorization": "Bearer " + "x" * 43}
    answer = client.post(url, GOOD, content_type="application/json", headers=wrong)
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("networks", "address", "may"),
    [
        ("192.0.2.0/24\n\n198.51.100.7", "198.51.100.7", True),
        ("192.0.2.0/24", "198.51.100.7", False),
        ("192.0.2.0/24", "::ffff:192.0.2.9", True),
        ("2001:db8::7", "2001:db8::7", True),
        ("2001:db8::7", "2001:db8::8", False),
        ("192.0.2.0/24", "unix:", False),
    ],
)
def test_only_from_its_networks(client, networks, address, may):
    source = make_source(networks=networks)
    answer = post(client, source, GOOD, REMOTE_ADDR=address)
    assert (answer.status_code == 200) is may


def test_guessing_and_flooding_are_slowed_down(client, monkeypatch):
    monkeypatch.setattr(views, "WRONG_TOKENS", throttles.Limit("mw", rate=3, seconds=60))
    monkeypatch.setattr(views, "POSTS", throttles.Limit("mp", rate=2, seconds=60))
    source = make_source()
    said = [post(client, source, GOOD).status_code for _n in range(4)]
    assert said == [200, 200, 429, 429]
    wrong = {"Authorization": "Bearer " + "x" * 43}
    found = [post(client, source, GOOD, headers=wrong) for _n in range(5)]
    assert [answer.status_code for answer in found] == [401, 401, 401, 429, 429]
    assert found[-1]["Retry-After"] == "60"


@pytest.mark.django_db(transaction=True)
def test_the_same_message_from_many_at_once_is_one_proposal():
    source, codes = make_source(), []
    barrier = threading.Barrier(4)
    fires = monitoring.alertmanager(alert(start=DOWN))
    over = monitoring.alertmanager(alert(start=DOWN, ended=UP))

    def send(payload):
        try:
            barrier.wait(timeout=20)
            codes.append(post(Client(), source, payload).status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=[each]) for each in (fires, fires, over, over)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert codes == [200] * 4
    row = Proposal.objects.get()
    assert (row.started_at, row.ended_at) == (DOWN, UP)


# How much it costs -------------------------------------------------------------------------------


def queries_for(source, number):
    said = [
        Alert(f"f{number}-{n}", "t", True, NOW - timedelta(minutes=n + 1), labels={"job": "x"})
        for n in range(number)
    ]
    with CaptureQueriesContext(connection) as first:
        take_in(source=source, alerts=said, at=NOW)
    over = [Alert(a.fingerprint, "t", False, a.starts_at, NOW) for a in said]
    with CaptureQueriesContext(connection) as second:
        take_in(source=source, alerts=over, at=NOW)
    return len(first), len(second)


def test_many_alerts_cost_no_more_queries_than_few():
    source = make_source()
    take_in(source=source, alerts=[], at=NOW)
    few, many = queries_for(source, 2), queries_for(source, 40)
    assert few == many
    assert max(many) <= 12


def test_the_most_alerts_that_one_message_may_hold_are_taken(client):
    rows = [alert(fingerprint=f"{n:016x}") for n in range(alertmanager.MOST_ALERTS)]
    answer = post(client, make_source(), monitoring.alertmanager(*rows))
    assert answer.json() == {"opened": alertmanager.MOST_ALERTS, "closed": 0}
