"""Administrators look after the accounts of staff, never after those of superusers."""

import pytest
from django.contrib.auth import get_user_model

from cms_pages.enums import Role
from desk_core.models import AuditEntry
from tests.cms_pages.factories import PASSWORD, UserFactory, staff_user

pytestmark = pytest.mark.django_db

NEW = "another-long-password-1405"
User = get_user_model()


@pytest.fixture
def admin(desk, client):
    user = staff_user("administrator")
    client.force_login(user)
    return user


def fields(**changed):
    return {
        "username": "sara",
        "email": "sara@desk.example",
        "first_name": "سارا",
        "last_name": "نمونه",
        "is_active": "on",
        "password1": NEW,
        "password2": NEW,
    } | changed


def edit(user):
    return f"/admin/users/edit/{user.pk}/"


def trail(action, user, actor):
    entries = AuditEntry.objects.filter(action=action, target=f"user:{user.pk}")
    return entries.filter(actor_id=actor.pk)


def test_an_administrator_makes_an_account_and_the_audit_tells(admin, client):
    assert client.post("/admin/users/new/", fields()).status_code == 302
    user = User.objects.get(username="sara")
    assert not user.is_superuser
    assert trail("user.create", user, admin).count() == 1


def test_the_box_that_makes_a_superuser_is_shown_to_superusers_only(admin, client):
    user = staff_user("officer")
    for address in ("/admin/users/new/", edit(user)):
        answer = client.get(address)
        assert answer.status_code == 200
        assert 'name="is_superuser"' not in answer.content.decode(), address
    client.force_login(UserFactory(is_superuser=True))
    for address in ("/admin/users/new/", edit(user)):
        assert 'name="is_superuser"' in client.get(address).content.decode(), address


@pytest.mark.parametrize("value", ["on", "1", "True"])
def test_an_administrator_makes_no_superuser(admin, client, value):
    response = client.post("/admin/users/new/", fields(is_superuser=value), follow=True)
    assert "ابرکاربر" in response.content.decode()
    user = staff_user("officer")
    client.post(edit(user), fields(username=user.username, is_superuser=value))
    client.post(edit(admin), fields(username=admin.username, is_superuser=value))
    assert not User.objects.filter(is_superuser=True).exists()
    assert not User.objects.filter(username="sara").exists()
    assert not AuditEntry.objects.filter(action__startswith="user.").exists()


def test_an_administrator_cannot_touch_the_account_of_a_superuser(admin, client):
    owner = UserFactory(is_superuser=True)
    assert client.get(edit(owner)).status_code == 302
    assert client.post(edit(owner), fields(username=owner.username)).status_code == 302
    off = f"/admin/bulk/auth/user/set_active_state/?id={owner.pk}"
    assert client.post(off, {"mark_as_active": "False"}).status_code == 302
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
    assert owner.email == f"{owner.username}@desk.example"
    assert owner.is_active
    assert owner.is_superuser


def test_an_administrator_changes_an_account_of_staff_and_the_audit_tells(admin, client):
    user = staff_user("officer")
    data = fields(username=user.username, password1="", password2="")
    assert client.post(edit(user), data).status_code == 302
    assert trail("user.change", user, admin).get().detail["password"] is False
    assert client.post(edit(user), data | {"password1": NEW, "password2": NEW}).status_code == 302
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert trail("user.change", user, admin).latest("pk").detail["password"] is True


def test_shutting_accounts_out_together_is_written_down(admin, client):
    users = [staff_user("officer"), staff_user("head")]
    ids = "&".join(f"id={user.pk}" for user in users)
    url = f"/admin/bulk/auth/user/set_active_state/?{ids}"
    assert client.post(url, {"mark_as_active": "False"}).status_code == 302
    for user in users:
        user.refresh_from_db()
        assert not user.is_active
        assert trail("user.change", user, admin).get().detail["bulk"] == "set_active_state"


def test_a_superuser_makes_another(desk, client):
    owner = UserFactory(is_superuser=True)
    client.force_login(owner)
    assert client.post("/admin/users/new/", fields(is_superuser="on")).status_code == 302
    user = User.objects.get(username="sara")
    assert user.is_superuser
    assert trail("user.create", user, owner).get().detail["superuser"] is True


def test_the_groups_in_the_filter_of_accounts_have_the_names_of_their_roles(admin, client):
    field = client.get("/admin/users/").context["filters"].form.fields["group"]
    labels = {label for _value, label in field.choices}
    assert {str(role.label) for role in Role} <= labels
    assert not set(Role.values) & labels
