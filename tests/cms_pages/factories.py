"""Departments, services, staff and sites for the tests of every floor."""

from dataclasses import dataclass
from io import BytesIO

import factory
import PIL.Image
from django.contrib.auth import get_user_model
from django.core.files.base import ContentFile
from django.utils.text import slugify
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.models import Locale, Page, Site

from cms_pages import staffing
from cms_pages.enums import Role
from cms_pages.models import Department, HomePage, Service
from tests.replayed import replayed

PASSWORD = "a-long-test-password-1405"


class DepartmentFactory(factory.django.DjangoModelFactory):
    """An active department with a Persian and an English name."""

    class Meta:
        model = Department
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"department-{n}")
    name = factory.Sequence(lambda n: f"واحد {n}")
    name_en = factory.Sequence(lambda n: f"Department {n}")
    phone = "08633670000"
    email = factory.LazyAttribute(lambda o: f"{o.key}@desk.example")


class ServiceFactory(factory.django.DjangoModelFactory):
    """An active electronic service of a department of its own."""

    class Meta:
        model = Service
        django_get_or_create = ("key",)

    key = factory.Sequence(lambda n: f"service-{n}")
    name = factory.Sequence(lambda n: f"خدمت {n}")
    name_en = factory.Sequence(lambda n: f"Service {n}")
    department = factory.SubFactory(DepartmentFactory)


class UserFactory(factory.django.DjangoModelFactory):
    """A user without any role; the password is `PASSWORD`."""

    class Meta:
        model = get_user_model()
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"user{n}")
    email = factory.LazyAttribute(lambda o: f"{o.username}@desk.example")
    password = factory.django.Password(PASSWORD)


def staff_user(role=None, department=None, **fields):
    """A user with a role and its group; officers and heads get a department if none is given."""
    user = UserFactory(**fields)
    if role is not None:
        role = Role(role)
        if department is None and role in (Role.OFFICER, Role.HEAD):
            department = DepartmentFactory()
        staffing.assign(user=user, role=role, department=department)
    return user


@dataclass
class DeskSite:
    """A Wagtail site and its home page in Persian and English."""

    site: Site
    home: HomePage
    home_en: HomePage


@replayed
def make_site():
    """The default site with a Persian home page at `/` and its English translation at `/en/`."""
    fa, _ = Locale.objects.get_or_create(language_code="fa")
    Locale.objects.get_or_create(language_code="en")
    root = Page.get_first_root_node()
    for welcome in root.get_children():
        Site.objects.filter(root_page=welcome).update(root_page=root)
        welcome.delete()
    root.refresh_from_db()
    home = root.add_child(
        instance=HomePage(title="میز خدمت الکترونیک", slug="home", locale=fa, live=True)
    )
    site = Site.objects.order_by("-is_default_site").first() or Site(hostname="localhost")
    site.root_page, site.is_default_site, site.hostname, site.port = home, True, "localhost", 80
    site.save()
    home_en = home.copy_for_translation(Locale.objects.get(language_code="en"))
    home_en.title = "Electronic service desk"
    home_en.save_revision().publish()
    home_en.refresh_from_db()
    return DeskSite(site=site, home=home, home_en=home_en)


def add_page(parent, model, **fields):
    """A live page of a model below another one, in the same language."""
    return parent.add_child(instance=model(locale=parent.locale, live=True, **fields))


def translate(page, code, **fields):
    """A live translation of a page, its parents too."""
    copy = page.copy_for_translation(Locale.objects.get(language_code=code), copy_parents=True)
    for name, value in fields.items():
        setattr(copy, name, value)
    copy.save_revision().publish()
    copy.refresh_from_db()
    return copy


def make_image(title="picture", width=1200, height=800):
    """An image of the library, with a real file."""
    drawn = BytesIO()
    PIL.Image.new("RGB", (width, height), "teal").save(drawn, "PNG")
    file = ContentFile(drawn.getvalue(), name=f"{slugify(title, allow_unicode=True)}.png")
    return _stored(get_image_model()(title=title, file=file))


def make_document(title="form", content=b"%PDF-1.4 form"):
    """A public document of the library, with a real file."""
    file = ContentFile(content, name=f"{slugify(title, allow_unicode=True)}.pdf")
    return _stored(get_document_model()(title=title, file=file, file_size=len(content)))


def _stored(item):
    item.save()
    item.file.close()
    return type(item).objects.get(pk=item.pk)
