"""What is asked again and again, written as SQL: the server plans each once for a connection, Django never."""

import functools
from collections.abc import Sequence
from typing import Any, TypeVar

import psycopg
from django.db import DEFAULT_DB_ALIAS, connection, connections, models

M = TypeVar("M", bound=models.Model)


def row_of(sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row of a statement, None when there is none; `%s` stands for each value.

    Prepared where the database settings let connections prepare. Statements that somebody listens to (tests, tools)
    go through Django, so that they are heard.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    if database.execute_wrappers or database.queries_logged:
        with database.cursor() as heard:
            heard.execute(sql, values)
            row: tuple[Any, ...] | None = heard.fetchone()
            return row
    with database.wrap_database_errors:
        return _cursor_of(database.connection).execute(sql.encode(), values, prepare=True).fetchone()


def _cursor_of(opened: Any) -> psycopg.Cursor[tuple[Any, ...]]:
    # Making one takes as long as asking with it. Nobody else gets this one, and each answer is read before the next.
    kept: psycopg.Cursor[tuple[Any, ...]] | None = getattr(opened, "cursor_for_statements", None)
    if kept is None:
        kept = opened.cursor_for_statements = psycopg.Cursor(opened)
    return kept


def insert(row: models.Model) -> None:
    """A new row of its table, as `save` writes it but for signals and generated columns, which are not read back."""
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in _written(type(row))]
    row_of(_insertion(type(row)), values)
    row._state.adding, row._state.db = False, connection.alias


@functools.cache
def columns_of(model: type[models.Model], alias: str) -> str:
    """The columns of a model's table as a statement asks for them, for `made_of`."""
    return ", ".join(f'{alias}."{field.column}"' for field in model._meta.concrete_fields)


def made_of(model: type[M], values: Sequence[Any]) -> M:
    """The row that a statement gave by `columns_of`."""
    names, converters = _read(model)
    told = [
        value if convert is None else convert(value, None, connection)
        for value, convert in zip(values, converters, strict=True)
    ]
    return model.from_db(connection.alias, names, told)


@functools.cache
def _read(model: type[models.Model]) -> tuple[list[str], list[Any]]:
    fields = model._meta.concrete_fields
    return [field.attname for field in fields], [getattr(field, "from_db_value", None) for field in fields]


@functools.cache
def _written(model: type[models.Model]) -> list[Any]:
    return [field for field in model._meta.concrete_fields if not field.generated]


@functools.cache
def _insertion(model: type[models.Model]) -> str:
    columns = ", ".join(f'"{field.column}"' for field in _written(model))
    places = ", ".join(["%s"] * len(_written(model)))
    return f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES ({places}) RETURNING "{model._meta.pk.column}"'
