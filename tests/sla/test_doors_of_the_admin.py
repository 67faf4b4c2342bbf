"""No door of the admin changes one letter of a signed version, or takes it away (R32, R35)."""

import pytest
from django.urls import reverse
from wagtail.models import PageViewRestriction

from sla.models import AgreementIndexPage, AgreementPage, AgreementVersion, SignedText
from tests.sla.factories import clause, make_page, sign
from tests.sla.test_admin import editor_form

pytestmark = [pytest.mark.django_db, pytest.mark.screen]
BULK = "/admin/bulk/wagtailcore/page/{}/?id={}"


@pytest.fixture
def signed(db):
    """A signed version whose page has a draft of other words in its history."""
    page = make_page(live=True, clauses=[clause("purpose", "هدف", "<p>نخستین واژه‌ها</p>")])
    page.clauses = [clause("purpose", "هدف", "<p>واژه‌های امضاشده</p>")]
    page.save_revision().publish()
    sign(page.version)
    return AgreementPage.objects.get(pk=page.pk)


@pytest.fixture
def old_draft(signed):
    return signed.revisions.order_by("created_at").first()


@pytest.fixture
def elsewhere(signed):
    made = AgreementIndexPage(title="بایگانی", slug="archive", locale=signed.locale)
    signed.get_parent().get_parent().add_child(instance=made)
    return made


def doors(page, old_draft, elsewhere):
    """Each by its name: the address, and what a browser would send."""

    def at(name, *args):
        return reverse(f"wagtailadmin_pages:{name}", args=args)

    form = editor_form(page, text="<p>واژه‌های دیگر</p>", title="نام دیگر")
    copy = {"new_title": "رونوشت", "new_slug": "copy", "new_parent_page": page.get_parent().pk}
    every = {"copy_subpages": "on", "publish_copies": "on", "alias": ""}
    return {
        "edit": (at("edit", page.pk), form),
        "publish": (at("edit", page.pk), {**form, "action-publish": "1"}),
        "submit": (at("edit", page.pk), {**form, "action-submit": "1"}),
        "older draft": (
            at("edit", page.pk),
            {**form, "revision": old_draft.pk, "action-publish": "1"},
        ),
        "revert": (at("revisions_revert", page.pk, old_draft.pk), form),
        "copy": (at("copy", page.pk), {**copy, **every}),
        "move": (at("move_confirm", page.pk, elsewhere.pk), {}),
        "delete": (at("delete", page.pk), {}),
        "delete what is above": (at("delete", page.get_parent().pk), {}),
        "unpublish": (at("unpublish", page.pk), {}),
        "unpublish what is above": (
            at("unpublish", page.get_parent().pk),
            {"include_descendants": "on"},
        ),
        "privacy": (at("set_privacy", page.pk), {"restriction_type": "login"}),
        "bulk delete": (BULK.format("delete", page.pk), {}),
        "bulk unpublish": (BULK.format("unpublish", page.pk), {"include_descendants": "on"}),
        "bulk publish": (BULK.format("publish", page.pk), {"include_descendants": "on"}),
        "bulk move": (BULK.format("move", page.pk), {"chooser": elsewhere.pk}),
    }


def what_everybody_reads(client):
    """The sealed text to its last byte, the page's own content, and what the page shows."""
    page = AgreementPage.objects.get(version__number=1)
    shown = client.get(page.get_url()).content.decode()
    return {
        "sealed": SignedText.objects.get(version=page.version).body,
        "text": client.get("/agreements/desk/1/text.json").content,
        "api": client.get("/api/desk/v1/agreements/desk/versions/1").json()["clauses"],
        "own": page.own_document(),
        "shown": "واژه‌های امضاشده" in shown,
        "other": any(words in shown for words in ("واژه‌های دیگر", "نخستین واژه‌ها", "نام دیگر")),
        "open": (page.live, PageViewRestriction.objects.count()),
    }


NAMES = (
    *("edit", "publish", "submit", "older draft", "revert", "copy", "move", "delete"),
    *("delete what is above", "unpublish", "unpublish what is above", "privacy"),
    *("bulk delete", "bulk unpublish", "bulk publish", "bulk move"),
)


@pytest.mark.parametrize("name", NAMES)
def test_no_door_changes_what_is_signed(
    client, django_user_model, signed, old_draft, elsewhere, name
):
    before = what_everybody_reads(client)
    assert (before["shown"], before["other"], before["open"]) == (True, False, (True, 0))
    boss = django_user_model.objects.create_superuser("boss", "boss@example.org", "x")
    client.force_login(boss)
    address, data = doors(signed, old_draft, elsewhere)[name]
    answer = client.post(address, data)
    assert answer.status_code in (200, 302), "told, with no error page"
    client.logout()
    assert what_everybody_reads(client) == before
    copies = AgreementVersion.objects.exclude(number=1)
    assert copies.count() == (name == "copy"), "a copy is the next version"
    assert not copies.signed().exists()


def test_every_door_is_tried(signed, old_draft, elsewhere):
    assert set(doors(signed, old_draft, elsewhere)) == set(NAMES)


def test_nobody_is_asked_whether_to_unpublish_what_is_signed(admin_client, signed):
    answer = admin_client.get(reverse("wagtailadmin_pages:unpublish", args=[signed.pk]))
    assert answer.status_code == 302
