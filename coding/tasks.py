from celery import shared_task

from coding.actions.agreement import compute_run
from coding.actions.tagging import tag_source
from coding.actions.words import count_source_words
from fieldstudy.jobs import work


@shared_task(name="coding.tag_source")
def tag_one_source(job_id: str) -> None:
    """Let the machine coder read one source."""
    work(job_id, tag_source)


@shared_task(name="coding.compute_agreement")
def compute_agreement(job_id: str) -> None:
    """Compute one agreement run."""
    work(job_id, compute_run)


@shared_task(name="coding.count_source_words")
def count_words_of_one_source(job_id: str) -> None:
    """Count the words of one source."""
    work(job_id, count_source_words)
