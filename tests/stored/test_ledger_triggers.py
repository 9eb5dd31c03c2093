"""Immutable rows refuse every change in raw SQL, on both databases, and still do after migrations."""

from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.core.checks import run_checks
from django.core.management import call_command
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import DatabaseError, connection, migrations, models, transaction
from django.db.migrations.state import ProjectState

from casework.ledger import triggers

pytestmark = pytest.mark.django_db

TABLES = triggers.immutable_tables()
EXPECTED = {
    "ledger_event", "ledger_content", "ledger_read", "formdefs_formversion",
    "formdefs_codelistversion", "formdefs_fragmentversion", "casetypes_casetypeversion",
    "cases_snapshot", "cases_signoff", "cases_recordreturn", "cases_agreement", "cases_upload",
    "ledger_seal",
    "ledger_sealedrow", "ledger_tombstone", "ledger_anchorsent", "cases_historicalrecord",
    "cases_historicalrecordpage", "cases_historicalcase", "cases_historicaltask",
    "people_historicalperson",
}  # fmt: skip


def test_every_table_of_evidence_is_immutable():
    assert set(TABLES) >= EXPECTED


def _columns(table: str) -> dict[str, models.Field]:
    model = next(model for model in apps.get_models() if model._meta.db_table == table)
    return {field.column: field for field in model._meta.concrete_fields}


def _some(field: models.Field) -> object:
    """A value that fits a column; keys point nowhere, because a row's own trigger is asked first."""
    if isinstance(field, models.UUIDField):
        return field.get_db_prep_value(uuid4(), connection)
    if field.is_relation:
        return _some(field.target_field)
    if isinstance(field, models.JSONField):
        return "[]"
    if isinstance(field, models.DateTimeField):
        return "2026-11-24 10:00:00"
    if isinstance(field, models.DateField):
        return "2026-11-24"
    if isinstance(field, models.BooleanField):
        return True
    return 1 if isinstance(field, models.IntegerField) else "x"


@pytest.fixture
def row(request):
    """One row of a table, written with the foreign keys off; gone when the test is rolled back."""
    table = request.param
    values = {column: _some(field) for column, field in _columns(table).items()}
    names = ", ".join(f'"{name}"' for name in values)
    marks = ", ".join(["%s"] * len(values))
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA defer_foreign_keys = ON")
        else:
            cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", list(values.values()))
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    yield table, values
    triggers.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table}")
    triggers.install(connection)


def _refused(sql: str, values: list[object] | None = None) -> str:
    """The database's words of refusal. Fails when the statement is carried out."""
    with (
        pytest.raises(DatabaseError) as caught,
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql, values)
    return str(caught.value)


@pytest.mark.parametrize("row", TABLES, indirect=True)
def test_a_row_refuses_every_statement_that_would_change_it(row):
    table, values = row
    names, marks = ", ".join(f'"{name}"' for name in values), ", ".join(["%s"] * len(values))
    key = next(iter(values))
    for column in values:
        assert "immutable" in _refused(f'UPDATE {table} SET "{column}" = "{column}"')
    assert "immutable" in _refused(f"DELETE FROM {table}")
    insert = f"INTO {table} ({names}) VALUES ({marks})"
    upsert = f'INSERT {insert} ON CONFLICT ("{key}") DO UPDATE SET "{key}" = "{table}"."{key}"'
    _refused(upsert, list(values.values()))
    if connection.vendor == "postgresql":
        assert "immutable" in _refused(f"TRUNCATE {table} CASCADE")
    else:
        for verb in ("INSERT OR REPLACE", "REPLACE"):
            assert "already" in _refused(f"{verb} {insert}", list(values.values()))
        assert "immutable" in _refused(f'UPDATE OR REPLACE {table} SET "{key}" = "{key}"')
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")
        assert cursor.fetchone() == (1,)


@pytest.mark.parametrize("row", TABLES, indirect=True)
def test_a_row_is_not_replaced_through_any_of_its_unique_keys(row):
    if connection.vendor == "postgresql":
        return  # it has no REPLACE; what it has instead is refused above
    table, values = row
    keys = triggers._unique_keys(connection, table)
    assert keys
    for key in keys:
        fields = _columns(table)
        fresh = {
            column: values[column] if column in key else _fresh(fields[column], values[column])
            for column in values
        }
        names, marks = ", ".join(f'"{name}"' for name in fresh), ", ".join(["%s"] * len(fresh))
        sql = f"INSERT OR REPLACE INTO {table} ({names}) VALUES ({marks})"
        assert f"has this {', '.join(key)} already" in _refused(sql, list(fresh.values()))


def _fresh(field: models.Field, old: object) -> object:
    """A value that differs from the one that `_some` gave."""
    if isinstance(old, int):
        return 2
    return UUID(int=7).hex if len(str(old)) == 32 else {"x": "y"}.get(str(old), old)


def test_triggers_survive_migrations_that_touch_their_tables(transactional_db):
    emit_pre_migrate_signal(verbosity=0, interactive=False, db="default")
    _alter_every_immutable_table()
    if connection.vendor == "sqlite":  # SQLite remade the tables, and dropped their triggers
        assert triggers.missing(connection)
    emit_post_migrate_signal(verbosity=0, interactive=False, db="default")
    assert triggers.missing(connection) == []


def _alter_every_immutable_table() -> None:
    """Widen a column of each immutable table and put it back, through Django's own migrations."""
    before = ProjectState.from_apps(apps)
    for config in apps.get_app_configs():
        for name in getattr(config, "immutable", ()):
            field = next(
                f for f in config.get_model(name)._meta.concrete_fields
                if not f.primary_key and not f.is_relation
            )  # fmt: skip
            altered = field.clone()
            altered.null = not field.null
            operation = migrations.AlterField(name, field.name, altered)
            after = before.clone()
            operation.state_forwards(config.label, after)
            with connection.schema_editor() as editor:
                operation.database_forwards(config.label, editor, before, after)
            with connection.schema_editor() as editor:
                operation.database_backwards(config.label, editor, after, before)


def test_a_missing_trigger_is_named_by_the_system_check():
    assert _warnings() == []
    triggers.remove(connection)
    found = _warnings()
    assert {message.id for message in found} == {"casework.W001"}
    assert len(found) >= 2 * len(TABLES)
    triggers.install(connection)
    assert _warnings() == []


def _warnings():
    return [
        message
        for message in run_checks(tags=["database"], databases=["default"])
        if message.id == "casework.W001"
    ]


def test_a_disabled_or_weakened_trigger_counts_as_missing():
    name = next(name for name in triggers._wanted(connection) if "ledger_event_" in name)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"ALTER TABLE ledger_event DISABLE TRIGGER {name}")
        else:
            cursor.execute(f"DROP TRIGGER {name}")
            cursor.execute(
                f"CREATE TRIGGER {name} BEFORE DELETE ON ledger_event BEGIN SELECT 1; END"
            )
    assert triggers.missing(connection) == [name]
    triggers.install(connection)
    assert triggers.missing(connection) == []


def test_flush_puts_them_up_again(transactional_db):
    triggers.remove(connection)
    call_command("flush", verbosity=0, interactive=False)
    assert triggers.missing(connection) == []
