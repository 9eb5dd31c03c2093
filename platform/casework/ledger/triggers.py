"""Triggers that make rows immutable, on both databases: no UPDATE, DELETE, REPLACE or TRUNCATE.

An app names its immutable models in its AppConfig: `immutable = ("event", "content")`. The triggers
are put up after every `migrate`, because SQLite remakes a table whenever one of its columns changes
and drops its triggers without a word; a system check says where one is missing. Tables of history rows are
immutable without being named.

Content, history rows and uploads can be withdrawn: their triggers let a row go that a tombstone names,
and tombstones are immutable themselves (casework.cases.actions.withdrawing).

SQLite fires no delete trigger for what INSERT OR REPLACE removes (unless a connection asks for it),
so there an insert is refused whose key exists, for every unique key of the table. PostgreSQL's row
triggers do not see TRUNCATE: that has a trigger of its own. SQLite has no TRUNCATE.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import apps
from django.core import checks
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper

from casework.ledger.kept_rows import history_models

PREFIX = "immutable_"
_DISABLED = "D"  # pg_trigger.tgenabled
_POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION casework_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is immutable: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""
# A row goes where a tombstone names it: by its key without dashes, or, for the digest under which a
# history row was sealed, by that row.
_POSTGRESQL_RELEASE = """
    CREATE OR REPLACE FUNCTION casework_refuse_delete() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE held jsonb := to_jsonb(OLD);
    BEGIN
        IF TG_ARGV[0] = '' THEN
            IF EXISTS (SELECT 1 FROM ledger_tombstone WHERE what = held->>'table' AND key = held->>'row')
            THEN RETURN OLD; END IF;
        ELSIF EXISTS (
            SELECT 1 FROM ledger_tombstone
            WHERE what = TG_TABLE_NAME AND key = replace(held->>TG_ARGV[0], '-', '')
        ) THEN RETURN OLD; END IF;
        RAISE EXCEPTION '% is immutable: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""


def immutable_tables() -> list[str]:
    """The tables of all models that their apps declare immutable, and of history rows, sorted."""
    return sorted({*_named("immutable"), *history_models()})


def releasable() -> dict[str, str]:
    """The column of the key of each table that a withdrawal may take rows from; "" for seals' digests."""
    keys = {"ledger_sealedrow": ""}
    for table in (*_named("withdrawable"), *history_models()):
        keys[table] = "history_id" if table in history_models() else "id"
    return keys


def _named(kind: str) -> set[str]:
    return {
        config.get_model(name)._meta.db_table
        for config in apps.get_app_configs()
        for name in getattr(config, kind, ())
    }


