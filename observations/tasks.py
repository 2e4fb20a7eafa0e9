from celery import shared_task

from fieldstudy.jobs import work
from observations.actions.imports import read_file


@shared_task(name="observations.read_file")
def read_import_file(job_id: str) -> None:
    """Turn one uploaded file into a source, or into a list of problems."""
    work(job_id, read_file)
