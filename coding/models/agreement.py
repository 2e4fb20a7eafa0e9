import uuid

from django.db import models


class AgreementRun(models.Model):
    """Coefficients on stated units, with all that they were computed from.

    `options` hold the number of replicates and, for turns and sentences, the rules of `coding.audit_material.Rules`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="agreement_runs")
    job = models.ForeignKey("fieldstudy.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    unit = models.CharField(
        max_length=10,
        choices=[("turn", "turn"), ("sentence", "sentence"), ("character", "character"), ("segment", "segment")],
    )
    site = models.ForeignKey("observations.Site", null=True, on_delete=models.SET_NULL, related_name="+")
    phase = models.CharField(max_length=5, default="first")
    round = models.PositiveSmallIntegerField(null=True)
    options = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    readings = models.JSONField(default=list)
    codebook_versions = models.JSONField(default=list)
    cut = models.BigIntegerField(null=True)
    result = models.JSONField(null=True)
    started_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    computed_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["study", "unit", "-created_at"], name="agreement_run_latest")]

    def __str__(self) -> str:
        return f"agreement by {self.unit} of {self.study_id}"
