"""Background work: a `Job` row says what is so; Celery only carries the hint to look at it.

`start_job` writes the row and, after the commit, sends a message that names it. `work` is the body of every task: it
takes the lease first, keeps it by heartbeats, and writes how it ended. `sweep` sends again what was never sent, what
got lost with the broker, and what a dead worker left behind. A job may hence run twice, and never at the same time:
its work must give the same rows when done again.
"""

import logging
import threading
import traceback
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from celery import current_app
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Count, Q
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerDown

from fieldstudy.errors import FieldstudyError, Missing, gettext_noop
from fieldstudy.models import Job, User

LEASE = timedelta(seconds=15)
HEARTBEAT_SECONDS = 4.0
SEND_AGAIN_AFTER = timedelta(seconds=20)
MOST_ATTEMPTS = 6
FINISHED = (Job.State.DONE, Job.State.FAILED, Job.State.CANCELLED)
UNEXPECTED = gettext_noop(
    "Something unexpected went wrong (reference %(reference)s). Nothing was half-saved; tell the administrator."
)

log = logging.getLogger(__name__)


class Cancelled(Exception):
    """The job was stopped by a person, or its lease went to another worker."""


class Lease:
    """A worker's hold on a job, renewed by a thread while the work goes on."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self._until = job.lease_until or timezone.now()
        self._lost = threading.Event()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._renew, daemon=True)

    def __enter__(self) -> "Lease":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._over.set()
        self._thread.join(timeout=10)

    def check(self) -> None:
        """Raise `Cancelled` when the job was stopped or the lease lost or run out; call it now and then."""
        if self._lost.is_set() or self._until <= timezone.now():
            raise Cancelled

    def progress(self, done: int, total: int) -> None:
        """Say how far the work has come, outside the work's own transaction; raises `Cancelled` as `check` does.

        What was stopped a moment ago is known here at once, before the next heartbeat.
        """
        self.check()
        if not Job.objects.filter(pk=self.job.pk, lease=self.job.lease).update(done=done, total=total):
            self._lost.set()
            raise Cancelled

    def _renew(self) -> None:
        try:
            while not (self._lost.is_set() or self._over.wait(HEARTBEAT_SECONDS)):
                if not self._beat():
                    connection.close()
        finally:
            connection.close()

    def _beat(self) -> bool:
        """Renew the lease; whether the database answered. If not, the next beat tries again while the lease stands."""
        until = timezone.now() + LEASE
        held = Job.objects.filter(pk=self.job.pk, lease=self.job.lease, state=Job.State.RUNNING)
        try:
            if held.update(lease_until=until):
                self._until = until
            else:
                self._lost.set()
        except (OperationalError, InterfaceError):
            log.warning("a heartbeat of job %s failed", self.job.pk)
            if self._until <= timezone.now():
                self._lost.set()
            return False
        return True


Handler = Callable[[Job, Lease], None]


def start_job(
    *,
    kind: str,
    subject: uuid.UUID,
    study_id: uuid.UUID | None,
    started_by: User,
    at: datetime,
    parent: Job | None = None,
    total: int = 0,
    send_now: bool = True,
) -> Job:
    """Write a job and send it after the commit. `kind` is the name of the task; a parent of children is not sent."""
    job = Job.objects.create(
        kind=kind, subject=subject, study_id=study_id, started_by=started_by, parent=parent, total=total, created_at=at
    )
    if send_now:
        transaction.on_commit(lambda: send(job.pk, kind))
    return job


def send(job_id: uuid.UUID, kind: str) -> None:
    """Tell the workers to look at a job. A broker that does not answer is no loss: the sweep sends it later."""
    try:
        current_app.send_task(kind, args=[str(job_id)], retry=False)
    except (BrokerDown, ConnectionError, OSError):
        log.warning("job %s could not be sent now; it will be sent when the broker answers", job_id)
        return
    Job.objects.filter(pk=job_id).update(sent_at=timezone.now())


def work(job_id: str, handler: Handler) -> None:
    """The body of a task: take the lease, do the work, say how it ended."""
    job = take_lease(uuid.UUID(job_id))
    if job is None:
        return
    try:
        with Lease(job) as lease:
            handler(job, lease)
    except Cancelled:
        return
    except FieldstudyError as error:
        _finish(job, Job.State.FAILED, error)
    except OperationalError:
        log.warning("job %s lost the database; it will be tried again when its lease runs out", job.pk)
    except Exception as error:
        _finish(job, Job.State.FAILED, _unexpected(job, error))
    else:
        _finish(job, Job.State.DONE)


def take_lease(job_id: uuid.UUID) -> Job | None:
    """The job, now ours for `LEASE`; None when it is finished or another worker has it."""
    now = timezone.now()
    free = Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now)
    lease = uuid.uuid4()
    taken = Job.objects.filter(free, pk=job_id, attempts__lt=MOST_ATTEMPTS).update(
        state=Job.State.RUNNING, lease=lease, lease_until=now + LEASE, started_at=now
    )
    if not taken:
        return None
    job = Job.objects.select_related("started_by").get(pk=job_id)
    Job.objects.filter(pk=job_id).update(attempts=job.attempts + 1)
    if job.parent_id:
        Job.objects.filter(pk=job.parent_id, state=Job.State.QUEUED).update(state=Job.State.RUNNING, started_at=now)
    return job


def cancel_job(*, job: Job, at: datetime) -> None:
    """Stop a job and its children: what waits never starts, what runs stops at its next check."""
    Job.objects.filter(Q(pk=job.pk) | Q(parent=job), state__in=[Job.State.QUEUED, Job.State.RUNNING]).update(
        state=Job.State.CANCELLED, finished_at=at, lease=None
    )


def settle_parent(parent_id: uuid.UUID) -> None:
    """Bring a parent's progress up to its children's, and finish it when the last of them has."""
    with transaction.atomic():
        parent = Job.objects.select_for_update().get(pk=parent_id)
        if not parent.is_open:
            return
        counts = Job.objects.filter(parent_id=parent_id).aggregate(
            all=Count("pk"),
            finished=Count("pk", filter=Q(state__in=FINISHED)),
            failed=Count("pk", filter=Q(state=Job.State.FAILED)),
        )
        parent.done, parent.total = counts["finished"], counts["all"]
        if counts["finished"] == counts["all"]:
            parent.state = Job.State.FAILED if counts["failed"] == counts["all"] and counts["all"] else Job.State.DONE
            parent.finished_at = timezone.now()
            if counts["failed"]:
                parent.problem_code = "job.some_failed"
                parent.problem = gettext_noop("%(failed)s of %(all)s could not be done; each says why.")
                parent.problem_values = {"failed": counts["failed"], "all": counts["all"]}
        parent.save()


def sweep(now: datetime) -> int:
    """Send again what is open and in nobody's hands; the number sent. Jobs tried too often are failed."""
    given_up = Job.objects.filter(
        Q(state=Job.State.QUEUED) | Q(state=Job.State.RUNNING, lease_until__lt=now), attempts__gte=MOST_ATTEMPTS
    )
    for job in given_up:
        _finish(job, Job.State.FAILED, _gave_up())
    waiting = Job.objects.annotate(parts=Count("children")).filter(
        Q(state=Job.State.RUNNING, lease_until__lt=now)
        | Q(state=Job.State.QUEUED, sent_at=None, created_at__lt=now - timedelta(seconds=3))
        | Q(state=Job.State.QUEUED, sent_at__lt=now - SEND_AGAIN_AFTER),
        parts=0,
    )
    jobs = list(waiting.values_list("pk", "kind")[:500])
    for job_id, kind in jobs:
        send(job_id, kind)
    for parent_id in (
        Job.objects.filter(children__isnull=False, state__in=[Job.State.QUEUED, Job.State.RUNNING])
        .values_list("pk", flat=True)
        .distinct()
    ):
        settle_parent(parent_id)
    return len(jobs)


