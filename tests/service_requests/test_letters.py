"""The secretariat: numbers without gaps, years of Tehran, what is void, who may, who sees what."""

import datetime as dt
import io
import threading
import uuid
from types import SimpleNamespace
from unittest import mock

import pypdf
import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connections, transaction
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from cms_pages.enums import Role
from cms_pages.models import DeskSettings
from desk_core import sealing
from desk_core.models import AuditEntry, OutgoingMessage
from desk_core.pdf_checking import find_signatures
from desk_core.querysets import AppendOnly
from persian import jalali
from service_requests import (
    history,
    letter_pdf,
    letters,
    look_up,
    reading,
    workflow,
)
from service_requests.attachments import IncomingFile
from service_requests.enums import Direction, EventKind, Kind, Numbering
from service_requests.errors import NotAllowed, NotPossible
from service_requests.letters import Entry
from service_requests.models import Case, Letter, LetterBook, LetterCounter, Secretariat
from tests.cms_pages.factories import DepartmentFactory, make_site, staff_user
from tests.desk_core import pki
from tests.service_requests import hostile
from tests.service_requests.factories import answered, make_case, officer_of, register, upload

pytestmark = pytest.mark.django_db
IN, OUT = Direction.INCOMING, Direction.OUTGOING
TYPED = Numbering.TYPED
API = "/api/desk/v1"


def make_book(direction=IN, secretariat=None, **fields):
    """A book of a new secretariat of the whole body."""
    if secretariat is None:
        secretariat = Secretariat.objects.create(name="دبیرخانه", department=None)
    return LetterBook.objects.create(secretariat=secretariat, direction=direction, **fields)


def clerk():
    """Somebody who works in the secretariat of the whole body."""
    return staff_user(Role.SECRETARIAT)


def enter(case, book, actor=None, **fields):
    """The case as an incoming letter."""
    actor = actor or clerk()
    return letters.register_incoming(case=case, actor=actor, book=book, entry=Entry(**fields))


def answer_of(case):
    return case.messages.get(purpose="answer")


def tehran(year, month, day, hour=0, minute=0, second=0):
    """A moment by the calendar and the clock of Tehran."""
    date = jalali.from_jalali(year, month, day)
    return dt.datetime.combine(date, dt.time(hour, minute, second), jalali.TEHRAN)


def at(moment):
    return mock.patch("django.utils.timezone.now", return_value=moment.astimezone(dt.UTC))


# Numbers -----------------------------------------------------------------------------------------


def test_a_book_numbers_itself_in_the_form_it_was_given():
    book = make_book(pattern="{number}/ص/{year}", first_number=41)
    numbers = [enter(make_case(), book) for _ in range(2)]
    year = jalali.jalali_parts(timezone.now())[0]
    assert [(row.indicator, row.number, row.year) for row in numbers] == [
        (41, f"41/ص/{year}", year),
        (42, f"42/ص/{year}", year),
    ]
    assert numbers[0].registered_on == letters.day_of(timezone.now())


def test_each_book_and_each_direction_counts_for_itself():
    one, two = make_book(), make_book()
    case, _officer = answered()
    enter(case, one)
    assert enter(make_case(), two).number == "1"
    out = make_book(OUT, one.secretariat)
    letter = letters.register_outgoing(case=case, actor=clerk(), book=out, message=answer_of(case))
    assert (letter.number, letter.direction) == ("1", OUT)


def test_numbers_begin_again_at_midnight_of_nowruz_in_tehran():
    """1404/12/29 was the last day of its year; UTC is three and a half hours behind."""
    book, case, last, first = (
        make_book(first_year=1404, first_number=500),
        *(make_case() for _ in range(3)),
    )
    with at(tehran(1404, 12, 29, 23, 59, 59)):
        assert enter(case, book).number == "500"
    with at(tehran(1404, 12, 29, 23, 59, 59)):
        row = enter(last, book)
    assert (row.number, row.year) == ("501", 1404)
    with at(tehran(1405, 1, 1)):
        row = enter(first, book)
    assert (row.number, row.year) == ("1", 1405)
    assert row.registered_on == dt.date(2026, 3, 21)
    assert row.registered_at.astimezone(dt.UTC).date() == dt.date(2026, 3, 20)
    with at(tehran(1405, 1, 1, 0, 0, 1)):
        assert enter(make_case(), book).number == "2"


