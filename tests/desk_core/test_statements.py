"""Statements that are composed once give what a queryset gives, with other values each time."""

import sys
import threading
from datetime import timedelta

import pytest
from django.db import connection, connections
from django.db.models import Exists, OuterRef
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from desk_core.inserts import insert, insert_values
from desk_core.models import SubjectKey
from desk_core.sealing import new_subject
from desk_core.statements import Slot, Statement, deleting, updating
from service_requests.models import Draft, IdentifierIndex
from tests.service_requests.factories import register

pytestmark = pytest.mark.django_db


@pytest.fixture
def drafts():
    found = []
    for number in range(2):
        subject = new_subject()
        subject.save()
        expires = timezone.now() + timedelta(hours=number)
        found.append(
            Draft.objects.create(
                token_digest=f"d{number}",
                subject_key=subject.row,
                sealed_data=b"\x00\xff",
                expires_at=expires,
            )
        )
    return found


def test_rows_come_with_their_types_and_are_composed_once(drafts):
    composed = []

    def compose():
        composed.append(1)
        names = ("id", "token_digest", "sealed_data", "expires_at", "subject_key__key_id")
        rows = Draft.objects.filter(
            token_digest=Slot("digest", Draft.token_digest),
            expires_at__gt=Slot("now", Draft.expires_at),
        )
        return rows.values_list(*names)

    statement = Statement(compose)
    long_ago = timezone.now() - timedelta(days=1)
    for draft in drafts:
        with CaptureQueriesContext(
            connection,
        ) as queries:
            [row] = statement.rows(digest=draft.token_digest, now=long_ago)
        assert len(queries) == 1
        assert row[:2] == [draft.pk, draft.token_digest]
        assert bytes(row[2]) == b"\x00\xff"
        assert row[3] == draft.expires_at
        assert row[4] == draft.subject_key.key_id
    assert statement.rows(digest="d0", now=timezone.now()) == []
    assert len(composed) == 1


def test_instances_are_whole_and_composed_once(drafts):
    """As a queryset gives them: related rows, annotations, and what was left out on demand."""
    composed = []

    def compose():
        composed.append(1)
        wanted = Draft.objects.filter(token_digest=Slot("digest", Draft.token_digest))
        same = Draft.objects.filter(pk=OuterRef("pk"), expires_at__gt=Slot("now", Draft.expires_at))
        return wanted.select_related("subject_key").defer("sealed_data").annotate(late=Exists(same))

    statement = Statement(compose)
    now = timezone.now() + timedelta(minutes=30)
    for draft, late in zip(drafts, (False, True), strict=True):
        with CaptureQueriesContext(connection) as queries:
            [found] = statement.instances(digest=draft.token_digest, now=now)
            assert (found, found.late) == (draft, late)
            assert found.subject_key.key_id == draft.subject_key.key_id
        assert len(queries) == 1
        assert "sealed_data" in found.get_deferred_fields()
        assert bytes(found.sealed_data) == b"\x00\xff"
    assert statement.instances(digest="none", now=now) == []
    assert len(composed) == 1


def test_values_are_parameters_and_never_sql(drafts):
    statement = Statement(
        lambda: Draft.objects.filter(token_digest=Slot("x", Draft.token_digest)).values_list("id")
    )
    assert statement.rows(x="' OR 1=1 --") == []
    assert statement.rows(x="d1") == [[drafts[1].pk]]


def test_changes_and_deletions_touch_only_what_they_name(drafts):
    change = Statement(
        lambda: updating(
            Draft.objects.filter(pk=Slot("pk", Draft.id)),
            token_digest=Slot("digest", Draft.token_digest),
            sealed_data=None,
        )
    )
    assert change.run(pk=drafts[0].pk, digest="new") == 1
    drafts[0].refresh_from_db()
    drafts[1].refresh_from_db()
    assert (drafts[0].token_digest, drafts[0].sealed_data) == ("new", None)
    assert drafts[1].token_digest == "d1"
    forget = Statement(lambda: deleting(Draft.objects.filter(pk=Slot("pk", Draft.id))))
    assert forget.run(pk=drafts[0].pk) == 1
    assert forget.run(pk=drafts[0].pk) == 0
    assert list(Draft.objects.all()) == [drafts[1]]


def test_thin_rows_are_stored_without_instances():
    case = register().case
    before = IdentifierIndex.objects.count()
    rows = [(case.pk, "mobile", "a" * 64), (case.pk, "legal_id", "b" * 64)]
    insert_values(IdentifierIndex, ("case", "field", "digest"), rows)
    insert_values(IdentifierIndex, ("case", "field", "digest"), [])
    assert IdentifierIndex.objects.count() == before + 2
    assert case.identifiers.get(digest="b" * 64).field == "legal_id"


def test_inserted_instances_know_their_keys_and_enums_are_plain_text():
    subject = new_subject()
    insert([subject.row])
    assert SubjectKey.objects.filter(pk=subject.row.pk).exists()
    case = register().case
    row = IdentifierIndex(case=case, field="mobile", digest="c" * 64)
    insert([row])
    assert IdentifierIndex.objects.get(pk=row.pk).digest == "c" * 64


def test_threads_that_need_it_first_at_the_same_moment_get_the_same_text():
    """A query changes while it is composed; what one thread breaks would stay for the process."""

    def make():
        return Statement(
            lambda: (
                Draft.objects.select_related("subject_key")
                .filter(token_digest=Slot("digest", Draft.token_digest))
                .filter(
                    Exists(
                        IdentifierIndex.objects.filter(case__subject_key=OuterRef("subject_key"))
                    )
                )
            )
        )

    # Opened beforehand, so that the threads do nothing but compose.
    good = make()._ready({"digest": "d"})[1]
    found, usual = [], sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        for _attempt in range(40):
            statement, together = make(), threading.Barrier(4)

            def compose(statement=statement, together=together):
                together.wait()
                try:
                    found.append(statement._ready({"digest": "d"})[1])
                finally:
                    connections.close_all()

            threads = [threading.Thread(target=compose) for _ in range(4)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    finally:
        sys.setswitchinterval(usual)
    assert found == [good] * 160
