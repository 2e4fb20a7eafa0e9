import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Dispute(models.Model):
    """A passage on which first readings of one round differ, waiting to be settled or settled.

    The id is made from round, source, readings and the segments in dispute, so that building twice gives the same rows.
    `redefined` says that the readings' codebooks defined a code of it differently. `revealed_to` names the users who
    asked whose readings they are before settling, `machine_shown_to` those whose page showed what the machine says
    there.
    """

    class Kind(models.TextChoices):
        MISSED = "missed"
        BORDER = "border"
        SIBLING = "sibling"
        FAR = "far"

    id = models.UUIDField(primary_key=True, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="disputes")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="disputes")
    round = models.PositiveSmallIntegerField(default=1)
    kind = models.CharField(max_length=7, choices=Kind)
    redefined = models.BooleanField(default=False)
    codes = ArrayField(models.UUIDField())
    revision = models.ForeignKey("observations.Revision", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    now_start = models.PositiveIntegerField()
    now_end = models.PositiveIntegerField()
    built_at = models.DateTimeField()
    built_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    gone_at = models.DateTimeField(null=True)
    revealed_to = ArrayField(models.UUIDField(), default=list)
    machine_shown_to = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(start__lt=F("end")), name="dispute_start_before_end")]
        indexes = [models.Index(fields=["study", "source"], name="dispute_by_source")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.source_id}"


class DisputeSide(models.Model):
    """What one reading holds in a disputed passage: its segments there, or none."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="sides")
    reading = models.ForeignKey("coding.Reading", on_delete=models.CASCADE, related_name="+")
    segments = ArrayField(models.UUIDField(), default=list)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["dispute", "reading"], name="one_side_per_reading")]

    def __str__(self) -> str:
        return f"side of {self.dispute_id}"


class Adjudication(models.Model):
    """How a dispute was settled, by whom, why, and what they had seen. Reopening keeps it as undone."""

    class Outcome(models.TextChoices):
        SIDE = "side"
        MERGED = "merged"
        EDITED = "edited"
        NEW = "new"
        NOBODY = "nobody"

    class Rule(models.TextChoices):
        UNANIMOUS = "unanimous"
        MAJORITY = "majority"
        OVERLAP = "overlap"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="adjudications")
    outcome = models.CharField(max_length=6, choices=Outcome)
    side = models.ForeignKey(DisputeSide, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000, blank=True)
    rule = models.CharField(max_length=9, choices=Rule, blank=True)
    batch = models.UUIDField(null=True)
    saw_machine = models.BooleanField(default=False)
    saw_identities = models.BooleanField(default=False)
    waiver = models.ForeignKey("Waiver", null=True, on_delete=models.PROTECT, related_name="+")
    settled_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField()
    undone_by = models.ForeignKey("fieldstudy.User", null=True, on_delete=models.PROTECT, related_name="+")
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["dispute"], condition=Q(undone_at=None), name="one_standing_adjudication"),
            models.CheckConstraint(
                condition=Q(outcome="side", side__isnull=False) | (~Q(outcome="side") & Q(side=None)),
                name="adjudication_names_its_side",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.dispute_id}"


class Waiver(models.Model):
    """Leave for one person to settle disputes over their own segments, given by somebody else and recorded."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="waivers")
    user = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    granted_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "user"], condition=Q(withdrawn_at=None), name="one_standing_waiver_per_person"
            ),
            models.CheckConstraint(condition=~Q(user=F("granted_by")), name="waiver_by_somebody_else"),
        ]

    def __str__(self) -> str:
        return f"waiver for {self.user_id}"
