import uuid

from django.db import models
from django.db.models import Q


class Coder(models.Model):
    """Who interprets: a person, the machine, someone imported, or the consensus. Interpretation belongs to coders."""

    class Kind(models.TextChoices):
        PERSON = "person"
        MACHINE = "machine"
        OUTSIDE = "outside"
        CONSENSUS = "consensus"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refi_guid = models.UUIDField(default=uuid.uuid4)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="coders")
    kind = models.CharField(max_length=9, choices=Kind)
    alias = models.CharField(max_length=40)
    user = models.ForeignKey("fieldstudy.User", null=True, on_delete=models.PROTECT, related_name="coders")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "alias"], name="coder_alias_unique_in_study"),
            models.UniqueConstraint(fields=["study", "user"], name="one_coder_per_user_in_study"),
            models.UniqueConstraint(fields=["study", "refi_guid"], name="coder_refi_guid_unique_in_study"),
            models.UniqueConstraint(fields=["study"], condition=Q(kind="machine"), name="one_machine_coder_per_study"),
            models.CheckConstraint(
                condition=Q(kind="person", user__isnull=False) | (~Q(kind="person") & Q(user__isnull=True)),
                name="only_persons_have_users",
            ),
        ]

    def __str__(self) -> str:
        return self.alias


class Draw(models.Model):
    """Sources handed out by lot: the lot can be drawn again from what is kept here."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="draws")
    seed = models.BigIntegerField()
    share = models.PositiveSmallIntegerField()
    readers = models.PositiveSmallIntegerField()
    drawn_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"draw {self.seed}"


class Assignment(models.Model):
    """A source handed to a coder for a first reading."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    coder = models.ForeignKey(Coder, on_delete=models.CASCADE, related_name="assignments")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="assignments")
    round = models.PositiveSmallIntegerField(default=1)
    due_on = models.DateField(null=True)
    draw = models.ForeignKey(Draw, null=True, on_delete=models.PROTECT, related_name="assignments")
    assigned_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    assigned_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["coder", "source", "round"],
                condition=Q(withdrawn_at=None),
                name="source_assigned_once_per_coder_and_round",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source_id} for {self.coder_id}"


class Round(models.Model):
    """A numbered pass over some sources by some coders: the study's own, one to calibrate, or one read again blind.

    Which sources and coders belong to it is in its assignments; its readings carry its number. The study's own round is
    1 and has no row. `target` is the value of `measure` asked of every code, but for those with one of their own in
    `targets` (by code id). `weeks` is how long ago what is read again was submitted, at least; `seed` how it was drawn.
    """

    class Purpose(models.TextChoices):
        MAIN = "main"
        CALIBRATION = "calibration"
        AGAIN = "again"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="rounds")
    number = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=11, choices=Purpose)
    note = models.CharField(max_length=500, blank=True)
    measure = models.CharField(max_length=20, default="alpha")
    target = models.FloatField(null=True)
    targets = models.JSONField(default=dict)
    seed = models.BigIntegerField(null=True)
    weeks = models.PositiveSmallIntegerField(null=True)
    opened_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="round_number_unique_in_study")]

    def __str__(self) -> str:
        return f"round {self.number}"
