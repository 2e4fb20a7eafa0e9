import uuid

from django.db import models
from django.db.models import Q


class Job(models.Model):
    """The truth about one piece of background work; the broker only carries hints to look here.

    A worker takes the lease before it works and renews it by heartbeats. A job whose lease ran out, or that was never
    sent, is sent again by the sweep. `subject` is an id whose meaning the kind says; no text travels in a job.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=60)
    subject = models.UUIDField()
    study_id = models.UUIDField(null=True, db_index=True)
    parent = models.ForeignKey("self", null=True, on_delete=models.CASCADE, related_name="children")
    started_by = models.ForeignKey("fieldstudy.User", null=True, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.QUEUED)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    problem_code = models.CharField(max_length=80, blank=True)
    problem = models.TextField(blank=True)
    problem_values = models.JSONField(default=dict)

    class Meta:
        indexes = [
            models.Index(fields=["state", "lease_until"], name="job_open", condition=Q(state__in=["queued", "running"]))
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["queued", "running", "done", "failed", "cancelled"]), name="job_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def is_open(self) -> bool:
        return self.state in (self.State.QUEUED, self.State.RUNNING)
