"""The conditions that can be chosen for a query by clicks, each written as the query language has it."""

from django.utils.translation import gettext, pgettext

from coding.queries.visible import readings_visible_to
from coding.retrieval.nodes import FieldIs
from coding.retrieval.writer import to_text
from observations.access import Viewer
from observations.models import Participant, Site, Source, Tool, Turn
from observations.queries.alphabet import alphabetical
from observations.queries.variables import variables_known_to

Choices = list[tuple[str, str]]


def conditions_in(viewer: Viewer) -> list[tuple[str, Choices]]:
    """What passages can be chosen by, under headings: (text of the condition, what it is called). Six queries."""
    study = viewer.study
    coders = readings_visible_to(viewer).values_list("coder__alias", flat=True)
    sites = Site.objects.filter(study=study).values_list("name", flat=True)
    tools = Tool.objects.filter(study=study).values_list("name", flat=True)
    people = Participant.objects.filter(study=study).values_list("code", flat=True)
    languages = Turn.objects.filter(study=study).exclude(language="").values_list("language", flat=True).distinct()
    kinds = set(Source.objects.filter(study=study).values_list("kind", flat=True).distinct())
    return [
        (gettext("Coder"), _named("coder", coders)),
        (gettext("Reading"), _fixed("phase", _phases())),
        (gettext("Layer"), _fixed("layer", _layers())),
        (gettext("Kind"), [choice for choice in _fixed("kind", _kinds()) if choice[0].partition(":")[2] in kinds]),
        (gettext("Site"), _named("site", sites)),
        (gettext("Tool"), _named("tool", tools)),
        (gettext("Speaker"), _named("participant", people)),
        (gettext("Role"), _fixed("role", _roles())),
        (gettext("Language"), _named("language", languages)),
    ]


def variable_names(viewer: Viewer) -> list[str]:
    """The names of the study's variables. One query."""
    names = variables_known_to(viewer).values_list("name", flat=True)
    return sorted(set(names), key=alphabetical)


def _named(field: str, names: object) -> Choices:
    unique = sorted(set(names), key=alphabetical)  # type: ignore[call-overload]
    return [(to_text(FieldIs(field, "=", name)), name) for name in unique]


def _fixed(field: str, labels: dict[str, str]) -> Choices:
    return [(to_text(FieldIs(field, "=", value)), label) for value, label in labels.items()]


def _phases() -> dict[str, str]:
    return {
        "first": gettext("first readings only"),
        "final": gettext("final readings only"),
        "any": gettext("first and final readings"),
    }


def _layers() -> dict[str, str]:
    return {
        "person": gettext("people"),
        "consensus": gettext("agreed reading"),
        "machine": gettext("machine"),
        "outside": gettext("imported"),
    }


def _kinds() -> dict[str, str]:
    return {
        "interview": gettext("Interview"),
        "field_note": gettext("Field note"),
        "document": gettext("Document"),
    }


def _roles() -> dict[str, str]:
    return {
        "professional": gettext("professional"),
        "patient": gettext("patient"),
        "maker": gettext("maker"),
        "manager": gettext("manager"),
        "other": pgettext("role", "other"),
    }
