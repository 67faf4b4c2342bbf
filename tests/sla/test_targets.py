"""Targets: as values, as sentences, in the editor, in what is signed."""

from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import override
from wagtail.models import Locale
from wagtail.test.utils.form_data import nested_form_data, streamfield

from cms_pages.enums import Role
from sla.document import Document, blanks_of, digest_of, read_canonical
from sla.enums import Measure, Unit
from sla.importing import import_agreement
from sla.models import AgreementPage
from sla.publishing import PublishRefused
from sla.sentences import sentence
from sla.target_blocks import TargetsBlock, targets_of
from sla.targets import Target, choose
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, staff_user
from tests.sla.factories import make_page, make_signed, time_target, words_target
from tests.sla.test_admin import edit_url, editor_form


def target(measure=Measure.RESOLUTION, **values):
    given = {"key": measure.value, "share": Decimal(90), "amount": 15, **values}
    return Target(measure=measure, **given)


# Which target holds


def test_the_narrowest_target_holds():
    everybody = target(key="a")
    complaints = target(key="b", kind="complaint")
    roads = target(key="c", department="roads")
    repair = target(key="d", service="repair")
    known = (complaints, everybody, repair, roads)

    def key(**case):
        found = choose(known, Measure.RESOLUTION, **case)
        return found.key if found else None

    assert key(department="roads", service="repair", kind="complaint") == "d"
    assert key(department="roads", service="", kind="complaint") == "c"
    assert key(department="housing", service="", kind="complaint") == "b"
    assert key(department="housing", service="", kind="request") == "a"
    other = {"department": "roads", "service": "", "kind": "request"}
    assert choose(known, Measure.FIRST_RESPONSE, **other) is None


# Sentences


@pytest.mark.parametrize(
    ("promise", "expected"),
    [
        (
            target(department="roads", department_name="Roads", kind="request"),
            "90% of requests to Roads get their final answer within 15 working days.",
        ),
        (
            target(Measure.FIRST_RESPONSE, share=Decimal(100), amount=1, unit=Unit.WORKING_HOURS),
            "All cases get a first response within 1 working hour.",
        ),
        (
            target(Measure.VISIT, amount=3, unit=Unit.DAYS, kind="complaint", share=Decimal(80)),
            "Where a visit in person is needed, 80% of complaints get an appointment within "
            "3 calendar days.",
        ),
        (
            target(Measure.AVAILABILITY, share=Decimal("99.5"), service="map", service_name="Map"),
            "The service “Map” is available 99.5% of the time.",
        ),
        (
            target(Measure.SATISFACTION, share=Decimal(80)),
            "At least 80% of the people who rate the handling of cases are satisfied.",
        ),
        (Target(key="words", measure=Measure.WORDS, text="We are polite."), "We are polite."),
        (target(department="gone"), "90% of cases of gone get their final answer within"),
    ],
)
def test_each_target_is_one_full_sentence(promise, expected):
    assert sentence(promise, "en").startswith(expected)


@pytest.mark.parametrize("measure", list(Measure))
@pytest.mark.parametrize("narrow", ["", "department", "service"])
def test_each_persian_sentence_is_whole_and_in_persian_digits(measure, narrow):
    names = {narrow: "k", f"{narrow}_name": "ادارهٔ راه"} if narrow else {}
    promise = target(measure, share=Decimal("99.5"), text="ما پاسخ می‌دهیم ۹۹٫۵", **names)
    with override("en"):
        text = sentence(promise, "fa")
    assert "%(" not in text
    assert not any(digit in text for digit in "0123456789")
    assert "۹۹٫۵" in text
    assert narrow == "" or measure == Measure.WORDS or "ادارهٔ راه" in text


# The canonical form


def test_a_document_with_targets_survives_its_canonical_form_and_one_without_keeps_its_digest():
    bare = Document("desk", 1, "fa", "توافق")
    assert '"targets"' not in bare.canonical()
    promise = target(share=Decimal("99.50"), department="roads", department_name="ادارهٔ راه")
    document = Document("desk", 1, "fa", "توافق", targets=(promise,))
    assert read_canonical(document.canonical()) == document
    same = Document("desk", 1, "fa", "توافق", targets=(target(**{**_values(promise)}),))
    assert digest_of(same.canonical()) == digest_of(document.canonical())
    other = Document("desk", 1, "fa", "توافق", targets=(target(share=Decimal("99.4")),))
    assert digest_of(other.canonical()) != digest_of(document.canonical())


