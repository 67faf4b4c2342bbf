# ruff: noqa: S608 - the names of tables and columns are the models' own
"""What is signed withstands raw SQL, the ORM and a migration, on both databases (R32)."""

import hashlib
from datetime import date

import pytest
from django.core import checks
from django.core.management import call_command
from django.db import IntegrityError, connection, models, transaction
from django.db.models import RestrictedError
from django.utils import timezone

from desk_core import trigger_sql, triggers
from desk_core.models import Backup
from desk_core.querysets import AppendOnly
from sla.enums import PdfKind
from sla.models import (
    Agreement,
    AgreementVersion,
    SealedPdf,
    Signature,
    SignedText,
    Termination,
)
from sla.models.consent import ConsentEnd, ConsentLetter
from sla.querysets import SealedError
from tests.cms_pages.factories import DepartmentFactory
from tests.sla.factories import make_page, make_signed

pytestmark = pytest.mark.django_db
SEALED = (SignedText, Signature, SealedPdf, ConsentEnd, ConsentLetter)
POSTGRESQL = connection.vendor == "postgresql"


@pytest.fixture
def version(db):
    page = make_signed()
    data = b"%PDF-1.7 test"
    SealedPdf.objects.create(
        version=page.version,
        kind=PdfKind.PLAIN,
        text_digest=page.digest,
        digest=hashlib.sha256(data).hexdigest(),
        data=data,
    )
    end = ConsentEnd.objects.create(version=page.version, ends_on=date(2026, 10, 1))
    ConsentLetter.objects.create(
        end=end,
        party="provider",
        name="بهار",
        post="مدیر",
        signed_on=date(2026, 9, 1),
        letter_number="1",
        scan="agreements/x.png",
        scan_digest="0" * 64,
        scan_type="image/png",
    )
    return page.version


def everything():
    """All rows that are sealed, as the database holds them."""
    found = {}
    for model in (*SEALED, AgreementVersion, Agreement):
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT * FROM {model._meta.db_table} ORDER BY 1")
            found[model.__name__] = [tuple(map(bytes_of, row)) for row in cursor.fetchall()]
    return found


def bytes_of(value):
    return bytes(value) if isinstance(value, memoryview) else value


