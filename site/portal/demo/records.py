"""The demo's agreement, hours and cases, made through the same verbs as real ones."""

import io
from pathlib import Path

from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from PIL import Image, ImageDraw

from cms_pages.models import Department
from persian.jalali import format_date, from_jalali, jalali_parts, last_day_of_year
from service_requests import conversation, intake, letters, submissions, visits, workflow
from service_requests.enums import Direction, Purpose, Source
from service_requests.models import Case, LetterBook, Secretariat, VisitingHours, VisitRules
from sla import holidays, signing
from sla.importing import import_agreement
from sla.models import AgreementPage, WeeklySchedule
from sla.state import today

AGREEMENT = Path(__file__).parent / "agreement-fa.md"
#: What the invented body promises in figures.
TARGETS = [
    {
        "type": "time",
        "value": {
            "measure": "first_response",
            "amount": 3,
            "unit": "working_days",
            "share": "90",
            "department": "",
            "service": "",
            "kind": "",
        },
    },
    {
        "type": "time",
        "value": {
            "measure": "resolution",
            "amount": 15,
            "unit": "working_days",
            "share": "80",
            "department": "roads",
            "service": "",
            "kind": "request",
        },
    },
    {
        "type": "share",
        "value": {
            "measure": "availability",
            "share": "99.5",
            "department": "",
            "service": "",
            "kind": "",
        },
    },
    {
        "type": "words",
        "value": {"text": "پاسخ‌ها را با واژه‌های ساده می‌نویسیم و دلیل هر تصمیم را می‌گوییم."},
    },
]
PERSON = {
    "person_type": "natural",
    "first_name": "لیلا",
    "last_name": "نمونه‌پور",
    "national_id": "0499370899",
    "mobile": "09120000000",
    "email": "leila@applicant.example",
    "consent": True,
}


def build_calendar() -> None:
    """Ordinary weeks from Saturday to Wednesday, and the holidays of this and the next year."""
    year = jalali_parts(today())[0]
    hours = dict.fromkeys(("saturday", "sunday", "monday", "tuesday"), "7:00-14:30")
    WeeklySchedule.objects.create(
        name="هفتهٔ عادی", first_day=from_jalali(year - 1, 1, 1), wednesday="7:00-14:00", **hours
    )
    for each in (year, year + 1):
        holidays.fill(year=each)


def build_visiting_hours() -> None:
    """When the department of roads receives people: two places, other rules than the usual ones."""
    roads = Department.objects.get(key="roads")
    first = from_jalali(jalali_parts(today())[0] - 1, 1, 1)
    days = dict.fromkeys(("saturday", "monday", "wednesday"), "8:00-12:00")
    VisitingHours.objects.create(
        department=roads,
        place="ساختمان مرکزی، طبقهٔ دوم، اتاق ۲۱۴",
        place_en="Main building, second floor, room 214",
        minutes=20,
        capacity=2,
        first_day=first,
        **days,
    )
    VisitingHours.objects.create(
        department=roads,
        place="میز خدمت، باجهٔ ۳",
        place_en="Service desk, counter 3",
        minutes=30,
        first_day=first,
        sunday="9-11",
    )
    VisitRules.objects.create(department=roads, notice_hours=24, days_ahead=21, answer_days=7)


def agreement_text(year: int) -> bytes:
    """The agreement of one Jalali year, from its first to its last day."""
    days = from_jalali(year, 1, 1), last_day_of_year(year)
    first_day, last_day = map(format_date, days)
    text = AGREEMENT.read_text(encoding="utf-8")
    return text.format(first_day=first_day, last_day=last_day).encode()


def build_agreement() -> None:
    """Import that of this year, publish it and record its signature on paper."""
    year = jalali_parts(today())[0]
    letter_number = f"{year}/100/1"
    imported = import_agreement(data=agreement_text(year), key="service-desk")
    page = AgreementPage.objects.get(pk=imported.page.pk)
    page.targets = TARGETS
    page.save_revision().publish()
    page.refresh_from_db()
    signing.record_paper_signature(
        version=page.version,
        name="بهار فرزانه",
        post="مدیر کل",
        signed_on=from_jalali(year, 1, 1),
        letter_number=letter_number,
        scan=ContentFile(_letter(letter_number), name="letter.png"),
        actor=get_user_model().objects.get(username="admin"),
    )


