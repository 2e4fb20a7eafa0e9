"""Keeping queries: saving, renaming and sharing, removing and restoring."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from coding.actions.saved_queries import change_query, remove_query, restore_query, save_query
from fieldstudy.web import user_of
from observations.access import enter
from observations.roles import Permission


@require_POST
def query_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Keep the query under a name, and show what it finds."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    query = save_query(
        viewer=viewer,
        id=uuid.uuid4(),
        name=request.POST.get("name", ""),
        text=request.POST.get("text", ""),
        is_shared="shared" in request.POST,
        at=timezone.now(),
    )
    messages.success(request, gettext("Saved."))
    return redirect(f"{reverse('passages', args=[slug])}?{urlencode({'saved': str(query.pk)})}")


@require_POST
def query_change(request: HttpRequest, slug: str, query_id: uuid.UUID) -> HttpResponse:
    """Rename a query of one's own, and share it or not."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    name, shared = request.POST.get("name", ""), "shared" in request.POST
    change_query(viewer=viewer, query_id=query_id, name=name, is_shared=shared, at=timezone.now())
    messages.success(request, gettext("Saved."))
    return redirect(f"{reverse('passages', args=[slug])}?{urlencode({'saved': str(query_id)})}")


@require_POST
def query_remove(request: HttpRequest, slug: str, query_id: uuid.UUID) -> HttpResponse:
    """Put a query away; the next page offers to bring it back."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    remove_query(viewer=viewer, query_id=query_id, at=timezone.now())
    request.session["removed_query"] = str(query_id)
    return redirect("passages", slug)


@require_POST
def query_restore(request: HttpRequest, slug: str, query_id: uuid.UUID) -> HttpResponse:
    """Bring a query back."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    restore_query(viewer=viewer, query_id=query_id)
    request.session.pop("removed_query", None)
    return redirect(f"{reverse('passages', args=[slug])}?{urlencode({'saved': str(query_id)})}")
