"""The one kind of error the platform raises for what a person can understand and mend.

Pure modules raise these too, so nothing here imports Django: a message is kept in English with its values apart, marked
for the catalogue with `gettext_noop`, and translated once, where it is shown (page, API, command or task).
"""

import logging
import re
import traceback
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, ClassVar

_SECRET_PART = re.compile(r"(/invitations/|/reset/key/)[^/\s]+")


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
    beside : str
        The field that the message belongs to, where it belongs to one.
    fields : mapping of str to sequence of str
        Messages of their own beside fields: marked, without places.
    values : keyword arguments
        What goes into the places of the message. Never evidence text, quotes or names.
    """

    http_status: ClassVar[int] = 400
    # Where several things are wrong with what was sent, each of them: rows of what `fieldstudy.web.told_problem` takes.
    problems: Sequence[Any] = ()

    def __init__(
        self,
        code: str,
        message: str,
        *,
        beside: str = "",
        fields: Mapping[str, Sequence[str]] | None = None,
        **values: Any,
    ) -> None:
        self.code = code
        self.message = message
        self.values = values
        self.fields = {name: list(messages) for name, messages in (fields or {}).items()}
        if beside:
            self.fields[beside] = [message]
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


class DiscreetFormatter(logging.Formatter):
    """Log lines that tell of an unknown exception its type and where it happened, never its message.

    The message may quote evidence: a database names the values it refuses, a parser the words it stumbled over. The
    secret part of an address (of an invitation, of a password to set) is left out as well.
    """

    def format(self, record: logging.LogRecord) -> str:
        return _SECRET_PART.sub(r"\1…", super().format(record))

    def formatException(  # noqa: N802 - the name the library gives it
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        kind, error, _ = ei
        told = []
        while error is not None and kind is not None:
            told.append("".join(traceback.format_tb(error.__traceback__)) + type(error).__qualname__)
            error = error.__cause__ or error.__context__
        return "\n".join(told)