def build_cases() -> list[tuple[str, str]]:
    """Some cases in different states; returns code and password of the first for the console."""
    officer = get_user_model().objects.get(username="officer")
    build_books()
    shown = []
    rows = [
        (
            "ترمیم راه روستای بالا",
            "آسفالت راه روستا در دو کیلومتر پایانی از بین رفته است.",
            "answer",
        ),
        ("روشنایی پل ورودی", "چراغ‌های پل ورودی روستا خاموش است و شب‌ها خطر دارد.", "info"),
        ("آبراههٔ کنار جاده", "آبراهه گرفته است و با هر باران آب وارد خانه‌ها می‌شود.", ""),
        ("نقشهٔ راه مزرعه", "برای راه مزرعه نقشه‌ای دارم که باید دیده شود.", "visit"),
    ]
    for subject, body, then in rows:
        data = {**PERSON, "kind": "request", "department": "roads", "service": "road-repair"}
        receipt = intake.submit(
            submission=submissions.clean({**data, "subject": subject, "body": body}),
            submission_key=intake.new_submission_key(),
            source=Source.WEB,
            language="fa",
        )
        shown.append((receipt.code, receipt.password or ""))
        case = receipt.case
        if then:
            case = workflow.start_review(case=case, actor=officer, expected=case.version)
        if then == "answer":
            conversation.citizen_adds(case=case, text="نشانی دقیق: کیلومتر ۴ تا ۶.")
            case.refresh_from_db()
            case = workflow.answer(
                case=case,
                actor=officer,
                expected=case.version,
                text="بازدید انجام شد و ترمیم در برنامهٔ این ماه است. از اطلاع شما سپاسگزاریم.",
            )
            _register_letters(case)
        elif then == "info":
            workflow.ask_info(
                case=case, actor=officer, expected=case.version, text="لطفاً نام روستا را بنویسید."
            )
        elif then == "visit":
            visits.call(
                case=case,
                actor=officer,
                expected=case.version,
                bring="اصل نقشه و کارت ملی",
                text="نقشه را با هم می‌بینیم. یکی از زمان‌های آزاد را برگزینید.",
            )
    complaint = {
        **PERSON,
        "kind": "complaint",
        "complained_department": "housing",
        "province": "استان کویرمرز",
        "city": "کویرآباد",
        "address": "خیابان آزمون، شمارهٔ ۷",
        "subject": "دیرکرد در پاسخ",
        "body": "دو ماه است که به پروندهٔ من پاسخی داده نشده است.",
    }
    intake.submit(
        submission=submissions.clean(complaint),
        submission_key=intake.new_submission_key(),
        source=Source.WEB,
        language="fa",
    )
    return shown[:1]


def build_books() -> None:
    """The secretariat of the body, with a book for each direction."""
    secretariat = Secretariat.objects.create(name="دبیرخانهٔ مرکزی", name_en="Central secretariat")
    for direction, unit in ((Direction.INCOMING, "و"), (Direction.OUTGOING, "ص")):
        LetterBook.objects.create(
            secretariat=secretariat, direction=direction, pattern=f"{{number}}/{unit}/{{year}}"
        )


def _register_letters(case: Case) -> None:
    """The case and its answer in the books."""
    clerk = get_user_model().objects.get(username="secretariat")
    incoming = letters.register_incoming(
        case=case, actor=clerk, book=LetterBook.objects.get(direction=Direction.INCOMING)
    )
    letters.register_outgoing(
        case=case,
        actor=clerk,
        book=LetterBook.objects.get(direction=Direction.OUTGOING),
        message=case.messages.get(purpose=Purpose.ANSWER),
        entry=letters.Entry(in_reply_to=incoming),
    )


def _letter(number: str) -> bytes:
    """A picture that stands for the scanned letter."""
    image = Image.new("RGB", (620, 877), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((40, 40, 580, 837), outline="gray", width=2)
    draw.text((80, 90), f"SAMPLE LETTER {number}", fill="black")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()
