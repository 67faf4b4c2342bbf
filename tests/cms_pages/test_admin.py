"""Who may open what in the Wagtail admin."""

import re

import pytest
from django.utils import translation

from cms_pages.models import Department, DeskSettings, Membership, Need, Service
from desk_core.models import AuditEntry
from tests.cms_pages.factories import UserFactory, make_document, make_image, staff_user

pytestmark = [pytest.mark.django_db, pytest.mark.screen]

LISTS = ["department", "service", "need", "membership"]


def status(client, user, url, /, **data):
    client.force_login(user)
    return (client.post(url, data) if data else client.get(url)).status_code


def refused(code):
    return code in (302, 403, 404)


@pytest.mark.parametrize("name", LISTS)
def test_administrators_open_the_lists_auditors_read_them_others_do_not(desk, client, name):
    url = f"/admin/cms_pages/{name}/"
    assert status(client, staff_user("administrator"), url) == 200
    assert status(client, staff_user("auditor"), url) == 200
    assert refused(status(client, staff_user("auditor"), f"{url}create/"))
    for role in ("officer", "head", "secretariat", "complaints", "editor"):
        assert refused(status(client, staff_user(role), url)), role
        assert refused(status(client, staff_user(role), f"{url}create/")), role


def found(client, url, term):
    """How many rows a search in a list shows."""
    answer = client.get(url, {"q": term})
    assert answer.status_code == 200
    return len(answer.context["object_list"])


@pytest.mark.parametrize(
    "term",
    ["آمار", "امار", "مسئول", "مسؤول", "كارت", "کارت‌ها", "کارتها", "Highways", "HIGHWAYS rural"],
)
@pytest.mark.parametrize("name", ["department", "service", "need"])
def test_the_lists_are_searched_in_every_spelling(desk, client, name, term):
    client.force_login(staff_user("administrator"))
    texts = {"name": "آمار و روابط مسئول کارت‌ها", "name_en": "Rural Highways", "key": "odd-one"}
    more = {"department": desk.land} if name == "service" else {}
    {"department": Department, "service": Service, "need": Need}[name].objects.create(
        **texts, **more
    )
    url = f"/admin/cms_pages/{name}/"
    assert found(client, url, term) == 1
    assert found(client, url, f"{term} گزارش") == 0


def test_a_role_is_found_by_the_name_of_its_holder(desk, client):
    client.force_login(staff_user("administrator"))
    staff_user("head", desk.land, username="saeed", first_name="سعید", last_name="آزاد")
    for term in ("آزاد", "ازاد سعيد", "SAEED"):
        assert found(client, "/admin/cms_pages/membership/", term) == 1
    assert found(client, "/admin/cms_pages/membership/", "آزادی") == 0


@pytest.mark.parametrize("library", ["images", "documents"])
@pytest.mark.parametrize("odd", ["x", "1.5", "9" * 30, "%00", "-1", "_5F", "²"])
def test_choosers_know_no_odd_identity(desk, client, library, odd):
    client.force_login(staff_user("editor"))
    chosen = f"/admin/{library}/chooser/chosen/{odd}/"
    assert client.get(chosen).status_code == 404
    many = client.get(f"/admin/{library}/chooser/chosen-multiple/?id={odd}")
    assert many.status_code in (200, 404)


def test_choosers_find_what_there_is(desk, client):
    client.force_login(staff_user("editor"))
    for library, made in (("images", make_image()), ("documents", make_document())):
        address = f"/admin/{library}/chooser/chosen/{made.pk}/"
        assert client.get(address).json()["result"]["id"] == str(made.pk)


def test_an_administrator_adds_a_department_and_a_service(desk, client):
    admin = staff_user("administrator")
    fields = {"name": "حقوقی", "key": "legal", "sort_order": 5, "active": "on", "name_en": ""}
    assert status(client, admin, "/admin/cms_pages/department/create/", **fields) == 302
    department = Department.objects.get(key="legal")
    fields = {
        "name": "مشاوره",
        "key": "advice",
        "department": department.pk,
        "delivery": "in_person",
        "audience": "g2c",
        "nature": "sovereign",
        "level": "provincial",
        "start": "application",
        "visits": 1,
        "fee": 0,
        "sort_order": 1,
        "active": "on",
        "needs": [desk.need.pk],
    }
    assert status(client, admin, "/admin/cms_pages/service/create/", **fields) == 302
    assert list(Service.objects.get(key="advice").needs.all()) == [desk.need]


@pytest.mark.parametrize("fee", ["-1", "x", "9" * 40, "1.5"])
def test_a_wrong_fee_is_an_error_at_its_field(desk, client, fee):
    url = f"/admin/cms_pages/service/edit/{desk.plot.pk}/"
    client.force_login(staff_user("administrator"))
    response = client.post(url, {"name": "x", "key": "plot", "fee": fee})
    assert response.status_code == 200
    assert response.context["form"].errors["fee"]


def test_a_department_in_use_cannot_be_deleted(desk, client):
    url = f"/admin/cms_pages/department/delete/{desk.land.pk}/"
    status(client, staff_user("administrator"), url, confirm="yes")
    assert Department.objects.filter(pk=desk.land.pk).exists()


