"""Memos: the list of them with its search, one memo, writing and changing it, and the study's journal."""

import uuid
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from coding.actions.memos import change_memo, link_memo, remove_memo, restore_memo, unlink_memo, write_memo
from coding.forms.codebook import show_error
from coding.forms.marks import MEMO_KINDS, uuid_of
from coding.forms.memos import EntryForm, form_for, wanted_of
from coding.models import Memo
from coding.queries.marks import turn_numbers_of
from coding.queries.memo_pages import page_of, subject_of
from coding.queries.memos import Wanted, authors_of, journal_of, memo_known_to, memos_listed
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import enter, nothing_here
from observations.roles import Permission

PAGE = 50


@require_http_methods(["GET", "POST"])
def memos(request: HttpRequest, slug: str) -> HttpResponse:
    """The memos, to filter and to search. What is searched for is sent and never stands in the address."""
    viewer = enter(user_of(request), slug, Permission.READ)
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET
    wanted = wanted_of(asked, with_words=sent)
    if sent and not wanted.words:
        kept = {name: value for name, value in asked.items() if value and name not in ("csrfmiddlewaretoken", "words")}
        return redirect(f"{request.path}?{urlencode(kept)}")
    listed = Paginator(memos_listed(viewer, wanted), PAGE).get_page(asked.get("page"))
    context = {
        "viewer": viewer,
        "here": "memos",
        "wanted": wanted,
        "listed": listed,
        "turns": turn_numbers_of(listed.object_list),
        "authors": authors_of(viewer),
        "kinds": MEMO_KINDS.items(),
        "things": [(name, getattr(wanted, name)) for name in ("source", "code", "segment")],
        "is_bare": not listed.paginator.count and wanted == Wanted(),
    }
    return render(request, "coding/memos.html", context)


@require_http_methods(["GET", "POST"])
def memo_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A new memo about the study, a source, a code or a coded passage."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    sent = request.method == "POST"
    asked = request.POST if sent else request.GET
    about, subject_id = asked.get("about", "study"), uuid_of(asked, "subject")
    subject = subject_of(viewer, about, subject_id)
    form = form_for(None, request.POST if sent else None, is_entry=False)
    if sent and form.is_valid():
        said = form.cleaned_data
        try:
            memo, _ = write_memo(
                viewer=viewer, id=uuid.uuid4(), about=about, subject_id=subject_id, at=timezone.now(), **said
            )
            return redirect("memo", slug, memo.pk)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "here": "memos", "form": form, "memo": subject, "subject_id": subject_id}
    return render(request, "coding/memo_edit.html", context, status=422 if sent else 200)


@require_GET
def memo(request: HttpRequest, slug: str, memo_id: uuid.UUID) -> HttpResponse:
    """One memo with its links and what was done to it."""
    viewer = enter(user_of(request), slug, Permission.READ)
    found = memo_known_to(viewer, memo_id)
    return render(request, "coding/memo.html", {"viewer": viewer, "here": "memos", "page": page_of(viewer, found)})


@require_http_methods(["GET", "POST"])
def memo_edit(request: HttpRequest, slug: str, memo_id: uuid.UUID) -> HttpResponse:
    """Change one's own memo."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    found = memo_known_to(viewer, memo_id)
    if found.author_id != viewer.user.pk:
        raise nothing_here()
    form = form_for(found, request.POST if request.method == "POST" else None, is_entry=found.day is not None)
    if request.method == "POST" and form.is_valid():
        based_on = request.POST.get("version", "")
        version = int(based_on) if based_on.isdecimal() and len(based_on) < 9 else 0
        try:
            change_memo(viewer=viewer, memo_id=memo_id, version=version, at=timezone.now(), **form.cleaned_data)
            return redirect("memo", slug, memo_id)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "here": "memos", "form": form, "memo": found, "is_there": True}
    return render(request, "coding/memo_edit.html", context, status=422 if form.is_bound else 200)


@require_POST
def memo_remove(request: HttpRequest, slug: str, memo_id: uuid.UUID) -> HttpResponse:
    """Take one's own memo away; its page offers to bring it back."""
    remove_memo(viewer=enter(user_of(request), slug, Permission.NOTE), memo_id=memo_id, at=timezone.now())
    return redirect("memo", slug, memo_id)


@require_POST
def memo_restore(request: HttpRequest, slug: str, memo_id: uuid.UUID) -> HttpResponse:
    """Bring one's own memo back."""
    restore_memo(viewer=enter(user_of(request), slug, Permission.NOTE), memo_id=memo_id)
    messages.success(request, gettext("The memo is back."))
    return redirect("memo", slug, memo_id)


@require_POST
def memo_link(request: HttpRequest, slug: str, memo_id: uuid.UUID) -> HttpResponse:
    """Link one's own memo to another."""
    viewer = enter(user_of(request), slug, Permission.NOTE)
    link_memo(viewer=viewer, id=uuid.uuid4(), memo_id=memo_id, to_memo_id=uuid_of(request.POST, "to_memo"))
    return redirect("memo", slug, memo_id)


@require_POST
def memo_unlink(request: HttpRequest, slug: str, memo_id: uuid.UUID, memo_link_id: uuid.UUID) -> HttpResponse:
    """Take a link of one's own memo away."""
    unlink_memo(viewer=enter(user_of(request), slug, Permission.NOTE), link_id=memo_link_id)
    return redirect("memo", slug, memo_id)


@require_http_methods(["GET", "POST"])
def journal(request: HttpRequest, slug: str) -> HttpResponse:
    """The study's journal: memos about the study, each with its day."""
    sent = request.method == "POST"
    viewer = enter(user_of(request), slug, Permission.NOTE if sent else Permission.READ)
    form = EntryForm(request.POST if sent else None, initial={"day": timezone.localdate()})
    if sent and form.is_valid():
        try:
            write_memo(viewer=viewer, id=uuid.uuid4(), about=Memo.About.STUDY, at=timezone.now(), **form.cleaned_data)
            messages.success(request, gettext("Written into the journal."))
            return redirect("journal", slug)
        except FieldstudyError as error:
            show_error(form, error)
    entries = Paginator(journal_of(viewer), PAGE).get_page(request.GET.get("page"))
    context = {"viewer": viewer, "here": "memos", "entries": entries, "form": form}
    return render(request, "coding/journal.html", context, status=422 if sent else 200)
