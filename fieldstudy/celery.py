"""The Celery application. Children die with their parent, so that a killed worker leaves nothing behind."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_embedded_init, worker_init, worker_process_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldstudy.settings")

app = Celery("fieldstudy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_process_init.connect
@beat_embedded_init.connect
def die_with_parent(**kwargs: Any) -> None:
    from fieldstudy.services.processes import die_with_parent as ask_kernel

    ask_kernel()


@worker_init.connect
def load_language_models(**kwargs: Any) -> None:
    """Load spaCy's models once, before the worker forks, so that its children share them."""
    from coding.tagging.pipeline import pipeline

    for language in ("fr", "en"):
        pipeline(language)