def test_taking_up_and_leaving_a_role_brings_the_rights_and_is_written_down(desk, client):
    admin, user = staff_user("administrator"), UserFactory()
    fields = {"user": user.pk, "role": "officer", "department": desk.land.pk}
    assert status(client, admin, "/admin/cms_pages/membership/create/", **fields) == 302
    assert set(user.groups.values_list("name", flat=True)) == {"officer"}
    membership = Membership.objects.get(user=user)
    url = f"/admin/cms_pages/membership/delete/{membership.pk}/"
    assert status(client, admin, url, confirm="yes") == 302
    assert not user.groups.exists()
    actions = AuditEntry.objects.filter(target=f"user:{user.pk}:officer", actor_id=admin.pk)
    assert {"object.create", "object.delete"} <= set(actions.values_list("action", flat=True))


def test_an_officer_without_a_department_is_an_error_at_the_field(desk, client):
    client.force_login(staff_user("administrator"))
    fields = {"user": UserFactory().pk, "role": "officer", "department": ""}
    response = client.post("/admin/cms_pages/membership/create/", fields)
    assert response.status_code == 200
    assert response.context["form"].errors["department"]


def test_a_role_is_never_rewritten(desk, client):
    admin = staff_user("administrator")
    membership = staff_user("officer").memberships.get()
    url = f"/admin/cms_pages/membership/edit/{membership.pk}/"
    assert refused(status(client, admin, url))
    assert refused(status(client, admin, url, role="head"))


def test_only_administrators_change_who_the_body_is(desk, client):
    url = f"/admin/settings/cms_pages/desksettings/{desk.site.pk}/"
    assert status(client, staff_user("administrator"), url) == 200
    for role in ("officer", "head", "secretariat", "complaints", "editor", "auditor"):
        assert refused(status(client, staff_user(role), url)), role


def test_an_emblem_that_is_no_picture_or_too_large_is_refused(desk, client, tmp_path):
    from django.core.files.uploadedfile import SimpleUploadedFile

    client.force_login(staff_user("administrator"))
    url = f"/admin/settings/cms_pages/desksettings/{desk.site.pk}/"
    for name, data in (("e.svg", b"<svg onload='x'/>"), ("e.png", b"not a picture")):
        emblem = SimpleUploadedFile(name, data)
        response = client.post(url, {"desk_name": "میز", "emblem": emblem})
        assert response.status_code == 200, name
        assert response.context["form"].errors["emblem"], name
    assert not DeskSettings.objects.get().emblem


def test_editors_edit_publish_and_fill_the_library(desk, client):
    editor = staff_user("editor")
    for url in (
        "/admin/",
        f"/admin/pages/{desk.home.pk}/",
        f"/admin/pages/add/cms_pages/contentpage/{desk.home.pk}/",
        f"/admin/pages/add/cms_pages/servicepage/{desk.services.pk}/",
        f"/admin/pages/{desk.plot_page.pk}/edit/",
        "/admin/images/",
        "/admin/images/add/",
        "/admin/documents/add/",
    ):
        assert status(client, editor, url) == 200, url
    assert refused(status(client, editor, "/admin/users/"))


def test_administrators_look_after_users(desk, client):
    admin = staff_user("administrator")
    for url in ("/admin/users/", "/admin/users/new/"):
        assert status(client, admin, url) == 200, url


@pytest.mark.parametrize("role", ["officer", "head", "secretariat", "complaints", "auditor"])
def test_caseworkers_open_the_admin_but_no_pages(desk, client, role):
    user = staff_user(role)
    assert status(client, user, "/admin/") == 200
    assert refused(status(client, user, f"/admin/pages/{desk.about.pk}/edit/"))
    assert refused(status(client, user, f"/admin/pages/{desk.about.pk}/delete/"))
    assert refused(status(client, user, "/admin/users/"))


def test_no_page_of_the_admin_fetches_anything_from_elsewhere(desk, client):
    client.force_login(staff_user("administrator"))
    for url in ("/admin/", f"/admin/pages/{desk.about.pk}/edit/", "/admin/account/"):
        text = client.get(url).content.decode()
        for sign in ('src="http', 'src="//', "gravatar", "releases.wagtail"):
            assert sign not in text, (url, sign)


def test_pages_translate_and_copy(desk, client):
    """Wagtail's own ways with pages keep working on every kind of page of ours."""
    editor = staff_user("administrator")
    client.force_login(editor)
    for page in (desk.about, desk.plot_page, desk.home):
        response = client.get(f"/admin/pages/{page.pk}/edit/")
        assert response.status_code == 200
        assert client.get(f"/admin/pages/{page.pk}/copy/").status_code in (200, 302)


def test_the_login_speaks_persian(client):
    with translation.override("fa"):
        page = client.get("/admin/login/", headers={"Accept-Language": "fa"}).content.decode()
        label = re.search(r'<label[^>]*for="id_password"[^>]*>(.*?)</label>', page, re.S)[1]
    assert "گذرواژه" in label
    assert "Password" not in label


def test_signs_of_lists_have_words_in_the_readers_language_and_nobody_is_a_dash(client, desk):
    client.force_login(UserFactory(is_superuser=True, is_staff=True))
    users = client.get("/admin/users/").content.decode()
    assert "<title>True</title>" not in users.replace("\n", "")
    assert not re.search(r">\s*True\s*<", users)
    desk.about.save_revision().publish()
    aging = client.get("/admin/reports/aging-pages/").content.decode()
    assert desk.about.title in aging
    assert not re.search(r">\s*None\s*<|\bNone\s*</td>", aging)