def test_what_does_not_come_about_uses_up_no_number():
    book, actor = make_book(), clerk()
    enter(make_case(), book)
    case = make_case()
    with mock.patch.object(history, "audit", side_effect=RuntimeError), pytest.raises(RuntimeError):
        enter(case, book, actor)
    with pytest.raises(ValidationError):
        enter(case, book, actor, letter_date=letters.day_of(timezone.now()) + dt.timedelta(days=1))
    assert LetterCounter.objects.get().last == 1
    assert case.events.count() == 1
    assert enter(case, book).number == "2"


@pytest.mark.django_db(transaction=True)
def test_many_at_once_get_numbers_without_gaps_though_some_fail():
    book, actor = make_book(), clerk()
    cases = [make_case() for _ in range(12)]
    barrier = threading.Barrier(4)
    trouble = []

    def work(mine):
        try:
            barrier.wait(timeout=20)
            for place, case in enumerate(mine):
                try:
                    with transaction.atomic():
                        enter(case, book, actor)
                        if place == 1:
                            raise ZeroDivisionError  # after its number was given
                except ZeroDivisionError:
                    pass
        except Exception as error:
            trouble.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=(cases[n::4],)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not trouble
    rows = Letter.objects.order_by("indicator")
    assert [row.indicator for row in rows] == list(range(1, 9))
    # Time goes the way the numbers go.
    assert [row.pk for row in rows.order_by("registered_at")] == [row.pk for row in rows]


@pytest.mark.django_db(transaction=True)
def test_the_same_letter_sent_twice_at_once_is_one():
    book, actor, case, key = make_book(), clerk(), make_case(), uuid.uuid4()
    barrier = threading.Barrier(3)
    found = []

    def work():
        try:
            barrier.wait(timeout=20)
            row = letters.register_incoming(case=case, actor=actor, book=book, letter_id=key)
            found.append(row.number)
        except Exception as error:
            found.append(repr(error))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert found == ["1"] * 3
    assert LetterCounter.objects.get().last == 1
    assert case.events.filter(kind=EventKind.LETTER_IN).count() == 1


def test_a_book_that_follows_another_system_takes_its_numbers_with_gaps_and_each_once():
    book = make_book(numbering=TYPED)
    one = enter(make_case(), book, number="۱۴۵۰۵/ق/م", indicator=14505)
    assert (one.number, one.indicator) == ("14505/ق/م", 14505)
    assert enter(make_case(), book, number="14900").indicator is None
    before = Letter.objects.count()
    with pytest.raises(ValidationError) as refused:
        enter(make_case(), book, number="14505/ق/م")
    assert set(refused.value.message_dict) == {"number"}
    for bad in ("", "بی‌شماره", "1" * 61, "1;DROP"):
        with pytest.raises(ValidationError) as refused:
            enter(make_case(), book, number=bad)
        assert set(refused.value.message_dict) == {"number"}
    assert Letter.objects.count() == before
    # In another year, in the other direction and in another secretariat it is another letter.
    last_year = letters.day_of(timezone.now()) - dt.timedelta(days=370)
    enter(make_case(), book, number="14900", registered_on=last_year)
    enter(make_case(), make_book(numbering=TYPED), number="14900")


def test_a_typed_day_decides_the_year():
    book = make_book(numbering=TYPED)
    with at(tehran(1405, 1, 3)):
        row = enter(make_case(), book, number="77", registered_on=jalali.from_jalali(1404, 12, 29))
    assert (row.year, row.registered_on) == (1404, dt.date(2026, 3, 20))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("number", "5"),
        ("indicator", 5),
        ("letter_date", dt.date(2999, 1, 1)),
        ("letter_date", dt.date(1405, 9, 1)),
        ("enclosures", 1000),
        ("enclosures", -1),
        ("enclosed", "x" * 301),
        ("reply_number", "شماره"),
        ("following_number", "1" * 61),
    ],
)
def test_what_does_not_fit_is_refused_at_its_field_and_nothing_is_stored(field, value):
    case, book = make_case(), make_book()
    with pytest.raises(ValidationError) as refused:
        enter(case, book, **{field: value})
    assert set(refused.value.message_dict) == {"number" if field == "indicator" else field}
    assert not Letter.objects.exists()
    assert not LetterCounter.objects.exists()


