import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Code(models.Model):
    """A code's identity, place and sign. What it means is in its revisions."""

    class Stance(models.TextChoices):
        STRENGTH = "strength"
        LIMIT = "limit"
        NEITHER = "neither"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refi_guid = models.UUIDField(default=uuid.uuid4)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="codes")
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    position = models.PositiveIntegerField()
    sign = models.CharField(max_length=4)
    hue = models.PositiveSmallIntegerField()
    color = models.CharField(max_length=7, blank=True)
    stance = models.CharField(max_length=8, choices=Stance, default=Stance.NEITHER)
    is_codable = models.BooleanField(default=True)
    asks_weight = models.BooleanField(default=False)
    revision = models.ForeignKey("CodeRevision", null=True, on_delete=models.PROTECT, related_name="+")
    merged_into = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="merged")
    split_from = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="split_into")
    retired_at = models.DateTimeField(null=True)
    proposed_in = models.ForeignKey("Reading", null=True, on_delete=models.PROTECT, related_name="proposals")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["study", "sign"], condition=Q(retired_at=None), name="code_sign_unique_in_study"
            ),
            models.UniqueConstraint(fields=["study", "refi_guid"], name="code_refi_guid_unique_in_study"),
            models.CheckConstraint(condition=Q(parent=None) | ~Q(parent=F("id")), name="code_not_own_parent"),
            models.CheckConstraint(condition=Q(hue__gte=1, hue__lte=8), name="code_hue_one_to_eight"),
            models.CheckConstraint(condition=Q(stance__in=["strength", "limit", "neither"]), name="code_stance_known"),
        ]

    def __str__(self) -> str:
        return self.sign


class CodeRevision(models.Model):
    """What a code meant at one time, in the study's languages. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    names = models.JSONField()
    definitions = models.JSONField(default=dict)
    include_when = models.JSONField(default=dict)
    exclude_when = models.JSONField(default=dict)
    examples = models.JSONField(default=dict)
    made_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "number"], name="code_revision_number_unique")]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.code_id}"


class CodebookVersion(models.Model):
    """A numbered, immutable set of code revisions. The set being worked on counts as one more."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="codebook_versions")
    number = models.PositiveIntegerField()
    note = models.CharField(max_length=500, blank=True)
    published_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["study", "number"], name="codebook_version_number_unique")]

    def __str__(self) -> str:
        return f"codebook version {self.number}"


class CodebookEntry(models.Model):
    """A code as it stood in a version: its revision and its place."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    version = models.ForeignKey(CodebookVersion, on_delete=models.CASCADE, related_name="entries")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="+")
    revision = models.ForeignKey(CodeRevision, on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(Code, null=True, on_delete=models.CASCADE, related_name="+")
    position = models.PositiveIntegerField()
    sign = models.CharField(max_length=4)
    stance = models.CharField(max_length=8)
    is_codable = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="code_once_per_version")]

    def __str__(self) -> str:
        return f"{self.sign} in {self.version_id}"


class CodebookChange(models.Model):
    """One change to the tree of codes that can be undone: what it touched, before and after, without any text."""

    class Kind(models.TextChoices):
        MERGE = "merge"
        SPLIT = "split"
        MOVE = "move"
        RETIRE = "retire"
        RESTORE = "restore"
        ADOPT = "adopt"
        REDEFINE = "redefine"
        IMPORT = "import"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="codebook_changes")
    kind = models.CharField(max_length=8, choices=Kind)
    codes = ArrayField(models.UUIDField())
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    note = models.CharField(max_length=500, blank=True)
    made_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["study", "-made_at"], name="codebook_change_latest")]

    def __str__(self) -> str:
        return f"{self.kind} in {self.study_id}"


class Favourite(models.Model):
    """A code that a person keeps on one of the keys 1 to 9 while coding."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("fieldstudy.User", on_delete=models.CASCADE, related_name="+")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="+")
    key = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "user", "key"], name="one_favourite_per_key"),
            models.UniqueConstraint(fields=["user", "code"], name="favourite_once_per_code"),
            models.CheckConstraint(condition=Q(key__gte=1, key__lte=9), name="favourite_key_one_to_nine"),
        ]

    def __str__(self) -> str:
        return f"{self.key} for {self.user_id}"


class LexiconEntry(models.Model):
    """A lemma phrase or token pattern by which the machine recognises a code."""

    class Kind(models.TextChoices):
        LEMMAS = "lemmas"
        PATTERN = "pattern"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    code = models.ForeignKey(Code, on_delete=models.CASCADE, related_name="lexicon")
    language = models.CharField(max_length=8)
    kind = models.CharField(max_length=7, choices=Kind)
    expression = models.CharField(max_length=2000)
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "lexicon entries"
        constraints = [
            models.UniqueConstraint(
                fields=["code", "language", "kind", "expression"],
                condition=Q(retired_at=None),
                name="lexicon_entry_once_per_code",
            )
        ]

    def __str__(self) -> str:
        return f"lexicon entry of {self.code_id}"
