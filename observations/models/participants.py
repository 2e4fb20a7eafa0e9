import uuid

from django.db import models
from django.db.models import Q


class Participant(models.Model):
    """A person of the field, known here by a pseudonym only."""

    class Kind(models.TextChoices):
        PROFESSIONAL = "professional"
        PATIENT = "patient"
        MAKER = "maker"
        MANAGER = "manager"
        OTHER = "other"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="participants")
    code = models.CharField(max_length=20)
    role = models.CharField(max_length=12, choices=Kind)
    title = models.JSONField(default=dict)
    seniority = models.CharField(max_length=40, blank=True)
    site = models.ForeignKey("observations.Site", null=True, on_delete=models.PROTECT, related_name="participants")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "code"], name="participant_code_unique_in_study")]

    def __str__(self) -> str:
        return self.code


class Consent(models.Model):
    """One version of what a participant permits. The newest version counts; none at all permits nothing sensitive."""

    class State(models.TextChoices):
        GIVEN = "given"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    participant = models.ForeignKey(Participant, on_delete=models.CASCADE, related_name="consents")
    version = models.PositiveIntegerField()
    state = models.CharField(max_length=9, choices=State, default=State.GIVEN)
    record = models.BooleanField()
    quote = models.BooleanField()
    name_site = models.BooleanField()
    machine = models.BooleanField()
    release = models.BooleanField()
    recontact = models.BooleanField()
    form_version = models.CharField(max_length=40)
    given_on = models.DateField()
    is_current = models.BooleanField(default=True)
    recorded_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["participant", "version"], name="consent_version_unique"),
            models.UniqueConstraint(
                fields=["participant"], condition=Q(is_current=True), name="one_current_consent_per_participant"
            ),
            models.CheckConstraint(
                condition=Q(state="given")
                | Q(record=False, quote=False, name_site=False, machine=False, release=False, recontact=False),
                name="withdrawn_consent_permits_nothing",
            ),
        ]

    def __str__(self) -> str:
        return f"consent {self.version} of {self.participant_id}"
