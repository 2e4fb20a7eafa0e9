"""How far a piece of background work has come, and stopping it."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from fieldstudy.jobs import job_of_study
from fieldstudy.web import user_of
from observations.access import enter
from observations.actions.jobs import stop_job
from observations.roles import Permission


@require_GET
def job(request: HttpRequest, slug: str, job_id: uuid.UUID) -> HttpResponse:
    """The fragment that shows a job and asks for itself again while the job is open."""
    viewer = enter(user_of(request), slug, Permission.READ)
    context = {"viewer": viewer, "job": job_of_study(viewer.study.pk, job_id)}
    return render(request, "components/job.html", context)


@require_POST
def job_stop(request: HttpRequest, slug: str, job_id: uuid.UUID) -> HttpResponse:
    """Stop a job, for those who may start its kind."""
    viewer = enter(user_of(request), slug, Permission.READ)
    stop_job(viewer=viewer, job=job_of_study(viewer.study.pk, job_id), at=timezone.now())
    back = request.headers.get("referer", "")
    if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        return redirect(back)
    return redirect("study", slug)
