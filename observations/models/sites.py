import uuid

from django.db import models
from django.db.models import Q


class Site(models.Model):
    """A ward, practice or laboratory where the field work is done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="sites")
    name = models.CharField(max_length=120)
    specialty = models.JSONField(default=dict)
    alias = models.CharField(max_length=60)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="site_name_unique_in_study"),
            models.UniqueConstraint(fields=["study", "alias"], name="site_alias_unique_in_study"),
        ]

    def __str__(self) -> str:
        return self.name


class Tool(models.Model):
    """An AI system under study."""

    class Kind(models.TextChoices):
        ANOMALY_DETECTION = "anomaly_detection"
        PROGNOSIS = "prognosis"
        TREATMENT_CHOICE = "treatment_choice"
        SECOND_OPINION = "second_opinion"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="tools")
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=20, choices=Kind)
    maker = models.CharField(max_length=120, blank=True)
    regulatory_status = models.CharField(max_length=200, blank=True)
    autonomy = models.CharField(max_length=200, blank=True)
    description = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "name"], name="tool_name_unique_in_study"),
            models.CheckConstraint(
                condition=Q(kind__in=["anomaly_detection", "prognosis", "treatment_choice", "second_opinion", "other"]),
                name="tool_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Promise(models.Model):
    """What is claimed for a tool, by whom and where; later confronted with use."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="promises")
    tool = models.ForeignKey(Tool, on_delete=models.CASCADE, related_name="promises")
    text = models.JSONField(default=dict)
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_where = models.CharField(max_length=200, blank=True)
    claimed_on = models.CharField(max_length=20, blank=True)

    def __str__(self) -> str:
        return f"promise of {self.tool_id}"
