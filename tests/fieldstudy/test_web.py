"""What pages and the API say of an error."""

from django.utils import translation

from fieldstudy.errors import Invalid
from fieldstudy.web import told_beside


def test_a_field_is_told_the_whole_message_in_the_readers_language() -> None:
    error = Invalid("code.sign_taken", "Another code has the sign %(sign)s.", beside="sign", sign="STR")
    with translation.override("fr"):
        assert told_beside(error) == {"sign": ["Un autre code porte déjà le sigle STR."]}


def test_a_field_with_a_message_of_its_own_is_told_that() -> None:
    error = Invalid("value.unreadable", "Values that do not fit: %(count)s.", fields={"a": ["A number."]}, count=1)
    assert told_beside(error) == {"a": ["A number."]}
