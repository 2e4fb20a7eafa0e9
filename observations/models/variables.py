import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q


class Variable(models.Model):
    """A typed attribute that a study keeps of its sources, participants or sites."""

    class Subject(models.TextChoices):
        SOURCE = "source"
        PARTICIPANT = "participant"
        SITE = "site"

    class Kind(models.TextChoices):
        TEXT = "text"
        INTEGER = "integer"
        DECIMAL = "decimal"
        BOOLEAN = "boolean"
        DATE = "date"
        CHOICE = "choice"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refi_guid = models.UUIDField(default=uuid.uuid4)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="variables")
    name = models.CharField(max_length=80)
    subject = models.CharField(max_length=11, choices=Subject)
    kind = models.CharField(max_length=7, choices=Kind)
    choices = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    note = models.CharField(max_length=500, blank=True)
    position = models.PositiveIntegerField(default=0)
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "subject", "name"],
                condition=Q(removed_at=None),
                name="variable_name_unique_in_study",
            ),
            models.UniqueConstraint(fields=["study", "refi_guid"], name="variable_refi_guid_unique_in_study"),
        ]

    def __str__(self) -> str:
        return self.name


class Value(models.Model):
    """What a variable is for one source, participant or site; no row where nothing is known.

    Exactly one of the four columns is set: text and choices in `text`, integers and decimals in `number`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    variable = models.ForeignKey(Variable, on_delete=models.CASCADE, related_name="values")
    source = models.ForeignKey("observations.Source", null=True, on_delete=models.CASCADE, related_name="values")
    participant = models.ForeignKey(
        "observations.Participant", null=True, on_delete=models.CASCADE, related_name="values"
    )
    site = models.ForeignKey("observations.Site", null=True, on_delete=models.CASCADE, related_name="values")
    text = models.CharField(max_length=500, null=True)  # noqa: DJ001 - "" is a value that differs from none
    number = models.DecimalField(max_digits=24, decimal_places=8, null=True)
    truth = models.BooleanField(null=True)
    day = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["variable", "source", "participant", "site"],
                nulls_distinct=False,
                name="one_value_per_variable_and_subject",
            ),
            models.CheckConstraint(
                condition=Q(source__isnull=False, participant=None, site=None)
                | Q(source=None, participant__isnull=False, site=None)
                | Q(source=None, participant=None, site__isnull=False),
                name="value_of_one_subject",
            ),
            models.CheckConstraint(
                condition=Q(text__isnull=False, number=None, truth=None, day=None)
                | Q(text=None, number__isnull=False, truth=None, day=None)
                | Q(text=None, number=None, truth__isnull=False, day=None)
                | Q(text=None, number=None, truth=None, day__isnull=False),
                name="value_has_one_type",
            ),
        ]

    def __str__(self) -> str:
        return f"value of {self.variable_id}"
