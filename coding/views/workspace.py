"""The coding workspace: where a source is read and coded."""

import uuid
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext, ngettext
from django.views.decorators.http import require_GET

from coding.models import Code, Reading
from coding.queries.own_readings import next_round
from coding.queries.workspace import (
    Desk,
    beside,
    branches,
    code_record,
    codebook_number,
    codes_known_to,
    desk_of,
    due_on,
    favourites_of,
    next_assigned,
    own_use_of_codes,
    passages_on,
    turns_shown,
)
from coding.views.workspace_turns import turns_as_html
from coding.views.workspace_words import workspace_words
from fieldstudy.actions.preferences import reading_preferences
from fieldstudy.errors import Missing, gettext_noop
from fieldstudy.web import user_of
from observations.access import Viewer, enter, get_source
from observations.models import Source, Study
from observations.roles import Permission

RECENT = 12


@require_GET
def workspace(request: HttpRequest, slug: str, source_id: uuid.UUID) -> HttpResponse:
    """A source's text with the passages of the readings on view, and all it takes to code it."""
    viewer = enter(user_of(request), slug, Permission.READ)
    source = get_source(viewer, source_id)
    desk = desk_of(viewer, source, _asked_reading(request))
    codes = list(codes_known_to(viewer))
    turns = turns_shown(source)
    round = desk.own.round if desk.own else next_round(viewer, source)
    assignment = due_on(viewer, source, round) if desk.editable else None
    # The day is that of the first reading; a final one has none.
    is_first = desk.own is None or desk.own.phase == Reading.Phase.FIRST
    use = own_use_of_codes(viewer) if desk.editable else {}
    language = get_language() or "en"
    tree = branches(codes)
    context = {
        "viewer": viewer,
        "here": "sources",
        "source": source,
        "turns": turns,
        "text": turns_as_html(turns, source.language),
        "desk": desk,
        "menu": [(reading, _reading_label(viewer, reading)) for reading in desk.others],
        "laid": [(reading, _reading_label(viewer, reading)) for reading in beside(viewer, desk)],
        "title": _title(viewer, desk),
        "tree": tree,
        "codebook": codebook_number(viewer),
        "due": assignment.due_on if assignment and is_first else None,
        "next_source": next_assigned(viewer, source) if desk.editable else None,
        "setting": reading_preferences(viewer.user),
        "machine": _machine(viewer, desk),
        "desk_data": _desk_data(request, viewer, source, desk, round, is_assigned=assignment is not None)
        | {"recent": [str(code) for code in sorted(use, key=lambda code: use[code][1], reverse=True)[:RECENT]]},
        "codes_data": [
            code_record(code, language) | {"used": use[code.pk][0] if code.pk in use else 0}
            for code in _in_tree_order(codes, tree)
        ],
        "passages_data": _compact(passages_on(desk)),
        "words_data": workspace_words(),
    }
    return render(request, "coding/workspace.html", context)


def _in_tree_order(codes: list[Code], tree: list[dict[str, Any]]) -> list[Code]:
    """The codes as the tree lists them, those no longer in it at the end."""
    listed = {code.pk: code for node in tree for code in _with_those_below(node)}
    return [*listed.values(), *(code for code in codes if code.pk not in listed)]


def _with_those_below(node: dict[str, Any]) -> Iterator[Code]:
    yield node["code"]
    for child in node["children"]:
        yield from _with_those_below(child)


def _asked_reading(request: HttpRequest) -> uuid.UUID | None:
    asked = request.GET.get("reading")
    if not asked:
        return None
    try:
        return uuid.UUID(asked)
    except ValueError as error:
        raise Missing(
            "access.missing", gettext_noop("There is nothing at this address, or it is not for you.")
        ) from error


def _desk_data(
    request: HttpRequest, viewer: Viewer, source: Source, desk: Desk, round: int, *, is_assigned: bool
) -> dict[str, Any]:
    return {
        "user": str(viewer.user.pk),
        "study": viewer.study.slug,
        "source": str(source.pk),
        "revision": str(source.revision_id),
        "reading": str(desk.own.pk) if desk.own else None,
        "phase": desk.own.phase if desk.own else Reading.Phase.FIRST,
        "round": round,
        "position": desk.own.position if desk.own and desk.editable else 0,
        "favourites": {str(key): str(code) for key, code in favourites_of(viewer).items()} if desk.editable else {},
        "preferences": reverse("api:preferences"),
        "readTo": desk.own.read_to if desk.own and desk.editable else 0,
        "editable": desk.editable,
        "keepsPlace": desk.editable and (desk.own is not None or is_assigned),
        "singleKeys": viewer.user.single_keys,
        "coders": {str(reading.pk): reading.coder.alias for reading in desk.shown},
        "api": reverse("api:codes", args=[viewer.study.slug]).removesuffix("codes/"),
        "signIn": f"{reverse('account_login')}?next={request.path}",
        "language": get_language(),
    }


def _compact(rows: list[tuple[Any, ...]]) -> list[list[Any]]:
    """Passages as short lists: codes and readings are told once, and named by their place in the first two rows."""
    codes = list(dict.fromkeys(str(row[1]) for row in rows))
    readings = list(dict.fromkeys(str(row[6]) for row in rows))
    code_at = {code: index for index, code in enumerate(codes)}
    reading_at = {reading: index for index, reading in enumerate(readings)}
    passages = [
        [str(id_), code_at[str(code)], start, end, weight, version, reading_at[str(reading)]]
        for id_, code, start, end, weight, version, reading in rows
    ]
    return [codes, readings, *passages]


def _title(viewer: Viewer, desk: Desk) -> str:
    if len(desk.shown) == 1:
        return _reading_label(viewer, desk.shown[0])
    if desk.editable:
        return gettext("Your first reading")
    if desk.shown:
        return ngettext("%(n)s reading", "%(n)s readings", len(desk.shown)) % {"n": len(desk.shown)}
    return gettext("No reading to see yet")


def _reading_label(viewer: Viewer, reading: Reading) -> str:
    label = _label(viewer, reading)
    if reading.round == 1:
        return label
    return gettext("%(reading)s, round %(round)s") % {"reading": label, "round": reading.round}


def _label(viewer: Viewer, reading: Reading) -> str:
    first = reading.phase == Reading.Phase.FIRST
    if reading.coder.user_id == viewer.user.pk:
        if not first:
            return gettext("Your final reading")
        submitted = reading.state == Reading.State.SUBMITTED
        return gettext("Your first reading, as submitted") if submitted else gettext("Your first reading")
    label = gettext("First reading of %(coder)s") if first else gettext("Final reading of %(coder)s")
    return label % {"coder": reading.coder.alias}


def _machine(viewer: Viewer, desk: Desk) -> dict[str, Any]:
    """What the status bar says of the second opinion, and whether it lies open."""
    if viewer.study.policy == Study.Policy.NEVER:
        return {"open": False, "says": gettext("The machine gives no opinion in this study")}
    if not viewer.may(Permission.CODE):
        return {"open": False, "says": ""}
    submitted = desk.own is not None and (
        desk.own.phase == Reading.Phase.FINAL or desk.own.state == Reading.State.SUBMITTED
    )
    if submitted or viewer.study.policy == Study.Policy.FIRST_OPINION:
        return {"open": True, "says": gettext("Second opinion open")}
    return {"open": False, "says": gettext("Second opinion closed until submission")}
