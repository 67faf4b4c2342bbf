from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wagtail.admin.rich_text.converters.contentstate import ContentstateConverter

from sla.differences import differences
from sla.document import Clause, Document, Party, clean_markup
from sla.enums import ClauseType, Ending, Measure, PartyRole
from sla.targets import Target
from sla.word_diff import Op, diff_html, diff_words, paragraphs_of


def clause(number, title, html, kind=ClauseType.OTHER, **more):
    more.setdefault("anchor", f"{kind.value}-{number}")
    return Clause(number=number, type=kind, title=title, html=f"<p>{html}</p>", **more)


def document(*clauses, **more):
    return Document(
        agreement="desk", number=1, language="fa", title="توافق‌نامه", clauses=clauses, **more
    )


def kinds(old, new):
    return [(c.kind, c.clause.title) for c in differences(document(*old), document(*new)).clauses]


def marked(pieces):
    signs = {Op.SAME: "{}", Op.DELETED: "[-{}-]", Op.INSERTED: "[+{}+]"}
    return "".join(signs[piece.op].format(piece.text) for piece in pieces)


PURPOSE = clause("1", "هدف", "کیفیت خدمت برای همهٔ کاربران", ClauseType.PURPOSE)
ACCESS = clause("2", "دسترس‌پذیری", "سامانه شبانه‌روز باز است", ClauseType.AVAILABILITY)
FEES = clause("3", "هزینه‌ها", "هیچ هزینه‌ای گرفته نمی‌شود", ClauseType.FEES, free=True)


# Words


def test_words_keep_their_zwnj_and_a_changed_letter_marks_the_whole_word():
    assert marked(diff_words("درخواست‌ها ثبت می‌شود.", "درخواست‌ها ثبت می‌شوند.")) == (
        "درخواست‌ها ثبت [-می‌شود-][+می‌شوند+]."
    )


def test_a_half_space_alone_is_a_change():
    assert marked(diff_words("ثبت می شود", "ثبت می‌شود")) == "ثبت [-می شود-][+می‌شود+]"


def test_marks_belong_to_their_word():
    assert marked(diff_words("همهٔ کاربران", "همه کاربران")) == "[-همهٔ -][+همه +]کاربران"


def test_a_date_changes_as_a_whole():
    old, new = "معتبر تا ۱۴۰۵/۱۲/۲۹ است", "معتبر تا ۱۴۰۶/۱۲/۲۹ است"
    assert marked(diff_words(old, new)) == "معتبر تا [-۱۴۰۵/۱۲/۲۹ -][+۱۴۰۶/۱۲/۲۹ +]است"


@given(st.text("ab می‌. \n", max_size=40), st.text("ab می‌. \n", max_size=40))
def test_what_stays_and_what_came_is_the_new_text(old, new):
    pieces = diff_words(old.strip(), new.strip())
    words = "".join(piece.text for piece in pieces if piece.op != Op.DELETED)
    assert words.split() == new.split()
    gone = "".join(piece.text for piece in pieces if piece.op != Op.INSERTED)
    assert gone.split() == old.split()


def test_very_long_texts_are_not_compared_word_by_word():
    old, new = "الف ب " * 3000, "پ ت " * 3000
    assert [piece.op for piece in diff_words(old, new)] == [Op.DELETED, Op.INSERTED]


def test_paragraphs_and_items_are_matched_before_their_words():
    old = "<p>یک دو سه</p><ul><li>نخست و مهم</li><li>دوم</li></ul>"
    new = "<p>تازه</p><p>یک دو سه</p><ul><li>نخست و مهم‌تر</li></ul>"
    lines = diff_html(old, new)
    assert [(marked(line.pieces), line.item) for line in lines] == [
        ("[+تازه+]", False),
        ("یک دو سه", False),
        ("نخست و [-مهم-][+مهم‌تر+]", True),
        ("[-دوم-]", True),
    ]


