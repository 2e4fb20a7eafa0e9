"""Imports of files, and background work, over HTTP."""

import uuid
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from fieldstudy.api.endpoints import APIView
from fieldstudy.jobs import job_of_study
from fieldstudy.models import Job
from fieldstudy.web import sentence, told_problem, user_of
from observations.access import enter, get_row
from observations.actions.imports import Upload, check_sizes, start_import
from observations.actions.jobs import stop_job
from observations.api.pages import sent
from observations.api.serializers import ImportIn, ImportOut, JobOut
from observations.models import Import, ImportFile, Site, Tool
from observations.queries.imports import batch_of, files_of
from observations.roles import Permission


class ImportsView(APIView):
    """Files to import."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="import_create",
        request={"multipart/form-data": ImportIn},
        responses={201: ImportOut},
        description="Import files. They are read by the workers: ask for the import until its job is done.",
    )
    def post(self, request: Request, slug: str) -> Response:
        viewer = enter(user_of(request), slug, Permission.COLLECT)
        said = sent(request, ImportIn)
        details: dict[str, Any] = {"tools": [str(get_row(viewer, Tool, tool).pk) for tool in said["tools"]]}
        if "site" in said:
            details["site"] = str(get_row(viewer, Site, said["site"]).pk)
        if "observed_on" in said:
            details["observed_on"] = said["observed_on"].isoformat()
        check_sizes(file.size for file in said["files"])
        uploads = [Upload(file.name, file.read(), details) for file in said["files"]]
        batch = start_import(viewer=viewer, id=said["id"], uploads=uploads, at=timezone.now())
        return Response(import_record(batch), status=201)


class ImportView(APIView):
    """One import."""

    @extend_schema(
        operation_id="import_read",
        responses=ImportOut,
        description="How far an import is, and what each file became.",
    )
    def get(self, request: Request, slug: str, import_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.COLLECT)
        return Response(import_record(batch_of(viewer, import_id)))


class JobView(APIView):
    """A piece of background work."""

    @extend_schema(operation_id="job_read", responses=JobOut, description="How far a piece of work is.")
    def get(self, request: Request, slug: str, job_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        return Response(job_record(job_of_study(viewer.study.pk, job_id)))


class JobStopView(APIView):
    """Stopping a piece of background work."""

    @extend_schema(
        operation_id="job_stop",
        request=None,
        responses=JobOut,
        description="Stop a job of a kind that you may start.",
    )
    def post(self, request: Request, slug: str, job_id: uuid.UUID) -> Response:
        viewer = enter(user_of(request), slug, Permission.READ)
        stop_job(viewer=viewer, job=job_of_study(viewer.study.pk, job_id), at=timezone.now())
        return Response(job_record(job_of_study(viewer.study.pk, job_id)))


def job_record(job: Job) -> dict[str, Any]:
    """A job as `JobOut` describes it."""
    plain = ("id", "kind", "state", "done", "total", "problem_code")
    problem = sentence(job.problem, job.problem_values)
    return {name: getattr(job, name) for name in plain} | {"problem": problem}


def import_record(batch: Import) -> dict[str, Any]:
    """An import as `ImportOut` describes it; its job is loaded."""
    job = job_record(batch.job) if batch.job else None
    return {"id": batch.pk, "job": job, "files": [_file_record(file) for file in files_of(batch)]}


def _file_record(file: ImportFile) -> dict[str, Any]:
    plain = {name: getattr(file, name) for name in ("name", "size", "sha256", "state")}
    return plain | {"source": file.source_id, "problems": [told_problem(problem) for problem in file.problems]}
