"""Whoever tells subscribers hears of everything, with the editor's choice; off unless ticked."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from notices import telling, updates
from notices.enums import Impact
from notices.models import Notice
from tests.cms_pages.factories import staff_user
from tests.notices.factories import ago, publish, published
from tests.notices.test_staff import fields_of

pytestmark = [pytest.mark.django_db, pytest.mark.screen]


@pytest.fixture
def listening(monkeypatch):
    """What a listener, the only one, has heard."""
    monkeypatch.setattr(telling, "_listeners", [])
    heard = []

    def listen(said):
        heard.append(said)

    telling.register(listen)
    return heard


def test_the_first_publication_is_told_once_and_updates_only_when_ticked(index, listening):
    page = published(index, starts_at=ago(hours=1))
    publish(page)
    updates.post(notice=page.notice, state="identified", text="۱", author=None, key="1")
    for _again in range(2):
        updates.post(
            notice=page.notice, state="monitoring", text="۲", author=None, key="2", tell=True
        )
    assert [(said.update.key, said.tell) for said in listening] == [
        *(("first", True), ("1", False), ("2", True)),
    ]


def test_what_is_refused_is_told_to_nobody_and_a_refusing_listener_stops_it(index, listening):
    page = published(index, starts_at=ago(hours=1))
    with pytest.raises(ValidationError):
        updates.post(notice=page.notice, state="identified", text="", author=None, key="1")
    assert len(listening) == 1

    def refuse(said):
        raise RuntimeError

    telling.register(refuse)
    try:
        with pytest.raises(RuntimeError):
            updates.post(notice=page.notice, state="resolved", text="۱", author=None, key="1")
    finally:
        telling.unregister(refuse)
    assert Notice.objects.get().ended_at is None
    assert page.notice.updates.count() == 1


def test_the_short_form_has_the_tick_off_and_passes_it_on(index, listening, client):
    page = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1))
    client.force_login(staff_user("editor"))
    url = reverse("notices_admin:update", args=[page.notice_id])
    shown = client.get(url)
    assert shown.context["form"]["tell"].value() in (None, False)
    sent = {"state": "identified", "text": "متن"}
    keys = ["6f9619ff-8b86-4d01-b42d-00cf4fc964f1", "6f9619ff-8b86-4d01-b42d-00cf4fc964f2"]
    client.post(url, sent | {"key": keys[0]})
    client.post(url, sent | {"key": keys[1], "tell": "on"})
    assert [said.tell for said in listening[1:]] == [False, True]


def test_an_edit_of_the_page_is_told_only_when_ticked(index, listening, client):
    page = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1))
    client.force_login(staff_user("editor"))
    edit = reverse("wagtailadmin_pages:edit", args=[page.pk])
    assert 'name="tell"' in client.get(edit).content.decode()
    sent = fields_of(title="درست‌شده", **{"action-publish": "1"})
    assert client.post(edit, sent).status_code == 302
    assert len(listening) == 1
    assert client.post(edit, sent | {"tell": "on"}).status_code == 302
    assert (listening[1].page.pk, listening[1].update, listening[1].tell) == (page.pk, None, True)
    draft = {key: value for key, value in sent.items() if key != "action-publish"}
    client.post(edit, draft | {"tell": "on"})
    assert len(listening) == 2, "a draft is told to nobody"


def test_a_first_publication_is_not_told_twice_by_a_tick(index, listening, client):
    client.force_login(staff_user("editor"))
    add = reverse("wagtailadmin_pages:add", args=["notices", "noticepage", index.pk])
    sent = fields_of(impact="partial", tell="on", **{"action-publish": "1"})
    assert client.post(add, sent).status_code == 302
    assert len(listening) == 1


def test_where_nobody_listens_no_tick_is_offered(index, client, monkeypatch):
    monkeypatch.setattr(telling, "_listeners", [])
    page = published(index, impact=Impact.PARTIAL, starts_at=ago(hours=1))
    client.force_login(staff_user("editor"))
    for url in (
        reverse("wagtailadmin_pages:edit", args=[page.pk]),
        reverse("notices_admin:update", args=[page.notice_id]),
    ):
        assert 'name="tell"' not in client.get(url).content.decode()