def test_a_form_of_numbers_that_gives_none_is_refused():
    book = make_book()
    for bad in ("{year}", "{number}{number}", "ص", "{number}<b>", "{number}/{no}", "{number}" * 9):
        book.pattern = bad
        with pytest.raises(ValidationError) as refused:
            book.full_clean()
        assert set(refused.value.message_dict) == {"pattern"}, bad
    book.pattern = "{number}/ي/۱۰۰/{year}"
    book.full_clean()
    assert book.pattern == "{number}/ی/100/{year}"


def test_a_used_book_keeps_its_direction_and_nothing_of_it_can_be_deleted():
    book = make_book()
    letter = enter(make_case(), book)
    book.direction = OUT
    with pytest.raises(ValidationError):
        book.full_clean()
    for row in (book, book.secretariat, letter.case):
        with pytest.raises(Exception, match="protected"):
            row.delete()


# Letters that are void --------------------------------------------------------------------------


def test_a_voided_number_stays_and_what_it_stood_for_gets_the_next():
    case, book, actor = make_case(), make_book(), clerk()
    letter = enter(case, book)
    with pytest.raises(NotPossible):
        enter(case, book)
    voided = letters.void(letter=letter, actor=actor, reason="اشتباه در ثبت")
    assert voided.voided_by == actor
    assert letters.void(letter=letter, actor=actor, reason="دوباره").voided_at == voided.voided_at
    assert enter(case, book).number == "2"
    assert list(Letter.objects.order_by("indicator").values_list("number", flat=True)) == ["1", "2"]
    assert case.events.filter(kind=EventKind.LETTER_VOIDED).count() == 1
    subject = sealing.open_subject(case.subject_key)
    reason = subject.open(bytes(voided.sealed_void_reason), record=voided.void_record).decode()
    assert reason == "اشتباه در ثبت"


def test_a_voided_number_of_another_system_can_be_registered_for_the_right_case():
    book = make_book(numbering=TYPED)
    wrong = enter(make_case(), book, number="12")
    letters.void(letter=wrong, actor=clerk(), reason="پروندهٔ دیگری بود")
    enter(make_case(), book, number="12")
    # A number that the book gave itself is used up for ever.
    own = make_book()
    letters.void(letter=enter(make_case(), own), actor=clerk(), reason="نادرست")
    LetterBook.objects.filter(pk=own.pk).update(numbering=TYPED)
    with pytest.raises(ValidationError):
        enter(make_case(), own, number="1")


def test_a_letter_is_neither_changed_nor_deleted():
    letter = enter(make_case(), make_book())
    letter.number = "9"
    for deed in (letter.save, letter.delete, Letter.objects.all().delete):
        with pytest.raises(AppendOnly):
            deed()
    assert Letter.objects.get().number == "1"


# What is registered ------------------------------------------------------------------------------


def test_an_answer_goes_out_in_reply_to_the_case_and_carries_its_files():
    case, _officer = answered()
    incoming = enter(case, make_book(), reply_number="۷۷/۱۴۰۴", enclosed="یک نقشه", enclosures=2)
    case.refresh_from_db()
    workflow.object_to_answer(
        case=case, text="هنوز درست نشده است", files=[IncomingFile.of(upload())]
    )
    book, actor = make_book(OUT), clerk()
    out = letters.register_outgoing(
        case=case,
        actor=actor,
        book=book,
        message=answer_of(case),
        entry=Entry(in_reply_to=incoming),
    )
    objection = case.messages.get(purpose="objection")
    second = letters.register_incoming(
        case=case,
        actor=actor,
        book=LetterBook.objects.get(direction=IN),
        message=objection,
        entry=Entry(in_reply_to=out, following=incoming),
    )
    assert second.enclosures == 1
    shown = reading.letters(case, subject=sealing.open_subject(case.subject_key))
    assert [(row.direction, row.number, row.in_reply_to, row.following) for row in shown] == [
        (IN, "1", "77/1404", ""),
        (OUT, "1", "1", ""),
        (IN, "2", "1", "1"),
    ]
    assert (shown[0].enclosures, shown[0].enclosed) == (2, "یک نقشه")
    assert not letters.papers(case, IN)
    assert not letters.papers(case, OUT)