def job_of_study(study_id: uuid.UUID, job_id: uuid.UUID) -> Job:
    """A study's job, or Missing `job.missing`."""
    job = Job.objects.filter(pk=job_id, study_id=study_id).first()
    if job is None:
        raise Missing("job.missing", gettext_noop("There is no such piece of work in this study."))
    return job


def _finish(job: Job, state: str, error: FieldstudyError | None = None) -> None:
    values: dict[str, Any] = {"state": state, "finished_at": timezone.now(), "lease": None}
    if error is not None:
        values |= {"problem_code": error.code, "problem": error.message, "problem_values": error.values}
    elif job.total:
        values["done"] = job.total
    Job.objects.filter(pk=job.pk, state__in=[Job.State.QUEUED, Job.State.RUNNING], lease=job.lease).update(**values)
    if job.parent_id:
        settle_parent(job.parent_id)


def _unexpected(job: Job, error: Exception) -> FieldstudyError:
    # The message of an unknown exception may quote evidence: only its type and where it happened are logged.
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error("job %s (%s) failed: %s\n%s", job.pk, job.kind, type(error).__name__, frames)
    return FieldstudyError("job.unexpected", UNEXPECTED, reference=str(job.pk)[:8])


def _gave_up() -> FieldstudyError:
    return FieldstudyError(
        "job.gave_up",
        gettext_noop("This was tried %(times)s times and never ended; start it again."),
        times=MOST_ATTEMPTS,
    )
