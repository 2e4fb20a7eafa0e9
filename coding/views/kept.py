"""What a person asked for, kept in their session: an address then names it by a key, and never by its words."""

import secrets

from django.http import HttpRequest

KEY = "asked"
MOST = 40


def keep(request: HttpRequest, asked: dict[str, str]) -> str:
    """The key under which the session keeps what was asked; the same again has the same key."""
    held: dict[str, dict[str, str]] = request.session.get(KEY, {})
    key = next((known for known, said in held.items() if said == asked), None) or secrets.token_urlsafe(9)
    held.pop(key, None)
    held[key] = asked
    request.session[KEY] = dict(list(held.items())[-MOST:])
    return key


def kept(request: HttpRequest, key: str | None) -> dict[str, str]:
    """What the session keeps under a key; nothing for a key it does not know."""
    held: dict[str, dict[str, str]] = request.session.get(KEY, {})
    return held.get(key or "", {})