def test_only_what_belongs_to_the_case_and_goes_that_way():
    case, _officer = answered()
    other, _other = answered()
    actor, book, out = clerk(), make_book(), make_book(OUT)
    foreign = enter(other, book)
    for deed in (
        lambda: letters.register_outgoing(
            case=case, actor=actor, book=out, message=answer_of(other)
        ),
        lambda: letters.register_incoming(
            case=case, actor=actor, book=book, message=answer_of(case)
        ),
        lambda: letters.register_incoming(case=case, actor=actor, book=out),
        lambda: enter(case, book, in_reply_to=foreign),
        lambda: enter(case, book, following=foreign),
        lambda: letters.register_outgoing(case=case, actor=actor, book=out, message=None),
    ):
        with pytest.raises(ValidationError):
            deed()
    with pytest.raises(NotPossible):
        letters.register_incoming(case=case, actor=actor, book=book, letter_id=foreign.pk)
    assert Letter.objects.count() == 1


def test_a_secretariat_serves_its_department_and_the_units_below():
    case = make_case()
    case.department.parent = top = DepartmentFactory()
    case.department.save()
    for department, serves in ((top, True), (case.department, True), (DepartmentFactory(), False)):
        book = make_book(
            secretariat=Secretariat.objects.create(name="دبیرخانه", department=department)
        )
        assert (book in letters.books_for(case, IN)) == serves
        if not serves:
            with pytest.raises(ValidationError):
                enter(case, book)
    unused = make_book(active=False)
    with pytest.raises(ValidationError):
        enter(case, unused)


# Who may -----------------------------------------------------------------------------------------


def test_who_registers_and_voids():
    case, book = make_case(), make_book()
    others = {
        role: staff_user(role, None if role in ("auditor", "administrator") else case.department)
        for role in (Role.OFFICER, Role.EDITOR, Role.AUDITOR, Role.ADMINISTRATOR)
    }
    others["secretariat of another department"] = staff_user(Role.SECRETARIAT, DepartmentFactory())
    letter = enter(make_case(department=case.department.key), book)
    for who, user in others.items():
        with pytest.raises(NotAllowed):
            enter(case, book, user)
        with pytest.raises(NotAllowed):
            letters.void(letter=letter, actor=user, reason="نباید")
        assert not letters.can_register(user, case, IN), who
    for user in (
        staff_user(Role.SECRETARIAT, case.department),
        staff_user(Role.HEAD, case.department),
        clerk(),
    ):
        letters.void(letter=enter(case, book, user), actor=user, reason="درست")


def test_a_complaint_is_registered_by_the_complaints_office_and_hidden_from_the_secretariat():
    case, book = make_case(Kind.COMPLAINT), make_book()
    with pytest.raises(NotAllowed):
        enter(case, book, clerk())
    office = staff_user(Role.COMPLAINTS)
    letter = enter(case, book, office)
    seen = {
        office: True,
        clerk(): False,
        officer_of(case): False,
        staff_user(Role.HEAD, case.department): False,
    }
    for user, sees in seen.items():
        assert Letter.objects.visible_to(user).filter(pk=letter.pk).exists() == sees
        assert (case in look_up.narrow(Case.objects.visible_to(user), letter.number)) == sees


# Who is told, and what is kept -------------------------------------------------------------------


def test_the_applicant_is_told_and_every_step_is_recorded():
    case, book, actor = make_case(), make_book(), clerk()
    before = OutgoingMessage.objects.count()
    letter = enter(case, book, actor)
    reading.letter_for_staff(case=case, user=actor, letter_id=letter.pk)
    letters.void(letter=letter, actor=actor, reason="نادرست")
    case.refresh_from_db()
    assert case.unread_by_applicant
    assert OutgoingMessage.objects.count() == before + 4  # SMS and e-mail, twice
    kinds = case.events.values_list("kind", flat=True)
    assert list(kinds)[1:] == [EventKind.LETTER_IN, EventKind.LETTER_VOIDED]
    actions = AuditEntry.objects.filter(target=f"case:{case.code}", actor=actor)
    assert list(actions.order_by("pk").values_list("action", flat=True)) == [
        *("letter.registered", "letter.printed", "letter.voided")
    ]


