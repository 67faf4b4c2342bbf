import pytest

from desk_core import erasures
from service_requests import drafts
from service_requests.attachments import IncomingFile, add_to_draft
from service_requests.erasing import forget_subjects
from service_requests.models import Case, Draft, IdentifierIndex, WordIndex
from tests.service_requests.factories import make_case, upload


@pytest.mark.django_db
def test_what_points_at_an_erased_person_goes_and_nothing_of_others():
    gone, kept = make_case(), make_case()
    before = IdentifierIndex.objects.filter(case=kept).count()
    assert IdentifierIndex.objects.filter(case=gone).exists()
    assert WordIndex.objects.filter(case=gone).exists()
    for _ in range(2):
        forget_subjects([gone.subject_key_id])
    assert not IdentifierIndex.objects.filter(case=gone).exists()
    assert not WordIndex.objects.filter(case=gone).exists()
    assert IdentifierIndex.objects.filter(case=kept).count() == before
    assert Case.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_forgotten_draft_goes_with_its_files(private_files):
    before = private_files()
    draft = drafts.write(token=drafts.new_token(), draft=None, answers={"subject": "x"})
    add_to_draft(draft=draft, file=IncomingFile.of(upload()))
    forget_subjects([draft.subject_key_id])
    assert not Draft.objects.exists()
    assert private_files() == before


def test_it_is_what_a_restore_asks():
    assert forget_subjects in erasures._forgetters
