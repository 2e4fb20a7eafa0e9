"""What is asked of the API and is not known there is refused by its name, instead of answering something else."""

from collections.abc import Iterable
from typing import Any

from rest_framework import serializers

from fieldstudy.errors import gettext_noop
from fieldstudy.web import sentence

UNKNOWN = gettext_noop("This is not known here. What can be asked: %(known)s.")


def check_known(asked: Iterable[str], known: Iterable[str]) -> None:
    """Refuse names that are not known, each under its own in the error's fields.

    Raises
    ------
    ValidationError
        Answered as `request.invalid`.
    """
    names = list(known)
    unknown = [name for name in asked if name not in names]
    if unknown:
        told = sentence(UNKNOWN) % {"known": ", ".join(names)}
        raise serializers.ValidationError({name: [told] for name in unknown})


class Asked(serializers.Serializer):
    """A question: every field of it is known."""

    def to_internal_value(self, data: Any) -> Any:
        """Read a question, once nothing in it is unknown."""
        if isinstance(data, dict):
            check_known(data, self.fields)
        return super().to_internal_value(data)
