"""The faces as well-known libraries read them, each where it is installed."""

import re

import feedparser
import icalendar
import pytest
import signxml

from notices import updates
from notices.enums import Impact, Kind
from tests.cms_pages.factories import ServiceFactory
from tests.desk_core import pki
from tests.notices.faces_site import get, message
from tests.notices.factories import ago, ahead, published

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture
def index(shared_index):
    return shared_index


@pytest.fixture
def outage(index):
    page = published(index, title="قطعی & درگاه", services=[ServiceFactory()])
    updates.post(
        notice=page.notice, state="identified", text="علت: a < b", author=None, key="second"
    )
    return page


@pytest.mark.parametrize(("form", "version"), [("rss", "rss20"), ("atom", "atom10")])
def test_feedparser_reads_rss_and_atom(outage, client, form, version):
    response = get(client, f"/status/history.{form}")
    found = feedparser.parse(
        response.content, response_headers={"content-type": response["Content-Type"]}
    )
    assert (bool(found.bozo), found.version) == (False, version)
    assert found.feed.get("language", "fa") == "fa"
    (entry,) = found.entries
    assert entry.id == outage.notice_id.urn
    assert entry.title == "قطعی & درگاه"
    assert entry.link == f"http://testserver{outage.url}"
    assert entry.updated_parsed >= entry.published_parsed
    body = entry.content[0].value if form == "atom" else entry.summary
    assert "a &lt; b" in body


def test_icalendar_reads_the_calendar_and_maintnote(index, client):
    services = [ServiceFactory(), ServiceFactory()]
    page = published(
        index,
        title="جابه‌جایی، کارساز; و, نشانی‌های بسیار بسیار دراز آن در همهٔ شبکه‌های استان",
        kind=Kind.MAINTENANCE,
        impact=Impact.PARTIAL,
        services=services,
        starts_at=ago(hours=1),
        expected_end=ahead(hours=1),
    )
    calendar = icalendar.Calendar.from_ical(get(client, "/status/maintenance.ics").content)
    (event,) = calendar.walk("VEVENT")
    assert str(event["SUMMARY"]) == page.title
    assert event["DTSTART"].dt == page.notice.starts_at.replace(microsecond=0)
    assert (str(event["UID"]), int(event["SEQUENCE"])) == (str(page.notice_id), 0)
    assert str(event["X-MAINTNOTE-STATUS"]) == "IN-PROCESS"
    assert {
        str(each): each.params["X-MAINTNOTE-OBJECT-IMPACT"]
        for each in event["X-MAINTNOTE-OBJECT-ID"]
    } == {service.key: "DEGRADED" for service in services}
    assert not [error for each in calendar.walk() for error in each.errors]


@pytest.mark.parametrize("issue", [pki.self_signed_rsa, pki.issue])
def test_signxml_verifies_cap(outage, client, settings, tmp_path, issue):
    own = issue("The body")
    settings.DESK_SIGNING_PKCS12 = str(own.pkcs12(tmp_path / "own.p12"))
    settings.DESK_SIGNING_PASSPHRASE = pki.PASSPHRASE
    raw = get(client, message(outage.notice_id)).content
    found = signxml.XMLVerifier().verify(raw, x509_cert=own.certificate)
    assert found.signed_xml.tag.endswith("alert")
    tampered = re.sub(rb"<headline>[^<]*", b"<headline>all is well", raw, count=1)
    with pytest.raises(signxml.exceptions.InvalidSignature):
        signxml.XMLVerifier().verify(tampered, x509_cert=own.certificate)
