"""The sites of a study, the tools under study, and what these promise."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import user_of
from observations.access import enter, get_row
from observations.actions.studies import add_promise, add_site, add_tool
from observations.forms.field import PromiseForm, SiteForm, ToolForm
from observations.forms.fields import show_error
from observations.models import Tool
from observations.queries.studies import sites_of, tools_of
from observations.roles import Permission


@require_http_methods(["GET", "POST"])
def sites(request: HttpRequest, slug: str) -> HttpResponse:
    """The sites; a lead adds one."""
    viewer = enter(user_of(request), slug, Permission.READ if request.method == "GET" else Permission.MANAGE)
    form = SiteForm(request.POST if request.method == "POST" else None, study=viewer.study)
    if request.method == "POST" and form.is_valid():
        try:
            add_site(viewer=viewer, id=uuid.uuid4(), **form.details())
            messages.success(request, gettext("Added."))
            return redirect("sites", slug)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "sites": sites_of(viewer), "form": form}
    return render(request, "observations/sites.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def tools(request: HttpRequest, slug: str) -> HttpResponse:
    """The tools and their promises; a lead adds one."""
    viewer = enter(user_of(request), slug, Permission.READ if request.method == "GET" else Permission.MANAGE)
    form = ToolForm(request.POST if request.method == "POST" else None, study=viewer.study)
    if request.method == "POST" and form.is_valid():
        try:
            add_tool(viewer=viewer, id=uuid.uuid4(), **form.details())
            messages.success(request, gettext("Added."))
            return redirect("tools", slug)
        except FieldstudyError as error:
            show_error(form, error)
    context = {"viewer": viewer, "tools": tools_of(viewer), "form": form}
    return render(request, "observations/tools.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "POST"])
def promise_new(request: HttpRequest, slug: str, tool_id: uuid.UUID) -> HttpResponse:
    """Write down what is claimed for a tool."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    tool = get_row(viewer, Tool, tool_id)
    form = PromiseForm(request.POST if request.method == "POST" else None, study=viewer.study)
    if request.method == "POST" and form.is_valid():
        add_promise(viewer=viewer, id=uuid.uuid4(), tool=tool, **form.details())
        messages.success(request, gettext("Added."))
        return redirect("tools", slug)
    context = {"viewer": viewer, "tool": tool, "form": form}
    return render(request, "observations/promise_new.html", context, status=422 if form.is_bound else 200)
