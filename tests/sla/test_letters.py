"""A letter is the one that was recorded, or it is not shown."""

from datetime import date

import pytest
from django.utils.translation import override

from desk_core.models import AuditEntry
from sla.consent import Letter, end_by_consent
from sla.models import Signature
from sla.models.consent import ConsentLetter
from tests.sla.factories import OTHER_BODY, PROVIDER, make_page, make_signed, scan, sign

pytestmark = pytest.mark.django_db


def change_file(letter):
    """The same picture with one byte more, as somebody with the storage in hand could put it."""
    with open(letter.scan.path, "ab") as file:
        file.write(b"\0")


def ended_by_consent():
    page = make_page(
        g2g=True, parties=[PROVIDER, OTHER_BODY], live=True, key="g2g", ending="consent"
    )
    sign(page.version, party="provider")
    sign(page.version, party="recipient", name="مهر همکار", letter_number="9")
    end_by_consent(
        version=page.version,
        on=date(2026, 10, 1),
        letters={
            party: Letter(
                name="مهر همکار",
                post="رئیس سازمان",
                signed_on=date(2026, 9, 1),
                letter_number="۱۲/پ",
                scan=scan(),
            )
            for party in ("provider", "recipient")
        },
    )
    return page, ConsentLetter.objects.first()


@pytest.mark.parametrize(
    "make", [lambda: (make_signed(), Signature.objects.get()), ended_by_consent]
)
def test_a_letter_that_was_changed_is_not_shown_and_written_down_once(client, caplog, make):
    page, letter = make()
    address = f"{page.get_url()}letter/{letter.pk}/"
    with letter.scan.open("rb") as file:
        assert b"".join(client.get(address).streaming_content) == file.read()
    change_file(letter)
    for _again in range(2):
        with override("fa"):
            answer = client.get(address)
        assert answer.status_code == 500
        assert answer["Content-Type"].startswith("text/html")
        assert letter.scan_digest in answer.content.decode()
        assert b"\x89PNG" not in answer.content
    assert str(letter.scan.name) in caplog.text
    entry = AuditEntry.objects.get(action="agreement.letter_changed")
    assert entry.target == f"agreement-letter:{letter.pk}"
    assert client.get(page.get_url()).status_code == 200
