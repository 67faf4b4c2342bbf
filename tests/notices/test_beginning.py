"""Templates: words with a few safe variables, with which notices are begun."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from wagtail.models import Locale

from notices import variables
from notices.enums import Impact, Kind
from notices.models import Notice, NoticePage, NoticeTemplate
from tests.cms_pages.factories import ServiceFactory, staff_user
from tests.notices.factories import ahead
from tests.notices.test_staff import jalali

screen = pytest.mark.screen


def make_template(**fields):
    words = NoticeTemplate(
        **{
            "name": "به‌روزرسانی شبانه",
            "title": "به‌روزرسانی {services}",
            "message": "روز {day} از {start} تا {end}.",
            "title_en": "Update of {services}",
            "message_en": "On {day}, from {start} to {end}.",
            "kind": Kind.MAINTENANCE,
            "impact": Impact.PARTIAL,
        }
        | fields
    )
    words.full_clean()
    words.save()
    return words


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "named"),
    [
        *(("{begin}", "{begin}"), ("{}", "{}"), ("{start.year}", "{start.year}")),
        *(("{start!r}", "{start!r}"), ("{0}", "{0}"), ("{ start }", "{ start }")),
        *(("{{start}}", "{start}"), ("{start", "{start}"), ("end}", "{start}")),
        *(("{% load x %}", "{% load x %}"), ("{start}}", "{start}")),
    ],
)
def test_unknown_variables_are_refused_at_their_field(text, named):
    for field in ("title", "message", "title_en", "message_en"):
        with pytest.raises(ValidationError) as error:
            make_template(**{field: f"متن {text}"})
        assert set(error.value.message_dict) == {field}
        assert named in error.value.message_dict[field][0]
    assert not NoticeTemplate.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"title_en": ""}, "title_en"),
        ({"message_en": ""}, "message_en"),
        ({"message": "<i>x</i>"}, "message"),
        ({"message": ""}, "message"),
        ({"name": ""}, "name"),
    ],
)
def test_half_a_template_is_refused(fields, wrong):
    with pytest.raises(ValidationError) as error:
        make_template(**fields)
    assert wrong in error.value.message_dict


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=60), st.dictionaries(st.sampled_from(list(variables.VARIABLES)), st.text()))
def test_values_are_never_read_as_variables(text, values):
    filled = variables.fill("{start}|{end}", {"start": "{end}", "end": text})
    assert filled == "{end}|" + text
    assert variables.fill(text.replace("{", ""), values) == text.replace("{", "")


@pytest.fixture
def english(index):
    return index.copy_for_translation(Locale.objects.get(language_code="en"))


def begin_url(words):
    return reverse("notices_admin:begin", args=[words.pk])


@screen
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["editor", "head"])
def test_a_notice_is_begun_with_a_template_in_both_languages(client, index, english, role):
    words = make_template()
    service = ServiceFactory(name="استعلام", name_en="Enquiry")
    user = staff_user(role, service.department if role == "head" else None)
    client.force_login(user)
    listed = client.get(reverse("notices_noticetemplate_modeladmin_index")).content.decode()
    assert begin_url(words) in listed
    assert client.get(begin_url(words)).status_code == 200
    start = ahead(days=3).replace(second=0, microsecond=0)
    end = ahead(days=3, hours=2).replace(second=0, microsecond=0)
    sent = {"services": [service.pk], "starts_at": jalali(start), "expected_end": jalali(end)}
    answer = client.post(begin_url(words), sent)
    page = NoticePage.objects.get(locale__language_code="fa")
    assert answer["Location"] == reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert (page.live, page.title, page.kind) == (False, "به‌روزرسانی استعلام", "maintenance")
    assert (page.impact, page.starts_at, page.expected_end) == ("partial", start, end)
    assert page.get_latest_revision().user == user
    draft = page.get_translations().get().specific.get_latest_revision_as_object()
    assert (draft.title, draft.slug) == ("Update of Enquiry", "update-of-enquiry")
    assert "{" not in page.message + draft.message
    assert not Notice.objects.exists()
    words.title = "چیز دیگر"
    words.save()
    page.refresh_from_db()
    assert page.title == "به‌روزرسانی استعلام"


@screen
@pytest.mark.django_db
def test_impossible_times_are_answered_at_their_field(client, index):
    words = make_template(title_en="", message_en="")
    client.force_login(staff_user("editor"))
    sent = {"starts_at": jalali(ahead(days=3)), "expected_end": jalali(ahead(days=2))}
    answer = client.post(begin_url(words), sent)
    assert set(answer.context["form"].errors) == {"expected_end"}
    assert not NoticePage.objects.exists()


@screen
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("message", "asked"),
    [
        ("از {start}", {"starts_at"}),
        ("روز {day}", {"starts_at"}),
        ("تا {end}", {"expected_end"}),
        ("به مدت {duration}", {"starts_at", "expected_end"}),
        ("{services} در دسترس نیست.", set()),
    ],
)
def test_times_that_the_words_speak_of_are_asked_for(client, index, message, asked):
    words = make_template(message=message, title_en="", message_en="")
    client.force_login(staff_user("editor"))
    answer = client.post(begin_url(words), {})
    assert (answer.status_code, NoticePage.objects.exists()) == (
        (200, False) if asked else (302, True)
    )
    if asked:
        assert set(answer.context["form"].errors) == asked


@screen
@pytest.mark.django_db
@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_who_writes_no_notices_begins_none(client, index, role):
    words = make_template()
    client.force_login(staff_user(role))
    assert client.post(begin_url(words), {}).status_code in (302, 403)
    assert not NoticePage.objects.exists()


@screen
@pytest.mark.django_db
def test_a_head_begins_notices_of_the_own_department_only(client, index):
    words = make_template()
    mine, other = ServiceFactory(), ServiceFactory()
    client.force_login(staff_user("head", mine.department))
    answer = client.post(begin_url(words), {"services": [other.pk]})
    assert "services" in answer.context["form"].errors


@screen
@pytest.mark.django_db
def test_editors_keep_templates_and_heads_only_use_them(client, index):
    create = reverse("notices_noticetemplate_modeladmin_create")
    sent = {
        "name": "الف",
        "kind": "maintenance",
        "impact": "major",
        "title": "عنوان {day}",
        "message": "متن {nope}",
        "title_en": "",
        "message_en": "",
    }
    client.force_login(staff_user("head"))
    assert client.post(create, sent | {"message": "متن"}).status_code in (302, 403)
    assert not NoticeTemplate.objects.exists()
    client.force_login(staff_user("editor"))
    shown = client.get(create).content.decode()
    assert "{duration}" in shown
    answer = client.post(create, sent)
    assert set(answer.context["form"].errors) == {"message"}
    assert client.post(create, sent | {"message": "متن {start}"}).status_code == 302
    assert NoticeTemplate.objects.get().title == "عنوان {day}"
