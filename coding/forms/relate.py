"""What can be asked of the coding: the choices of the matrix and of the charts, and how an address says them."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode
from django.utils.translation import gettext

from coding.queries.layers import ALL, CONSENSUS, Layer
from coding.queries.matrices import CODE_BY, VARIABLE, Asked
from coding.queries.words import PARTS
from observations.access import Viewer, nothing_here
from observations.models import Tool
from observations.queries.alphabet import alphabetical
from observations.queries.studies import sites_of
from observations.queries.variables import variables_known_to

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Question:
    """A question as a form shows it: every choice there is, and the address that asks the same again."""

    asked: Asked
    what: list[tuple[str, Choices]]
    counts: Choices
    layers: Choices
    sites: Choices
    tools: Choices
    parts: Choices

    @property
    def chosen(self) -> str:
        return f"{self.asked.of}:{self.asked.by}"

    @property
    def site(self) -> str:
        return str(self.asked.site or "")

    @property
    def tool(self) -> str:
        return str(self.asked.tool or "")

    @property
    def query(self) -> str:
        return urlencode(query_of(self.asked))


def asked_in(given: QueryDict | Mapping[str, str]) -> Asked:
    """The question an address asks. Raises Missing for a site or tool that is no id."""
    of, _, by = (given.get("what") or "codes:site").partition(":")
    asked = Asked(
        of,
        by,
        given.get("count") or "segments",
        given.get("layer") or "",
        _id(given.get("site")),
        _id(given.get("tool")),
        given.get("pos") or PARTS[0],
    )
    return asked.checked()


def query_of(asked: Asked) -> dict[str, str]:
    """A question as the parameters of an address; what is usual is left out."""
    usual = {"count": "segments", "pos": PARTS[0]}
    given = {
        "what": f"{asked.of}:{asked.by}",
        "count": asked.count,
        "layer": asked.layer,
        "site": str(asked.site or ""),
        "tool": str(asked.tool or ""),
        "pos": asked.pos,
    }
    return {name: value for name, value in given.items() if value and value != usual.get(name)}


def question(viewer: Viewer, asked: Asked, layer: Layer | None) -> Question:
    """All that can be chosen. Three queries."""
    tools = sorted(Tool.objects.filter(study=viewer.study), key=lambda tool: alphabetical(tool.name))
    return Question(
        asked,
        _what(viewer),
        list(measures().items()),
        _layers(layer),
        [(str(site.pk), site.name) for site in sites_of(viewer)],
        [(str(tool.pk), tool.name) for tool in tools],
        list(parts().items()),
    )


def measures() -> dict[str, str]:
    return {
        "segments": gettext("Passages"),
        "sources": gettext("Sources"),
        "participants": gettext("Participants"),
        "words": gettext("Words"),
    }


def parts() -> dict[str, str]:
    return {
        "NOUN": gettext("Nouns"),
        "VERB": gettext("Verbs"),
        "ADJ": gettext("Adjectives"),
        "ADV": gettext("Adverbs"),
        "PROPN": gettext("Names"),
    }


def columns() -> dict[str, str]:
    return {
        "site": gettext("by site"),
        "source": gettext("by source"),
        "kind": gettext("by kind of source"),
        "tool": gettext("by tool"),
        "participant": gettext("by participant"),
        "role": gettext("by role of participant"),
        "overlap": gettext("by code, where passages overlap"),
        "turn": gettext("by code, in the same turn"),
        "stance": gettext("by what use says of them"),
        "stance-site": gettext("by what use says of them at each site"),
        "first": gettext("by who read first"),
    }


def _what(viewer: Viewer) -> list[tuple[str, Choices]]:
    names = columns()
    variables = [
        (f"{VARIABLE}{one.pk}", gettext("by %(variable)s") % {"variable": one.name})
        for one in variables_known_to(viewer)
    ]
    ways = [(by, names[by]) for by in CODE_BY] + variables
    met = [(by, names[by]) for by in ("tool", "site", "role", "first")]
    met[0] = ("tool", gettext("by tool that was met"))
    groups = [
        ("codes", gettext("Codes"), ways),
        ("branches", gettext("Branches of codes"), ways),
        ("promises", gettext("Promises against use"), [(by, names[by]) for by in ("stance", "stance-site")]),
        ("encounters", gettext("What people did"), met + variables),
    ]
    return [(label, [(f"{of}:{by}", f"{label} {name}") for by, name in those]) for of, label, those in groups]


def _layers(layer: Layer | None) -> Choices:
    if layer is None:
        return []
    agreed = [(CONSENSUS, gettext("Agreed reading"))] if layer.has_consensus or layer.is_consensus else []
    together = (ALL, gettext("All first readings, per coder"))
    return [*agreed, together, *((coder, alias) for coder, alias in layer.coders)]


def _id(text: Any) -> uuid.UUID | None:
    if not text:
        return None
    try:
        return uuid.UUID(str(text))
    except ValueError:
        raise nothing_here() from None
