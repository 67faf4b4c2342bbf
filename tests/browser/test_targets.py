"""An editor types a target and reads it back as a sentence, before saving and after."""

import pytest

from sla.models import AgreementPage
from sla.versions import create_version
from tests.browser.citizen import press
from tests.browser.staff import log_in
from tests.sla.factories import time_target, words_target

pytestmark = [pytest.mark.browser, pytest.mark.drill]


def draft_of(signed: AgreementPage) -> AgreementPage:
    """An unsigned next version with two targets."""
    draft = AgreementPage(
        title="پیش‌نویس",
        slug="next-version",
        locale=signed.locale,
        live=False,
        version=create_version(agreement=signed.version.agreement, language="fa"),
        valid_to=signed.valid_to,
        parties=signed.parties.get_prep_value(),
        clauses=signed.clauses.get_prep_value(),
        targets=[time_target(department="roads", kind="request"), words_target()],
    )
    signed.get_parent().add_child(instance=draft)
    draft.save_revision()
    return draft


def test_each_target_is_read_back_while_it_is_typed_and_after_saving(open_page):
    draft = draft_of(AgreementPage.objects.filter(alias_of=None).first())
    editor = open_page()
    log_in(editor, "admin")
    editor.goto(f"/admin/pages/{draft.pk}/edit/")
    said = editor.locator("[data-sentences] [lang=en]")
    assert "within 15 working days" in said.first.inner_text()
    editor.locator("[name=targets-0-value-amount]").fill("۲۰")
    editor.locator("[name=targets-0-value-unit]").select_option("working_hours")
    editor.get_by_text("within 20 working hours").wait_for()
    press(editor, "footer button[type=submit]")
    without = open_page(javascript=False, storage_state=editor.context.storage_state())
    without.goto(f"/admin/pages/{draft.pk}/edit/")
    assert "within 20 working hours" in said.first.inner_text()
    assert "within 20 working hours" in without.content()
    kept = AgreementPage.objects.get(pk=draft.pk)
    stored = kept.get_latest_revision_as_object().own_document().targets
    assert [(each.amount, each.unit) for each in stored if each.timed] == [(20, "working_hours")]
