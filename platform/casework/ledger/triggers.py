"""Triggers that make rows immutable, on both databases: no UPDATE, DELETE, REPLACE or TRUNCATE.

An app names its immutable models in its AppConfig: `immutable = ("event", "content")`. The triggers
are put up after every `migrate`, because SQLite remakes a table whenever one of its columns changes
and drops its triggers without a word; a system check says where one is missing.

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

PREFIX = "immutable_"
_DISABLED = "D"  # pg_trigger.tgenabled
_POSTGRESQL_FUNCTION = """
    CREATE OR REPLACE FUNCTION casework_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION '% is immutable: % refused', TG_TABLE_NAME, TG_OP
            USING ERRCODE = 'integrity_constraint_violation';
    END $$
"""


def immutable_tables() -> list[str]:
    """The tables of all models that their apps declare immutable, sorted."""
    return sorted(
        config.get_model(name)._meta.db_table
        for config in apps.get_app_configs()
        for name in getattr(config, "immutable", ())
    )


def install(connection: BaseDatabaseWrapper) -> None:
    """Put up every trigger anew, on the immutable tables that exist. Safe to repeat."""
    wanted = _wanted(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
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
    for suffix, events, each in (
        ("row", "UPDATE OR DELETE", "ROW"),
        ("all", "TRUNCATE", "STATEMENT"),
    ):
        name = f"{PREFIX}{table}_{suffix}"
        when = f'BEFORE {events} ON "{table}" FOR EACH {each}'
        yield name, f'CREATE TRIGGER "{name}" {when} EXECUTE FUNCTION casework_refuse_change()'


def _sqlite(connection: BaseDatabaseWrapper, table: str) -> Iterator[tuple[str, str]]:
    for event in ("UPDATE", "DELETE"):
        name = f"{PREFIX}{table}_{event.lower()}"
        refuse = f"SELECT RAISE(ABORT, '{table} is immutable: {event} refused')"
        yield name, f'CREATE TRIGGER "{name}" BEFORE {event} ON "{table}" BEGIN {refuse}; END'
    for number, columns in enumerate(_unique_keys(connection, table)):
        name = f"{PREFIX}{table}_key_{number}"
        same = " AND ".join(f'"{column}" = NEW."{column}"' for column in columns)
        when = f'BEFORE INSERT ON "{table}" WHEN EXISTS (SELECT 1 FROM "{table}" WHERE {same})'  # noqa: S608 (names of our own tables)
        refuse = f"SELECT RAISE(ABORT, '{table} has this {', '.join(columns)} already')"
        yield name, f'CREATE TRIGGER "{name}" {when} BEGIN {refuse}; END'


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
