"""What a person is told of errors that are the database's."""

import pytest
from django.db import OperationalError, connection, transaction

from fieldstudy.web import refusal_of


@pytest.mark.django_db
def test_what_takes_too_long_is_told() -> None:
    with pytest.raises(OperationalError) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(1)")
    refusal = refusal_of(stopped.value)
    assert refusal is not None and (refusal.code, refusal.http_status) == ("request.too_long", 503)


def test_what_nobody_can_mend_is_left_to_the_log() -> None:
    assert refusal_of(OperationalError("the connection is lost")) is None