def install(connection: BaseDatabaseWrapper) -> None:
    """Put up every trigger anew, on the immutable tables that exist. Safe to repeat."""
    wanted = _wanted(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
            cursor.execute(_POSTGRESQL_RELEASE)
        for statement in _drops(connection):
            cursor.execute(statement)
        for statement in wanted.values():
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Take every trigger away: for a test's flush, and for a migration that must mend old rows."""
    with connection.cursor() as cursor:
        for statement in _drops(connection):
            cursor.execute(statement)


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The names of triggers that should be there and are not, or are disabled or weakened."""
    there = {name: text for name, _, text in _there(connection)}
    if connection.vendor == "postgresql":
        return [name for name in _wanted(connection) if there.get(name, _DISABLED) == _DISABLED]
    return [name for name, text in _wanted(connection).items() if there.get(name) != text]


def check(*, databases: Sequence[str] | None = None, **kwargs: Any) -> list[checks.CheckMessage]:
    """Warn of immutable tables whose triggers are missing.

    A warning and not an error: `migrate` checks the database first, and it is the remedy.
    """
    return [
        checks.Warning(
            f"The trigger {name} is missing on the database {alias}: rows could be changed in silence.",
            hint="Run: python manage.py migrate. Then: python manage.py ledger verify.",
            id="casework.W001",
        )
        for alias in databases or ()
        for name in missing(connections[alias])
    ]


def remove_before_migrate(using: str, **kwargs: Any) -> None:
    """Handle `pre_migrate`: SQLite refuses to remake a table that a trigger of another one reads."""
    connection = connections[using]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            for table in releasable():
                cursor.execute(f'DROP TRIGGER IF EXISTS "{PREFIX}{table}_delete"')


def install_after_migrate(using: str, **kwargs: Any) -> None:
    """Handle `post_migrate`, which comes after `flush` too."""
    install(connections[using])


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    """The text of each trigger by its name, for the immutable tables that exist."""
    make = _postgresql if connection.vendor == "postgresql" else _sqlite
    existing = set(connection.introspection.table_names())
    return {
        name: statement
        for table in immutable_tables()
        if table in existing
        for name, statement in make(connection, table)
    }


def _postgresql(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    refuse, row = "casework_refuse_change()", "UPDATE OR DELETE"
    if (key := releasable().get(table)) is not None:
        row = "UPDATE"
        name = f"{PREFIX}{table}_delete"
        when = f'BEFORE DELETE ON "{table}" FOR EACH ROW'
        yield (
            name,
            f"CREATE TRIGGER \"{name}\" {when} EXECUTE FUNCTION casework_refuse_delete('{key}')",
        )
    for suffix, events, each in (("row", row, "ROW"), ("all", "TRUNCATE", "STATEMENT")):
        name = f"{PREFIX}{table}_{suffix}"
        when = f'BEFORE {events} ON "{table}" FOR EACH {each}'
        yield name, f'CREATE TRIGGER "{name}" {when} EXECUTE FUNCTION {refuse}'


def _sqlite(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    for event in ("UPDATE", "DELETE"):
        name = f"{PREFIX}{table}_{event.lower()}"
        refuse = f"SELECT RAISE(ABORT, '{table} is immutable: {event} refused')"
        unless = _sqlite_unless(table) if event == "DELETE" else ""
        yield (
            name,
            f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}"{unless} BEGIN {refuse}; END',
        )
    for number, columns in enumerate(_unique_keys(connection, table)):
        name = f"{PREFIX}{table}_key_{number}"
        same = " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
        when = f'BEFORE INSERT ON "{table}" WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same})'  # noqa: S608 (names of our own tables)
        refuse = f"SELECT RAISE(ABORT, '{table} has this {', '.join(columns)} already')"
        yield name, f'CREATE TRIGGER "{name}" {when} BEGIN {refuse}; END'


def _sqlite_unless(table: str) -> str:
    key = releasable().get(table)
    if key is None:
        return ""
    named = f"what = '{table}' AND key = CAST(OLD.{key} AS TEXT)"
    if not key:
        named = 'what = OLD."table" AND key = CAST(OLD.row AS TEXT)'
    return f" WHEN NOT EXISTS (SELECT 1 FROM ledger_tombstone WHERE {named})"  # noqa: S608 (names of our own tables)


def _unique_keys(connection: BaseDatabaseWrapper, table: str) -> list[tuple[str, ...]]:
    """The columns of the primary key and of every unique constraint and index, in a stable order."""
    with connection.cursor() as cursor:
        constraints = connection.introspection.get_constraints(cursor, table).values()
    return sorted({tuple(c["columns"]) for c in constraints if c["primary_key"] or c["unique"]})


def _there(connection: BaseDatabaseWrapper) -> list[tuple[str, str, str]]:
    """Our triggers in the database: name, table, and text on SQLite or state on PostgreSQL."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT tgname, relname, tgenabled::text FROM pg_trigger "
            "JOIN pg_class ON pg_class.oid = tgrelid "
            "WHERE NOT tgisinternal AND pg_table_is_visible(tgrelid)"
        )
    else:
        query = "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger'"
    with connection.cursor() as cursor:
        cursor.execute(query)
        return [row for row in cursor.fetchall() if row[0].startswith(PREFIX)]


def _drops(connection: BaseDatabaseWrapper) -> list[str]:
    on = ' ON "{1}"' if connection.vendor == "postgresql" else ""
    return [
        ('DROP TRIGGER IF EXISTS "{0}"' + on).format(name, table)
        for name, table, _ in _there(connection)
    ]