def test_text_outside_paragraphs_is_not_lost():
    assert [p.text for p in paragraphs_of("الف<br>ب &amp; پ<p>ت</p>ث")] == [
        "الف",
        "ب & پ",
        "ت",
        "ث",
    ]


# Clauses


def test_the_same_text_has_no_differences():
    same = differences(document(PURPOSE, FEES), document(PURPOSE, FEES))
    assert same.same
    assert same.changed_clauses == ()


def test_a_clause_that_came_makes_its_followers_neither_moved_nor_changed():
    new = clause("1", "مقدمه", "تازه", ClauseType.INTRODUCTION)
    later = [
        clause("2", "هدف", "کیفیت خدمت برای همهٔ کاربران", ClauseType.PURPOSE),
        clause("3", "دسترس‌پذیری", "سامانه شبانه‌روز باز است", ClauseType.AVAILABILITY),
    ]
    assert kinds([PURPOSE, ACCESS], [new, *later]) == [
        ("added", "مقدمه"),
        ("same", "هدف"),
        ("same", "دسترس‌پذیری"),
    ]


def test_a_removed_clause_stands_where_it_stood():
    assert kinds([PURPOSE, ACCESS, FEES], [PURPOSE, FEES]) == [
        ("same", "هدف"),
        ("removed", "دسترس‌پذیری"),
        ("same", "هزینه‌ها"),
    ]
    assert kinds([PURPOSE, FEES], [FEES])[0] == ("removed", "هدف")


def test_only_what_left_its_order_has_moved():
    assert kinds([PURPOSE, ACCESS, FEES], [FEES, PURPOSE, ACCESS]) == [
        ("moved", "هزینه‌ها"),
        ("same", "هدف"),
        ("same", "دسترس‌پذیری"),
    ]


def test_a_clause_below_another_has_moved():
    below = clause("1.1", "هدف", "کیفیت خدمت برای همهٔ کاربران", ClauseType.PURPOSE)
    assert kinds([PURPOSE], [below]) == [("moved", "هدف")]


def test_a_reworded_clause_with_another_heading_is_found_again():
    new = clause("2", "دسترسی", "سامانه همیشه شبانه‌روز باز است", ClauseType.AVAILABILITY)
    found = differences(document(PURPOSE, ACCESS), document(PURPOSE, new)).clauses[1]
    assert found.kind == "changed"
    assert marked(found.title) == "[-دسترس‌پذیری-][+دسترسی+]"
    assert marked(found.lines[0].pieces) == "سامانه [+همیشه +]شبانه‌روز باز است"


def test_clauses_of_no_type_with_shifted_anchors_are_matched_by_what_they_say():
    one = clause("1", "الف", "متن نخست دربارهٔ راه‌ها", anchor="other")
    two = clause("2", "ب", "متن دوم دربارهٔ پل‌ها", anchor="other-2")
    shifted = clause("1", "ب", "متن دوم دربارهٔ پل‌ها و تونل‌ها", anchor="other")
    found = differences(document(one, two), document(shifted)).clauses
    assert [(c.kind, c.clause.title) for c in found] == [("removed", "الف"), ("changed", "ب")]


def test_a_clause_of_a_type_written_anew_is_a_change_of_it():
    new = clause("3", "پرداخت", "بهای خدمت را دولت می‌پردازد", ClauseType.FEES)
    found = differences(document(FEES), document(new)).clauses
    assert [c.kind for c in found] == ["changed"]
    assert [(f.name, f.old, f.new) for f in found[0].fields] == [("free", True, False)]


@pytest.mark.parametrize(
    "html",
    [
        "<p>خدمت <strong>رایگان</strong>  است</p>\n<p>و <em>می‌ماند</em></p>",
        "<ol><li>یک</li><li>دو<ul><li>سه</li></ul></li></ol>\n<p>پایان<br/>سطر</p>",
        "<p><b><i>هر دو</i></b> و <i>یکی</i></p>",
    ],
)
def test_what_the_page_editor_only_saves_again_is_no_change(html):
    editor = ContentstateConverter(["bold", "italic", "ol", "ul"])
    saved = clean_markup(editor.to_database_format(editor.from_database_format(html)))
    before, after = (replace(PURPOSE, html=one) for one in (clean_markup(html), saved))
    assert [c.kind for c in differences(document(before), document(after)).clauses] == ["same"]


