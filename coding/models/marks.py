"""What else a reading holds besides coded segments: promises met in use, and meetings with a tool's output."""

import uuid

from django.db import models
from django.db.models import F, Q


class Mark(models.Model):
    """A stretch of text in a reading, kept as a segment is: `start`, `end` as chosen on `revision`, and where it is.

    Spans are code points, half-open. Removal is a state.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="+")
    reading = models.ForeignKey("coding.Reading", on_delete=models.CASCADE, related_name="%(class)ss")
    revision = models.ForeignKey("observations.Revision", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    now_start = models.PositiveIntegerField()
    now_end = models.PositiveIntegerField()
    note = models.CharField(max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="%(class)s_start_before_end"),
            models.CheckConstraint(
                condition=Q(now_start__lt=F("now_end")) | Q(removed_at__isnull=False),
                name="%(class)s_now_start_before_end",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class PromiseLink(Mark):
    """A passage that supports, qualifies or contradicts what is claimed for a tool."""

    class Stance(models.TextChoices):
        SUPPORTS = "supports"
        QUALIFIES = "qualifies"
        CONTRADICTS = "contradicts"

    promise = models.ForeignKey("observations.Promise", on_delete=models.PROTECT, related_name="links")
    stance = models.CharField(max_length=11, choices=Stance)

    class Meta(Mark.Meta):
        indexes = [models.Index(fields=["reading"], condition=Q(removed_at=None), name="promise_link_of_reading")]


class Encounter(Mark):
    """A moment in which a person met a tool's output: who read first, and what the person then did."""

    class First(models.TextChoices):
        PERSON = "person"
        MACHINE = "machine"
        TOGETHER = "together"
        UNKNOWN = "unknown"

    class Response(models.TextChoices):
        FOLLOWED = "followed"
        ADJUSTED = "adjusted"
        OVERRODE = "overrode"
        IGNORED = "ignored"
        AVOIDED = "avoided"
        REASSURED = "reassured"
        CONTESTED = "contested"

    tool = models.ForeignKey("observations.Tool", on_delete=models.PROTECT, related_name="encounters")
    participant = models.ForeignKey(
        "observations.Participant", null=True, on_delete=models.PROTECT, related_name="encounters"
    )
    task = models.CharField(max_length=200, blank=True)
    read_first = models.CharField(max_length=8, choices=First, default=First.UNKNOWN)
    response = models.CharField(max_length=9, choices=Response)
    consequence = models.CharField(max_length=500, blank=True)

    class Meta(Mark.Meta):
        indexes = [models.Index(fields=["reading"], condition=Q(removed_at=None), name="encounter_of_reading")]
