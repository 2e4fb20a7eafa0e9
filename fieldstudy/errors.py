"""The one kind of error the platform raises for what a person can understand and mend.

Pure modules raise these too, so nothing here imports Django: a message is kept in English with its values apart, marked
for the catalogue with `gettext_noop`, and translated once, where it is shown (page, API, command or task).
"""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar


def gettext_noop(message: str) -> str:
    """Mark `message` for the translation catalogue and return it as it is."""
    return message


class FieldstudyError(Exception):
    """An error with a stable code, a message a person can act on, and an HTTP status.

    Parameters
    ----------
    code : str
        Stable and dotted, for programs: ``"segment.out_of_range"``.
    message : str
        English, with ``%(name)s`` places; marked with `gettext_noop` where it is written.
    fields : mapping of str to sequence of str
        Messages beside fields of a form, where there are any.
    values : keyword arguments
        What goes into the places of the message. Never evidence text, quotes or names.
    """

    http_status: ClassVar[int] = 400

    def __init__(
        self, code: str, message: str, *, fields: Mapping[str, Sequence[str]] | None = None, **values: Any
    ) -> None:
        self.code = code
        self.message = message
        self.values = values
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        super().__init__(code)

    def __str__(self) -> str:
        return self.message % self.values if self.values else self.message


class Invalid(FieldstudyError):
    """What was sent cannot be accepted as it is."""

    http_status = 422


class Conflict(FieldstudyError):
    """What was sent is at odds with what is there now."""

    http_status = 409


class NotPermitted(FieldstudyError):
    """A member of the study without the permission."""

    http_status = 403


class Missing(FieldstudyError):
    """Not there, or not for this person: the two are not told apart."""

    http_status = 404


class Unavailable(FieldstudyError):
    """A part the platform needs (database, broker, worker, disk) does not answer."""

    http_status = 503
