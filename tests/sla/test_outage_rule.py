"""The rule for outages: part of what is signed, silent in texts that were signed before."""

import json
from dataclasses import replace

import pytest
from django.urls import reverse
from django.utils import translation

from sla.change_words import facts_of
from sla.differences import differences
from sla.document import Document, DocumentError, digest_of, read_canonical
from sla.enums import OutageRule
from sla.models import AgreementPage
from sla.promises import outages_of
from sla.publishing import PublishRefused, objections_to, sealed_objections
from sla.sentences import outage_sentence, sentences_of
from sla.verification import verify_digest
from tests.sla.factories import make_page, make_signed, time_target, words_target

PLAIN = Document(agreement="desk", number=1, language="fa", title="توافق‌نامه")
STANDING = replace(PLAIN, outages=OutageRule.ALL)


def test_a_text_without_the_rule_is_written_as_before_there_was_one():
    assert "outages" not in json.loads(PLAIN.canonical())
    assert digest_of(PLAIN.canonical()) == (
        digest_of(replace(STANDING, outages=OutageRule.RUN).canonical())
    )
    assert read_canonical(PLAIN.canonical()).outages == OutageRule.RUN


def test_the_rule_is_signed_with_the_text():
    assert json.loads(STANDING.canonical())["outages"] == "all"
    assert read_canonical(STANDING.canonical()) == STANDING
    assert digest_of(STANDING.canonical()) != digest_of(PLAIN.canonical())


@pytest.mark.parametrize("wrong", ["run", "", None, "never", 3])
def test_what_is_no_rule_is_no_canonical_text(wrong):
    plain = json.loads(PLAIN.canonical()) | {"outages": wrong}
    with pytest.raises(DocumentError):
        read_canonical(json.dumps(plain))


def test_a_changed_rule_is_a_difference_in_words():
    found = differences(PLAIN, STANDING)
    assert not found.same
    with translation.override("en"):
        (fact,) = facts_of(found.terms)
        assert (str(fact.label), fact.old) == ("During an outage", "All clocks run on")
    assert differences(STANDING, STANDING).same


def test_the_rule_of_a_signed_text_does_not_change():
    assert [each.field for each in sealed_objections(PLAIN, STANDING)] == ["outages"]


def test_without_a_promised_time_there_is_no_clock_to_stand_still():
    assert "outages" in [each.field for each in objections_to(STANDING, translation=False)]
    assert "outages" not in [each.field for each in objections_to(PLAIN, translation=False)]


@pytest.mark.django_db
def test_a_page_with_words_alone_cannot_promise_it():
    with pytest.raises(PublishRefused):
        make_page(live=True, targets=[words_target()], outages=OutageRule.ANSWER)


@pytest.mark.django_db
def test_what_was_signed_before_stays_valid_and_runs_on(client):
    page = make_signed(targets=[time_target()])
    text = page.version.signed_text
    assert "outages" not in json.loads(text.body)
    assert text.digest == digest_of(text.body) == digest_of(page.document.canonical())
    assert verify_digest(text.digest).authentic
    assert outages_of(page.version_id) == OutageRule.RUN
    # The column of the page says nothing about the text that is sealed.
    AgreementPage.objects.filter(pk=page.pk).update(outages=OutageRule.ALL)
    fresh = AgreementPage.objects.get(pk=page.pk)
    assert fresh.document.outages == OutageRule.RUN
    assert outages_of(page.version_id) == OutageRule.RUN


@pytest.mark.django_db
def test_it_stands_in_words_on_the_page_in_the_api_and_in_the_sealed_text(client):
    page = make_signed(targets=[time_target()], outages=OutageRule.ANSWER)
    said = outage_sentence(OutageRule.ANSWER, "fa")
    assert sentences_of(page.document, "fa")[-1] == said
    assert said in client.get(page.url).content.decode()
    version = client.get("/api/desk/v1/agreements/desk/versions/1").json()
    assert version["outages"] == {"rule": "answer", "sentence": said}
    assert outages_of(page.version_id) == OutageRule.ANSWER
    assert page.outages_data["rule"] == "answer"


@pytest.mark.django_db
def test_where_clocks_run_on_nothing_is_said(client):
    page = make_signed(targets=[time_target()])
    version = client.get("/api/desk/v1/agreements/desk/versions/1").json()
    assert version["outages"] == {"rule": "run", "sentence": ""}
    assert sentences_of(page.document, "fa") == [sentences_of(page.document, "fa")[0]]


@pytest.mark.django_db
def test_the_editor_chooses_it_and_a_signed_page_has_no_field_for_it(admin_client):
    draft = make_page(targets=[time_target()])
    edit = reverse("wagtailadmin_pages:edit", args=[draft.pk])
    assert 'name="outages"' in admin_client.get(edit).content.decode()
    signed = make_signed(targets=[time_target()], key="other")
    edit = reverse("wagtailadmin_pages:edit", args=[signed.pk])
    assert 'name="outages"' not in admin_client.get(edit).content.decode()
