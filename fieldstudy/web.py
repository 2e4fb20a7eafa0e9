"""What pages share: translated errors, the frame's context, downloads, and who is asking."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.db import DataError, IntegrityError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language, gettext
from psycopg.errors import QueryCanceled

from fieldstudy.errors import Conflict, FieldstudyError, Invalid, Unavailable, gettext_noop
from fieldstudy.models import User

log = logging.getLogger(__name__)
WRITTEN_MEANWHILE = gettext_noop(
    "This was not saved: the same was written at the same moment, or its id is taken. Load it again."
)
UNREADABLE = gettext_noop(
    "Something in what was sent cannot be kept: a character that is no text, or a number too large."
)
TOO_LONG = gettext_noop("This took too long and was stopped; nothing was saved. Ask for less at once, or try later.")


def translated(error: FieldstudyError) -> str:
    """The error's message in the reader's language, with its values in place."""
    return sentence(error.message, error.values)


def told(error: FieldstudyError) -> dict[str, Any]:
    """The error as the API answers with it: everything that is wrong, where several things are."""
    body = {"code": error.code, "message": translated(error), "fields": told_beside(error)}
    return body | ({"problems": [told_problem(vars(one)) for one in error.problems]} if error.problems else {})


def told_problem(problem: Mapping[str, Any]) -> dict[str, Any]:
    """One thing that is wrong with a file, and where, in the reader's language."""
    places = {name: problem.get(name) for name in ("line", "column")}
    said = {name: problem.get(name, "") for name in ("code", "found", "expected")}
    return said | places | {"message": sentence(problem["message"], problem.get("values"))}


def told_beside(error: FieldstudyError) -> dict[str, list[str]]:
    """What is said beside each field of the error, in the reader's language."""
    return {
        name: [translated(error) if message == error.message else sentence(message) for message in messages]
        for name, messages in error.fields.items()
    }


def sentence(message: str, values: Mapping[str, Any] | None = None) -> str:
    """A marked message in the reader's language, with its values in place."""
    text = gettext(message) if message else ""
    return text % values if values else text


def refusal_of(error: Exception) -> FieldstudyError | None:
    """What a person is told of an error: itself when it is one of ours, and what of the database's they can act on.

    The database's own messages quote rows and values, so of these only a rule's or an error's name is logged.
    """
    if isinstance(error, FieldstudyError):
        return error
    if isinstance(error, IntegrityError):
        rule = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None)
        log.warning("refused by the database: %s", rule)
        return Conflict("write.refused", WRITTEN_MEANWHILE)
    if isinstance(error, DataError):
        log.warning("a value that the database cannot hold: %s", type(error.__cause__).__name__)
        return Invalid("request.unreadable", UNREADABLE)
    if isinstance(error.__cause__, QueryCanceled):
        return Unavailable("request.too_long", TOO_LONG)
    return None


def user_of(request: HttpRequest) -> User:
    """The signed-in person; the middleware lets nobody else come this far."""
    assert isinstance(request.user, User)
    return request.user


def writer_of(request: HttpRequest) -> User:
    """Whose write this is. Raises Conflict `session.other_account` when its `Fieldstudy-User` is somebody else."""
    user = user_of(request)
    if request.headers.get("Fieldstudy-User") not in (None, str(user.pk)):
        raise Conflict(
            "session.other_account",
            gettext_noop("Someone else is signed in now. What you wrote waits until you sign in again."),
        )
    return user


def page_context(request: HttpRequest) -> dict[str, Any]:
    """What the frame of every page needs beside the view's own context."""
    theme = request.COOKIES.get("theme", "")
    return {
        "language": (get_language() or "en").split("-")[0],
        "theme": theme if theme in ("light", "dark") else "",
        "has_mail": bool(settings.EMAIL_HOST),
    }


def download(content: bytes, *, file_name: str, media_type: str) -> HttpResponse:
    """A response the browser saves under `file_name`."""
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(file_name)}"
    response["Cache-Control"] = "no-store"
    return response
