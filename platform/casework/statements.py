"""Runs the few statements of the hot path, built once per table where the ORM builds each anew.

The same tables, columns and conversions as the ORM's, from the same models; only the building of the
SQL is saved, which is four fifths of what an ORM query costs in CPU (measured: 0.3 ms, of which the
database 0.05). No signals are sent. Everything that is not on the hot path uses the ORM.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeAlias, TypeVar

from django.db import connection, models

Row = TypeVar("Row", bound=models.Model)
Field: TypeAlias = "models.Field[Any, Any]"  # in quotes: only type checkers can subscript it
NONE: tuple[str, ...] = ()


def insert(row: models.Model) -> None:
    """Insert a new row; a number that the database gives becomes its primary key."""
    sql, fields, key = _insert(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(row, fields))
        if key:
            setattr(row, key, cursor.fetchone()[0])
    row._state.adding, row._state.db = False, connection.alias


def update(row: models.Model) -> None:
    """Write every column of a row that is there, by its primary key."""
    sql, fields = _update(type(row), connection.vendor)
    with connection.cursor() as cursor:
        cursor.execute(sql, _values(row, fields))
        if cursor.rowcount != 1:
            raise type(row).DoesNotExist  # type: ignore[attr-defined]


def rows(
    model: type[Row],
    where: Mapping[str, Any],
    *,
    only: tuple[str, ...] = NONE,
    newest: str = "",
    lock: bool = False,
) -> list[Row]:
    """The rows whose columns equal these values (None: empty), in no order.

    where: by attribute name (`case_id`); only: the attributes to load; newest: the attribute by
    which the one highest row is taken; lock: keep others from changing them until the transaction
    ends (SQLite's transactions do anyway).
    """
    empty = tuple(value is None for value in where.values())
    sql, names, converters = _select(
        model, connection.vendor, tuple(where), empty, only, newest, lock
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, _prepared(model, where))
        found = cursor.fetchall()
    return [
        model.from_db(connection.alias, names, _converted(values, converters)) for values in found
    ]


def first(model: type[Row], where: Mapping[str, Any], **how: Any) -> Row | None:
    """The row that equals these values, one of them if there are more, or None; `how` as `rows`."""
    found = rows(model, where, **how)
    return found[0] if found else None


def rows_with(
    model: type[Row],
    where: Mapping[str, Any],
    follow: tuple[str, ...],
    *,
    leave_out: tuple[str, ...] = NONE,
) -> list[Row]:
    """The rows that equal these values, with the rows that they refer to, in no order.

    follow: foreign keys by path as `select_related` names them, each after the one it lies behind;
    leave_out: attributes that are not loaded, wherever they are.
    """
    sql, parts = _select_with(model, connection.vendor, tuple(where), follow, leave_out)
    with connection.cursor() as cursor:
        cursor.execute(sql, _prepared(model, where))
        found = cursor.fetchall()
    return [_joined(values, parts) for values in found]


def first_with(
    model: type[Row],
    where: Mapping[str, Any],
    follow: tuple[str, ...],
    *,
    leave_out: tuple[str, ...] = NONE,
) -> Row | None:
    """One row that equals these values, with the rows that it refers to, or None; as `rows_with`."""
    found = rows_with(model, where, follow, leave_out=leave_out)
    return found[0] if found else None


def _joined(values: tuple[Any, ...], parts: "list[_Part]") -> Any:
    made: dict[str, Any] = {}
    for part in parts:
        there = _converted(values[part.begin : part.end], part.converters)
        row = part.model.from_db(connection.alias, part.names, there) if there[part.key] else None
        made[part.path] = row
        outer, _, field = part.path.rpartition("__")
        if field and made[outer] is not None:
            setattr(made[outer], field, row)
    return made[""]


def delete(model: type[models.Model], where: Mapping[str, Any]) -> None:
    """Delete the rows that equal these values; for a table that keeps no history."""
    sql = _delete(model, connection.vendor, tuple(where))
    with connection.cursor() as cursor:
        cursor.execute(sql, _prepared(model, where))


def prepared(model: type[models.Model], attribute: str, value: Any) -> Any:
    """The value as the database takes it for this attribute."""
    return _by_attribute(model)[attribute].get_db_prep_value(value, connection)


def _values(row: models.Model, fields: list[Field]) -> list[Any]:
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]


def _prepared(model: type[models.Model], where: Mapping[str, Any]) -> list[Any]:
    return [prepared(model, name, value) for name, value in where.items() if value is not None]


_Converter = tuple[int, Any, list[Callable[..., Any]]]


def _converted(values: tuple[Any, ...], converters: list[_Converter]) -> list[Any]:
    converted = list(values)
    for place, expression, steps in converters:
        for step in steps:
            converted[place] = step(converted[place], expression, connection)
    return converted


# The texts, by everything that they depend on -------------------------------------------------


@cache
def _by_attribute(model: type[models.Model]) -> dict[str, Field]:
    return {field.attname: field for field in model._meta.concrete_fields}


@cache
def _insert(model: type[models.Model], vendor: str) -> tuple[str, list[Field], str]:
    fields = list(model._meta.concrete_fields)
    given = [field for field in fields if not isinstance(field, models.AutoField)]
    key = "".join(field.attname for field in fields if isinstance(field, models.AutoField))
    marks = ", ".join(["%s"] * len(given))
    returning = f" RETURNING {_column(_by_attribute(model)[key])}" if key else ""
    columns = ", ".join(map(_column, given))
    return (
        f"INSERT INTO {_table(model)} ({columns}) VALUES ({marks}){returning}",  # noqa: S608
        given,
        key,
    )


@cache
def _update(model: type[models.Model], vendor: str) -> tuple[str, list[Field]]:
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    key = model._meta.pk
    assert key is not None
    changes = ", ".join(f"{_column(field)} = %s" for field in fields)
    return f"UPDATE {_table(model)} SET {changes} WHERE {_column(key)} = %s", [*fields, key]  # noqa: S608


@cache
def _select(
    model: type[models.Model],
    vendor: str,
    where: tuple[str, ...],
    empty: tuple[bool, ...],
    only: tuple[str, ...],
    newest: str,
    lock: bool,
) -> tuple[str, list[str], list[_Converter]]:
    known = _by_attribute(model)
    fields = [field for name, field in known.items() if not only or name in only]
    conditions = (
        f"{_column(known[name])} {'IS NULL' if none else '= %s'}"
        for name, none in zip(where, empty, strict=True)
    )
    columns = ", ".join(map(_column, fields))
    sql = f"SELECT {columns} FROM {_table(model)} WHERE {' AND '.join(conditions)}"  # noqa: S608
    if newest:
        sql += f" ORDER BY {_column(known[newest])} DESC LIMIT 1"
    if lock and vendor == "postgresql":
        sql += " FOR NO KEY UPDATE"
    return sql, [field.attname for field in fields], _converters(model, fields)


def _converters(model: type[models.Model], fields: list[Field]) -> list[_Converter]:
    found = []
    for place, field in enumerate(fields):
        column = field.get_col(model._meta.db_table)
        steps = [
            *connection.ops.get_db_converters(column),
            *field.get_db_converters(connection),
        ]
        if steps:
            found.append((place, column, steps))
    return found


@dataclass(frozen=True)
class _Part:
    """Where the columns of one joined table stand in a fetched row; `key`: its primary key's place."""

    path: str
    model: type[models.Model]
    begin: int
    end: int
    names: list[str]
    key: int
    converters: list[_Converter]


@cache
def _select_with(
    model: type[models.Model],
    vendor: str,
    where: tuple[str, ...],
    follow: tuple[str, ...],
    leave_out: tuple[str, ...],
) -> tuple[str, list[_Part]]:
    columns: list[str] = []
    parts: list[_Part] = []
    joins = ""
    tables = {"": (model, "t0")}
    for number, path in enumerate(("", *follow)):
        if path:
            outer, name = tables[path.rpartition("__")[0]], path.rpartition("__")[2]
            key: Any = outer[0]._meta.get_field(name)
            tables[path] = (key.related_model, f"t{number}")
            target = key.target_field
            joins += f" LEFT JOIN {_table(key.related_model)} t{number} ON t{number}.{_column(target)} = {outer[1]}.{_column(key)}"
        of, alias = tables[path]
        fields = [field for name, field in _by_attribute(of).items() if name not in leave_out]
        begin = len(columns)
        columns += [f"{alias}.{_column(field)}" for field in fields]
        parts.append(
            _Part(
                path,
                of,
                begin,
                len(columns),
                [field.attname for field in fields],
                next(place for place, field in enumerate(fields) if field.primary_key),
                _converters(of, fields),
            )
        )
    conditions = " AND ".join(f"t0.{_column(_by_attribute(model)[name])} = %s" for name in where)
    sql = f"SELECT {', '.join(columns)} FROM {_table(model)} t0{joins} WHERE {conditions}"  # noqa: S608
    return sql, parts


@cache
def _delete(model: type[models.Model], vendor: str, where: tuple[str, ...]) -> str:
    conditions = (f"{_column(_by_attribute(model)[name])} = %s" for name in where)
    return f"DELETE FROM {_table(model)} WHERE {' AND '.join(conditions)}"  # noqa: S608


def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _column(field: Field) -> str:
    return connection.ops.quote_name(str(field.column))