def _values(promise):
    return {
        "share": Decimal("99.5"),
        "department": promise.department,
        "department_name": promise.department_name,
    }


def test_a_blank_in_a_promise_is_named():
    promise = Target(key="words", measure=Measure.WORDS, text="ظرف [مدت زمان] پاسخ می‌دهیم.")
    (place,) = blanks_of(Document("desk", 1, "fa", "توافق", targets=(target(), promise)))
    assert (place.part, place.index, place.blank.text) == ("targets", 1, "[مدت زمان]")


# What editors type


def stream(*blocks):
    data = nested_form_data({"targets": streamfield([(b["type"], b["value"]) for b in blocks])})
    return TargetsBlock().value_from_datadict(data, {}, "targets")


def faults(*blocks):
    """Field errors of each target, by index."""
    with pytest.raises(ValidationError) as refused:
        TargetsBlock().clean(stream(*blocks))
    return {n: set(error.block_errors) for n, error in refused.value.block_errors.items()}


@pytest.mark.django_db
def test_persian_digits_and_signs_are_understood():
    value = TargetsBlock().clean(stream(time_target(amount="۱۵", share="۹۹٫۵٪")))
    (promise,) = targets_of(value)
    assert (promise.amount, promise.share, promise.key) == (15, Decimal("99.5"), "resolution")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"amount": "0"},
        {"amount": "-3"},
        {"amount": "1001"},
        {"amount": "پانزده"},
        {"amount": ""},
        {"amount": "9" * 5000},
        {"share": "0"},
        {"share": "101"},
        {"share": "99.5555"},
        {"share": "nan"},
        {"share": "²"},
        {"share": ""},
        {"unit": "weeks"},
        {"measure": "availability"},
        {"department": "nowhere"},
        {"department": "nul\0"},
        {"service": "nothing"},
        {"kind": "wish"},
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_cannot_be_is_refused_at_its_field(wrong):
    assert faults(time_target(**wrong)) == {0: set(wrong)}


@pytest.mark.django_db
def test_combinations_that_cannot_be_are_refused_at_their_field():
    roads, housing = DepartmentFactory(key="roads"), DepartmentFactory(key="housing")
    repair = ServiceFactory(key="repair", department=roads)
    assert faults(time_target(department=housing.key, service=repair.key)) == {0: {"service"}}
    share = {
        "measure": "availability",
        "share": "99.5",
        "department": "",
        "service": "repair",
        "kind": "complaint",
    }
    assert faults({"type": "share", "value": share}) == {0: {"kind"}}
    twice = time_target(department=roads.key)
    assert faults(time_target(), twice, twice) == {2: {"measure"}}
    assert TargetsBlock().clean(stream(time_target(service=repair.key), twice))


@pytest.mark.django_db
def test_checking_many_targets_is_one_query(django_assert_num_queries):
    roads = DepartmentFactory(key="roads")
    services = [ServiceFactory(department=roads).key for _n in range(8)]
    value = stream(*(time_target(service=key, department="roads") for key in services))
    with django_assert_num_queries(1):
        TargetsBlock().clean(value)


# In the editor


@pytest.fixture
def boss(db):
    return get_user_model().objects.create_superuser("boss", "boss@example.org", "x")


def posted(*blocks):
    return {"targets": streamfield([(block["type"], block["value"]) for block in blocks])}


def test_the_editor_sees_each_target_as_a_sentence_in_both_languages_after_saving(client, boss):
    DepartmentFactory(key="roads", name="ادارهٔ راه", name_en="Roads")
    page = make_page()
    client.force_login(boss)
    data = editor_form(page, **posted(time_target(department="roads", amount="۱۵")))
    assert client.post(edit_url(page), data).status_code == 302
    shown = client.get(edit_url(page)).content.decode()
    assert "90% of cases of Roads get their final answer within 15 working days." in shown
    assert '<p lang="fa" dir="rtl">' in shown
    assert "ادارهٔ راه" in shown


def test_a_wrong_target_comes_back_with_its_fault_and_nothing_is_stored(client, boss):
    page = make_page()
    client.force_login(boss)
    data = editor_form(page, **posted(time_target(share="۱۲۰")))
    answer = client.post(edit_url(page), {**data, "action-publish": "1"})
    assert answer.status_code == 200
    assert "targets" in answer.context["form"].errors
    assert not AgreementPage.objects.get().live


