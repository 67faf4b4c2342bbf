"""CAP 1.2: valid by its schema, frozen from the first word on, signed so that others can check."""

import base64
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from django.utils import timezone
from lxml import etree
from wagtail.models import Page, PageViewRestriction

from desk_core import xml_signing
from notices import appearances, updates
from notices.enums import Certainty, Event, Impact, Kind, Severity
from notices.machine_faces import cap
from notices.models import NoticePage
from notices.subscriptions import telling
from tests.cms_pages.factories import ServiceFactory, translate
from tests.desk_core import pki
from tests.notices.cap_schema import NAMESPACE, schema
from tests.notices.faces_site import get, message
from tests.notices.factories import ago, ahead, clock, published
from tests.notices.test_warnings import WARNING, warn

pytestmark = [pytest.mark.django_db, pytest.mark.face]


@pytest.fixture
def index(shared_index):
    return shared_index


CAP = f"{{{NAMESPACE}}}"
DS = f"{{{xml_signing.NAMESPACE}}}"


@pytest.fixture(scope="module")
def valid():
    return schema()


def read(client, page, number=1, valid=None):
    response = get(client, message(page.notice_id, number))
    assert response["Content-Type"] == "application/cap+xml; charset=utf-8"
    root = etree.fromstring(response.content)
    if valid is not None:
        valid.assertValid(root)
    return root


def text(root, name):
    return root.findtext(f"{CAP}{name}")


def infos(root, name):
    return [each.findtext(f"{CAP}{name}") for each in root.findall(f"{CAP}info")]


def referring_to(chain):
    return " ".join(
        ",".join(text(each, name) for name in ("sender", "identifier", "sent")) for each in chain
    )


def say(page, state, words, **fields):
    updates.post(notice=page.notice, state=state, text=words, author=None, key=words, **fields)


def test_an_outage_is_an_alert_then_updates_with_all_that_was_said_before(index, client, valid):
    start = timezone.now().replace(microsecond=0) - timedelta(hours=3)
    with clock(start):
        service = ServiceFactory()
        page = published(
            index, title="قطعی <درگاه>", services=[service], impact=Impact.PARTIAL, starts_at=start
        )
    with clock(start + timedelta(hours=1)):
        say(page, "identified", "علت پیدا شد & کار می‌کنیم.", expected_end=ahead(hours=5))
    with clock(start + timedelta(hours=2)):
        say(page, "resolved", "رفع شد.")
    first, second, third = (read(client, page, number, valid) for number in (1, 2, 3))
    chain = (first, second, third)
    assert [text(each, "msgType") for each in chain] == ["Alert", "Update", "Update"]
    assert len({text(each, "identifier") for each in chain}) == 3
    assert text(first, "sent") == start.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S-00:00")
    assert text(first, "references") is None
    assert text(third, "references") == referring_to((first, second))
    assert {text(each, "incidents") for each in chain} == {str(page.notice_id)}
    assert infos(first, "language") == ["fa-IR", "en"]
    assert infos(first, "severity") == ["Moderate"] * 2
    assert infos(first, "certainty") == ["Observed"] * 2
    assert [infos(each, "urgency")[0] for each in chain] == ["Immediate", "Immediate", "Past"]
    assert [infos(each, "responseType")[0] for each in chain] == ["Monitor", "Monitor", "AllClear"]
    assert infos(first, "headline") == ["قطعی <درگاه>"] * 2
    assert infos(second, "description")[0] == "علت پیدا شد & کار می‌کنیم."
    assert infos(first, "event")[1] == "Service outage"
    assert first.findtext(f"{CAP}info/{CAP}parameter/{CAP}value") == service.key
    assert all(infos(each, "expires")[0] > text(each, "sent") for each in chain)
    assert client.get(message(page.notice_id, 4)).status_code == 404
    assert client.get(message(page.notice_id, 0)).status_code == 404


def test_a_window_is_expected_then_called_off(index, client, valid):
    page = published(
        index,
        kind=Kind.MAINTENANCE,
        starts_at=ahead(hours=48),
        expected_end=ahead(hours=50),
    )
    say(page, "scheduled", "زودتر", starts_at=ahead(minutes=30), alone_because="کسی نبود.")
    updates.cancel(notice=page.notice, text="لغو شد.", author=None, key="c")
    chain = [read(client, page, number, valid) for number in (1, 2, 3)]
    assert [text(each, "msgType") for each in chain] == ["Alert", "Update", "Cancel"]
    assert [infos(each, "urgency")[0] for each in chain] == ["Future", "Expected", "Past"]
    assert [infos(each, "certainty")[0] for each in chain] == ["Likely", "Likely", "Observed"]
    assert infos(chain[0], "responseType") == ["Prepare"] * 2
    end = page.notice.updates.first().expected_end
    assert datetime.fromisoformat(infos(chain[0], "expires")[0]) == end.replace(microsecond=0)


