"""Encryption at rest: one key per source, itself encrypted under the installation's key, so that one can be erased."""

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

from fieldstudy.errors import Unavailable, gettext_noop


def new_wrapped_key() -> bytes:
    """A fresh key for one source, encrypted under the installation's key."""
    return Fernet(settings.SEALING_KEY).encrypt(Fernet.generate_key())


def seal(wrapped_key: bytes | memoryview, content: bytes) -> bytes:
    """`content` encrypted under the source's key."""
    return Fernet(_unwrap(wrapped_key)).encrypt(content)


def unseal(wrapped_key: bytes, sealed: bytes) -> bytes:
    """The content of what `seal` made; raises Unavailable `sealing.wrong_key` when the keys do not fit."""
    try:
        return Fernet(_unwrap(wrapped_key)).decrypt(bytes(sealed))
    except InvalidToken:
        raise _wrong_key() from None


def _unwrap(wrapped_key: bytes | memoryview) -> bytes:
    try:
        return Fernet(settings.SEALING_KEY).decrypt(bytes(wrapped_key))
    except InvalidToken:
        raise _wrong_key() from None


def _wrong_key() -> Unavailable:
    return Unavailable(
        "sealing.wrong_key",
        gettext_noop("This content was sealed under another key. Restore the SEALING_KEY it was written with."),
    )
