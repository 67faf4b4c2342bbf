"""What a front end of its own needs around every page: `GET /api/desk/v1/desk` (R5, R44)."""

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from cms_pages.models import ContentPage, DeskSettings, PrivacyPage
from persian.jalali import from_jalali
from sla.models import WeeklySchedule
from tests.cms_pages.factories import DepartmentFactory, add_page, make_image, make_site, translate

pytestmark = pytest.mark.django_db
URL = "/api/desk/v1/desk"


@pytest.fixture
def site(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    made = make_site()
    about = add_page(made.home, ContentPage, title="دربارهٔ ما", slug="about", show_in_menus=True)
    translate(about, "en", title="About us")
    privacy = add_page(made.home, PrivacyPage, title="حریم خصوصی", slug="privacy")
    body = DeskSettings(
        site=made.site,
        body_name="ادارهٔ نمونه",
        body_name_en="Sample Directorate",
        director_name="بهار نمونه",
        phone="08633670000",
        privacy_page=privacy.page_ptr,
    )
    picture = make_image(width=80, height=60)
    with picture.file.open() as drawn:
        body.emblem.save("emblem.png", ContentFile(drawn.read()))
    body.save()
    return made


def test_names_contacts_emblem_menu_and_links(client, site, django_assert_max_num_queries):
    with django_assert_max_num_queries(3):
        found = client.get(URL).json()
    assert (found["body"], found["director"]["name"]) == ("ادارهٔ نمونه", "بهار نمونه")
    assert found["phone"] == "08633670000"
    assert (found["emblem"]["width"], found["emblem"]["height"]) == (80, 60)
    assert found["home"] == {"title": site.home.title, "url": "/"}
    assert found["menu"] == [{"title": "دربارهٔ ما", "url": "/about/"}]
    assert found["actions"]["track"] == "/requests/track/"
    assert found["privacy_url"] == "/privacy/"
    assert [(row["code"], row["url"]) for row in found["languages"]] == [
        ("fa", "/"),
        ("en", "/en/"),
    ]


def test_it_speaks_the_readers_language(client, site):
    answer = client.get(URL, headers={"Accept-Language": "en"})
    found = answer.json()
    assert answer["Content-Language"] == "en"
    assert found["body"] == "Sample Directorate"
    assert found["director"]["name"] == "بهار نمونه", "there is no English one"
    assert found["menu"] == [{"title": "About us", "url": "/en/about/"}]


def test_the_hours_of_the_body_and_of_a_department_of_its_own(client, site):
    first = from_jalali(1400, 1, 1)
    department, other = DepartmentFactory(parent=DepartmentFactory()), DepartmentFactory()
    WeeklySchedule.objects.create(name="هفته", first_day=first, saturday="7:30-14:30")
    WeeklySchedule.objects.create(
        name="واحد", first_day=first, saturday="۱۶–۱۸", department=department
    )
    hours = client.get(URL).json()["hours"]
    assert hours["week"][0]["hours"] == ["07:30-14:30"]
    assert [day["hours"] for day in hours["week"][1:]] == [[]] * 6
    assert timezone.datetime.fromisoformat(hours["next_opening"]) > timezone.now()
    rows = {row["key"]: row for row in client.get("/api/desk/v1/departments").json()}
    assert rows[department.key]["hours"]["week"][0]["hours"] == ["16:00-18:00"]
    assert rows[other.key]["hours"]["week"][0]["hours"] == ["07:30-14:30"]
    assert rows[department.key]["part_of"] == department.parent.key


def test_a_desk_that_has_nothing_yet_answers_too(client):
    found = client.get(URL).json()
    assert (found["emblem"], found["menu"], found["hours"]["week"]) == (None, [], [])


def test_it_is_for_reading_only(client):
    assert client.post(URL, {}, content_type="application/json").status_code == 405