def test_while_typing_the_sentences_are_asked_for_by_editors_only(client, boss):
    address = reverse("sla_admin:target_sentences")
    data = nested_form_data(posted(time_target(amount="۷"), words_target("سخن کوتاه می‌گوییم.")))
    assert client.post(address, data).status_code == 302
    client.force_login(staff_user(Role.OFFICER))
    assert client.post(address, data).status_code == 302
    client.force_login(boss)
    assert client.get(address).status_code == 405
    first, second = client.post(address, data).json()["sentences"]
    assert first["en"] == "90% of cases get their final answer within 7 working days."
    assert second["fa"] == "سخن کوتاه می‌گوییم."
    half = nested_form_data(posted(time_target(amount="هفت", share="")))
    assert client.post(address, half).status_code == 200
    for bad in ({"targets-count": "9999999999"}, {"targets-count": "x"}, {"targets-count": "2"}):
        assert client.post(address, bad).status_code == 400
    assert client.post(address, {}).json() == {"sentences": []}


# Signed


@pytest.mark.django_db
def test_targets_are_sealed_with_the_text_and_cannot_be_changed_afterwards():
    roads = DepartmentFactory(key="roads", name="ادارهٔ راه")
    page = make_signed(targets=[time_target(department="roads"), words_target()])
    sealed = read_canonical(page.version.signed_text.body).targets
    assert [each.key for each in sealed] == ["resolution", "words"]
    assert sealed[0].department_name == "ادارهٔ راه"
    page.targets = [time_target(department="roads", amount=30)]
    with pytest.raises(PublishRefused) as refused:
        page.save()
    assert [objection.field for objection in refused.value.objections] == ["targets"]
    # The unit gets another name: what was signed keeps the one it was signed with.
    roads.name = "ادارهٔ دیگر"
    roads.save()
    again = AgreementPage.objects.get(pk=page.pk)
    assert again.document.targets == sealed
    again.save()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "blocks",
    [
        [time_target(amount=0)],
        [time_target(share="0")],
        [time_target(department="nowhere")],
        [time_target(), time_target(amount=3)],
        [words_target("ظرف [مدت] پاسخ می‌دهیم.")],
    ],
)
def test_a_target_that_promises_nothing_clear_keeps_the_page_from_being_published(blocks):
    with pytest.raises(PublishRefused) as refused:
        make_page(live=True, targets=blocks)
    assert {objection.field for objection in refused.value.objections} == {"targets"}


@pytest.mark.django_db
def test_readers_and_programs_see_the_targets_of_the_signed_text(
    client, django_assert_max_num_queries
):
    DepartmentFactory(key="roads", name="ادارهٔ راه")
    page = make_signed(targets=[time_target(department="roads"), words_target()])
    with django_assert_max_num_queries(12):
        shown = client.get(page.get_url()).content.decode()
    assert 'id="target-resolution"' in shown
    assert "ادارهٔ راه" in shown
    found = client.get(f"/api/v2/pages/{page.pk}/").json()["targets"]
    assert found[0]["share"] == "90"
    assert found[0]["department"] == "roads"
    listed = client.get("/api/desk/v1/agreements/desk/versions/1").json()
    assert listed["targets"] == found


@pytest.mark.django_db
def test_an_agreement_without_targets_promises_nothing(client):
    page = make_signed()
    assert 'id="targets"' not in client.get(page.get_url()).content.decode()
    assert client.get("/api/desk/v1/agreements/desk/versions/1").json()["targets"] == []


@pytest.mark.django_db
def test_importing_an_agreement_invents_no_targets(index, agreement_bytes):
    page = import_agreement(data=agreement_bytes, key="seed").page
    assert page.own_document().targets == ()


@pytest.mark.django_db
def test_a_copy_of_a_signed_page_is_a_draft_with_the_same_targets():
    page = make_signed(targets=[time_target(), words_target()])
    copied = page.copy(update_attrs={"slug": "copied"})
    assert copied.version.number == 2
    assert not copied.live
    assert copied.own_document().targets == page.document.targets


@pytest.mark.django_db
def test_a_translation_has_the_targets_of_the_signed_text_in_its_own_language():
    DepartmentFactory(key="roads", name="ادارهٔ راه", name_en="Roads")
    page = make_signed(targets=[time_target(department="roads")])
    english, _new = Locale.objects.get_or_create(language_code="en")
    page.get_parent().copy_for_translation(english, copy_parents=True)
    translated = page.copy_for_translation(english)
    assert translated.is_translation
    (data,) = translated.targets_data
    assert data["sentence"] == (
        "90% of cases of Roads get their final answer within 15 working days."
    )
    translated.targets = [time_target(amount=99)]
    assert translated.document.targets[0].amount == 15
