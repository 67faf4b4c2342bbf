"""A day at the desk with people whose every word is distinctive: through pages, API and admin.

`live_a_day()` leaves cases of each kind of person behind, with files, messages, notes, a visit, a
referral, a survey with a comment, a re-issued password and an abandoned draft, and returns
everything that must not lie anywhere in clear.
"""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from desk_core.sealing import open_subject
from persian.jalali import format_datetime
from service_requests import attachments, drafts, receipts
from service_requests.intake import new_submission_key
from service_requests.models import (
    Attachment,
    Case,
    Enquiry,
    Event,
    InternalNote,
    Letter,
    LetterBook,
    Message,
    PendingAnswer,
)
from service_requests.surveys import keys

API = "/api/desk/v1"
NATURAL = {
    "first_name": "ژاله‌گون",
    "last_name": "سپهروشان‌تبار",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲ ۷۷۱ ۳۰۹۴",
    "phone": "۰۸۶ ۳۳۶۷ ۹۱۸۲",
    "email": "zhale.sepehrvash@Applicant.example",
    "province": "هرمزآبادان",
    "city": "کوشک‌زرین",
    "address": "کوچهٔ نیلوفرستان، پلاک ۸۱۳۷۲",
    "postal_code": "۳۸۱۷۶۵۴۳۹۲",
}
LEGAL = {
    "person_type": "legal",
    "legal_name": "شرکت گردونه‌سازان پرنیان‌کار",
    "legal_id": "10380284790",
    "rep_name": "تهمورث دیوبندی",
    "rep_national_id": "0790419904",
    "rep_position": "سرپرست ترازنامه‌ها",
    "mobile": "09359914478",
}
FOREIGN = {
    "person_type": "foreign",
    "first_name": "Zubaydullah",
    "last_name": "Qaraqoyunlu",
    "foreign_id": "739150264817",
    "mobile": "+989359914477",
    "email": "zubayd@applicant.example",
}
WORDS = {
    "subject": "فرونشست شالوده‌های آب‌انبار",
    "body": "دیوارهٔ آب‌انبار ترک‌های دهشتناکی برداشته و همسایگان بیمناک‌اند.",
    "previous_letter_number": "۱۴۰۵/۷۷۱/۸۸۲۳",
}
LEGAL_WORDS = {
    "subject": "بارنامه‌های گم‌شدهٔ گردونه",
    "body": "بارنامه‌های ما در گلوگاه بایگانی ناپدید شده‌اند.",
}
FOREIGN_WORDS = {
    "subject": "Residence of the caravanserai",
    "body": "Mein Zimmer im Karawanserei-Wohnheim ist feucht und schimmelig.",
    "address": "Karawanserei-Wohnheim 55183",
}
MESSAGE = "پیغام: کلید انباری نزد ننه‌سرما است."
QUESTION = "پرسش: شمارهٔ کنتور آب‌انبار چیست؟ سنجه‌گذار"
ANSWER = "پاسخ: گروه شالوده‌بان پنج‌شنبه می‌آید."
NOTE = "یادداشت: متقاضی پیش‌تر هم شکوه‌نامه داده بود."
REASON = "ارجاع: کار سازه‌شناسان است."
PLACE = "اتاق ۷۴۱۱۹ زیر تالار آیینه‌کاری"
THIRD_PARTY = "کارگزار نقشه‌خوان شهربانی"
THIRD_QUESTION = "استعلام: پهنای گذرگاه آب‌انبار چند گز است؟"
THIRD_SHOWN = "گذرگاهی نزدیک بازارچه ابریشم‌تابان"
THIRD_ANSWER = "استعلام‌شده: هفده گز و نیم، به گواه نقشه"
ENCLOSED = "پیوست: کروکی دستکشیدهٔ قنات خاله‌گلاب"
REPLIED = "۶۶۱۹۲/گم/۱۳۹۸"
FOLLOWED = "77304/خا/1397"
VOIDED = "ابطال: برای ننه‌سرما به‌جای قنات ثبت شده بود."
COMMENT = "نظر: بسیار دل‌گرم‌کننده و تندپا بود."
FILE_NAME = "نقشه_آب‌انبار_سپهروشان.pdf"
SECOND_FILE = "kontor-anbar-photo-4471.pdf"
MARKER = "MARKER-WITHIN-THE-FILE-90317"


def pdf(size: int = 0) -> bytes:
    """A file with the marker, `size` bytes long at least."""
    words = f"%PDF-1.4\n% {MARKER} {'x' * size}\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF\n"
    return words.encode()