def test_erasing_leaves_numbers_and_days_and_nothing_of_the_words():
    case, _officer = answered()
    letter = enter(case, make_book(), enclosed="نامهٔ گلنار", reply_number="77")
    sealing.erase(case.subject_key)
    taken = reading.to_take(
        reading.with_what_is_taken(Case.objects.filter(pk=case.pk)).get()
    ).letters
    assert [(row.number, row.enclosed, row.in_reply_to) for row in taken] == [("1", "", "")]
    with pytest.raises(sealing.Erased):
        reading.letter_for_staff(
            case=Case.objects.get(pk=case.pk), user=clerk(), letter_id=letter.pk
        )


def test_cases_are_found_by_letter_number():
    book = make_book(numbering=TYPED)
    one, two = make_case(), make_case()
    enter(one, book, number="14505/ق/م")
    # Also a national ID, and a word of another case.
    enter(two, book, number="0499370899")
    three = make_case(body="قطعهٔ 14505 در کوچه است و مرزش روشن نیست.")
    found = Case.objects.all()
    assert list(look_up.narrow(found, " ۱۴۵۰۵/ق/م ")) == [one]
    assert set(look_up.narrow(found, "0499370899")) == {one, two, three}
    assert list(look_up.narrow(found, "14505")) == [three]
    # What nobody here may see hides nothing that they may.
    assert list(look_up.narrow(found.filter(pk=three.pk), "14505/ق/م")) == [three]
    assert list(look_up.narrow(found, two.code)) == [two]


# What the citizen sees ---------------------------------------------------------------------------


def opened(receipt):
    """The citizen's browser, signed in, and a bearer token."""
    client = Client()
    data = {"code": receipt.code, "password": receipt.password}
    assert client.post(reverse("service_requests:track"), data).status_code == 302
    token = client.post(f"{API}/sessions", data, "application/json").json()["token"]
    return client, {"Authorization": f"Bearer {token}"}


@pytest.fixture
def two_letters():
    """An answered case with its letters in the books, and its receipt."""
    site = make_site().site
    DeskSettings.objects.update_or_create(site=site, defaults={"body_name": "ادارهٔ کویرمرز"})
    receipt = register()
    case = Case.objects.get(pk=receipt.case.pk)
    officer = officer_of(case)
    case = workflow.start_review(case=case, actor=officer, expected=case.version)
    case = workflow.answer(case=case, actor=officer, expected=case.version, text="کار انجام شد.")
    incoming = enter(
        case, make_book(pattern="{number}/و/{year}"), enclosed="نقشهٔ کوچه", enclosures=1
    )
    out = letters.register_outgoing(
        case=case,
        actor=clerk(),
        book=make_book(OUT, pattern="{number}/ص/{year}"),
        message=answer_of(case),
        entry=Entry(in_reply_to=incoming, signed_by="بهار فرزانه", post="مدیر کل"),
    )
    return SimpleNamespace(receipt=receipt, case=case, incoming=incoming, out=out)


def test_the_tracking_page_shows_numbers_and_days(two_letters):
    client, bearer = opened(two_letters.receipt)
    page = client.get(reverse("service_requests:case")).content.decode()
    year = "".join("۰۱۲۳۴۵۶۷۸۹"[int(d)] for d in str(two_letters.out.year))
    assert "ردیابی نامه در دبیرخانه</h2>" in page
    for text in (f"۱/و/{year}", f"۱/ص/{year}", "نقشهٔ کوچه", "دبیرخانه"):
        assert text in page, text
    shown = client.get(f"{API}/session/case", headers=bearer).json()["letters"]
    assert [row["number"] for row in shown] == [two_letters.incoming.number, two_letters.out.number]
    assert shown[1]["in_reply_to"] == two_letters.incoming.number
    assert shown[0]["pdf"] is None
    letters.void(letter=two_letters.out, actor=clerk(), reason="دلیلِ درونی")
    page = client.get(reverse("service_requests:case")).content.decode()
    assert "دلیلِ درونی" not in page
    shown = client.get(f"{API}/session/case", headers=bearer).json()["letters"]
    assert shown[1]["voided_at"]
    assert shown[1]["pdf"] is None


