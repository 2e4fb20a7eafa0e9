"""Stopping background work."""

from datetime import datetime

from fieldstudy.jobs import cancel_job
from fieldstudy.models import Job
from observations.access import Viewer
from observations.roles import Permission

# Whoever may start a kind of work may stop it, also when somebody else started it.
NEEDED = {
    "observations.import": Permission.COLLECT,
    "observations.read_file": Permission.COLLECT,
    "coding.tag": Permission.TAG,
    "coding.tag_source": Permission.TAG,
    "coding.compute_agreement": Permission.AUDIT,
    "coding.count_words": Permission.NOTE,
    "coding.count_source_words": Permission.NOTE,
}


def stop_job(*, viewer: Viewer, job: Job, at: datetime) -> None:
    """Stop a piece of work; what it has done so far stays. Raises NotPermitted to who could not have started it."""
    viewer.need(NEEDED.get(job.kind, Permission.MANAGE))
    cancel_job(job=job, at=at)