PDF = pdf()
DRAFT_NAME = "نیمه‌کاره‌نویس"


def live_a_day(password: str) -> dict[str, str]:
    """Everything secret, by what it is. `password` is that of the demo's staff."""
    secrets = {"password of the staff": password}
    web = _natural_on_the_pages(secrets)
    _legal_and_foreign_through_the_api(secrets)
    case = Case.objects.get(code=web["code"])
    _staff(case, password, secrets)
    _after_the_answer(case, secrets)
    _abandoned_draft(secrets)
    secrets |= {f"written: {n}": text for n, text in enumerate(_written())}
    return secrets | {f"opened: {n}": text for n, text in enumerate(everything_opened())}


def _written() -> list[str]:
    people = (NATURAL, LEGAL, FOREIGN, WORDS, LEGAL_WORDS, FOREIGN_WORDS)
    told = (MESSAGE, QUESTION, ANSWER, NOTE, REASON, PLACE, COMMENT)
    told += (THIRD_PARTY, THIRD_QUESTION, THIRD_SHOWN, THIRD_ANSWER)
    letters = (ENCLOSED, REPLIED, FOLLOWED, VOIDED)
    values = [value for words in people for value in words.values()]
    values = [value for value in values if value not in ("legal", "foreign")]
    texts = [*values, *told, *letters, FILE_NAME, SECOND_FILE, MARKER, DRAFT_NAME]
    # Distinctive words on their own, too: a piece in clear is as bad as the whole.
    rare = ["سپهروشان", "نیلوفرستان", "شالوده", "دهشتناک", "Karawanserei"]
    rare += ["گردونه", "گلوگاه", "ننه‌سرما", "کنتور", "شکوه‌نامه", "دل‌گرم", "پرنیان", "دیوبندی"]
    return [*texts, *rare, "9127713094", "9359914478", "zhale.sepehrvash"]


def _natural_on_the_pages(secrets: dict[str, str]) -> dict[str, str]:
    client = Client()
    url = _url
    client.post(url("submit"), {"kind": "request", "person_type": "natural"})
    # A mistake first: what was typed is kept, and must be kept sealed.
    client.post(url("submit_person"), {**NATURAL, "national_id": "0084575949"})
    client.post(url("submit_person"), NATURAL)
    files = [SimpleUploadedFile(FILE_NAME, PDF), SimpleUploadedFile("s.exe", b"MZ")]
    client.post(url("submit_words"), {**WORDS, "department": "roads", "files": files})
    client.post(url("submit_words"), {**WORDS, "department": "roads"})
    token = client.cookies["desk_draft"].value
    for step in ("submit", "submit_person", "submit_words", "submit_check"):
        assert client.get(url(step)).status_code == 200
    assert client.post(url("submit_check"), {}).status_code == 200  # no consent
    client.post(url("submit_check"), {"consent": "on"})
    page = client.get(url("receipt"))
    receipt = page.context["receipt"]
    assert client.get(url("receipt_pdf"))["Content-Type"] == "application/pdf"
    client.post(url("receipt_kept"))
    secrets |= {
        "password": receipt.password,
        "draft token": token,
        "submission key": drafts.submission_key(token),
    }
    client.post(url("track"), {"code": receipt.code, "password": "9" * 16})
    entered = client.post(url("track"), {"code": receipt.code, "password": receipt.password})
    assert entered.status_code == 302
    secrets["tracking token"] = client.cookies["desk_tracking"].value
    key = client.get(url("case")).context["message_form"]["message_id"].value()
    files = [SimpleUploadedFile(SECOND_FILE, pdf(3_000_000))]
    data = {"text": MESSAGE, "message_id": str(key), "files": files}
    assert client.post(url("case_message"), data).status_code == 302
    return {"code": receipt.code, "password": receipt.password}