def test_a_case_without_letters_says_nothing_of_the_secretariat():
    make_site()
    client, _bearer = opened(register())
    page = client.get(reverse("service_requests:case")).content.decode()
    assert 'id="letters"' not in page


def test_the_citizen_takes_the_outgoing_letter_along_and_no_other(two_letters):
    client, bearer = opened(two_letters.receipt)
    page = reverse("service_requests:case_letter", args=[two_letters.out.pk])
    api = client.get(f"{API}/session/case", headers=bearer).json()["letters"][1]["pdf"]
    for answer in (client.get(page), client.get(api, headers=bearer)):
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/pdf"
        assert "no-store" in answer["Cache-Control"]
        assert "گلنار" not in answer["Content-Disposition"]
        assert b"".join(answer.streaming_content).startswith(b"%PDF")
    other, _officer = answered()
    foreign = letters.register_outgoing(
        case=other, actor=clerk(), book=two_letters.out.book, message=answer_of(other)
    )
    for letter in (two_letters.incoming, foreign, SimpleNamespace(pk=uuid.uuid4())):
        address = reverse("service_requests:case_letter", args=[letter.pk])
        assert client.get(address).status_code == 404
        answer = client.get(f"{API}/session/letters/{letter.pk}", headers=bearer)
        assert answer.status_code == 404
    assert Client().get(page).status_code == 302


# On paper ----------------------------------------------------------------------------------------


def printed(case, letter, user=None):
    paper = reading.letter_for_staff(case=case, user=user or clerk(), letter_id=letter.pk)
    return letter_pdf.render(request=RequestFactory().get("/"), paper=paper), paper


def emblem():
    out = io.BytesIO()
    Image.new("RGBA", (40, 40), "navy").save(out, "PNG")
    return out.getvalue()


