"""A source's turns as the workspace's page holds them: the one place where a turn's markup is written.

A long source has thousands of turns, for which the template engine takes ten times as long as joining strings.
"""

from collections.abc import Iterable, Iterator

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from coding.queries.workspace import TurnShown
from fieldstudy.templatetags.fieldstudy import clock

LEAF = 3_000


def turns_as_html(turns: Iterable[TurnShown], language: str) -> SafeString:
    """The turns in leaves of some `LEAF` characters, so that the browser can lay out what is near the screen alone.

    `language` is the source's; a turn in another one says so.
    """
    leaves = (f'\n<div class="leaf">{"".join(leaf)}\n</div>' for leaf in _leaves(turns, language))
    return mark_safe("".join(leaves))


def _leaves(turns: Iterable[TurnShown], language: str) -> Iterator[list[str]]:
    leaf: list[str] = []
    length = 0
    for turn in turns:
        leaf.append(_turn(turn, language))
        length += len(turn.words)
        if length >= LEAF:
            yield leaf
            leaf, length = [], 0
    if leaf:
        yield leaf


def _turn(turn: TurnShown, language: str) -> str:
    number = turn.number
    kind = "asks" if turn.kind == "question" else turn.kind
    lang = f' lang="{escape(turn.language)}"' if turn.language and turn.language != language else ""
    speaker = f'<span class="speaker">{escape(turn.speaker)}</span>' if turn.speaker else ""
    at = number if turn.start_ms is None else f"{number} · {clock(turn.start_ms)}"
    return (
        f'\n<article class="turn {kind}" id="t{number}" data-start="{turn.start}" data-ends="{turn.ends}"{lang}>'
        f'<header>{speaker}<a class="at" href="#t{number}">{at}</a></header><p>{escape(turn.words)}</p></article>'
    )