def _legal_and_foreign_through_the_api(secrets: dict[str, str]) -> None:
    client = Client()
    legal = {
        **LEGAL,
        **LEGAL_WORDS,
        "kind": "complaint",
        "complained_department": "housing",
        **{name: NATURAL[name] for name in ("province", "city", "address")},
        "consent": "true",
        "submission_key": new_submission_key(),
    }
    wrong = {**legal, "legal_id": "10380284791"}
    assert client.post(f"{API}/requests/with-files", wrong).status_code == 422
    sent = client.post(
        f"{API}/requests/with-files", {**legal, "files": [SimpleUploadedFile(FILE_NAME, PDF)]}
    )
    assert sent.status_code == 201, sent.content
    foreign = {
        **FOREIGN,
        **FOREIGN_WORDS,
        "kind": "suggestion",
        "department": "land",
        "consent": True,
        "submission_key": new_submission_key(),
    }
    other = client.post(
        f"{API}/requests", foreign, "application/json", headers={"Accept-Language": "en"}
    )
    assert other.status_code == 201, other.content
    opened = client.post(
        f"{API}/sessions",
        {"code": other.json()["code"], "password": other.json()["password"]},
        content_type="application/json",
    ).json()
    bearer = {"Authorization": f"Bearer {opened['token']}"}
    body = {"text": "The caretaker Nebukadnezar has the Zisternenschlüssel."}
    said = client.post(f"{API}/session/messages", body, "application/json", headers=bearer)
    assert said.status_code == 201
    secrets |= {
        "legal key": legal["submission_key"],
        "foreign key": foreign["submission_key"],
        "legal password": sent.json()["password"],
        "foreign password": other.json()["password"],
        "bearer": opened["token"],
        "caretaker": "Nebukadnezar",
    }


def _staff(case: Case, password: str, secrets: dict[str, str]) -> None:
    officer = signed_in("officer", password)
    index = reverse("service_requests_case_modeladmin_index")
    for term in ("0084575948", "شالوده", case.code):
        found = officer.post(index, {"q": term}, follow=True)
        assert str(case.pk) in found.content.decode()
        assert term not in found.request["QUERY_STRING"]
    act(officer, case, "start_review")
    act(officer, case, "open", reason="contact")
    act(officer, case, "note", text=NOTE)
    _third_party(officer, case, secrets)
    act(officer, case, "ask_info", text=QUESTION)
    act(officer, case, "start_review")
    act(
        officer,
        case,
        "request_visit",
        at=format_datetime(timezone.now() + timezone.timedelta(days=3)),
        place=PLACE,
    )
    act(officer, case, "answer", text=ANSWER)
    _letters(case, password)
    for file in case.attachments.all():
        answer = officer.get(reverse("service_requests_admin:file", args=[case.pk, file.pk]))
        assert MARKER.encode() in b"".join(answer.streaming_content)
    secrets["re-issued password"] = _reissue(officer, case)
    foreign = Case.objects.get(person_type="foreign")
    land = signed_in("admin", password)
    land.post(screen(foreign), {"action": "refer"})


def _third_party(officer: Client, case: Case, secrets: dict[str, str]) -> None:
    words = {"party": THIRD_PARTY, "question": THIRD_QUESTION, "shown": THIRD_SHOWN}
    link = act(officer, case, "enquire", **words, days="3").context["link"]
    client = Client()
    assert client.post(_url("question"), {"token": link}).status_code == 302
    assert THIRD_QUESTION in client.get(_url("question_answer")).content.decode()
    answered = client.post(_url("question_answer"), {"text": THIRD_ANSWER, "name": THIRD_PARTY})
    assert answered.status_code == 302
    secrets["token of a question"] = link.rpartition("#")[2]


def _letters(case: Case, password: str) -> None:
    """The case and its answer in the books, printed; a first entry is voided."""
    clerk = signed_in("secretariat", password)
    books = {book.direction: book for book in LetterBook.objects.all()}
    for number in range(2):
        act(
            clerk,
            case,
            "register_incoming",
            paper="case",
            book=str(books["incoming"].pk),
            enclosed=ENCLOSED,
            reply_number=REPLIED,
        )
        if not number:
            letter = str(Letter.objects.valid().get(case=case).pk)
            act(clerk, case, "void_letter", letter=letter, reason=VOIDED)
    act(
        clerk,
        case,
        "register_outgoing",
        paper=str(case.messages.get(purpose="answer").pk),
        book=str(books["outgoing"].pk),
        following_number=FOLLOWED,
        signed_by="بهار فرزانه",
    )
    for letter in case.letters.all():
        address = reverse("service_requests_admin:letter", args=[case.pk, letter.pk])
        assert b"".join(clerk.get(address).streaming_content).startswith(b"%PDF")
    assert case.letters.count() == 3
    index = reverse("service_requests_letter_modeladmin_index")
    assert str(letter.pk) in clerk.post(index, {"q": letter.number}, follow=True).content.decode()


