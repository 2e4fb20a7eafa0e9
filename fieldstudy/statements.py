"""Reads that are asked again and again, written as SQL: the server plans each once for a connection, Django never."""

from collections.abc import Sequence
from typing import Any

import psycopg
from django.db import connection


def row_of(sql: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    """The first row of a statement, None when there is none; `%s` stands for each value.

    Prepared where the database settings let connections prepare. Statements that somebody listens to (tests, tools)
    go through Django, so that they are heard.
    """
    connection.ensure_connection()
    if connection.execute_wrappers or connection.queries_logged:
        with connection.cursor() as heard:
            heard.execute(sql, values)
            row: tuple[Any, ...] | None = heard.fetchone()
            return row
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(sql.encode(), values, prepare=True).fetchone()
