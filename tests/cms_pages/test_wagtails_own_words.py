"""What Wagtail itself says in the admin is Persian for staff who read Persian."""

import json
import re
from pathlib import Path

import pytest
import wagtail.admin
from django.conf import settings
from django.urls import reverse
from django.utils import translation
from wagtail.models import Page, Site, Task, Workflow
from wagtail.users.models import UserProfile

from cms_pages.enums import Role
from cms_pages.models import ContentPage
from tests.cms_pages.factories import staff_user

pytestmark = pytest.mark.django_db


def reader(client, language="fa", *, superuser=False):
    user = staff_user(Role.ADMINISTRATOR)
    user.is_superuser = superuser
    user.save()
    UserProfile.objects.update_or_create(user=user, defaults={"preferred_language": language})
    client.force_login(user)
    return user


def text_of(html: str) -> str:
    without = re.sub(r"<(script|style|template|textarea|svg)\b.*?</\1>", "", html, flags=re.S)
    return re.sub(r"\s+", " ", re.sub("<[^>]*>", " ", without))


def test_counts_of_wagtail_have_the_digits_of_the_reader(client):
    page = reverse("wagtailadmin_explore_root")
    reader(client)
    assert "۱ تا" in text_of(client.get(page).content.decode())
    client.logout()
    reader(client, "en")
    assert "1-1 of 1" in text_of(client.get(page).content.decode())


def test_the_parts_that_dialogs_ask_for_have_them_too(client):
    reader(client)
    response = client.get(reverse("wagtailadmin_choose_page"))
    html = json.loads(response.content)["html"]
    assert not re.search("[0-9]", text_of(html))
    assert re.search("[0-9]", html), "attributes keep their digits"


@pytest.mark.parametrize(
    "shown",
    [
        '<!doctype html><html lang="en"><body id="wagtail">3 plans</body></html>',
        '<!doctype html><html lang="fa"><body>Windows 11 سال 1404</body></html>',
    ],
    ids=["another language", "a page of the site"],
)
def test_a_draft_is_shown_as_citizens_will_see_it(client, rf, shown):
    from django.http import HttpResponse

    from cms_pages.admin_digits import AdminDigitsMiddleware

    request = rf.get(reverse("wagtailadmin_home"))
    request.user = reader(client)
    answer = AdminDigitsMiddleware(lambda request: HttpResponse(shown))(request)
    assert answer.content.decode() == shown


def test_citizens_pages_are_left_alone(rf):
    from django.http import HttpResponse

    from cms_pages.admin_digits import AdminDigitsMiddleware

    shown = '<!doctype html><html lang="fa"><body>3</body></html>'
    answer = AdminDigitsMiddleware(lambda request: HttpResponse(shown))(rf.get("/"))
    assert answer.content.decode() == shown


def test_wagtails_own_rows_and_columns_have_persian_names(client):
    assert Page.get_first_root_node().title == "ریشه"
    for model in (Workflow, Task):
        assert not model.objects.filter(name__contains="Moderators").exists()
        assert model.objects.filter(name="تأیید ناظران").exists()
    reader(client, superuser=True)
    page = text_of(client.get(reverse("wagtailsites:index")).content.decode())
    assert Site.objects.exists()
    for english in ("Site name", "Root page", "Port"):
        assert english not in page
    assert "نام وب‌گاه" in page


def test_the_plural_of_a_persian_name_has_no_english_ending():
    from wagtail.models import get_page_models

    with translation.override("fa"):
        for model in get_page_models():
            assert not str(model._meta.verbose_name_plural).endswith("s"), model
    assert ContentPage in get_page_models()


def test_nobody_chooses_another_clock(client, settings):
    """Every time of the desk is that of Tehran; Wagtail's list also breaks its own script."""
    reader(client)
    assert (
        'name="locale-current_time_zone"'
        not in client.get(reverse("wagtailadmin_account")).content.decode()
    )


@pytest.mark.parametrize(
    ("name", "theirs", "ours"),
    [
        ("shared/header.html", 'value="Search"', 'value="{% trans "Search" %}"'),
        ("shared/headers/_actions.html", '"Actions"', '"{% trans "Actions" %}"'),
    ],
)
def test_a_template_that_stands_before_wagtails_differs_in_its_words_alone(name, theirs, ours):
    def lines(folder: Path) -> list[str]:
        text = (folder / "wagtailadmin" / name).read_text()
        text = re.sub(
            r"{% comment \"text/markdown\" %}.*?{% endcomment %}|{#.*?#}", "", text, flags=re.S
        )
        kept = [line.strip() for line in text.splitlines()]
        return [line for line in kept if line and not line.startswith("{% load")]

    own = lines(Path(settings.ROOT) / "templates")
    wagtails = lines(Path(wagtail.admin.__file__).parent / "templates")
    assert own == [line.replace(theirs, ours) for line in wagtails]
    assert own != wagtails
