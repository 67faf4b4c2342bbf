"""Cases as citizens make them: through the real verbs, with invented people."""

import io
import random
from datetime import date
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from cms_pages.enums import Role
from service_requests import intake, slots, tokens, visits, workflow
from service_requests.days import today
from service_requests.enums import Kind, PersonType, Source, TokenScope
from service_requests.models import Case, VisitingHours
from service_requests.submissions import clean
from sla.models import WeeklySchedule
from tests.cms_pages.factories import DepartmentFactory, staff_user
from tests.replayed import replayed

PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<< /Root 1 0 R >>\n%%EOF\n"
DEVICE = "Golnar's telephone"

NATURAL = {
    "person_type": PersonType.NATURAL,
    "first_name": "گلنار",
    "last_name": "آزمونی‌پور",
    "national_id": "0499370899",
}
LEGAL = {
    "person_type": PersonType.LEGAL,
    "legal_name": "شرکت راهسازان نمونه",
    "legal_id": "10380284790",
    "rep_name": "بهروز نماینده",
    "rep_national_id": "0790419904",
    "rep_position": "مدیر عامل",
}
FOREIGN = {
    "person_type": PersonType.FOREIGN,
    "first_name": "Amina",
    "last_name": "Rahimi",
    "foreign_id": "123456789012",
}


def data(kind: str = Kind.REQUEST, person: dict[str, str] = NATURAL, **changes: Any) -> dict:
    """What a door hands to `submissions.clean`."""
    filled: dict[str, Any] = {
        "kind": kind,
        **person,
        "mobile": "09123456789",
        "email": "golnar@Example.IR",
        "province": "مرکزی",
        "city": "اراک",
        "address": "خیابان آزمون، پلاک ۷",
        "subject": "تعمیر آسفالت کوچه بنفشه",
        "body": "آسفالت کوچه بنفشه فرسوده شده و چاله‌های بزرگی دارد.",
        "consent": True,
    }
    place = "complained_department" if kind == Kind.COMPLAINT else "department"
    if place not in changes and "service" not in changes:
        filled[place] = DepartmentFactory().key
    filled.update(changes)
    return {name: value for name, value in filled.items() if value is not None}


def submission(kind: str = Kind.REQUEST, person: dict[str, str] = NATURAL, **changes: Any):
    """A clean submission; `department` may be a Department."""
    return clean(data(kind, person, **changes))


def register(
    kind: str = Kind.REQUEST,
    person: dict[str, str] = NATURAL,
    *,
    key: str | None = None,
    files: Any = (),
    draft: Any = None,
    **changes: Any,
) -> intake.OpenReceipt:
    """Register a case through the website's door; returns its receipt."""
    return intake.submit(
        submission=submission(kind, person, **changes),
        submission_key=key or intake.new_submission_key(),
        source=Source.WEB,
        language="fa",
        files=files,
        draft=draft,
    )


@replayed
def make_case(kind: str = Kind.REQUEST, **changes: Any) -> Case:
    """A registered case, read back from the database."""
    return Case.objects.get(pk=register(kind, **changes).case.pk)


def officer_of(case: Case, **fields: Any):
    """An officer of the department that has the case."""
    return staff_user(Role.OFFICER, case.department, **fields)


def head_of(case: Case, **fields: Any):
    """A head of the department that has the case."""
    return staff_user(Role.HEAD, case.department, **fields)


@replayed
def in_review(**changes: Any) -> tuple[Case, Any]:
    """A case under review, and the officer who has it."""
    case = make_case(**changes)
    officer = officer_of(case)
    return workflow.start_review(case=case, actor=officer, expected=case.version), officer


@replayed
def answered(**changes: Any) -> tuple[Case, Any]:
    """An answered case, and the officer who answered."""
    case, officer = in_review(**changes)
    case = workflow.answer(
        case=case, actor=officer, expected=case.version, text="کار انجام شد.", files=()
    )
    return case, officer


def secret_of(user: Any, scope: str = TokenScope.WRITE) -> str:
    """The secret of a new token of the API for a member of staff."""
    day = today()
    token = tokens.allow(user=user, name="برنامه", scope=scope, last_day=day, actor=user)
    return tokens.issue(token=token, actor=user)


def photo() -> SimpleUploadedFile:
    """A picture that says with which device it was taken."""
    exif = Image.Exif()
    exif[271] = DEVICE
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(out, "JPEG", exif=exif)
    return SimpleUploadedFile("عکس.jpg", out.getvalue())


def upload(name: str = "گزارش.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    """A small file as a form receives it."""
    return SimpleUploadedFile(name, content, content_type="application/octet-stream")


def big_stream(size: int) -> io.BytesIO:
    """A PDF-like stream of a given size."""
    return io.BytesIO(PDF + random.Random(1405).randbytes(max(0, size - len(PDF))))


def receives(department: Any, **changes: Any) -> VisitingHours:
    """Visiting hours of a department that never close and a calendar that never closes either.

    One person every half hour, at any hour of any day: tests run at any time.
    """
    if not WeeklySchedule.objects.filter(department=None).exists():
        always = dict.fromkeys(WeeklySchedule.BY_WEEKDAY, "0-24")
        WeeklySchedule.objects.create(name="همیشه", first_day=date(2020, 1, 1), **always)
    values = {
        "place": "ساختمان شمارهٔ ۲، اتاق ۱۴",
        "place_en": "Building 2, room 14",
        "minutes": 30,
        "first_day": date(2020, 1, 1),
        **dict.fromkeys(VisitingHours.BY_WEEKDAY, "0-24"),
    }
    return VisitingHours.objects.create(department=department, **{**values, **changes})


def called(**changes: Any) -> tuple[Case, Any]:
    """A case whose applicant is to choose a time, and the officer who called them."""
    case, officer = in_review(**changes)
    if not VisitingHours.objects.filter(department=case.department).exists():
        receives(case.department)
    case = visits.call(
        case=case, actor=officer, expected=case.version, bring="اصل شناسنامه", text="منتظریم."
    )
    return case, officer


def booked(**changes: Any) -> tuple[Case, Any]:
    """A case with a time for a visit: the first one that is free."""
    case, officer = called(**changes)
    return visits.choose(case=case, slot=slots.offers(case.department)[0].key), officer
