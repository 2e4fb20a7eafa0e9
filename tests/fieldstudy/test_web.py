"""What pages and the API say of an error."""

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import translation

from fieldstudy.errors import Invalid
from fieldstudy.web import refusal_of, told_beside


def test_a_field_is_told_the_whole_message_in_the_readers_language() -> None:
    error = Invalid("code.sign_taken", "Another code has the sign %(sign)s.", beside="sign", sign="STR")
    with translation.override("fr"):
        assert told_beside(error) == {"sign": ["Un autre code porte déjà le sigle STR."]}


def test_a_field_with_a_message_of_its_own_is_told_that() -> None:
    error = Invalid("value.unreadable", "Values that do not fit: %(count)s.", fields={"a": ["A number."]}, count=1)
    assert told_beside(error) == {"a": ["A number."]}


@pytest.mark.django_db
def test_what_takes_too_long_is_told() -> None:
    with pytest.raises(OperationalError) as stopped, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1")
        cursor.execute("SELECT pg_sleep(1)")
    refusal = refusal_of(stopped.value)
    assert refusal is not None and (refusal.code, refusal.http_status) == ("request.too_long", 503)


def test_what_nobody_can_mend_is_left_to_the_log() -> None:
    assert refusal_of(OperationalError("the connection is lost")) is None
