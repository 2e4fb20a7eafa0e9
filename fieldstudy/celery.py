"""The Celery application. Children die with their parent, so that a killed worker leaves nothing behind."""

import contextlib
import os
import warnings
from typing import Any

from celery import Celery, bootsteps
from celery.exceptions import SecurityWarning
from celery.signals import worker_init, worker_process_init
from kombu.exceptions import OperationalError as BrokerDown

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldstudy.settings")

# As root, Celery warns at each start, and the end of a log would show that as what went wrong. Messages are JSON.
warnings.filterwarnings("ignore", "You're running the worker with superuser privileges", SecurityWarning)

app = Celery("fieldstudy")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

SWEEP_EVERY = 5.0


class Sweep(bootsteps.StartStopStep):
    """Has every worker ask for the sweep, from its own event loop.

    A clock process of its own would be one more thing that can be killed, and with it all revival of interrupted work.
    """

    requires = ("celery.worker.consumer.connection:Connection",)

    def start(self, parent: Any) -> None:
        ask_for_sweep()
        self._entry = parent.timer.call_repeatedly(SWEEP_EVERY, ask_for_sweep)

    def stop(self, parent: Any) -> None:
        self._entry.cancel()


def ask_for_sweep() -> None:
    """Have some worker sweep soon; the next one is asked for anyway."""
    with contextlib.suppress(BrokerDown, OSError):
        app.send_task("fieldstudy.sweep_jobs", expires=SWEEP_EVERY, retry=False)


app.steps["consumer"].add(Sweep)


@worker_process_init.connect
def die_with_parent(**kwargs: Any) -> None:
    from fieldstudy.services.processes import die_with_parent as ask_kernel

    ask_kernel()


@worker_init.connect
def load_language_models(**kwargs: Any) -> None:
    """Load spaCy's models once, before the worker forks, so that its children share them."""
    from coding.tagging.pipeline import pipeline

    for language in ("fr", "en"):
        pipeline(language)
