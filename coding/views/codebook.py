"""The codebook's pages: its tree, one code, its versions."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coding.actions.codebooks import add_code, move_code, publish_codebook, redefine_code, restore_code, retire_code
from coding.forms.codebook import CodeForm, LexiconForm, MoveForm, NewCodeForm, PublishForm, show_error
from coding.models import Code, CodebookVersion
from coding.queries.codebook import (
    Codebook,
    code_known_to,
    codebook_of,
    draft_of,
    languages_of,
    lexicon_known_to,
    place_for,
    retired_codes,
    uses_known_to,
    version_entries,
    versions_of,
)
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import Viewer, enter, nothing_here
from observations.roles import Permission


@require_GET
def codebook(request: HttpRequest, slug: str) -> HttpResponse:
    """The codebook, opened at its first code that can be applied; without codes, the ways to begin."""
    viewer = enter(user_of(request), slug, Permission.READ)
    tree = codebook_of(viewer)
    if tree.order:
        opened = next((node for node in tree.order if node.code.is_codable), tree.order[0])
        return render(request, "coding/code.html", code_page(viewer, tree, opened.code))
    return render(request, "coding/codebook_empty.html", {"viewer": viewer, "here": "codebook"})


@require_GET
def code(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """One code beside the tree: what it means, in the reader's language."""
    viewer = enter(user_of(request), slug, Permission.READ)
    return render(request, "coding/code.html", code_page(viewer, codebook_of(viewer), code_known_to(viewer, code_id)))


@require_http_methods(["GET", "POST"])
def code_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Write a new code."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    tree = codebook_of(viewer)
    initial = {"parent": request.GET.get("parent", "")}
    form = NewCodeForm(
        request.POST if request.method == "POST" else None,
        codebook=tree,
        languages=languages_of(viewer),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            added = add_code(
                viewer=viewer,
                id=uuid.uuid4(),
                sign=said["sign"],
                meaning=form.meaning(),
                at=timezone.now(),
                parent=code_known_to(viewer, uuid.UUID(said["parent"])) if said["parent"] else None,
                stance=said["stance"],
                is_codable=not said["heading"],
                asks_weight=said["asks_weight"],
            )
            return redirect("code", slug, added.pk)
        except FieldstudyError as error:
            show_error(form, error)
    return _render_form(request, "coding/code_new.html", viewer, tree, form=form)


@require_http_methods(["GET", "POST"])
def code_edit(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Change what a code means; a new revision of it."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    assert row.revision is not None
    languages = languages_of(viewer, row.revision.names, row.revision.definitions)
    form = CodeForm(
        request.POST if request.method == "POST" else None, languages=languages, initial=CodeForm.held(row, languages)
    )
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            redefine_code(
                viewer=viewer,
                code=row,
                sign=said["sign"].strip().upper(),
                meaning=form.meaning(),
                stance=said["stance"],
                asks_weight=said["asks_weight"],
                at=timezone.now(),
            )
            return redirect("code", slug, row.pk)
        except FieldstudyError as error:
            show_error(form, error)
    return _render_form(request, "coding/code_edit.html", viewer, codebook_of(viewer), form=form, code=row)


@require_POST
def code_move(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Put a code up or down among its siblings, or below another."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    tree = codebook_of(viewer)
    form = MoveForm(request.POST, codebook=tree, without=row)
    if not form.is_valid():
        return render(request, "coding/code.html", code_page(viewer, tree, row, move_form=form), status=422)
    where, parent_id = form.cleaned_data["where"], form.cleaned_data["parent"]
    if where == "under":
        parent = code_known_to(viewer, uuid.UUID(parent_id)) if parent_id else None
        move_code(viewer=viewer, code=row, parent=parent, position=len(tree.order))
    else:
        move_code(viewer=viewer, code=row, parent=row.parent, position=place_for(viewer, row, where))
    return redirect("code", slug, row.pk)


@require_http_methods(["GET", "POST"])
def code_retire(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Say what taking a code out of use means for the passages that have it, then do it."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    if request.method == "POST":
        retire_code(viewer=viewer, code=row, at=timezone.now())
        messages.success(request, gettext("%(sign)s is out of use. It can be restored.") % {"sign": row.sign})
        return redirect("code", slug, row.pk)
    passages, coders = uses_known_to(viewer, row)
    context = {"viewer": viewer, "here": "codebook", "code": row, "passages": passages, "coders": coders}
    return render(request, "coding/code_retire.html", context)


@require_POST
def code_restore(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Bring a retired code back into use."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    if row.retired_at is not None:
        restore_code(viewer=viewer, code=row)
    return redirect("code", slug, row.pk)


@require_http_methods(["GET", "POST"])
def codebook_publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Fix the working codebook as its next version."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    form = PublishForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            note = form.cleaned_data["note"]
            version = publish_codebook(viewer=viewer, id=uuid.uuid4(), note=note, at=timezone.now())
            return redirect("codebook_version", slug, version.number)
        except FieldstudyError as error:
            show_error(form, error)
    draft = draft_of(viewer, list(versions_of(viewer)[:1]))
    codes = [node.code for node in codebook_of(viewer).order if node.code.pk in draft.changed]
    context = {"viewer": viewer, "here": "codebook", "form": form, "draft": draft, "changed": codes}
    return render(request, "coding/codebook_publish.html", context)


@require_GET
def codebook_version(request: HttpRequest, slug: str, number: int) -> HttpResponse:
    """One published version, as it was."""
    viewer = enter(user_of(request), slug, Permission.READ)
    versions = list(versions_of(viewer))
    version = next((one for one in versions if one.number == number), None)
    if version is None:
        raise nothing_here()
    context = {"viewer": viewer, "here": "codebook", "version": version, "versions": versions}
    return render(request, "coding/version.html", context | {"entries": version_entries(version)})


def code_page(viewer: Viewer, tree: Codebook, row: Code, **more: Any) -> dict[str, Any]:
    """What the page of a code shows, `more` over it."""
    sees_lexicon = viewer.may(Permission.CODEBOOK) or viewer.may(Permission.TAG)
    lexicon_form = LexiconForm(languages=languages_of(viewer)) if viewer.may(Permission.CODEBOOK) else None
    place = {"parent": row.parent_id or ""}
    move_form = MoveForm(codebook=tree, without=row, initial=place) if viewer.may(Permission.CODEBOOK) else None
    context = _frame(viewer, tree, row) | {
        "node": tree.node(row),
        "sees_lexicon": sees_lexicon,
        "lexicon": list(lexicon_known_to(viewer, row)) if sees_lexicon else [],
        "lexicon_form": lexicon_form,
        "move_form": move_form,
    }
    return context | more


def _frame(viewer: Viewer, tree: Codebook, row: Code | None) -> dict[str, Any]:
    versions: list[CodebookVersion] = list(versions_of(viewer))
    return {
        "viewer": viewer,
        "here": "codebook",
        "tree": tree,
        "code": row,
        "versions": versions,
        "draft": draft_of(viewer, versions),
        "retired": list(retired_codes(viewer)),
    }


def _render_form(
    request: HttpRequest, template: str, viewer: Viewer, tree: Codebook, *, form: CodeForm, code: Code | None = None
) -> HttpResponse:
    context = _frame(viewer, tree, code) | {"form": form}
    return render(request, template, context, status=422 if form.is_bound else 200)
