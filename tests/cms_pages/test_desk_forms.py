"""How form fields and error summaries are written: labels, hints, errors and their ties."""

import re
from collections.abc import Iterator

import pytest
from bs4 import BeautifulSoup
from django import forms
from django.template import Context, Template
from django.utils.datastructures import MultiValueDict
from django.utils.html import format_html
from django.utils.translation import override

from cms_pages.templatetags import desk_forms


@pytest.fixture(autouse=True)
def _in_english() -> Iterator[None]:
    with override("en"):
        yield


class Letter(forms.Form):
    subject = forms.CharField(
        label="Subject", help_text=format_html("In <em>{}</em> sentence.", "one"), max_length=10
    )
    phone = forms.CharField(
        label="Phone",
        required=False,
        widget=forms.TextInput(attrs={"class": "input-medium", "dir": "ltr"}),
    )
    kind = forms.ChoiceField(
        label="Kind",
        help_text="Take one.",
        widget=forms.RadioSelect,
        choices=[("r", "Request"), ("c", "Complaint")],
    )
    kind.choice_hints = {"c": "Seen by the <complaints> office"}
    topics = forms.MultipleChoiceField(
        label="Topics", required=False, widget=forms.CheckboxSelectMultiple, choices=[("a", "A")]
    )
    when = forms.SplitDateTimeField(label="When", required=False)
    consent = forms.BooleanField(label="I agree.", help_text="Needed.")
    files = forms.FileField(label="Files", required=False)
    key = forms.CharField(widget=forms.HiddenInput)


def drawn(template: str, **context: object) -> BeautifulSoup:
    text = Template("{% load desk_forms %}" + template).render(Context(context))
    return BeautifulSoup(text, "html.parser")


def one(name: str, form: forms.Form | None = None, options: str = "") -> BeautifulSoup:
    return drawn("{% field field " + options + " %}", field=(form or Letter())[name])


def described(soup: BeautifulSoup, element: object) -> list[str]:
    """Texts of the elements that `aria-describedby` names; each of them must exist."""
    ids = element["aria-describedby"].split()
    found = [soup.find(id=each) for each in ids]
    assert all(found), f"{ids} are not all in the page"
    return [each.get_text(" ", strip=True) for each in found]


def test_the_label_stands_above_and_names_the_control() -> None:
    soup = one("subject")
    control = soup.find("input")
    assert soup.find("label", attrs={"for": control["id"]}).get_text(strip=True) == "Subject"
    assert str(soup).index("Subject") < str(soup).index("sentence") < str(soup).index("<input")
    assert "placeholder" not in control.attrs


def test_the_hint_is_tied_to_the_control() -> None:
    soup = one("subject")
    assert described(soup, soup.find("input")) == ["In one sentence."]


def test_only_fields_that_may_stay_empty_say_so() -> None:
    assert "(optional)" in one("phone").get_text()
    assert "(optional)" not in one("subject").get_text()
    assert "(optional)" not in one("phone", options="optional=False").get_text()


def test_the_own_classes_and_direction_of_a_widget_stay() -> None:
    control = one("phone").find("input")
    assert control["class"] == ["input", "input-medium"]
    assert control["dir"] == "ltr"


def test_an_error_is_said_at_the_field_and_tied_to_it() -> None:
    form = Letter({"subject": "far too long a subject"})
    soup = one("subject", form)
    control = soup.find("input")
    assert control["aria-invalid"] == "true"
    texts = described(soup, control)
    assert "In one sentence." in texts
    assert any("10" in text for text in texts)


def test_a_group_of_choices_is_a_fieldset_with_its_legend() -> None:
    form = Letter({})
    soup = one("kind", form)
    group = soup.find("fieldset")
    assert group.find("legend").get_text(strip=True) == "Kind"
    assert "Take one." in described(soup, group)
    for radio in soup.find_all("input"):
        assert soup.find("label", attrs={"for": radio["id"]})
        assert radio["class"] == ["choice-input"]


def test_a_choice_with_a_hint_of_its_own_is_described_by_it() -> None:
    soup = one("kind")
    request, complaint = soup.find_all("input")
    assert "aria-describedby" not in request.attrs
    assert described(soup, complaint) == ["Seen by the <complaints> office"]
    # It is read once: the name of the choice is without it.
    name = soup.find(id=complaint["aria-labelledby"])
    assert name.get_text(strip=True) == "Complaint"
    assert name.find_parent("label")["for"] == complaint["id"]


