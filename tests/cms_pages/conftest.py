"""A small desk with its pages, for the tests of the citizens' site."""

from copy import deepcopy
from types import SimpleNamespace

import pytest

from cms_pages.models import (
    ContentPage,
    DepartmentIndexPage,
    DepartmentPage,
    DeskSettings,
    Need,
    PrivacyPage,
    ServiceIndexPage,
    ServicePage,
)
from tests.cms_pages.factories import DepartmentFactory, ServiceFactory, add_page, make_site
from tests.shared_content import made_once


@pytest.fixture(autouse=True)
def _files_in_a_folder_of_their_own(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(scope="module")
def _desk_of_the_module(django_db_setup, django_db_blocker):
    with made_once(django_db_blocker):
        yield _make_desk()


@pytest.fixture
def desk(_desk_of_the_module, db):
    """A copy for each test, which may change it."""
    return deepcopy(_desk_of_the_module)


def _make_desk():
    made = make_site()
    land = DepartmentFactory(key="land", name="امور زمین", name_en="Land affairs", sort_order=1)
    roads = DepartmentFactory(key="roads", name="راه‌ها", name_en="Roads", sort_order=2)
    plot = ServiceFactory(
        key="plot", code="13062697000", name="استعلام زمین", department=land, life_event="property"
    )
    signs = ServiceFactory(key="signs", name="نصب تابلو", department=roads, delivery="in_person")
    need = Need.objects.create(key="land", name="زمین و مسکن", name_en="Land and housing")
    plot.needs.add(need)
    services = add_page(made.home, ServiceIndexPage, title="خدمات", show_in_menus=True)
    departments = add_page(made.home, DepartmentIndexPage, title="واحدها", show_in_menus=True)
    privacy = add_page(made.home, PrivacyPage, title="حریم خصوصی")
    DeskSettings.objects.create(
        site=made.site,
        body_name="ادارهٔ نمونه",
        body_name_en="Sample Directorate",
        privacy_page=privacy,
    )
    return SimpleNamespace(
        site=made.site,
        home=made.home,
        home_en=made.home_en,
        land=land,
        roads=roads,
        plot=plot,
        signs=signs,
        need=need,
        services=services,
        departments=departments,
        privacy=privacy,
        plot_page=add_page(
            services,
            ServicePage,
            title="استعلام زمین",
            slug="plot",
            service=plot,
            search_description="پاسخ به استعلام مالکیت",
        ),
        signs_page=add_page(services, ServicePage, title="نصب تابلو", slug="signs", service=signs),
        land_page=add_page(departments, DepartmentPage, title="امور زمین", department=land),
        roads_page=add_page(departments, DepartmentPage, title="راه‌ها", department=roads),
        about=add_page(made.home, ContentPage, title="دربارهٔ ما", slug="about"),
    )