def test_the_letterhead_is_that_of_the_day_it_was_registered(two_letters, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    desk = DeskSettings.objects.get(site__is_default_site=True)
    desk.body_name, desk.director_name = "ادارهٔ دیگر", "رئیس دیگر"
    desk.emblem.save("emblem.png", ContentFile(emblem()))
    pdf, paper = printed(two_letters.case, two_letters.out)
    data = letter_pdf._data(paper, desk, "https://desk.example/track/")
    assert data["signed_by"] == "بهار فرزانه"
    assert data["body"] == "ادارهٔ کویرمرز"
    assert data["lang"] == "fa"
    assert "image/png;base64," in data["emblem"]
    lines = {line["label"]: line["value"]["text"] for line in data["lines"]}
    assert "گلنار آزمونی‌پور" in lines.values()
    assert any("۱/و/" in value for value in lines.values())
    assert b"/Seal" not in pdf
    assert pypdf.PdfReader(io.BytesIO(pdf)).metadata.title == "نامهٔ صادره"
    assert "pdfaid" in pdf.decode("latin-1")


def test_the_citizens_copy_names_the_case_alone(two_letters):
    session = mock.Mock(credential=mock.Mock(case=two_letters.case))
    paper = reading.letter_for_applicant(session=session, letter_id=two_letters.out.pk)
    shown = str(letter_pdf._data(paper, DeskSettings(), "https://desk.example/"))
    assert "گلنار" not in shown
    assert "آزمونی" not in shown


def test_a_letter_is_signed_where_a_certificate_is_configured(two_letters, settings, tmp_path):
    root = pki.issue("Root of the test")
    own = pki.issue("ادارهٔ نمونه", by=root)
    settings.DESK_SIGNING_PKCS12 = str(own.pkcs12(tmp_path / "own.p12"))
    settings.DESK_SIGNING_PASSPHRASE = pki.PASSPHRASE
    settings.DESK_TRUST_ROOTS = str(root.pem(tmp_path / "root.pem"))
    pdf, _paper = printed(two_letters.case, two_letters.out)
    [found] = find_signatures(io.BytesIO(pdf))
    assert (found.intact, found.whole, found.trusted) == (True, True, True)
    assert found.name == "ادارهٔ نمونه"


@pytest.mark.parametrize(
    ("text", "side"),
    [
        ("سلام Hello", "rtl"),
        ("(۱) سلام", "rtl"),
        ("12/34 Hello سلام", "ltr"),
        ("۱۲/۳۴", ""),
        ("", ""),
    ],
)
def test_what_was_written_reads_from_its_own_side(text, side):
    assert letter_pdf.side_of(text) == side


def test_a_voided_letter_says_so_in_print(two_letters):
    letters.void(letter=two_letters.out, actor=clerk(), reason="نادرست")
    _pdf, paper = printed(two_letters.case, two_letters.out)
    assert letter_pdf._data(paper, DeskSettings(), "https://desk.example/")["void"]


# The screens -------------------------------------------------------------------------------------


def screen(case):
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def test_the_secretariat_registers_voids_and_prints_on_the_screen_of_the_case(client):
    make_site()
    case, _officer = answered()
    book, out = make_book(), make_book(OUT, numbering=TYPED)
    client.force_login(clerk())
    page = client.get(screen(case)).content.decode()
    assert "register_incoming-book" in page
    # A book that numbers itself asks for no number.
    assert "register_incoming-number" not in page
    assert "register_outgoing-number" in page
    key = str(uuid.uuid4())
    data = {
        "action": "register_incoming",
        "register_incoming-expected": case.version,
        "register_incoming-letter_id": key,
        "register_incoming-paper": "case",
        "register_incoming-book": book.pk,
        "register_incoming-letter_date": "1405/02/30",
        "register_incoming-enclosures": "۲",
    }
    for _ in range(2):  # sent twice, it is one
        client.post(screen(case), data)
    letter = Letter.objects.get()
    assert str(letter.pk) == key
    assert (letter.enclosures, letter.letter_date) == (2, jalali.from_jalali(1405, 2, 30))
    data = {
        "action": "register_outgoing",
        "register_outgoing-expected": case.version,
        "register_outgoing-paper": str(answer_of(case).pk),
        "register_outgoing-book": out.pk,
        "register_outgoing-number": "؟",
        "register_outgoing-in_reply_to": str(letter.pk),
    }
    refused = client.post(screen(case), data)
    assert refused.status_code == 422
    assert Letter.objects.count() == 1
    data["register_outgoing-number"] = "۵۵۰/ص"
    assert client.post(screen(case), data).status_code == 302
    sent = Letter.objects.get(direction=OUT)
    assert (sent.number, sent.in_reply_to) == ("550/ص", letter)
    pdf = client.get(reverse("service_requests_admin:letter", args=[case.pk, sent.pk]))
    assert b"".join(pdf.streaming_content).startswith(b"%PDF")
    data = {
        "action": "void_letter",
        "void_letter-expected": case.version,
        "void_letter-letter": str(sent.pk),
        "void_letter-reason": "نادرست بود",
    }
    assert client.post(screen(case), data).status_code == 302
    assert Letter.objects.valid().count() == 1
    assert "register_outgoing-book" in client.get(screen(case)).content.decode()


def test_an_officer_reads_the_numbers_and_registers_nothing(client):
    make_site()
    case, officer = answered()
    letter = enter(case, make_book(pattern="{number}/و"))
    client.force_login(officer)
    page = client.get(screen(case)).content.decode()
    assert "۱/و" in page
    assert "register_outgoing-book" not in page
    assert "void_letter-letter" not in page
    before = Letter.objects.count()
    client.post(screen(case), {"action": "void_letter", "void_letter-letter": str(letter.pk)})
    assert Letter.objects.valid().count() == before


FIELDS = (
    *("letter_id", "paper", "book", "number", "indicator", "registered_on", "letter_date"),
    *("enclosures", "enclosed", "in_reply_to", "reply_number", "following", "following_number"),
    *("expected", "signed_by", "post"),
)


def test_no_hostile_value_of_any_field_crashes_or_stores_half_of_something(client, caplog):
    caplog.set_level("DEBUG")
    make_site()
    case, _officer = answered()
    enter(case, make_book())
    book = make_book(OUT, numbering=TYPED)
    client.force_login(clerk())
    base = {
        "expected": "1",
        "paper": str(answer_of(case).pk),
        "book": str(book.pk),
        "number": "12/ص",
    }
    taken = set()
    with hostile.nothing_crashes(client):
        for what, value in {**hostile.HARMFUL, **hostile.ODD}.items():
            if what == "a million letters":
                value = value[:200_000]  # more of them than a form may hold
            for changed in (dict.fromkeys(FIELDS, value), {"enclosed": value}):
                before = hostile.state()
                data = {f"register_outgoing-{n}": v for n, v in {**base, **changed}.items()}
                sent = client.post(screen(case), {"action": "register_outgoing", **data})
                if sent.status_code == 302:
                    assert set(changed) == {"enclosed"}, what
                    letter = Letter.objects.valid().get(direction=OUT)
                    letters.void(letter=letter, actor=clerk(), reason="برای آزمون")
                    taken.add(what)
                    continue
                assert sent.status_code in (400, 422), what
                assert sent.status_code == 400 or set(changed) & set(
                    sent.context["view"].bound.errors
                ), what
                now = hostile.state()
                for model in ("Letter", "LetterCounter", "Event"):
                    name = f"service_requests.{model}"
                    assert now[name] == before[name], (what, model)
    # What is strange but harmless is taken where words belong.
    assert {"HTML", "SQL", "template", "formula"} <= taken
    assert not set(hostile.HARMFUL) & taken
    assert hostile.MARK not in caplog.text


def test_the_list_of_letters_is_narrowed_and_searched(client):
    make_site()
    case = make_case()
    book = make_book(numbering=TYPED)
    letter = enter(case, book, number="14505/ق/م")
    other = enter(make_case(Kind.COMPLAINT), book, staff_user(Role.COMPLAINTS), number="14506")
    index = reverse("service_requests_letter_modeladmin_index")
    client.force_login(clerk())
    year = jalali.jalali_parts(timezone.now())[0]
    for query, found in {
        "": True,
        "?q=۱۴۵۰۵/ق/م": True,
        f"?q={case.code}": True,
        "?q=14506": False,
        f"?direction__exact=incoming&year={year}&voided=no": True,
        f"?secretariat__id__exact={book.secretariat_id}": True,
        "?direction__exact=outgoing": False,
        "?voided=yes": False,
        f"?year={year - 1}": False,
    }.items():
        page = client.get(index + query)
        assert page.status_code == 200, query
        assert (str(letter.pk) in page.content.decode()) == found, query
        assert str(other.pk) not in page.content.decode(), query
    assert client.get(f"{index}?year=1").status_code == 400
    shown = client.get(reverse("service_requests_letter_modeladmin_inspect", args=[letter.pk]))
    assert shown.status_code == 200
    hidden = client.get(reverse("service_requests_letter_modeladmin_inspect", args=[other.pk]))
    assert hidden.status_code == 404


def test_administrators_set_up_the_books(client):
    make_site()
    index = reverse("service_requests_letterbook_modeladmin_index")
    create = reverse("service_requests_letterbook_modeladmin_create")
    secretariat = Secretariat.objects.create(name="دبیرخانه")
    data = {
        "secretariat": secretariat.pk,
        "direction": "incoming",
        "numbering": "own",
        "pattern": "{number}/۱۰۰/{year}",
        "first_number": "51",
        "first_year": "1405",
        "active": "on",
    }
    for role, may_list, may_create in (
        (Role.ADMINISTRATOR, 200, 200),
        (Role.SECRETARIAT, 200, 302),
        (Role.AUDITOR, 200, 302),
        (Role.EDITOR, 302, 302),
    ):
        client.force_login(staff_user(role))
        assert client.get(index).status_code in (may_list, 403), role
        assert (client.get(create).status_code == 200) == (may_create == 200), role
    client.force_login(staff_user(Role.ADMINISTRATOR))
    bad = client.post(create, {**data, "pattern": "ص"})
    assert bad.status_code == 200
    assert not LetterBook.objects.exists()
    assert client.post(create, data).status_code == 302
    assert LetterBook.objects.get().pattern == "{number}/100/{year}"
    assert client.post(create, data).status_code == 200  # it has one for this direction
    assert LetterBook.objects.count() == 1
