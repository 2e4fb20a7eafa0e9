"""Values of typed variables, from what people write and back."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation

from fieldstudy.errors import Invalid, gettext_noop

Typed = str | Decimal | bool | date
LONGEST = 500
YES = frozenset({"yes", "y", "true", "1", "x", "oui", "o", "vrai"})
NO = frozenset({"no", "n", "false", "0", "non", "faux"})
_DAY_FIRST = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_MOST = Decimal(10) ** 15
_FINEST = Decimal("0.00000001")


def typed(kind: str, text: str, choices: Sequence[str] = ()) -> Typed | None:
    """What `text` says as a value of a variable of this kind; None where nothing is known.

    Decimal commas and points are both read; days as 2026-05-31 or day first (31/05/2026, 31.05.2026); truth as yes or
    no in English or French. A choice is matched whatever its case.

    Raises
    ------
    Invalid
        `value.not_integer`, `value.not_decimal`, `value.not_boolean`, `value.not_date`, `value.not_choice`,
        `value.too_long`.
    """
    text = text.strip()
    if not text:
        return None
    if kind in ("integer", "decimal"):
        return _number(text, whole=kind == "integer")
    if kind == "boolean":
        return _truth(text)
    if kind == "date":
        return _day(text)
    if kind == "choice":
        return _choice(text, choices)
    if len(text) > LONGEST:
        raise Invalid("value.too_long", gettext_noop("At most 500 characters fit here."))
    return text


def as_text(value: Typed | None) -> str:
    """A value as `typed` reads it back: plain numbers with a point, ISO days, "true" or "false"."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    return value.isoformat() if isinstance(value, date) else value


def guessed_kind(texts: Iterable[str]) -> str:
    """The narrowest kind that reads all of `texts`; "text" where there are none."""
    said = [text for text in texts if text.strip()]
    for kind in ("integer", "decimal", "date", "boolean"):
        if said and all(_reads(kind, text) for text in said):
            return kind
    return "text"


def _reads(kind: str, text: str) -> bool:
    try:
        typed(kind, text)
    except Invalid:
        return False
    return True


def _number(text: str, *, whole: bool) -> Decimal:
    plain = re.sub(r"[\s\u00a0\u202f']", "", text).replace("−", "-").replace(",", ".")
    try:
        number = Decimal(plain)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or abs(number) >= _MOST or (whole and number != number.to_integral_value()):
        if whole:
            raise Invalid("value.not_integer", gettext_noop("A whole number is expected here, such as 12."))
        raise Invalid("value.not_decimal", gettext_noop("A number is expected here, such as 3.5."))
    return number.quantize(_FINEST) if number != number.quantize(_FINEST) else number


def _truth(text: str) -> bool:
    said = text.casefold()
    if said not in YES | NO:
        raise Invalid("value.not_boolean", gettext_noop("Yes or no is expected here."))
    return said in YES


def _day(text: str) -> date:
    found = _DAY_FIRST.fullmatch(text)
    try:
        if found:
            day, month, year = map(int, found.groups())
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise Invalid("value.not_date", gettext_noop("A day is expected here, such as 2026-05-31.")) from None


def _choice(text: str, choices: Sequence[str]) -> str:
    for choice in choices:
        if choice.casefold() == text.casefold():
            return choice
    raise Invalid("value.not_choice", gettext_noop("This is not one of the choices of this variable."))
