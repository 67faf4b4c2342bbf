"""Every block an editor may use: explained, previewed, rendered, and safe."""

import pytest
from django.core.exceptions import ValidationError
from wagtail.blocks import StreamBlockValidationError, StructBlockValidationError

from cms_pages.blocks import BodyBlock
from cms_pages.blocks.media import PictureBlock
from cms_pages.models import ContentPage
from tests.cms_pages.factories import (
    UserFactory,
    add_page,
    make_document,
    make_image,
    staff_user,
)

pytestmark = pytest.mark.django_db

ICONS_ARE_NOT = {"placeholder"}


def test_every_block_has_a_label_an_icon_and_an_explanation():
    for name, block in BodyBlock().child_blocks.items():
        assert block.meta.icon not in ICONS_ARE_NOT, name
        assert str(block.label), name
        assert str(block.meta.description), name
        assert block.meta.group, name


def test_every_block_with_words_alone_has_a_preview(client, desk):
    client.force_login(UserFactory(is_superuser=True))
    previewed = 0
    for name, block in BodyBlock().child_blocks.items():
        if block.is_previewable:
            response = client.get("/admin/block-preview/", {"id": block.definition_prefix})
            assert response.status_code == 200, name
            text = response.content.decode()
            assert "cms_pages/desk.css" in text or "desk." in text, name
            previewed += 1
    assert previewed >= 8


def test_a_picture_needs_words_for_those_who_cannot_see_it():
    block = PictureBlock()
    with pytest.raises(StructBlockValidationError) as refused:
        block.clean(block.to_python({"image": make_image().pk, "alt": "", "caption": ""}))
    assert "alt" in refused.value.block_errors


def rendered(desk, client, *blocks):
    page = add_page(desk.home, ContentPage, title="آزمون", slug="blocks", body=list(blocks))
    return client.get(page.get_url()).content.decode()


def test_a_picture_has_its_words_its_size_and_two_widths(desk, client):
    block = {"image": make_image().pk, "alt": "نقشهٔ راه", "caption": "شکل"}
    text = rendered(desk, client, ("picture", PictureBlock().to_python(block)))
    assert 'alt="نقشهٔ راه"' in text
    assert "480w" in text
    assert "960w" in text
    assert 'width="960" height="640"' in text


def raw(desk, client, *blocks):
    page = ContentPage(title="آزمون", slug="raw", locale=desk.home.locale)
    page.body = list(blocks)
    desk.home.add_child(instance=page)
    return client.get(page.get_url()).content.decode()


def test_what_is_gone_from_the_library_leaves_no_hole(desk, client):
    image, document = make_image(), make_document()
    gone_page = add_page(desk.home, ContentPage, title="رفته", slug="gone")
    link = f'<p><a linktype="page" id="{gone_page.pk}">متن پیوند</a></p>'
    page = ContentPage(title="آزمون", slug="raw", locale=desk.home.locale)
    page.body = [
        {"type": "picture", "value": {"image": image.pk, "alt": "x", "caption": ""}},
        {"type": "document", "value": {"document": document.pk, "title": ""}},
        {"type": "paragraph", "value": link},
    ]
    desk.home.add_child(instance=page)
    image.delete()
    document.delete()
    gone_page.delete()
    response = client.get(page.get_url())
    assert response.status_code == 200
    text = response.content.decode()
    assert "<figure" not in text
    assert "متن پیوند" in text


def test_a_link_to_a_draft_is_plain_text(desk, client):
    desk.about.unpublish()
    link = f'<p><a linktype="page" id="{desk.about.pk}">پیوند</a></p>'
    assert "<a>پیوند</a>" in raw(desk, client, {"type": "paragraph", "value": link})


def test_words_are_escaped(desk, client):
    bad = '"><script>alert(1)</script>'
    text = raw(
        desk,
        client,
        {"type": "heading", "value": {"text": bad, "level": "h2"}},
        {"type": "callout", "value": {"tone": "info", "title": bad, "text": ""}},
        {"type": "quotation", "value": {"text": bad, "source": bad}},
        {
            "type": "contact",
            "value": {"name": bad, "phone": bad, "email": "", "address": bad, "hours": bad},
        },
        {"type": "steps", "value": {"steps": [{"title": bad, "text": ""}]}},
        {
            "type": "table",
            "value": {
                "caption": bad,
                "table": {
                    "columns": [{"type": "text", "heading": bad}],
                    "rows": [{"values": [bad]}],
                },
            },
        },
    )
    assert "<script>alert" not in text


def test_a_table_names_its_columns_on_a_phone_and_writes_persian_figures(desk, client):
    table = {
        "columns": [{"type": "text", "heading": "روز"}, {"type": "number", "heading": "از"}],
        "rows": [{"values": ["شنبه", "7"]}],
    }
    text = raw(desk, client, {"type": "table", "value": {"caption": "ساعت‌ها", "table": table}})
    assert '<th scope="row">شنبه</th>' in text
    assert '<td data-label="از" class="num">۷</td>' in text


def test_a_block_of_a_kind_that_is_gone_is_left_out(desk, client):
    text = raw(
        desk,
        client,
        {"type": "carousel", "value": "x"},
        {"type": "paragraph", "value": "<p>مانده</p>"},
    )
    assert "مانده" in text


def test_wrong_values_are_refused_beside_the_block():
    block = BodyBlock()
    value = block.to_python([{"type": "heading", "value": {"text": "", "level": "h9"}}])
    with pytest.raises((StreamBlockValidationError, ValidationError)):
        block.clean(value)


def test_an_editor_may_use_the_page_editor_and_an_officer_may_not(desk, client):
    url = f"/admin/pages/{desk.about.pk}/edit/"
    client.force_login(staff_user("editor"))
    assert client.get(url).status_code == 200
    client.force_login(staff_user("officer"))
    assert client.get(url).status_code in (302, 403)
