import uuid

from django.db import models
from django.db.models import F, Q


class TaggingRun(models.Model):
    """One run of the machine coder over some sources with one version of the tagger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="tagging_runs")
    coder = models.ForeignKey("coding.Coder", on_delete=models.CASCADE, related_name="+")
    job = models.ForeignKey("fieldstudy.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    lexicon = models.JSONField()
    tagger_version = models.CharField(max_length=200)
    started_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"tagging run {self.pk}"


class Suggestion(models.Model):
    """A passage the machine would code, with the evidence for it. It stays the machine's whatever people decide.

    The id is made from tagger version, revision, code and span, so that the same work done twice is one row.
    `evidence` holds entry ids and matched spans, no text.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    run = models.ForeignKey(TaggingRun, on_delete=models.CASCADE, related_name="suggestions")
    coder = models.ForeignKey("coding.Coder", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="suggestions")
    revision = models.ForeignKey("observations.Revision", on_delete=models.PROTECT, related_name="+")
    code = models.ForeignKey("coding.Code", on_delete=models.PROTECT, related_name="+")
    code_revision = models.ForeignKey("coding.CodeRevision", on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    now_start = models.PositiveIntegerField()
    now_end = models.PositiveIntegerField()
    score = models.FloatField()
    evidence = models.JSONField()
    tagger_version = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="suggestion_start_before_end"),
            models.CheckConstraint(condition=Q(score__gte=0, score__lte=1), name="suggestion_score_zero_to_one"),
        ]
        indexes = [models.Index(fields=["source", "tagger_version"], name="suggestion_by_source")]

    def __str__(self) -> str:
        return f"suggestion {self.pk}"


class Decision(models.Model):
    """What a coder made of a suggestion in the final reading, with what was held before and after."""

    class Outcome(models.TextChoices):
        TAKE = "take"
        ADJUST = "adjust"
        REJECT = "reject"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    suggestion = models.ForeignKey(Suggestion, on_delete=models.CASCADE, related_name="decisions")
    reading = models.ForeignKey("coding.Reading", on_delete=models.CASCADE, related_name="decisions")
    outcome = models.CharField(max_length=6, choices=Outcome)
    reason = models.CharField(max_length=1000, blank=True)
    segment = models.ForeignKey("coding.Segment", null=True, on_delete=models.PROTECT, related_name="+")
    held_before = models.JSONField()
    held_after = models.JSONField()
    decided_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["suggestion", "reading"], condition=Q(undone_at=None), name="one_standing_decision"
            ),
            models.CheckConstraint(
                condition=Q(outcome__in=["take", "adjust", "reject"]), name="decision_outcome_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.outcome} {self.suggestion_id}"
