import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from fieldstudy import jobs
from fieldstudy.errors import Invalid
from fieldstudy.jobs import Cancelled, Lease
from fieldstudy.models import Job, User
from tests.shared import shared

EVIDENCE = "Dr Sorel said: a sentence that must not be logged"


@shared
def job(lead: User) -> Job:
    return Job.objects.create(kind="test.count", subject=uuid.uuid4(), started_by=lead, created_at=timezone.now())


def fine(job: Job, lease: Lease) -> None:
    """Work that ends well."""


def bad_file(job: Job, lease: Lease) -> None:
    raise Invalid("test.bad", "%(found)s was found", found="x")


def crash(job: Job, lease: Lease) -> None:
    raise ValueError(EVIDENCE)


def test_work_that_ends_well_is_done(job: Job) -> None:
    jobs.work(str(job.pk), fine)
    job.refresh_from_db()
    assert job.state == Job.State.DONE


def test_a_problem_a_person_can_mend_is_kept_with_the_job(job: Job) -> None:
    jobs.work(str(job.pk), bad_file)
    job.refresh_from_db()
    assert (job.state, job.problem_code, job.problem_values) == ("failed", "test.bad", {"found": "x"})


def test_an_unknown_exception_is_not_quoted_anywhere(job: Job, caplog: pytest.LogCaptureFixture) -> None:
    jobs.work(str(job.pk), crash)
    job.refresh_from_db()
    assert job.problem_code == "job.unexpected"
    assert "Sorel" not in caplog.text + str(job.problem_values)


def test_a_job_in_hand_is_not_taken_twice(job: Job) -> None:
    assert jobs.take_lease(job.pk) is not None
    assert jobs.take_lease(job.pk) is None


def test_a_job_whose_worker_died_is_taken_again(job: Job) -> None:
    jobs.take_lease(job.pk)
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    assert jobs.take_lease(job.pk) is not None


def silent(*args: Any) -> None:
    """A database that does not answer."""
    raise OperationalError


def test_a_heartbeat_that_failed_is_made_up_for_by_the_next(job: Job) -> None:
    taken = jobs.take_lease(job.pk)
    assert taken is not None
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now())
    lease = Lease(taken)
    with transaction.atomic(), connection.execute_wrapper(silent):
        assert not lease._beat()
        transaction.set_rollback(False)
    lease.check()
    assert lease._beat()
    assert jobs.take_lease(job.pk) is None


def test_whose_lease_ran_out_unrenewed_stops_before_another_takes_the_job(job: Job) -> None:
    taken = jobs.take_lease(job.pk)
    assert taken is not None
    taken.lease_until = timezone.now()
    lease = Lease(taken)
    with transaction.atomic(), connection.execute_wrapper(silent):
        assert not lease._beat()
        transaction.set_rollback(False)
    with pytest.raises(Cancelled):
        lease.check()


def test_the_sweep_sends_what_a_dead_worker_left(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    jobs.take_lease(job.pk)
    assert jobs.sweep(timezone.now() + jobs.LEASE + timedelta(seconds=1)) == 1


def test_the_sweep_leaves_alone_what_is_in_hand(job: Job) -> None:
    jobs.take_lease(job.pk)
    assert jobs.sweep(timezone.now()) == 0


def test_a_job_tried_too_often_is_given_up(job: Job) -> None:
    Job.objects.filter(pk=job.pk).update(attempts=jobs.MOST_ATTEMPTS)
    jobs.sweep(timezone.now())
    job.refresh_from_db()
    assert (job.state, job.problem_code) == ("failed", "job.gave_up")


def test_a_stopped_job_never_starts(job: Job) -> None:
    jobs.cancel_job(job=job, at=timezone.now())
    assert jobs.take_lease(job.pk) is None


def test_a_parent_is_done_when_its_children_are(job: Job, lead: User) -> None:
    children = [
        Job.objects.create(
            kind="test.part", subject=uuid.uuid4(), parent=job, started_by=lead, created_at=timezone.now()
        )
        for _ in range(2)
    ]
    for child in children:
        jobs.work(str(child.pk), fine)
    job.refresh_from_db()
    assert (job.state, job.done, job.total) == ("done", 2, 2)


def test_a_parent_with_failed_children_says_how_many(job: Job, lead: User) -> None:
    children = [
        Job.objects.create(
            kind="test.part", subject=uuid.uuid4(), parent=job, started_by=lead, created_at=timezone.now()
        )
        for _ in range(2)
    ]
    for child, handler in zip(children, (fine, bad_file), strict=True):
        jobs.work(str(child.pk), handler)
    job.refresh_from_db()
    assert (job.state, job.problem_values) == ("done", {"failed": 1, "all": 2})
