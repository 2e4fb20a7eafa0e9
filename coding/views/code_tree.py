"""Changes to the tree of codes as pages: each says beforehand what it touches, and can be undone."""

import uuid
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coding.actions.code_tree import Kept, merge_codes, move_code, restore_code, retire_code, split_code
from coding.actions.codebook_changes import undo_change
from coding.forms.code_tree import MergeForm, PartForm, into_choices, parts_of
from coding.forms.codebook import MoveForm, show_error
from coding.forms.marks import uuid_of
from coding.models import Code
from coding.queries.changes import changes_of, changes_shown, extent_of
from coding.queries.codebook import code_known_to, codebook_of, languages_of, place_beside, place_for
from coding.queries.recode import due_by_code
from coding.views.codebook import code_page
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import translated, user_of
from observations.access import Viewer, enter
from observations.roles import Permission

CHANGES_PER_PAGE = 50


@require_POST
def code_move(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Put a code up or down among its siblings, one level in or out, below another, or at a place it was dropped.

    Another parent changes what is counted where: what that touches is said first. Among siblings it is done at once.
    """
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    tree = codebook_of(viewer)
    form = MoveForm(request.POST, codebook=tree, without=row)
    if not form.is_valid():
        return render(request, "coding/code.html", code_page(viewer, tree, row, move_form=form), status=422)
    parent, position = _place(viewer, row, form.cleaned_data)
    if parent != row.parent and not request.POST.get("confirmed"):
        moved = [node.code for node in tree.within(row)] or [row]
        context = {"viewer": viewer, "here": "codebook", "code": row, "parent": parent, "position": position}
        more = {"extent": extent_of(viewer, moved), "below": len(moved) - 1}
        return render(request, "coding/code_move.html", context | more)
    move_code(viewer=viewer, code=row, parent=parent, position=position, at=timezone.now())
    request.session["moved"] = str(row.pk)
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
    context = {"viewer": viewer, "here": "codebook", "code": row, "extent": extent_of(viewer, [row])}
    return render(request, "coding/code_retire.html", context)


@require_POST
def code_restore(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Bring a retired code back into use."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    restore_code(viewer=viewer, code=row, at=timezone.now())
    messages.success(request, gettext("%(sign)s is in use again.") % {"sign": row.sign})
    return redirect("code", slug, row.pk)


@require_http_methods(["GET", "POST"])
def code_merge(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Choose what a code is merged into, see both beside each other and what it touches, then do it."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    tree = codebook_of(viewer)
    asked = request.POST if request.method == "POST" else request.GET if "into" in request.GET else None
    form = MergeForm(asked, choices=into_choices(tree, row))
    if form.is_valid():
        into = code_known_to(viewer, uuid.UUID(form.cleaned_data["into"]))
        if request.method == "GET":
            return render(request, "coding/code_merge.html", _merge_page(viewer, form, row, into))
        try:
            said = form.cleaned_data
            keeps: Kept = "from" if said["keeps"] == "from" else "into"
            merge_codes(viewer=viewer, code=row, into=into, keeps=keeps, note=said["note"], at=timezone.now())
            told = {"sign": row.sign, "into": into.sign}
            messages.success(request, gettext("%(sign)s counts as %(into)s now. It can be undone.") % told)
            return redirect("code", slug, into.pk)
        except FieldstudyError as error:
            show_error(form, error)
    context = _merge_page(viewer, form, row, None)
    return render(request, "coding/code_merge.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "POST"])
def code_split(request: HttpRequest, slug: str, code_id: uuid.UUID) -> HttpResponse:
    """Write the codes a code is split into, seeing what it touches."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    row = code_known_to(viewer, code_id)
    posted = request.POST if request.method == "POST" else None
    forms = [PartForm(posted, prefix=f"part{n}", languages=languages_of(viewer), number=n) for n in range(1, 5)]
    parts = parts_of(forms) if posted is not None else None
    if parts is not None:
        try:
            split_code(viewer=viewer, code=row, parts=parts, at=timezone.now())
            messages.success(request, gettext("%(sign)s was split. Its coders are asked again.") % {"sign": row.sign})
            return redirect("code", slug, parts[0].id)
        except FieldstudyError as error:
            show_error(forms[0], error)
    context = {"viewer": viewer, "here": "codebook", "code": row, "forms": forms, "extent": extent_of(viewer, [row])}
    return render(request, "coding/code_split.html", context, status=422 if posted is not None else 200)


@require_GET
def codebook_changes(request: HttpRequest, slug: str) -> HttpResponse:
    """What was merged, split, moved, retired, restored, adopted and redefined, and passages to look at again."""
    viewer = enter(user_of(request), slug, Permission.READ)
    page = Paginator(changes_of(viewer), CHANGES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "viewer": viewer,
        "here": "codebook",
        "page": page,
        "changes": changes_shown(viewer, list(page.object_list)),
        "due": due_by_code(viewer) if viewer.may(Permission.CODEBOOK) else [],
    }
    return render(request, "coding/codebook_changes.html", context)


@require_POST
def codebook_undo(request: HttpRequest, slug: str, change_id: uuid.UUID) -> HttpResponse:
    """Undo one change, and go back to the code it was undone from, if any."""
    viewer = enter(user_of(request), slug, Permission.CODEBOOK)
    try:
        undo_change(viewer=viewer, change_id=change_id, at=timezone.now())
        messages.success(request, gettext("Undone."))
    except FieldstudyError as error:
        if error.http_status == 404:
            raise
        messages.error(request, translated(error))
    back = uuid_of(request.POST, "code")
    return redirect("code", slug, back) if back else redirect("codebook_changes", slug)


def _place(viewer: Viewer, row: Code, said: dict[str, Any]) -> tuple[Code | None, int]:
    where: str = said["where"]
    if where in ("up", "down"):
        return row.parent, place_for(viewer, row, where)
    if where in ("in", "out"):
        beside = place_beside(viewer, row, where)
        if beside is None:
            return row.parent, row.position
        return (code_known_to(viewer, beside[0]) if beside[0] else None), beside[1]
    parent = code_known_to(viewer, uuid.UUID(said["parent"])) if said["parent"] else None
    last = Code.objects.filter(study=viewer.study, parent=parent).count()
    return parent, last if said["position"] is None else said["position"]


def _merge_page(viewer: Viewer, form: MergeForm, row: Code, into: Code | None) -> dict[str, Any]:
    return {
        "viewer": viewer,
        "here": "codebook",
        "form": form,
        "code": row,
        "into": into,
        "extent": extent_of(viewer, [row]),
        "into_extent": extent_of(viewer, [into]) if into else None,
    }
