"""The list of studies, one study's overview, and its settings."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods

from fieldstudy.errors import FieldstudyError
from fieldstudy.web import sentence, user_of
from observations.access import enter
from observations.actions.studies import create_study, update_study
from observations.forms.fields import show_error
from observations.forms.studies import StudyForm, StudySettingsForm
from observations.panels import panels_for
from observations.queries.participants import without_consent
from observations.queries.studies import all_studies, numbers_of, open_imports, sites_of, studies_of, tools_of
from observations.queries.timeline import timeline_of
from observations.roles import LABELS, Permission, Role
from observations.views.panels import panels_as_html

MOST_NAMED = 5


@require_GET
def studies(request: HttpRequest) -> HttpResponse:
    """The studies one belongs to; an administrator also sees the names and sizes of the others."""
    user = user_of(request)
    own = [(membership, role_names(membership.roles)) for membership in studies_of(user)]
    known = {membership.study_id for membership, _ in own}
    others = [study for study in all_studies() if study.pk not in known] if user.is_administrator else []
    return render(request, "observations/studies.html", {"own": own, "others": others})


@require_http_methods(["GET", "POST"])
def study_new(request: HttpRequest) -> HttpResponse:
    """Begin a study; whoever begins it leads it."""
    form = StudyForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = create_study(actor=user_of(request), id=uuid.uuid4(), at=timezone.now(), **form.cleaned_data)
            return redirect("study", made.slug)
        except FieldstudyError as error:
            show_error(form, error)
    return render(request, "observations/study_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_GET
def study(request: HttpRequest, slug: str) -> HttpResponse:
    """A study at a glance: the field by site and date, what tools promise, and what this person does next."""
    viewer = enter(user_of(request), slug, Permission.READ)
    numbers, sites = numbers_of(viewer), sites_of(viewer)
    context = {
        "viewer": viewer,
        "numbers": numbers,
        "timeline": timeline_of(viewer, sites),
        "tools": tools_of(viewer),
        "imports": open_imports(viewer),
        "beginning": viewer.may(Permission.MANAGE) and not (numbers.sites and numbers.sources),
        "roles": role_names(viewer.roles),
        "panels": panels_as_html(request, viewer, panels_for(viewer)),
    }
    if viewer.may(Permission.PROTECT):
        unasked = list(without_consent(viewer).values_list("pk", "code"))
        context |= {"unasked": unasked[:MOST_NAMED], "n_unasked": len(unasked)}
    return render(request, "observations/study.html", context)


@require_http_methods(["GET", "POST"])
def study_settings(request: HttpRequest, slug: str) -> HttpResponse:
    """The study's name, languages, rules of reading, and what the law asks."""
    viewer = enter(user_of(request), slug, Permission.MANAGE)
    form = StudySettingsForm(request.POST if request.method == "POST" else None, study=viewer.study)
    if request.method == "POST" and form.is_valid():
        update_study(viewer=viewer, **form.details())
        messages.success(request, gettext("Saved."))
        return redirect("study_settings", slug)
    context = {"viewer": viewer, "form": form}
    return render(request, "observations/study_settings.html", context, status=422 if form.is_bound else 200)


def role_names(roles: list[str] | tuple[str, ...]) -> list[str]:
    """Roles in words, in the order in which they are always named."""
    return [sentence(label) for role, label in LABELS.items() if Role(role).value in roles]
