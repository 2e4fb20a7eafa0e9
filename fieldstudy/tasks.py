from celery import shared_task
from django.utils import timezone

from fieldstudy import jobs


@shared_task(name="fieldstudy.sweep_jobs")
def sweep_jobs() -> None:
    """Send again the work that nobody has in hand."""
    jobs.sweep(timezone.now())
