"""What the commands share: as whom they act, and how they wait for the workers."""

import sys
import time
from collections.abc import Iterable
from typing import Any

from tqdm import tqdm

from fieldstudy.errors import FieldstudyError, Missing, gettext_noop
from fieldstudy.models import Job, User


def acting_user(email: str | None, slug: str) -> User:
    """The account named by `--as`, else the study's longest-standing lead.

    Raises Missing `command.no_such_user` or `command.no_such_study`.
    """
    users = User.objects.filter(is_active=True)
    if email:
        user = users.filter(email=email.lower()).first()
    else:
        leads = users.filter(memberships__study__slug=slug, memberships__roles__contains=["lead"])
        user = leads.order_by("memberships__joined_at").first()
    if user is None and email:
        raise Missing("command.no_such_user", gettext_noop("No open account has this e-mail; see --as."))
    if user is None:
        raise Missing(
            "command.no_such_study",
            gettext_noop("There is no study %(slug)s that somebody leads. Its name is in its address: /studies/NAME/."),
            slug=slug,
        )
    return user


def bar(label: str, things: Iterable[Any], total: int) -> Iterable[Any]:
    """The things one by one, with a progress bar on standard error."""
    return tqdm(things, total=total, desc=f"{label:<10}", unit="", file=sys.stderr, leave=True, mininterval=0.2)


def wait_for(job: Job, label: str = "Working", *, at_most: float = 600) -> Job:
    """Wait until the workers have finished a job, with a progress bar; raises its problem when it failed.

    Says so early when no worker takes it up.
    """
    begun = time.monotonic()
    until, is_told = begun + at_most, False
    with tqdm(total=job.total or None, desc=f"{label:<10}", file=sys.stderr, mininterval=0.2) as progress:
        while job.is_open:
            if time.monotonic() > until:
                raise FieldstudyError(
                    "command.still_waiting",
                    gettext_noop("The workers have not finished after %(seconds)s seconds. Is one running?"),
                    seconds=int(at_most),
                )
            if job.state == Job.State.QUEUED and not is_told and time.monotonic() > begun + TAKEN_UP_WITHIN:
                progress.write(NOBODY, file=sys.stderr)
                is_told = True
            time.sleep(0.1)
            job.refresh_from_db()
            progress.update(max(0, job.done - progress.n))
    if job.state != Job.State.DONE:
        raise FieldstudyError(job.problem_code or "job.stopped", job.problem or STOPPED, **job.problem_values)
    return job


STOPPED = gettext_noop("The work was stopped before it ended.")
TAKEN_UP_WITHIN = 5.0
NOBODY = "No worker has taken this up yet. Is one running? `manage.py up` starts some."
