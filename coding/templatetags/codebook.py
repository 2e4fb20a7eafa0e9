"""What the codebook's templates say of differences between versions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import template
from django.utils.text import get_text_list
from django.utils.translation import gettext, ngettext

from coding.codebook_diff import TextChange
from coding.examples import written as written_texts
from observations.forms.fields import language_name, language_word

register = template.Library()
register.filter("language_name", language_name)


@register.filter
def at(mapping: Mapping[str, Any] | None, key: str | None) -> Any:
    """What a mapping holds under a key, None where it has none."""
    return mapping.get(key) if mapping and key else None


@register.filter
def difference_kind(kind: str) -> str:
    """In which way a code differs."""
    return {
        "added": gettext("added"),
        "split": gettext("split"),
        "merged": gettext("merged"),
        "removed": gettext("removed"),
        "renamed": gettext("renamed"),
        "moved": gettext("moved"),
        "redefined": gettext("redefined"),
    }[kind]


@register.filter
def difference_count(kind: str, n: int) -> str:
    """How many codes differ in one way."""
    return {
        "added": ngettext("%(n)s added", "%(n)s added", n),
        "split": ngettext("%(n)s split", "%(n)s split", n),
        "merged": ngettext("%(n)s merged", "%(n)s merged", n),
        "removed": ngettext("%(n)s removed", "%(n)s removed", n),
        "renamed": ngettext("%(n)s renamed", "%(n)s renamed", n),
        "moved": ngettext("%(n)s moved", "%(n)s moved", n),
        "redefined": ngettext("%(n)s redefined", "%(n)s redefined", n),
    }[kind] % {"n": n}


@register.filter
def text_name(field: str) -> str:
    """What a text of a code is called."""
    return {
        "names": gettext("Name"),
        "definitions": gettext("Definition"),
        "include_when": gettext("Include when"),
        "exclude_when": gettext("Exclude when"),
        "examples": gettext("Example"),
    }[field]


@register.filter
def in_languages(changes: Iterable[TextChange]) -> str:
    """The languages that changed texts are in, named inside a sentence."""
    languages = dict.fromkeys(change.language for change in changes)
    return get_text_list([language_word(language) for language in languages], gettext("and"))


@register.filter
def stance_name(stance: str) -> str:
    """A code's stance in words."""
    return {"strength": gettext("strength"), "limit": gettext("limit")}.get(stance, gettext("neither"))


@register.filter
def written(examples: Mapping[str, Any]) -> dict[str, str]:
    """The examples that were written, without those taken from passages."""
    return written_texts(examples)