def test_a_message_is_frozen_with_its_first_dissemination(index, client):
    page = published(index, title="نخست")
    before = read(client, page)
    say(page, "identified", "پیدا شد.")
    page.title = "عنوان دیگر"
    page.save_revision().publish()
    translate(NoticePage.objects.get(pk=page.pk), "en", title="In English", slug="english")
    after = read(client, page)
    for name in ("identifier", "sender", "sent", "msgType", "references"):
        assert text(after, name) == text(before, name)
    assert infos(after, "headline") == ["عنوان دیگر", "In English"]


def test_what_is_said_later_of_services_changes_no_earlier_message(index, client, valid):
    first, second = ServiceFactory(), ServiceFactory()
    page = published(index, services=[first], impact=Impact.DEGRADED)
    before = read(client, page, 1, valid)
    say(
        page,
        "identified",
        "بدتر شد.",
        impacts={first: Impact.PARTIAL, second: Impact.MAJOR},
        alone_because="کسی نبود.",
    )
    worse = read(client, page, 2, valid)
    say(page, "monitoring", "بهتر شد.", impacts={second: Impact.NONE, first: Impact.NONE})
    better = read(client, page, 3, valid)
    assert etree.tostring(read(client, page, 1)) == etree.tostring(before)
    assert etree.tostring(read(client, page, 2)) == etree.tostring(worse)
    chain = (before, worse, better)
    assert [infos(each, "severity")[0] for each in chain] == ["Minor", "Severe", "Minor"]
    named = f"{CAP}info/{CAP}parameter/{CAP}value"
    assert [{each.text for each in root.findall(named)} for root in chain] == [
        {first.key},
        {first.key, second.key},
        {first.key, second.key},
    ]


def test_a_road_warning_says_what_where_and_what_to_do(index, client, valid):
    page = warn(index, starts_at=ahead(hours=2), severity=Severity.MAJOR)
    translate(page, "en", title="Avalanche", slug="avalanche")
    say(page, "announced", "تا فردا", expected_end=ahead(hours=20))
    updates.cancel(notice=page.notice, text="خطر گذشت.", author=None, key="c")
    first, _second, last = (read(client, page, number, valid) for number in (1, 2, 3))
    assert infos(first, "category") == ["Geo", "Geo"]
    assert infos(first, "event")[1] == "Avalanche"
    assert infos(first, "severity") == ["Severe", "Severe"]
    assert infos(first, "certainty") == infos(last, "certainty") == ["Likely", "Likely"]
    assert infos(first, "instruction") == [WARNING["instruction"], WARNING["instruction_en"]]
    areas = [area.findtext(f"{CAP}areaDesc") for area in first.iter(f"{CAP}area")]
    assert areas == [WARNING["area"], WARNING["area_en"]]
    end = page.notice.updates.first().expected_end
    assert datetime.fromisoformat(infos(first, "expires")[0]) == end.replace(microsecond=0)
    assert (text(last, "msgType"), infos(last, "responseType")[0]) == ("Cancel", "AllClear")
    assert page.notice_id.hex in get(client, "/status/cap.atom").content.decode().replace("-", "")


def test_a_lifted_warning_is_all_clear(index, client, valid):
    page = warn(index, starts_at=ago(hours=1))
    say(page, "lifted", "راه باز شد.")
    last = read(client, page, 2, valid)
    assert (text(last, "msgType"), infos(last, "urgency")[0]) == ("Update", "Past")


@pytest.mark.parametrize("event", Event)
def test_every_event_has_a_category_and_every_word_of_a_warning_one_of_cap(event):
    assert cap._CATEGORY[event]
    assert set(cap._CERTAINTY) == set(Certainty)
    assert set(cap._SEVERITY_OF_WARNING) == set(Severity)


def test_announcements_are_no_alerts(index, client):
    page = published(index, kind=Kind.ANNOUNCEMENT)
    assert client.get(message(page.notice_id)).status_code == 404
    assert str(page.notice_id) not in get(client, "/status/cap.atom").content.decode()


def test_the_feed_has_an_entry_for_each_message(index, client):
    with clock(ago(hours=2)):
        page = published(index, title="الف")
    say(page, "identified", "پیدا شد.")
    for form, items in (("rss", "channel/item"), ("atom", "{*}entry")):
        root = etree.fromstring(get(client, f"/status/cap.{form}").content)
        found = root.findall(items)
        links = [
            each.findtext("link") or each.find("{*}link[@rel='alternate']").get("href")
            for each in found
        ]
        assert links == [f"http://testserver{message(page.notice_id, n)}" for n in (2, 1)]
        ids = [each.findtext("guid") or each.findtext("{*}id") for each in found]
        assert ids == [text(read(client, page, n), "identifier") for n in (2, 1)]