def test_emphasis_alone_is_told_as_such():
    new = clause("1", "هدف", "کیفیت <b>خدمت</b> برای همهٔ کاربران", ClauseType.PURPOSE)
    found = differences(document(PURPOSE), document(new)).clauses[0]
    assert found.kind == "changed"
    assert found.emphasis
    assert all(line.same for line in found.lines)


@given(st.permutations(range(6)), st.sets(st.integers(0, 5)), st.sets(st.integers(0, 5)))
def test_every_clause_of_both_texts_is_told_once(order, gone, come):
    rows = [clause(str(n), f"عنوان{n}", f"متن{n} " * 5) for n in range(6)]
    fresh = [clause(f"9{n}", f"تازه{n}", f"نو{n} " * 5) for n in come]
    new = [rows[n] for n in order if n not in gone] + fresh
    found = differences(document(*rows), document(*new)).clauses
    assert sorted(c.old.number for c in found if c.old) == sorted(row.number for row in rows)
    assert [c.new for c in found if c.new] == new
    assert {c.old.number for c in found if c.new is None} == {str(n) for n in gone}


# Parties, terms, targets


def test_terms_and_title():
    old = document(valid_to=date(2027, 3, 20))
    new = document(valid_from=date(2027, 3, 21), ending=Ending.OPEN, g2g=True)
    found = differences(old, new)
    assert [field.name for field in found.terms] == ["valid_from", "valid_to", "ending", "g2g"]
    assert found.title == ()


def test_parties():
    own = Party("provider", PartyRole.PROVIDER, "اداره", True, "الف", "مدیر")
    users = Party("recipient", PartyRole.RECIPIENT, "کاربران")
    other = Party("recipient", PartyRole.RECIPIENT, "سازمان", True, "ب", "رئیس")
    successor = Party("provider", PartyRole.PROVIDER, "اداره", True, "پ", "مدیر")
    found = differences(document(parties=(own, users)), document(parties=(successor, other)))
    assert [(c.kind, [f.name for f in c.fields]) for c in found.parties] == [
        ("changed", ["signatory_name"]),
        ("changed", ["name", "signs", "signatory_name", "signatory_post"]),
    ]
    found = differences(document(parties=(own,)), document(parties=(users,)))
    assert [c.kind for c in found.parties] == ["added", "removed"]


def test_targets():
    answer = Target("1", Measure.RESOLUTION, amount=10)
    faster = Target("1", Measure.RESOLUTION, amount=8, share=Decimal(90))
    words = Target("2", Measure.WORDS, text="محترمانه")
    again = Target("3", Measure.WORDS, text="محترمانه")
    visit = Target("4", Measure.VISIT, amount=3)
    found = differences(
        document(targets=(answer, words)), document(targets=(again, faster, visit))
    ).targets
    assert [(c.kind, c.old, c.new) for c in found] == [
        ("changed", answer, faster),
        ("added", None, visit),
    ]
    found = differences(document(targets=(visit,)), document(targets=()))
    assert [c.kind for c in found.targets] == ["removed"]
    assert not found.same


def test_what_the_editor_writes_anew_is_no_change():
    old = clause("1", "هدف", "یک <em>دو</em></p>\n\n<p>سه <strong>چهار</strong>")
    new = clause("1", "هدف", "یک <i>دو</i></p><p>سه <b>چهار</b>")
    assert kinds([old], [new]) == [("same", "هدف")]
    plain = clause("1", "هدف", "یک دو</p><p>سه چهار")
    assert kinds([old], [plain]) == [("changed", "هدف")]
