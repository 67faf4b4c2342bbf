"""Finished pages get Persian digits in their text, and nowhere else."""

import pytest

from persian.html_digits import localised_html


@pytest.mark.parametrize(
    ("html", "wanted"),
    [
        ("<p>1 تا 20 از 300</p>", "<p>۱ تا ۲۰ از ۳۰۰</p>"),
        ("صفحهٔ 1 از 3", "صفحهٔ ۱ از ۳"),
        ("<p>20:43، 10.5 مگابایت</p>", "<p>۲۰:۴۳، ۱۰٫۵ مگابایت</p>"),
        ("<p>وگتیل 8.0.1</p>", "<p>وگتیل ۸.۰.۱</p>"),
        # Attributes, also with a ">" in them
        (
            '<a title="2" data-action="click->w-x#y3">2</a>',
            '<a title="2" data-action="click->w-x#y3">۲</a>',
        ),
        # Words of Latin letters and digits
        (
            "<p>officer2، v8.0.1، SHA-256، /pages/3/</p>",
            "<p>officer2، v8.0.1، SHA-256، /pages/3/</p>",
        ),
        ("<p>&#39;5&#39; &amp; 6&nbsp;7</p>", "<p>&#39;۵&#39; &amp; ۶&nbsp;۷</p>"),
        # What scripts, styles and fields hold
        ("<script>let a = 1;</script>2", "<script>let a = 1;</script>۲"),
        (
            '<script type="application/json">{"a": 1}</script>',
            '<script type="application/json">{"a": 1}</script>',
        ),
        # A code in a title has no way to say its direction
        ("<title>پروندهٔ 2393</title>", "<title>پروندهٔ 2393</title>"),
        ("<style>p { margin: 1px }</style>", "<style>p { margin: 1px }</style>"),
        ("<textarea>7:30</textarea>", "<textarea>7:30</textarea>"),
        ("<template><p>1</p></template>", "<template><p>1</p></template>"),
        ("<svg><text>1</text></svg>", "<svg><text>1</text></svg>"),
        ("<pre>1</pre><samp>2</samp>", "<pre>1</pre><samp>2</samp>"),
        ("<select><option>10</option></select>", "<select><option>10</option></select>"),
        # Addresses
        (
            "<p>http://x.ir/?page=1&amp;b=2 و 127.0.0.1</p>",
            "<p>http://x.ir/?page=1&amp;b=2 و 127.0.0.1</p>",
        ),
        ("<p>1,234 پرونده، 0.5%، 1,2</p>", "<p>۱٬۲۳۴ پرونده، ۰٫۵%، ۱,۲</p>"),
        ('<div class="words">پلاک 12ب</div>3', '<div class="words">پلاک 12ب</div>۳'),
        ('<p translate="no">بند 3</p>3', '<p translate="no">بند 3</p>۳'),
        ("<!-- 1 > 0 -->1", "<!-- 1 > 0 -->۱"),
        # What says that it runs its own way
        ('<bdi dir="ltr"><bdi>1</bdi> 2</bdi> 3', '<bdi dir="ltr"><bdi>1</bdi> 2</bdi> ۳'),
        ('<span class="big code">1<br>2</span>3', '<span class="big code">1<br>2</span>۳'),
        ('<span class="codes">1</span>', '<span class="codes">۱</span>'),
        ('<p lang="en">Plan 3</p>3', '<p lang="en">Plan 3</p>۳'),
        ('<html dir="ltr"><p>1</p></html>', '<html dir="ltr"><p>۱</p></html>'),
        ('<input dir="ltr" value="1">1', '<input dir="ltr" value="1">۱'),
    ],
)
def test_only_text_for_people_changes(html, wanted):
    assert localised_html(html) == wanted


@pytest.mark.parametrize(
    "html", ["", "<", "1 < 2 > 3", "<p", "</p></p>1", '<a title="', "<script>1"]
)
def test_broken_pages_lose_nothing(html):
    assert len(localised_html(html)) == len(html)


def test_a_page_that_never_closes_its_tags_takes_no_longer():
    """Each beginning of a tag is looked at once, not from there to the end of the page."""
    assert localised_html("<a " * 100_000 + "1").endswith("۱")