def test_a_withdrawn_page_cancels_its_messages_without_a_word_of_it(index, client, valid, own):
    with clock(ago(hours=2)):
        page = warn(index, expected_end=ahead(hours=10))
    say(page, "announced", "تا صبح بسته است.")
    chain = [read(client, page, number) for number in (1, 2)]
    page.unpublish()
    assert [client.get(message(page.notice_id, n)).status_code for n in (1, 2)] == [404, 404]
    cancel = read(client, page, 3, valid)
    verify(cancel)
    assert text(cancel, "msgType") == "Cancel"
    assert text(cancel, "references") == referring_to(chain)
    assert text(cancel, "incidents") == str(page.notice_id)
    assert not infos(cancel, "event")
    told = etree.tostring(cancel, encoding="unicode")
    assert not [word for word in ("صبح", WARNING["area"], page.title) if word in told]
    assert client.get(f"/en{message(page.notice_id, 3)}").content == etree.tostring(
        cancel, encoding="UTF-8", xml_declaration=True
    )


@pytest.mark.parametrize("hide", ["delete", "expire", "make private"])
def test_however_a_page_is_hidden_its_alert_is_cancelled_once(index, client, valid, hide):
    page = warn(index)
    if hide == "delete":
        page.delete()
    elif hide == "expire":
        Page.objects.filter(pk=page.pk).update(expire_at=ago(seconds=1))
    else:
        PageViewRestriction.objects.create(page=index, restriction_type="login")
    for _time in range(2):
        telling.work()
    assert text(read(client, page, 2, valid), "msgType") == "Cancel"
    assert client.get(message(page.notice_id, 3)).status_code == 404
    assert appearances.note_all() == 0


def test_of_two_pages_of_a_warning_the_last_one_withdraws_it(index, client, valid):
    page = warn(index)
    other = translate(page, "en", title="Avalanche")
    page.unpublish()
    assert client.get(message(page.notice_id, 2)).status_code == 404
    NoticePage.objects.get(pk=other.pk).unpublish()
    assert text(read(client, page, 2, valid), "msgType") == "Cancel"


def test_what_comes_back_before_it_is_over_is_a_new_alert(index, client, valid):
    with clock(ago(hours=3)):
        page = warn(index, expected_end=ahead(hours=10))
    with clock(ago(hours=2)):
        page.unpublish()
    say(page, "announced", "هنوز بسته است.")  # nobody reads it
    NoticePage.objects.get(pk=page.pk).save_revision().publish()
    say(page, "lifted", "باز شد.")
    chain = [read(client, page, number, valid) for number in (1, 2, 3, 4)]
    assert [text(each, "msgType") for each in chain] == ["Alert", "Cancel", "Alert", "Update"]
    assert [text(each, "references") for each in chain[2:]] == [None, referring_to(chain[2:3])]
    assert infos(chain[2], "description")[0] == "هنوز بسته است."
    assert len({text(each, "identifier") for each in chain}) == 4
    assert client.get(message(page.notice_id, 5)).status_code == 404


def test_what_is_over_comes_back_and_alerts_nobody(index, client):
    with clock(ago(days=4)):
        page = warn(index, expected_end=ahead(days=1))
    page.unpublish()  # its last message holds no more: there is nothing to cancel
    NoticePage.objects.get(pk=page.pk).save_revision().publish()
    read(client, page)
    assert client.get(message(page.notice_id, 2)).status_code == 404


def test_who_hides_the_archive_alerts_nobody(index, client, django_assert_num_queries):
    with clock(ago(days=9)):
        for number in range(3):
            warn(index, title=f"n{number}", expected_end=ahead(days=1))
    PageViewRestriction.objects.create(page=index, restriction_type="login")
    with django_assert_num_queries(1):
        assert appearances.note_all() == 0
    assert "<entry>" not in get(client, "/status/cap.atom").content.decode()


def test_what_was_called_off_is_not_cancelled_a_second_time(index, client):
    page = warn(index)
    updates.cancel(notice=page.notice, text="لغو شد.", author=None, key="c")
    page.unpublish()
    assert client.get(message(page.notice_id, 3)).status_code == 404


def test_what_was_first_published_in_private_begins_when_it_is_shown(index, client, valid):
    closed = PageViewRestriction.objects.create(page=index, restriction_type="login")
    page = warn(index)
    page.unpublish()
    assert "Cancel" not in get(client, "/status/cap.atom").content.decode()
    NoticePage.objects.get(pk=page.pk).save_revision().publish()
    closed.delete()
    assert client.get(message(page.notice_id)).status_code == 404
    telling.work()
    assert text(read(client, page, 1, valid), "msgType") == "Alert"


