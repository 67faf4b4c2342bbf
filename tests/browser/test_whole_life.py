"""One complaint from its registration to its survey, and back once (mission, R1 to R9).

The citizen walks with scripts and without; the staff's screens have theirs.
"""

import re
from typing import Any

import pytest
from django.utils import translation
from portal.demo import records

from cms_pages.models import Department, HomePage
from persian.digits import to_persian
from service_requests.models import Case, PendingAnswer, SurveyResultsPage
from service_requests.surveys import figures, releasing
from tests.browser.citizen import (
    BODY,
    COMPANY,
    SUBJECT,
    answer_in_words,
    fill,
    go_on,
    press,
    read_receipt,
    sign_in,
    wait_for_proof,
)
from tests.browser.staff import log_in

pytestmark = pytest.mark.browser
PDF = b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PLACE = {"province": "استان آزمون", "city": "کویرآباد", "address": "خیابان نمونه، شمارهٔ ۷"}
REASON = "این کار به حوزهٔ راه مربوط است."
QUESTION = "لطفاً نقشهٔ محل را بفرستید."
FIRST = "نرده در برنامهٔ تعمیر است."
SECOND = "نرده تعمیر شد و بازدید نهایی انجام گرفت."


def complain(page: Any, *, javascript: bool) -> tuple[str, str]:
    """A legal person complains about the department of housing; the code and the password."""
    page.goto("/requests/new/")
    page.locator("[name=kind][value=complaint]").check()
    page.locator("[name=person_type][value=legal]").check()
    go_on(page)
    fill(page, COMPANY | PLACE)
    go_on(page)
    page.locator("[name=complained_department]").select_option("housing")
    fill(page, {"subject": SUBJECT, "body": BODY})
    go_on(page)
    page.locator("[name=consent]").check()
    if javascript:
        wait_for_proof(page)
    else:
        answer_in_words(page)
    page.wait_for_timeout(2100)
    go_on(page)
    return read_receipt(page)


def step(page: Any, action: str, **values: str) -> None:
    """Take one step on the case's screen."""
    page.goto(f"/admin/service_requests/case/inspect/{Case.objects.get().pk}/")
    form = page.locator(f"form:has(input[name=action][value={action}])").first
    folded = page.locator(f"details:has(input[name=action][value={action}])")
    if folded.count() and folded.first.get_attribute("open") is None:
        folded.first.locator("summary").click()
    for name, value in values.items():
        field = form.locator(f"[name$={name}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(label=value)
        else:
            field.fill(value)
    with page.expect_navigation():
        form.locator("button").last.click()


def unfold(page: Any, form: str) -> Any:
    """A form of the citizen's page that may be folded away."""
    found = page.locator(f"form[action*={form}]")
    folded = page.locator(f"details:has(form[action*={form}])")
    if folded.count() and folded.first.get_attribute("open") is None:
        folded.first.locator("summary").first.click()
    return found


def words(page: Any) -> str:
    page.goto("/requests/case/")
    return page.locator("main").inner_text()


def publish_results() -> str:
    """The public page of results; its address."""
    with translation.override("fa"):
        page = SurveyResultsPage(title="آنچه مردم می‌گویند", slug="opinions")
        HomePage.objects.get(locale__language_code="fa").add_child(instance=page)
        page.save_revision().publish()
        return str(page.get_url())


def answers_of_others(**by_department: int) -> None:
    """What other people thought of cases of the same kind, all of it good."""
    mine = PendingAnswer.objects.get()
    same = {name: getattr(mine, name) for name in ("month", "purpose", "version", "kind")}
    for key, count in by_department.items():
        department = Department.objects.get(key=key)
        for _ in range(count):
            PendingAnswer.objects.create(**same, department=department, answers={"overall": 5})


def departments_shown(page: Any, address: str) -> dict[str, str]:
    """What the public page says of each department; nothing where it shows no table at all."""
    page.goto(address)
    rows = page.locator(".survey-figure").first.locator("tbody tr").all()
    return {
        row.locator("th").inner_text(): " ".join(row.locator("td").all_inner_texts())
        for row in rows
    }


@pytest.mark.parametrize(
    "javascript",
    [
        pytest.param(True, id="scripts", marks=pytest.mark.drill),
        # On PostgreSQL where there is one: the whole journey is walked on both databases.
        pytest.param(False, id="no-scripts", marks=pytest.mark.strict_drill),
    ],
)
def test_a_complaint_goes_its_whole_way(open_page, tmp_path, javascript):
    citizen = open_page(width=390, javascript=javascript)
    code, password = complain(citizen, javascript=javascript)
    press(citizen, "form[action*=kept] button")
    sign_in(citizen, code, password)

    office = open_page()
    log_in(office, "complaints")
    with translation.override("fa"):
        records.build_books()

    step(office, "refer", department="راه‌های روستایی", reason=REASON)
    assert REASON in words(citizen)

    step(office, "start_review")
    step(office, "ask_info", text=QUESTION)
    assert QUESTION in words(citizen)
    plan = tmp_path / "نقشه.pdf"
    plan.write_bytes(PDF)
    reply = unfold(citizen, "message")
    reply.locator("[name=text]").fill("نقشه پیوست است.")
    reply.locator("[name=files]").set_input_files(plan)
    press(citizen, "form[action*=message] button")
    assert "نقشه.pdf" in words(citizen)

    step(office, "call_visit", bring="کارت ملی")
    citizen.goto("/requests/case/")
    citizen.locator("[name=slot]").first.check()
    with citizen.expect_navigation():
        citizen.locator("form:has([name=slot]) button").first.click()
    assert citizen.url.endswith("?booked")

    step(office, "answer", text=FIRST)
    step(office, "register_incoming")
    step(office, "register_outgoing", following_number="۸۸/م")
    said = words(citizen)
    assert FIRST in said
    assert "۸۸/م" in said

    objection = unfold(citizen, "objection")
    objection.locator("textarea").first.fill("هنوز کاری نشده است.")
    press(citizen, "form[action*=objection] button")
    step(office, "start_review")
    step(office, "answer", text=SECOND)
    step(office, "close")
    said = words(citizen)
    assert SECOND in said
    assert Case.objects.get().state == "closed"

    press(citizen, "form[action*=survey] button")
    citizen.locator("[name=overall][value='4']").check()
    press(citizen, "form[action*=survey] button")
    citizen.wait_for_url("**/survey/thanks/**")
    results = publish_results()
    assert not departments_shown(citizen, results), "one answer alone is not shown"
    # Months are shown once they are over.
    PendingAnswer.objects.update(month=figures.window()[-1])
    answers_of_others(roads=19, land=12, transport=3)
    releasing.release()
    told = departments_shown(citizen, results)
    names = {row.key: row.name for row in Department.objects.all()}
    assert told[names["roads"]] == f"{to_persian('20')} {to_persian('100')}٪"
    # The three are too few, and with the twelve beside the whole they could be computed.
    assert told[names["transport"]] == told[names["land"]]
    assert not re.search(r"\d", told[names["land"]])
    assert SECOND not in citizen.locator("main").inner_text()
