import uuid

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from desk_core.models import SubjectKey
from desk_core.querysets import AppendOnly
from desk_core.sealing import Erased, SealBroken, UnknownKey, erase, new_subject, open_subject

SUBJECT = new_subject()
RECORD = "case:1:content"


@given(st.binary(max_size=2000))
def test_what_is_sealed_opens_again_and_is_not_readable(data):
    sealed = SUBJECT.seal(data, record=RECORD)
    assert SUBJECT.open(sealed, record=RECORD) == data
    assert len(data) < 8 or data not in sealed


@given(st.binary(max_size=200), st.data())
def test_any_flipped_bit_breaks_the_seal(data, draw):
    sealed = bytearray(SUBJECT.seal(data, record=RECORD))
    place = draw.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises(SealBroken):
        SUBJECT.open(bytes(sealed), record=RECORD)


@given(st.binary(max_size=200), st.data())
def test_any_cut_breaks_the_seal(data, draw):
    sealed = SUBJECT.seal(data, record=RECORD)
    cut = draw.draw(st.integers(0, len(sealed) - 1))
    with pytest.raises(SealBroken):
        SUBJECT.open(sealed[:cut], record=RECORD)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters()),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON)
def test_json_comes_back_the_same_whatever_letters_it_holds(obj):
    assert SUBJECT.open_json(SUBJECT.seal_json(obj, record="r"), record="r") == obj


def test_a_lone_surrogate_is_sealed_like_any_letter():
    assert SUBJECT.open_json(SUBJECT.seal_json("\ud800", record="r"), record="r") == "\ud800"


def test_a_value_moved_to_another_record_does_not_open():
    sealed = SUBJECT.seal("محرمانه".encode(), record="case:1:content")
    with pytest.raises(SealBroken):
        SUBJECT.open(sealed, record="case:2:content")


def test_a_value_moved_to_another_subject_does_not_open():
    sealed = SUBJECT.seal(b"x", record=RECORD)
    with pytest.raises(SealBroken):
        new_subject().open(sealed, record=RECORD)


def test_the_same_value_is_never_sealed_the_same():
    assert len({SUBJECT.seal(b"x", record=RECORD) for _ in range(50)}) == 50


def test_the_data_key_is_in_no_representation():
    subject = new_subject()
    assert subject._data_key.hex() not in repr(subject)
    assert repr(subject._data_key) not in repr(subject)


def test_derived_keys_are_independent():
    subject = new_subject()
    keys = {subject.derive(b"a"), subject.derive(b"b"), subject.derive(b"a", salt=b"1")}
    assert len(keys) == 3


@pytest.mark.django_db
class TestStored:
    def test_a_stored_subject_opens(self):
        subject = new_subject()
        sealed = subject.seal_json({"نام": "مریم"}, record=RECORD)
        assert not SubjectKey.objects.exists()
        subject.save()
        subject.save()
        row = SubjectKey.objects.get()
        assert open_subject(row).open_json(sealed, record=RECORD) == {"نام": "مریم"}
        assert subject._data_key not in bytes(row.wrapped)

    def test_an_erased_subject_is_gone_for_good(self):
        subject = new_subject()
        subject.save()
        stale = SubjectKey.objects.get()
        erase(subject.row)
        erase(subject.row)
        row = SubjectKey.objects.get()
        assert (row.wrapped, row.key_id) == (None, "")
        assert row.erased_at is not None
        with pytest.raises(Erased):
            open_subject(row)
        # A copy from before the erasure cannot bring the key back.
        with pytest.raises(AppendOnly):
            stale.save()

    def test_the_time_of_the_first_erasure_stays(self):
        subject = new_subject()
        subject.save()
        erase(subject.row)
        first = SubjectKey.objects.get().erased_at
        erase(SubjectKey.objects.get())
        assert SubjectKey.objects.get().erased_at == first

    def test_an_erasure_rolled_back_erased_nothing(self):
        subject = new_subject()
        subject.save()
        with transaction.atomic():
            erase(SubjectKey.objects.get())
            transaction.set_rollback(True)
        open_subject(SubjectKey.objects.get())

    def test_a_wrapped_key_moved_to_another_row_does_not_open(self):
        one, two = new_subject(), new_subject()
        one.save()
        two.save()
        SubjectKey.objects.filter(pk=one.row.pk).update(wrapped=two.row.wrapped)
        with pytest.raises(SealBroken):
            open_subject(SubjectKey.objects.get(pk=one.row.pk))

    def test_a_key_that_is_not_in_the_ring_is_named(self, settings):
        row = new_subject().row
        settings.DESK_KEYRING = {"other": "b3RoZXIta2V5LW9mLXRlc3RzLTAwMDAwMDAwMDAwMDE="}
        with pytest.raises(UnknownKey, match="dev1"):
            open_subject(row)

    def test_a_row_without_a_sense_does_not_open(self):
        row = SubjectKey(id=uuid.uuid4(), key_id="dev1", wrapped=b"nonsense")
        with pytest.raises(SealBroken):
            open_subject(row)
