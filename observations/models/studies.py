import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from observations.roles import Role


class Study(models.Model):
    """One field study. Everything else belongs to exactly one."""

    class Mode(models.TextChoices):
        BLIND = "blind"
        OPEN = "open"

    class Policy(models.TextChoices):
        """When the machine may speak (the second opinion's policy)."""

        SECOND_OPINION = "second_opinion"
        FIRST_OPINION = "first_opinion"
        NEVER = "never"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(max_length=80, unique=True)
    name = models.CharField(max_length=200)
    description = models.JSONField(default=dict)
    mode = models.CharField(max_length=5, choices=Mode, default=Mode.BLIND)
    policy = models.CharField(max_length=14, choices=Policy, default=Policy.SECOND_OPINION)
    languages = ArrayField(models.CharField(max_length=8), default=list)
    time_zone = models.CharField(max_length=60, default="UTC")
    legal_basis = models.CharField(max_length=300, blank=True)
    controller = models.CharField(max_length=300, blank=True)
    retention_on = models.DateField(null=True, blank=True)
    settling_needs_reason = models.BooleanField(default=False)
    settling_shows_machine = models.BooleanField(default=False)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "studies"
        constraints = [
            models.CheckConstraint(condition=Q(mode__in=["blind", "open"]), name="study_mode_known"),
            models.CheckConstraint(
                condition=Q(policy__in=["second_opinion", "first_opinion", "never"]), name="study_policy_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """A person's set of roles in a study."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey("fieldstudy.User", on_delete=models.CASCADE, related_name="memberships")
    roles = ArrayField(models.CharField(max_length=12, choices=[(role.value, role.value) for role in Role]))
    joined_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user"], name="one_membership_per_study"),
            models.CheckConstraint(condition=~Q(roles=[]), name="membership_has_a_role"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.study_id}"


class Invitation(models.Model):
    """An offer to join a study, opened by a link whose token is kept only as a hash."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey(Study, on_delete=models.CASCADE, related_name="invitations")
    email = models.EmailField()
    roles = ArrayField(models.CharField(max_length=12))
    token_hash = models.CharField(max_length=64, unique=True)
    invited_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    accepted_at = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"invitation to {self.study_id}"