def refused(sql, params=(), error=IntegrityError):
    before = everything()
    with (
        pytest.raises(error, match="sealed rows are never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)
    assert everything() == before


def columns(model):
    return [field.column for field in model._meta.concrete_fields]


@pytest.mark.parametrize("model", SEALED)
def test_raw_sql_changes_no_column_of_a_sealed_row(version, model):
    table = model._meta.db_table
    for column in columns(model):
        refused(f"UPDATE {table} SET {column} = {column}")
    refused(f"DELETE FROM {table}")
    refused(f"DELETE FROM {table} WHERE {columns(model)[0]} IS NOT NULL")


def test_one_letter_of_the_signed_text_cannot_be_changed(version):
    refused("UPDATE sla_signedtext SET body = replace(body, 'ی', 'ب')")


@pytest.mark.parametrize("name", ["number", "language", "valid_to", "ending", "g2g", "agreement"])
def test_the_terms_of_a_signed_version_are_sealed_too(version, name):
    other = Agreement.objects.create(key="other", title="دیگر")
    field = AgreementVersion._meta.get_field(name)
    values = {"number": 9, "language": "en", "valid_to": "2040-01-01", "ending": "open"}
    value = values.get(name, True if name == "g2g" else other.pk)
    refused(f"UPDATE sla_agreementversion SET {field.column} = %s", [value])


def test_what_a_signature_does_not_fix_may_change(version):
    AgreementVersion.objects.update(source_digest="x")
    assert AgreementVersion.objects.get().source_digest == "x"


def test_a_signed_version_cannot_be_deleted_or_renumbered(version):
    refused("DELETE FROM sla_agreementversion")
    refused("UPDATE sla_agreementversion SET id = id + 1000")


def test_an_unsigned_version_is_hindered_in_nothing(version):
    draft = make_page(key="draft", live=True).version
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sla_agreementversion SET number = 5, offered_text = 'x' WHERE id = %s",
            [draft.pk],
        )
        assert cursor.rowcount == 1
    free = AgreementVersion.objects.create(agreement=draft.agreement, number=7)
    free.delete()
    assert AgreementVersion.objects.get(pk=draft.pk).number == 5


@pytest.mark.parametrize("model", SEALED)
def test_overwriting_by_an_insert_is_no_way_around(version, model):
    table, names = model._meta.db_table, columns(model)
    every, key = ", ".join(names), names[0]
    if POSTGRESQL:
        refused(
            f"INSERT INTO {table} ({every}) SELECT {every} FROM {table} "
            f"ON CONFLICT ({key}) DO UPDATE SET {names[-1]} = EXCLUDED.{names[-1]}"
        )
        return
    # SQLite's REPLACE deletes the old row without asking a trigger on deletes.
    refused(f"INSERT OR REPLACE INTO {table} ({every}) SELECT {every} FROM {table}")
    # Under another key, with the same in what must be unique: the old row would go as well.
    other = (
        "'00000000000000000000000000000001'"
        if model in (Signature, ConsentLetter)
        else f"{key} + 1"
    )
    values = ", ".join([other, *names[1:]])
    refused(f"REPLACE INTO {table} ({every}) SELECT {values} FROM {table}")


def test_overwriting_a_signed_version_is_no_way_around(version):
    names = columns(AgreementVersion)
    every = ", ".join(names)
    draft = make_page(key="draft").version
    if POSTGRESQL:
        refused(
            f"INSERT INTO sla_agreementversion ({every}) SELECT {every} FROM sla_agreementversion "
            "ON CONFLICT (id) DO UPDATE SET valid_to = '2040-01-01'"
        )
        return
    changed = ", ".join("'2040-01-01'" if name == "valid_to" else name for name in names)
    refused(
        f"REPLACE INTO sla_agreementversion ({every}) "
        f"SELECT {changed} FROM sla_agreementversion WHERE id = %s",
        [version.pk],
    )
    refused(
        "UPDATE OR REPLACE sla_agreementversion SET id = %s WHERE id = %s", [version.pk, draft.pk]
    )


@pytest.mark.parametrize(
    "change",
    ["number = 1", "source_digest = 'x'", "number = 1, source_digest = 'x'"],
)
def test_a_draft_cannot_take_the_place_of_a_signed_version(version, change):
    """By its number, or by the file that it was imported from."""
    AgreementVersion.objects.update(source_digest="x")
    draft = AgreementVersion.objects.create(agreement=version.agreement, number=2)
    if POSTGRESQL:
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE sla_agreementversion SET {change} WHERE id = %s", [draft.pk])
        return
    refused(f"UPDATE OR REPLACE sla_agreementversion SET {change} WHERE id = %s", [draft.pk])


@pytest.mark.parametrize(("number", "digest"), [(1, "y"), (3, "x")])
def test_a_new_version_cannot_take_the_place_of_a_signed_one(version, number, digest):
    AgreementVersion.objects.update(source_digest="x")
    names = [name for name in columns(AgreementVersion) if name != "id"]
    values = {"number": str(number), "source_digest": f"'{digest}'", "valid_to": "'2040-01-01'"}
    insert = (
        f"INTO sla_agreementversion ({', '.join(names)}) "
        f"SELECT {', '.join(values.get(name, name) for name in names)} FROM sla_agreementversion"
    )
    if not POSTGRESQL:
        refused(f"INSERT OR REPLACE {insert}")
        return
    same = (
        "(agreement_id, number)"
        if digest == "y"
        else "(agreement_id, source_digest) WHERE NOT source_digest = ''"
    )
    refused(f"INSERT {insert} ON CONFLICT {same} DO UPDATE SET valid_to = '2040-01-01'")


def test_drafts_that_share_no_file_with_a_signed_version_are_free(version):
    """No file at all is not the same file."""
    draft = AgreementVersion.objects.create(agreement=version.agreement, number=2)
    assert AgreementVersion.objects.filter(pk=draft.pk).update(number=3, source_digest="") == 1
    AgreementVersion.objects.create(agreement=version.agreement, number=2)
    assert AgreementVersion.objects.filter(pk=version.pk).exists()


def empty(table):
    """How a whole table is emptied at once."""
    return f"TRUNCATE {table} CASCADE" if POSTGRESQL else f"DELETE FROM {table}"


@pytest.mark.parametrize("model", [*SEALED, AgreementVersion, Agreement])
def test_emptying_a_table_is_refused_while_a_sealed_row_is_in_it(version, model):
    if POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no pending check refuses it instead
    refused(empty(model._meta.db_table))


def test_a_session_that_plays_the_replica_is_refused_too(version):
    if POSTGRESQL:
        refused("SET LOCAL session_replication_role = replica; DELETE FROM sla_signature")
    refused("DELETE FROM sla_signature")


def test_a_temporary_table_of_the_same_name_opens_no_way(version):
    """It is found before the real one by whoever does not say where to look."""
    if POSTGRESQL:
        refused(
            "CREATE TEMPORARY TABLE sla_signedtext (id bigint, version_id bigint);"
            "UPDATE sla_agreementversion SET valid_to = '2040-01-01'"
        )
        return
    with connection.cursor() as cursor:
        cursor.execute("CREATE TEMPORARY TABLE sla_signedtext (id integer, version_id integer)")
        with pytest.raises(IntegrityError, match="sealed rows are never"), transaction.atomic():
            cursor.execute("UPDATE sla_agreementversion SET valid_to = '2040-01-01'")
        cursor.execute("DROP TABLE temp.sla_signedtext")


def test_emptying_empty_tables_hinders_nobody():
    with connection.cursor() as cursor:
        for model in reversed(SEALED):
            cursor.execute(empty(model._meta.db_table))


def test_the_orm_finds_no_way_either(version):
    text, signature = SignedText.objects.get(), Signature.objects.get()
    signature.name = "دیگری"
    plain = models.QuerySet
    before = everything()
    attempts = (
        (AppendOnly, signature.save),
        (AppendOnly, lambda: Signature.objects.bulk_update([signature], ["name"])),
        (AppendOnly, lambda: SealedPdf.objects.update(data=b"x")),
        (AppendOnly, SealedPdf.objects.get().delete),
        (SealedError, lambda: AgreementVersion.objects.update(valid_to=None)),
        # Past our own managers it is the database that refuses.
        (IntegrityError, lambda: plain(Signature).update(name="x")),
        (IntegrityError, lambda: plain(SignedText).filter(pk=text.pk)._raw_delete("default")),
        (IntegrityError, lambda: models.Model.save_base(signature, force_update=True)),
        (IntegrityError, lambda: plain(AgreementVersion).update(g2g=True)),
        ((models.ProtectedError, RestrictedError), version.delete),
        ((models.ProtectedError, RestrictedError), version.agreement.delete),
    )
    for error, attempt in attempts:
        with pytest.raises(error), transaction.atomic():
            attempt()
        assert everything() == before


def test_rows_beside_them_are_free(version):
    agreement = version.agreement
    agreement.title_en = "New"
    agreement.save()
    assert Agreement.objects.filter(title_en="New").update(title_en="Newer") == 1


@pytest.mark.parametrize("name", ["key", "title", "department"])
def test_whom_a_signed_agreement_covers_is_sealed_too(version, name):
    other = Agreement.objects.create(key="other", title="دیگر")
    value = DepartmentFactory() if name == "department" else "other-name"
    agreement = Agreement.objects.get(pk=version.agreement_id)
    setattr(agreement, name, value)
    before = everything()
    for attempt in (
        agreement.save,
        lambda: Agreement.objects.update(**{name: value}),
        lambda: Agreement.objects.bulk_update([agreement], [name]),
    ):
        with pytest.raises(SealedError), transaction.atomic():
            attempt()
    assert everything() == before
    column = Agreement._meta.get_field(name).column
    change = f"sla_agreement SET {column} = %s WHERE id = %s"
    plain = getattr(value, "pk", value)
    refused(f"UPDATE {change}", [plain, agreement.pk])
    if not POSTGRESQL:
        refused("UPDATE OR REPLACE sla_agreement SET key = 'desk' WHERE id = %s", [other.pk])
    with connection.cursor() as cursor:  # without a signature nothing is fixed
        cursor.execute(f"UPDATE {change}", [plain, other.pk])
    setattr(other, name, value)
    other.save()


# Migrations


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_after_a_migration_that_rebuilds_the_tables_the_triggers_are_back():
    """SQLite alters a column by building the table anew, and its triggers go with the old one."""
    version = make_signed().version
    assert triggers.missing() == []
    for model, name in (
        (Signature, "scan_type"),
        (SignedText, "signatures_needed"),
        (AgreementVersion, "language"),
    ):
        old = model._meta.get_field(name)
        for wider, narrower in ((old, widened(old)), (widened(old), old)):
            triggers._before_migrating(using="default", plan=["a migration"])
            with connection.schema_editor() as editor:
                editor.alter_field(model, wider, narrower)
            call_command("migrate", verbosity=0)
            assert triggers.missing() == []
            value = "'xx'" if model is AgreementVersion else name
            refused(f"UPDATE {model._meta.db_table} SET {name} = {value}")
    assert SignedText.objects.get().version_id == version.pk


def widened(field):
    """The same column, of another type."""
    kind = models.TextField if isinstance(field, models.CharField) else models.IntegerField
    found = kind()
    found.set_attributes_from_name(field.name)
    found.model = field.model
    return found


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_rebuild_without_the_migrations_frame_is_noticed_and_mended():
    """Whatever drops a trigger, the check names it, and the next `migrate` puts it back."""
    make_signed()
    with connection.cursor() as cursor:
        name, table = next(iter(triggers._present(connection).items()))
        for sql in triggers.drop_sql(connection, name, table):
            cursor.execute(sql)
    found = checks.run_checks(databases=["default"])
    warning = next(each for each in found if each.id == "desk_core.W010")
    assert name in warning.msg
    assert "manage.py migrate" in warning.hint
    call_command("migrate", verbosity=0)
    assert not [
        each for each in checks.run_checks(databases=["default"]) if each.id == "desk_core.W010"
    ]


def test_the_check_is_silent_when_all_are_there_and_no_database_was_asked():
    assert triggers.check_triggers(None, databases=["default"]) == []
    assert triggers.check_triggers(None, databases=None) == []


def test_putting_them_back_costs_little_when_none_is_missing(django_assert_max_num_queries):
    with django_assert_max_num_queries(4):
        triggers.install()


def test_a_trigger_that_is_out_of_date_is_replaced(monkeypatch):
    before, refusing = set(triggers._present(connection)), triggers.refusing()
    monkeypatch.setattr(trigger_sql, "REFUSAL", "other words")
    triggers.install()
    after = set(triggers._present(connection))
    assert len(after) == len(before)
    kept = {name for name, table in triggers._present(connection).items() if table in refusing}
    assert after & before == kept
    monkeypatch.undo()
    triggers.install()
    assert set(triggers._present(connection)) == before


# A termination that is finished


@pytest.fixture
def finished(version, django_user_model):
    first, second = (django_user_model.objects.create_user(name) for name in ("first", "second"))
    now = timezone.now()
    kept = Backup.objects.create(name="nightly", started_at=now, finished_at=now)
    return Termination.objects.create(
        version=version,
        reason="ادغام",
        ends_on=date(2026, 10, 1),
        readable_until=date(2027, 10, 1),
        announced_by=first,
        told_at=now,
        told_until=now,
        confirmed_by=second,
        confirmed_at=now,
        ending_from=date(2026, 10, 1),
        finished_by=first,
        finished_at=now,
        backup=kept,
    )


def refused_of_terminations(sql, params=()):
    before = list(Termination.objects.order_by("pk").values_list())
    with (
        pytest.raises(IntegrityError, match="sealed rows are never"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, params)
    assert list(Termination.objects.order_by("pk").values_list()) == before


def test_a_finished_termination_is_changed_by_no_sql(finished):
    for column in columns(Termination):
        refused_of_terminations(f"UPDATE sla_termination SET {column} = {column}")
    refused_of_terminations("UPDATE sla_termination SET reason = 'دیگر'")
    refused_of_terminations(
        "UPDATE sla_termination SET finished_at = NULL, finished_by_id = NULL, backup_id = NULL"
    )
    refused_of_terminations("DELETE FROM sla_termination")
    if POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused_of_terminations(empty("sla_termination"))


def test_a_finished_termination_is_overwritten_by_no_insert(finished):
    names = columns(Termination)
    every, rest = ", ".join(names), ", ".join(names[1:])
    if POSTGRESQL:
        refused_of_terminations(
            f"INSERT INTO sla_termination ({every}) SELECT {every} FROM sla_termination "
            "ON CONFLICT (version_id) DO UPDATE SET reason = 'x'"
        )
        return
    for key in ("id", "id + 1"):
        refused_of_terminations(
            f"REPLACE INTO sla_termination ({every}) SELECT {key}, {rest} FROM sla_termination"
        )


def test_a_finished_termination_is_changed_by_no_orm(finished):
    finished.reason = "دیگر"
    attempts = (
        finished.save,
        finished.delete,
        lambda: Termination.objects.update(told_count=9),
        lambda: Termination.objects.all().delete(),
        lambda: Termination.objects.bulk_update([finished], ["reason"]),
    )
    for attempt in attempts:
        with pytest.raises(IntegrityError), transaction.atomic():
            attempt()
    assert Termination.objects.get().reason == "ادغام"


def test_a_termination_that_is_not_finished_goes_on_and_is_called_off(finished):
    other = make_signed(key="other").version
    row = Termination.objects.create(
        version=other,
        reason="ادغام",
        ends_on=date(2026, 10, 1),
        readable_until=date(2027, 10, 1),
        announced_by=finished.announced_by,
    )
    with connection.cursor() as cursor:
        cursor.execute("UPDATE sla_termination SET reason = 'x' WHERE id = %s", [row.pk])
        assert cursor.rowcount == 1
    if not POSTGRESQL:  # not into the place of a finished one either
        refused_of_terminations(
            "UPDATE OR REPLACE sla_termination SET version_id = %s WHERE id = %s",
            [finished.version_id, row.pk],
        )
    row.delete()
    assert Termination.objects.get() == finished