def _reissue(officer: Client, case: Case) -> str:
    page = officer.get(screen(case)).content.decode()
    key = re.search(r'name="reissue-slip_key" value="([^"]+)"', page).group(1)
    act(
        officer,
        case,
        "reissue",
        slip_key=key,
        identity_checked="on",
        reason="lost_password",
        identity="national_card",
    )
    # It stands on the printed slip alone.
    password = receipts.open_receipt(submission_key=key).password
    printed = officer.post(
        reverse("service_requests_admin:slip_pdf", args=[case.pk]), {"submission_key": key}
    )
    assert printed.content.startswith(b"%PDF")
    return password


def _after_the_answer(case: Case, secrets: dict[str, str]) -> None:
    client = Client()
    data = {"code": case.code, "password": secrets["re-issued password"]}
    assert client.post(_url("track"), data).status_code == 302
    assert client.post(_url("case_survey")).status_code == 302
    rated = client.post(_url("survey"), {"overall": "5", "comment": COMMENT})
    assert rated.status_code == 302
    assert ANSWER in client.get(_url("case")).content.decode()


def _abandoned_draft(secrets: dict[str, str]) -> None:
    client = Client()
    client.post(_url("submit"), {"kind": "request", "person_type": "natural"})
    client.post(_url("submit_person"), {**NATURAL, "first_name": DRAFT_NAME})
    client.post(
        _url("submit_words"), {"subject": DRAFT_NAME, "files": SimpleUploadedFile(FILE_NAME, PDF)}
    )
    secrets["abandoned token"] = client.cookies["desk_draft"].value


def signed_in(username: str, password: str) -> Client:
    """A member of staff, through the login page."""
    client = Client()
    page = client.post(reverse("wagtailadmin_login"), {"username": username, "password": password})
    assert page.status_code == 302, username
    return client


def screen(case: Case) -> str:
    """The case in the admin."""
    return reverse("service_requests_case_modeladmin_inspect", args=[case.pk])


def act(client: Client, case: Case, action: str, **fields: str) -> Any:
    """Carry out a step on the case's screen."""
    case.refresh_from_db()
    if action == "open":
        return client.post(screen(case), {"action": action, **fields})
    data = {"action": action, f"{action}-expected": case.version}
    response = client.post(
        screen(case), data | {f"{action}-{name}": value for name, value in fields.items()}
    )
    assert response.status_code in (200, 302), (action, response.status_code)
    return response


def everything_opened() -> list[str]:
    """Every sealed text of every case, the demo's too, once its keys are used."""
    found: list[Any] = []
    for case in Case.objects.select_related("subject_key"):
        subject = open_subject(case.subject_key)
        found.append(subject.open_json(bytes(case.sealed_content), record=case.content_record))
        for row in Message.objects.filter(case=case):
            found.append(subject.open_json(bytes(row.sealed_body), record=row.record))
        for row in InternalNote.objects.filter(case=case):
            found.append(subject.open(bytes(row.sealed_text), record=row.record).decode())
        for row in Enquiry.objects.filter(case=case):
            found.append(subject.open_json(bytes(row.sealed_question), record=row.question_record))
            found.append(subject.open_json(bytes(row.sealed_answer), record=row.answer_record))
        for row in Event.objects.filter(case=case, sealed_note__isnull=False):
            found.append(subject.open(bytes(row.sealed_note), record=row.record).decode())
        for row in Letter.objects.filter(case=case):
            details = subject.open_json(bytes(row.sealed_details), record=row.details_record)
            # Who the body is, and who signs for it, is public.
            public = ("head", "signed_by", "post")
            found.append({name: text for name, text in details.items() if name not in public})
            if row.sealed_void_reason is not None:
                reason = subject.open(bytes(row.sealed_void_reason), record=row.void_record)
                found.append(reason.decode())
        found += [attachments.name_of(row, subject) for row in Attachment.objects.filter(case=case)]
    for row in PendingAnswer.objects.filter(sealed_comment__isnull=False):
        found += keys.words_of(row).values()
    return list(dict.fromkeys(leaves(found)))


def leaves(value: Any) -> list[str]:
    """Every text of a structure, but for times."""
    if isinstance(value, dict):
        return [text for each in value.values() for text in leaves(each)]
    if isinstance(value, list):
        return [text for each in value for text in leaves(each)]
    is_time = isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\dT", value)
    return [value] if isinstance(value, str) and not is_time else []


def _url(name: str) -> str:
    return reverse(f"service_requests:{name}")