def test_short_choices_stand_in_a_row_where_asked() -> None:
    assert one("kind", options="inline=True").find(class_="choices-inline")
    assert not one("kind").find(class_="choices-inline")


def test_a_widget_of_several_parts_is_a_group() -> None:
    soup = one("when")
    assert soup.find("fieldset").find("legend").get_text(" ", strip=True) == "When (optional)"
    assert len(soup.find_all("input")) == 2


def test_a_checkbox_stands_before_its_label() -> None:
    soup = one("consent")
    box = soup.find("input", type="checkbox")
    assert box.find_next("label")["for"] == box["id"]
    assert described(soup, box) == ["Needed."]


def test_one_question_a_page_makes_the_label_its_heading() -> None:
    assert one("subject", options="heading=True").find("h1").find("label")
    assert one("kind", options="heading=True").find("legend").find("h1")


def test_all_fields_of_a_form_in_order_with_the_hidden_ones() -> None:
    soup = drawn("{% fields form %}", form=Letter())
    names = [each["name"] for each in soup.find_all("input")]
    assert names[0] == "key"
    assert names[1:3] == ["subject", "phone"]
    assert soup.find("input", type="file")["class"] == ["input-file"]


def test_no_script_or_style_is_written_into_the_page() -> None:
    html = str(drawn("{% fields form %}{% error_summary form %}", form=Letter({})))
    assert not re.search(r"<script|<style|\sstyle=|\son[a-z]+=", html)


def test_the_summary_links_every_error_to_its_control() -> None:
    form = Letter({"subject": ""})
    form.full_clean()
    form.add_error(None, "All together are too much.")
    page = drawn("{% error_summary form %}{% fields form %}", form=form)
    summary = page.find(class_="error-summary")
    targets = [link["href"][1:] for link in summary.find_all("a")]
    assert "id_subject" in targets
    assert "id_kind_0" in targets
    assert "id_consent" in targets
    assert all(page.find(id=target) for target in targets)
    assert "All together are too much." in summary.get_text()
    assert summary.find("h2")["id"] == summary["aria-labelledby"]


def test_the_summary_names_the_field_unless_the_message_does() -> None:
    form = Letter({"subject": ""})
    form.full_clean()
    form.add_error("phone", "This Phone has too few digits.")
    texts = [link.get_text() for link in drawn("{% error_summary f %}", f=form).find_all("a")]
    assert "Subject: This field is required." in texts
    assert "This Phone has too few digits." in texts
    assert "I agree: This field is required." in texts


def test_what_was_typed_never_becomes_markup() -> None:
    form = Letter({"subject": "<b>x</b>"})
    form.full_clean()
    form.add_error("subject", "<script>alert(1)</script>")
    html = str(drawn("{% error_summary form %}{% fields form %}", form=form))
    assert "<script" not in html
    assert "<b>x" not in html


def test_errors_of_hidden_fields_are_said_without_a_link() -> None:
    form = Letter({"key": ""})
    summary = drawn("{% error_summary form %}", form=form)
    assert not summary.find("a", href="#id_key")
    assert summary.get_text().count("This field is required.") == len(
        [error for errors in form.errors.values() for error in errors]
    )


def test_several_forms_and_formsets_share_a_summary() -> None:
    letters = forms.formset_factory(Letter, min_num=1, validate_min=True, extra=0)
    formset = letters(
        MultiValueDict({"f-TOTAL_FORMS": ["0"], "f-INITIAL_FORMS": ["0"]}), prefix="f"
    )
    summary = drawn("{% error_summary one many none %}", one=Letter({}), many=formset, none=None)
    assert "Subject" in summary.get_text()
    assert formset.non_form_errors()[0] in summary.get_text()


def test_nothing_wrong_means_no_summary_and_no_prefix() -> None:
    assert not drawn("{% error_summary form %}", form=Letter()).get_text(strip=True)
    assert desk_forms.error_prefix(Letter(), None) == ""


def test_the_title_of_a_refused_form_begins_with_error() -> None:
    assert desk_forms.error_prefix(Letter({})) == "Error: "
