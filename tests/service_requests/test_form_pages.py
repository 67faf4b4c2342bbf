"""Editors' forms from the editor to the case: shaped, filled in without JavaScript, kept."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext

from cms_pages.enums import Role
from desk_core.querysets import AppendOnly
from service_requests import codes, drafts, housekeeping, reading
from service_requests.forms import LABELS
from service_requests.models import Attachment, Case, Draft, FormVersion, RequestFormPage
from service_requests.request_forms import filling, shaping, versions
from tests.cms_pages.factories import (
    DepartmentFactory,
    ServiceFactory,
    make_site,
    staff_user,
    translate,
)
from tests.service_requests.factories import PDF, officer_of
from tests.service_requests.request_forms import (
    block,
    ident,
    key,
    make_form,
    option,
    publish,
    step,
    steps,
    when,
)

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

PERSON = {
    "first_name": "مریم",
    "last_name": "كاظمي",
    "national_id": "۰۰۸۴۵۷۵۹۴۸",
    "mobile": "۰۹۱۲ ۳۴۵ ۶۷۸۹",
}
HOUSE = f"s{2:08x}0000"
LAND_STEP, OWNER = f"s{1:08x}0000", f"s{3:08x}0000"


@pytest.fixture(autouse=True)
def _no_human_check(settings):
    settings.DESK_HUMAN_CHECK_OFF = True


@pytest.fixture
def desk(db):
    return make_site()


@pytest.fixture
def page(desk):
    return make_form(desk)


def at(slug: str, form: str = "land") -> str:
    return reverse("service_requests:form_step", args=[form, slug])


CHECK = "service_requests:form_check"
OWNED = {key(48): "0499370899", key(54): "on"}


def fill(client: Client, kind: int = 0, **person):
    """Every page; a house has a step more. Returns the answer of the last one before the check."""
    first = {key(16): option(16, kind), key(17): "۲۵۰٫۵"}
    client.post(at(LAND_STEP), {**first, key(18): "ده بالا"})
    if kind:
        client.post(
            at(HOUSE),
            {
                key(33): "۱۴۰۴/۰۱/۰۵",
                key(34): [option(34, 1), option(34, 2)],
                key(32): SimpleUploadedFile("سند.pdf", PDF),
            },
        )
    client.post(at(OWNER), OWNED)
    return client.post(at("person"), {**PERSON, **person})


def send(client: Client, **more):
    return client.post(reverse(CHECK, args=["land"]), {"consent": "on", **more})


def answers_of(case: Case, user=None) -> dict:
    view = reading.for_staff(case=case, user=user or officer_of(case))
    return {answer.label: answer.text for answer in view.form.answers()}


def test_the_page_shows_what_is_asked_and_leads_to_the_first_page(client, page):
    shown = client.get(page.url)
    assert "مالک" in shown.content.decode()
    begin = reverse("service_requests:form", args=["land"])
    assert begin in shown.content.decode()
    assert client.get(begin).url == at(LAND_STEP)
    assert client.get(at(LAND_STEP)).status_code == 200


def test_a_form_without_javascript_becomes_a_case_under_its_questions(client, page):
    assert fill(client).url == reverse(CHECK, args=["land"])
    checked = client.get(reverse(CHECK, args=["land"])).content.decode()
    assert "ده بالا" in checked
    assert "تصویر سند" not in checked
    assert send(client).url == reverse("service_requests:receipt")
    case = Case.objects.get()
    assert case.form_version == page.version
    assert case.department == page.departments.get()
    shown = answers_of(case)
    assert shown["نوع ملک"] == "زمین"
    assert shown["نام روستا"] == "ده بالا"
    assert shown["کد ملی مالک"] == "049•••••99"
    assert shown["توضیح"] == ""
    assert "تاریخ سند" not in shown
    receipt = client.get(reverse("service_requests:receipt")).content.decode()
    assert "ده بالا" in receipt
    assert "0499370899" not in receipt
    assert "۰۴۹۹۳۷۰۸۹۹" not in receipt
    assert "ده بالا" not in str(bytes(case.sealed_content))


def test_a_masked_number_keeps_its_order_and_the_digits_of_the_reader(client, page):
    fill(client)
    send(client)
    receipt = client.get(reverse("service_requests:receipt")).content.decode()
    assert '<bdi dir="ltr">۰۴۹•••••۹۹</bdi>' in receipt


def test_a_question_that_an_answer_calls_for_comes_on_the_same_page(client, page):
    first = {key(16): option(16, 0), key(17): "5"}
    again = client.post(at(LAND_STEP), first)
    assert again.url == f"{at(LAND_STEP)}?more"
    shown = client.get(again.url)
    assert key(18) in shown.context["form"].fields
    assert not shown.context["form"].errors
    missing = client.post(at(LAND_STEP), {**first, key(18): ""})
    assert list(missing.context["form"].errors) == [key(18)]
    assert f'href="#id_{key(18)}"' in missing.content.decode()
    other = client.post(at(LAND_STEP), {**first, key(16): option(16, 1)})
    assert other.url == at(HOUSE)


def test_going_back_loses_nothing_and_a_changed_answer_drops_what_hung_on_it(client, page):
    fill(client, kind=1)
    assert client.get(at(HOUSE)).context["form"][key(33)].value() == "۱۴۰۴/۰۱/۰۵"
    assert client.get(at(OWNER)).context["back"] == at(HOUSE)
    assert client.get(at(HOUSE)).context["back"] == at(LAND_STEP)
    client.post(at(LAND_STEP), {key(16): option(16, 0), key(17): "5", key(18): "ده"})
    assert client.get(at(OWNER)).context["back"] == at(LAND_STEP)
    assert client.get(at(HOUSE)).status_code == 302
    assert send(client).url == reverse("service_requests:receipt")
    assert "تاریخ سند" not in answers_of(Case.objects.get())
    assert not Attachment.objects.exists()


def test_a_file_answers_its_question_and_another_takes_its_place(
    client, page, private_files, django_capture_on_commit_callbacks
):
    before = private_files()
    fill(client, kind=1)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            at(HOUSE),
            {
                key(33): "۱۴۰۴/۰۱/۰۵",
                key(34): [option(34, 0)],
                key(32): SimpleUploadedFile("b.pdf", PDF + b"2"),
            },
        )
    assert len(private_files() - before) == 1
    send(client)
    case = Case.objects.get()
    shown = reading.for_staff(case=case, user=officer_of(case)).form
    files = {answer.label: [f.name for f in answer.files] for answer in shown.answers()}
    assert files["تصویر سند"] == ["b.pdf"]
    assert "۱۴۰۴" in answers_of(case)["تاریخ سند"]


def test_a_bad_file_and_a_removed_one(client, page):
    client.post(at(LAND_STEP), {key(16): option(16, 1), key(17): "5"})
    bad = client.post(
        at(HOUSE),
        {key(33): "x", key(34): [option(34, 0)], key(32): SimpleUploadedFile("x.exe", b"MZ")},
    )
    assert set(bad.context["form"].errors) == {key(32), key(33)}
    client.post(at(HOUSE), {key(32): SimpleUploadedFile("a.pdf", PDF)})
    kept = Attachment.objects.get()
    assert "a.pdf" in client.get(at(HOUSE)).content.decode()
    client.post(reverse("service_requests:form_remove_file", args=["land", HOUSE, kept.pk]))
    assert not Attachment.objects.exists()


def test_a_refused_file_is_not_told_of_as_missing(client, desk):
    make_form(desk, steps=[step("سند", 2, block("file", "تصویر سند", 32))])
    client.get(reverse("service_requests:form", args=["land"]))
    bad = client.post(at(HOUSE), {key(32): SimpleUploadedFile("x.exe", b"MZ")})
    [said] = bad.context["form"].errors[key(32)]
    assert said.startswith("x.exe: ")
    [said] = client.post(at(HOUSE), {}).context["form"].errors[key(32)]
    assert said == gettext("Please fill this in.")


def test_answers_go_on_with_the_version_begun_while_the_editor_publishes_another(client, page):
    client.get(at(LAND_STEP))
    old = page.version
    changed = steps()
    changed[0]["value"]["questions"][2]["value"]["label"] = "نام آبادی"
    page.steps = changed
    page = publish(page)
    assert page.version != old
    assert page.version.number == 2
    # The page was open with the old version when the new one came.
    client.post(at(LAND_STEP), {"version": old.pk, key(16): option(16, 0), key(17): "5"})
    client.post(at(LAND_STEP), {key(16): option(16, 0), key(17): "5", key(18): "ده"})
    client.post(at(OWNER), OWNED)
    client.post(at("person"), PERSON)
    send(client)
    case = Case.objects.get()
    assert case.form_version == old
    assert answers_of(case)["نام روستا"] == "ده"


def test_a_version_replaced_long_ago_goes_on_with_the_one_of_today(client, page):
    fill(client)
    page.title = "نام تازه"
    page = publish(page)
    later = timezone.now() + versions.FINISHED_WITHIN + timedelta(hours=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions.timezone, "now", lambda: later)
        assert versions.begun("land", page.version.pk - 1) is None
    assert versions.begun("land", page.version.pk) == page.version
    for nonsense in ("", "x", "۱", "9" * 30, "-1"):
        assert versions.begun("land", nonsense) is None
    assert versions.begun("other", page.version.pk) is None


def test_publishing_the_same_again_makes_no_version_and_versions_are_written_once(page):
    assert publish(page).version == page.version
    assert FormVersion.objects.count() == 1
    with pytest.raises(AppendOnly):
        page.version.delete()
    with pytest.raises(AppendOnly):
        FormVersion.objects.update(number=9)


def test_a_deleted_page_takes_no_case_and_no_question_along(client, page):
    fill(client)
    send(client)
    case = Case.objects.get()
    page.delete()
    assert Client().get(reverse("service_requests:form", args=["land"])).status_code == 404
    assert answers_of(Case.objects.get(pk=case.pk))["نام روستا"] == "ده بالا"


def test_what_was_begun_is_finished_after_the_page_was_taken_down(client, page):
    fill(client)
    page.unpublish()
    assert client.get(page.url).status_code == 404
    assert send(client).url == reverse("service_requests:receipt")


def test_two_tabs_and_a_replayed_post_are_one_case_that_was_shown(client, page):
    fill(client)
    shown = client.get(reverse(CHECK, args=["land"])).context["shown"]
    client.post(at(LAND_STEP), {key(16): option(16, 0), key(17): "7", key(18): "ده پایین"})
    changed = send(client, shown=shown)
    assert changed.context["form"].non_field_errors()
    assert "ده پایین" in changed.content.decode()
    assert send(client).url == send(client).url == reverse("service_requests:receipt")
    assert Case.objects.count() == 1


def test_something_else_that_was_begun_is_not_lost_without_a_question(client, page):
    general = reverse("service_requests:submit")
    client.post(general, {"kind": "request", "person_type": "natural"})
    asked = client.get(at(LAND_STEP))
    assert asked.templates[0].name == "service_requests/form_other.html"
    begin = reverse("service_requests:form", args=["land"])
    assert client.post(begin, {"anew": "1"}).url == at(LAND_STEP)
    assert client.get(at(LAND_STEP)).context["form"]
    fill(client)
    asked = client.get(general)
    assert asked.templates[0].name == "service_requests/form_other.html"
    assert client.get(reverse("service_requests:on")).url == reverse(CHECK, args=["land"])
    assert client.get(reverse("service_requests:submit_check")).url == reverse(CHECK, args=["land"])
    client.post(general, {"anew": "1"})
    assert client.get(general).templates[0].name == "service_requests/submit.html"


def test_a_later_page_asked_for_first_says_why_it_is_not_there(client, page):
    assert client.get(at(OWNER)).status_code == 410
    assert client.get(at("nonsense")).url == reverse("service_requests:form", args=["land"])
    assert client.get(reverse(CHECK, args=["land"])).status_code == 410
    assert client.get(at(LAND_STEP, "nonsense")).status_code == 404


def leave(client: Client):
    """Leave what was begun; its code and password."""
    assert client.post(at(OWNER), {**OWNED, "later": "1"}).url == reverse("service_requests:later")
    assert client.get(reverse("service_requests:later")).status_code == 200
    return client.post(reverse("service_requests:later")).context["left"]


def take_up(client: Client, code: str, password: str):
    return client.post(reverse("service_requests:resume"), {"code": code, "password": password})


def test_a_draft_is_left_with_a_code_and_taken_up_from_another_device(client, page):
    client.post(at(LAND_STEP), {key(16): option(16, 0), key(17): "5", key(18): "ده بالا"})
    left = leave(client)
    assert client.get(at(OWNER)).status_code == 410
    housekeeping.sweep(at=timezone.now() + timedelta(days=6))
    elsewhere = Client()
    assert take_up(elsewhere, left.code, left.password).url == reverse("service_requests:on")
    assert elsewhere.get(reverse("service_requests:on")).url == at("person")
    assert elsewhere.get(at(LAND_STEP)).context["form"][key(18)].value() == "ده بالا"
    elsewhere.post(at("person"), PERSON)
    assert send(elsewhere).url == reverse("service_requests:receipt")
    assert Case.objects.count() == 1
    assert take_up(Client(), left.code, left.password).status_code == 200
    assert left.password not in str(Draft.objects.values())


def test_a_wrong_password_and_an_unknown_code_are_answered_alike(client, page):
    client.post(at(LAND_STEP), {key(16): option(16, 0), key(17): "5", key(18): "ده"})
    left = leave(client)
    wrong = take_up(Client(), left.code, "0" * 16)
    unknown = take_up(Client(), codes.new_code(), left.password)
    assert wrong.status_code == unknown.status_code == 200
    assert wrong.context["form"].errors == unknown.context["form"].errors
    assert "رهگیری" not in str(wrong.context["form"].errors), "its code is no tracking code"
    for _attempt in range(5):
        take_up(Client(), left.code, "0" * 16)
    slowed = take_up(Client(), left.code, "0" * 16)
    assert slowed.context["human"] is not None


def test_a_left_draft_is_erased_when_its_time_is_over(client, page):
    client.post(at(LAND_STEP), {key(16): option(16, 0), key(17): "5", key(18): "ده"})
    left = leave(client)
    subject = Draft.objects.select_related("subject_key").get().subject_key
    housekeeping.sweep(at=timezone.now() + drafts.LEFT_LIFETIME + timedelta(minutes=1))
    assert not Draft.objects.exists()
    subject.refresh_from_db()
    assert subject.erased_at is not None
    assert take_up(Client(), left.code, left.password).context["form"].errors


def test_the_desks_own_form_can_be_left_too(client, page):
    client.post(reverse("service_requests:submit"), {"kind": "request", "person_type": "natural"})
    response = client.post(reverse("service_requests:submit_person"), {**PERSON, "later": "1"})
    assert response.url == reverse("service_requests:later")
    left = client.post(response.url).context["left"]
    elsewhere = Client()
    take_up(elsewhere, left.code, left.password)
    on = elsewhere.get(reverse("service_requests:on"))
    assert on.url == reverse("service_requests:submit_words")


def test_the_form_leaves_to_choose_what_the_editor_left_open(client, desk):
    roads, water = DepartmentFactory(), DepartmentFactory()
    mine, other = ServiceFactory(department=roads), ServiceFactory(department=water)
    page = make_form(
        desk,
        slug="open",
        department=roads,
        steps=[step("یک", 1, block("text", "چه؟", 16))],
    )
    page.for_legal = True
    page.departments = [roads, water]
    page.services = [mine, other]
    publish(page)
    about = client.get(at("about", "open")).context["form"]
    assert list(about.fields) == ["person_type", "service"]
    client.post(at("about", "open"), {"person_type": "natural", "service": other.key})
    client.post(at(LAND_STEP, "open"), {key(16): "چیزی"})
    client.post(at("person", "open"), PERSON)
    client.post(reverse(CHECK, args=["open"]), {"consent": "on"})
    case = Case.objects.get()
    assert (case.department, case.service) == (water, other)


def test_the_help_of_an_editor_stands_as_text_before_how_the_answer_is_written(client, desk):
    asked = block("date", "تاریخ سند", 33, hint="از <i>روی</i> سند.")
    make_form(desk, steps=[step("سند", 2, asked)])
    client.get(reverse("service_requests:form", args=["land"]))
    shown = client.get(at(HOUSE)).content.decode()
    assert (
        "از &lt;i&gt;روی&lt;/i&gt; سند. " + gettext("Year/month/day, for example 1405/09/01.")
        in shown
    )


def test_an_editor_sees_no_case_and_its_own_page_says_nothing_of_them(client, page):
    fill(client)
    send(client)
    case = Case.objects.get()
    editor = Client()
    user = staff_user(Role.EDITOR)
    editor.force_login(user)
    assert not Case.objects.visible_to(user).exists()
    inspect = reverse("service_requests_case_modeladmin_inspect", args=[case.pk])
    assert editor.get(inspect).status_code in (302, 403, 404)
    shown = editor.get(reverse("wagtailadmin_pages:edit", args=[page.pk]))
    assert shown.status_code == 200
    for secret in ("ده بالا", case.code, "0499370899"):
        assert secret not in shown.content.decode()


def test_the_editor_is_told_of_a_condition_that_leads_nowhere(page):
    wrong = steps()
    wrong[0]["value"]["questions"][2]["value"]["shown_if"] = when("نوع زمین", "زمین")
    wrong[1]["value"]["shown_if"] = when("کد ملی مالک", test="answered")
    page.steps = wrong
    found = shaping.mistakes_in(page)
    assert {(each.step, each.question, each.field) for each in found} == {
        (0, 2, "question"),
        (1, None, "question"),
    }
    error = shaping.as_block_errors(found)
    inner = error.block_errors[0].block_errors["questions"].block_errors[2]
    assert "question" in inner.block_errors["shown_if"].block_errors
    assert "question" in error.block_errors[1].block_errors["shown_if"].block_errors
    before = page.version
    assert publish(page).version == before


def test_words_of_options_become_their_values_and_keys_survive_new_words(page):
    definition = shaping.definition_of(page)
    assert definition.steps[1].condition.values == (option(16, 1),)
    page.steps[0].value["questions"][0].value["label"] = "گونهٔ ملک"
    again = shaping.definition_of(page)
    assert [q.key for q in again.questions()] == [q.key for q in definition.questions()]
    assert page.steps[0].id == ident(1)


def test_a_translation_is_the_same_form_and_is_answered_in_its_language(client, desk, page):
    english = steps()
    english[0]["value"]["questions"][0]["value"]["label"] = "What is it?"
    english[0]["value"]["questions"][2]["value"]["shown_if"] = when("What is it?", "زمین")
    english[1]["value"]["shown_if"] = when("What is it?", "خانه")
    translated = translate(page, "en", title="A plot", steps=english)
    translated = RequestFormPage.objects.get(pk=translated.pk)
    assert translated.version.form == page.version.form
    assert translated.version.language == "en"
    shown = client.get(f"/en{at(LAND_STEP).removeprefix('/fa')}").content.decode()
    assert "What is it?" in shown


def test_what_a_newer_version_offers_no_more_is_dropped_and_asked_again(client, desk):
    roads, water, fields = (DepartmentFactory() for _each in range(3))
    question = [step("یک", 1, block("text", "چه؟", 16))]
    page = make_form(desk, slug="open", department=roads, steps=question)
    page.for_legal = True
    page.departments = [roads, water]
    page = publish(page)
    client.post(at("about", "open"), {"person_type": "natural", "department": water.key})
    client.post(at(LAND_STEP, "open"), {key(16): "چیزی"})
    client.post(at("person", "open"), PERSON)
    page.departments = [roads, fields]
    page.for_natural, page.for_foreign = False, True
    publish(page)
    old = FormVersion.objects.get(number=1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "FINISHED_WITHIN", timedelta(0))
        assert versions.begun("open", old.pk) is None
        begun = client.get(reverse(CHECK, args=["open"]), follow=True)
        assert begun.redirect_chain[-1][0] == at("about", "open")
        assert begun.context["moved"]
        assert begun.context["asked_again"] == [LABELS["person_type"], LABELS["department"]]
        again = client.post(at("about", "open"), {"person_type": "legal", "department": ""})
        assert "department" in again.context["form"].errors
        client.post(at("about", "open"), {"person_type": "legal", "department": fields.key})
        shown = client.get(at(LAND_STEP, "open"))
        assert not shown.context["moved"]
        assert "چیزی" in shown.content.decode()
        last = client.get(reverse(CHECK, args=["open"]))
        assert last.url == f"{at('person', 'open')}?fix"


def test_a_choice_that_a_newer_version_makes_by_itself_does_not_stop_the_draft(client, desk):
    roads, water = DepartmentFactory(), DepartmentFactory()
    service = ServiceFactory(department=roads)
    question = [step("یک", 1, block("text", "چه؟", 16))]
    page = make_form(desk, slug="open", department=roads, steps=question)
    page.departments = [roads, water]
    page = publish(page)
    client.post(at("about", "open"), {"department": water.key})
    client.post(at(LAND_STEP, "open"), {key(16): "چیزی"})
    client.post(at("person", "open"), PERSON)
    page.departments, page.services = [], [service]
    publish(page)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "FINISHED_WITHIN", timedelta(0))
        client.post(at(LAND_STEP, "open"), {key(16): "چیزی"})
        sent = client.post(reverse(CHECK, args=["open"]), {"consent": "on"})
    assert sent.url == reverse("service_requests:receipt")
    case = Case.objects.get()
    assert (case.department, case.service) == (roads, service)


def test_a_form_that_nobody_receives_says_so_before_anything_is_filled_in(
    client, page, django_capture_on_commit_callbacks
):
    begin = reverse("service_requests:form", args=["land"])
    fill(client)
    with django_capture_on_commit_callbacks(execute=True):
        only = page.departments.get()
        only.active = False
        only.save()
        other = DepartmentFactory()
    shown = client.get(page.url).content.decode()
    assert "/requests/new/" in shown
    assert "/forms/land/" not in shown
    for address in (begin, at(LAND_STEP), reverse(CHECK, args=["land"])):
        answer = client.get(address)
        assert answer.status_code == 410
        assert reverse("service_requests:submit") in answer.content.decode()
    assert send(client).status_code == 410
    assert not Case.objects.exists()
    page.departments = [other, *page.departments.all()]
    publish(page)
    assert "/forms/land/" in client.get(page.url).content.decode()


def test_services_of_departments_that_take_nothing_make_no_form(page):
    service = ServiceFactory()
    page.departments, page.services = [], [service]
    version = publish(page).version
    assert filling.can_be_sent(version.questions)
    assert filling.received([version]) == [version]
    service.department.active = False
    service.department.save()
    assert not filling.can_be_sent(version.questions)
    assert filling.received([version]) == []
