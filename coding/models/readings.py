import uuid

from django.contrib.postgres.fields import IntegerRangeField
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import F, Func, Q


class Reading(models.Model):
    """One coder's pass over a source. A first reading never changes once submitted; the final one comes after.

    A submitted first reading that is reopened stays as it is and is superseded, with its final one, by a new first
    reading of the same round, which says whose place it takes (`reopens`) and why (`reason`).
    """

    class Phase(models.TextChoices):
        FIRST = "first"
        FINAL = "final"

    class State(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"
        ABANDONED = "abandoned"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="readings")
    coder = models.ForeignKey("coding.Coder", on_delete=models.CASCADE, related_name="readings")
    round = models.PositiveSmallIntegerField(default=1)
    phase = models.CharField(max_length=5, choices=Phase, default=Phase.FIRST)
    arm = models.CharField(max_length=14)
    is_blind = models.BooleanField(default=True)
    revision = models.ForeignKey("observations.Revision", on_delete=models.PROTECT, related_name="+")
    codebook_version = models.ForeignKey(
        "coding.CodebookVersion", null=True, on_delete=models.PROTECT, related_name="+"
    )
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    opened_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    revealed_at = models.DateTimeField(null=True)
    reopens = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="reopened_by")
    reason = models.CharField(max_length=500, blank=True)
    superseded_at = models.DateTimeField(null=True)
    read_to = models.PositiveIntegerField(default=0)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "source", "round", "phase"],
                condition=~Q(state="abandoned") & Q(superseded_at=None),
                name="one_reading_per_pass",
            ),
            models.CheckConstraint(
                condition=Q(state="submitted", submitted_at__isnull=False) | ~Q(state="submitted"),
                name="submitted_reading_has_a_time",
            ),
        ]
        indexes = [models.Index(fields=["source", "state"], name="reading_by_source")]

    def __str__(self) -> str:
        return f"{self.phase} reading of {self.source_id}"


class Segment(models.Model):
    """A code applied to a stretch of text in a reading.

    `start` and `end` are what the coder chose on `revision`; `now_start` and `now_end` where that stands in the current
    revision (code points, half-open), carried there by edit maps. Removal is a state.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refi_guid = models.UUIDField(default=uuid.uuid4)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="segments")
    reading = models.ForeignKey(Reading, on_delete=models.CASCADE, related_name="segments")
    code = models.ForeignKey("coding.Code", on_delete=models.PROTECT, related_name="segments")
    code_revision = models.ForeignKey("coding.CodeRevision", on_delete=models.PROTECT, related_name="+")
    revision = models.ForeignKey("observations.Revision", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    now_start = models.PositiveIntegerField()
    now_end = models.PositiveIntegerField()
    span = models.GeneratedField(
        expression=Func(F("now_start"), F("now_end"), function="int4range"),
        output_field=IntegerRangeField(),
        db_persist=True,
    )
    weight = models.PositiveSmallIntegerField(null=True)
    suggestion = models.ForeignKey("coding.Suggestion", null=True, on_delete=models.PROTECT, related_name="+")
    adjudication = models.ForeignKey(
        "coding.Adjudication", null=True, on_delete=models.PROTECT, related_name="segments"
    )
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "refi_guid"], name="segment_refi_guid_unique_in_study"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="segment_start_before_end"),
            models.CheckConstraint(
                condition=Q(now_start__lt=F("now_end")) | Q(removed_at__isnull=False),
                name="segment_now_start_before_end",
            ),
            models.CheckConstraint(condition=Q(weight=None) | Q(weight__lte=100), name="segment_weight_to_100"),
        ]
        indexes = [
            GistIndex(fields=["source", "span"], name="segment_by_span"),
            models.Index(fields=["reading"], condition=Q(removed_at=None), name="segment_of_reading"),
            models.Index(fields=["code"], condition=Q(removed_at=None), name="segment_of_code"),
        ]

    def __str__(self) -> str:
        return f"segment {self.pk}"


class SegmentReview(models.Model):
    """A coder's second look at a segment made under a definition that has changed since."""

    class Outcome(models.TextChoices):
        KEPT = "kept"
        RECODED = "recoded"
        REMOVED = "removed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    segment = models.ForeignKey(Segment, on_delete=models.CASCADE, related_name="reviews")
    code_revision = models.ForeignKey("coding.CodeRevision", on_delete=models.PROTECT, related_name="+")
    outcome = models.CharField(max_length=7, choices=Outcome)
    reviewed_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    reviewed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["segment", "code_revision"], name="one_review_per_definition"),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.segment_id}"