def test_a_withdrawal_stays_in_the_feed_as_long_as_what_it_takes_back(
    index, client, django_assert_max_num_queries
):
    page = warn(index, expected_end=ahead(hours=60))
    get(client, "/status/cap.rss")
    page.unpublish()
    with django_assert_max_num_queries(10):
        now = get(client, "/status/cap.rss").content.decode()
    assert now.count("<item>") == 1
    assert message(page.notice_id, 2) in now
    assert page.title not in now
    for hours, kept in ((59, 1), (61, 0)):
        with clock(ahead(hours=hours)):
            assert get(client, "/status/cap.rss").content.decode().count("<item>") == kept


@pytest.mark.parametrize("number", ["-1", "x", "1.5", "99999999999999999999999"])
def test_numbers_of_no_message_are_not_found(index, client, number):
    page = published(index)
    assert client.get(message(page.notice_id, number)).status_code == 404
    assert client.get(f"/status/cap/nonsense/{number}.xml").status_code == 404


# ---- the signature


def rejected(root):
    with pytest.raises((InvalidSignature, AssertionError)):
        verify(root)
    return True


def verify(root):
    """Check an enveloped signature step by step, as XML-DSig describes; returns its method."""
    root = etree.fromstring(etree.tostring(root))
    (signature,) = root.findall(f"{DS}Signature")
    info = signature.find(f"{DS}SignedInfo")
    signed = etree.tostring(info, method="c14n", exclusive=True, with_comments=False)
    value = base64.b64decode(signature.findtext(f"{DS}SignatureValue"))
    certificate = x509.load_der_x509_certificate(
        base64.b64decode(signature.findtext(f"{DS}KeyInfo/{DS}X509Data/{DS}X509Certificate"))
    )
    public = certificate.public_key()
    method = info.find(f"{DS}SignatureMethod").get("Algorithm").rsplit("#")[1]
    if method == "rsa-sha256":
        public.verify(value, signed, padding.PKCS1v15(), hashes.SHA256())
    else:
        half = len(value) // 2
        pair = int.from_bytes(value[:half]), int.from_bytes(value[half:])
        public.verify(encode_dss_signature(*pair), signed, ec.ECDSA(hashes.SHA256()))
    digest = base64.b64decode(info.findtext(f"{DS}Reference/{DS}DigestValue"))
    root.remove(signature)
    rest = etree.tostring(root, method="c14n", exclusive=True, with_comments=False)
    assert hashlib.sha256(rest).digest() == digest
    return method


@pytest.fixture(scope="module", params=["rsa", "curve"])
def issued(request):
    return pki.self_signed_rsa("The body") if request.param == "rsa" else pki.issue("The body")


@pytest.fixture
def own(settings, tmp_path, issued):
    settings.DESK_SIGNING_PKCS12 = str(issued.pkcs12(tmp_path / "own.p12"))
    settings.DESK_SIGNING_PASSPHRASE = pki.PASSPHRASE
    return issued


def test_with_a_certificate_a_message_is_signed_and_still_valid(index, client, own, valid):
    page = published(index, title="قطعی")
    root = read(client, page, valid=valid)
    curve = isinstance(own.key, ec.EllipticCurvePrivateKey)
    assert verify(root) == ("ecdsa-sha256" if curve else "rsa-sha256")
    for tampered in (
        lambda: setattr(root.find(f"{CAP}info/{CAP}headline"), "text", "همه‌چیز خوب است"),
        lambda: setattr(root.find(f".//{DS}DigestValue"), "text", "AAAA"),
    ):
        tampered()
        assert rejected(root)
    again = get(client, message(page.notice_id))
    assert again.content == get(client, message(page.notice_id)).content


def test_without_a_certificate_and_with_an_expired_one_it_is_not_signed(
    index, client, settings, tmp_path, valid
):
    page = published(index)
    assert read(client, page, valid=valid).find(f"{DS}Signature") is None
    old = pki.issue("Old", begins=ago(days=9), ends=ago(days=1))
    settings.DESK_SIGNING_PKCS12 = str(old.pkcs12(tmp_path / "own.p12"))
    settings.DESK_SIGNING_PASSPHRASE = pki.PASSPHRASE
    assert read(client, page, valid=valid).find(f"{DS}Signature") is None


def test_the_schema_of_these_tests_is_strict(index, client, valid):
    page = published(index)
    for name, value in [("sent", "2026-11-22T14:57:43Z"), ("identifier", "a b"), ("scope", "All")]:
        root = read(client, page, valid=valid)
        root.find(f"{CAP}{name}").text = value
        assert not valid.validate(root)
    root = read(client, page)
    root.remove(root.find(f"{CAP}sender"))
    assert not valid.validate(root)
