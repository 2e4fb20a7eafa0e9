import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q


class Source(models.Model):
    """A field note, interview transcript or other document. Its text lives in turns of its current revision."""

    class Kind(models.TextChoices):
        INTERVIEW = "interview"
        FIELD_NOTE = "field_note"
        DOCUMENT = "document"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refi_guid = models.UUIDField(default=uuid.uuid4)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="sources")
    title = models.CharField(max_length=300)
    kind = models.CharField(max_length=10, choices=Kind)
    language = models.CharField(max_length=8, blank=True)
    observed_on = models.DateField(null=True, blank=True)
    site = models.ForeignKey(
        "observations.Site", null=True, blank=True, on_delete=models.PROTECT, related_name="sources"
    )
    observer = models.CharField(max_length=120, blank=True)
    tools = models.ManyToManyField("observations.Tool", through="SourceTool", related_name="sources")
    participants = models.ManyToManyField(
        "observations.Participant", through="SourceParticipant", related_name="sources"
    )
    revision = models.ForeignKey("Revision", null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "refi_guid"], name="source_refi_guid_unique_in_study"),
            models.CheckConstraint(
                condition=Q(kind__in=["interview", "field_note", "document"]), name="source_kind_known"
            ),
        ]

    def __str__(self) -> str:
        return f"source {self.pk}"


class SourceTool(models.Model):
    """A tool is spoken of, or used, in a source."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="source_tools")
    tool = models.ForeignKey("observations.Tool", on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "tool"], name="tool_once_per_source")]

    def __str__(self) -> str:
        return f"{self.tool_id} in {self.source_id}"


class SourceParticipant(models.Model):
    """A participant takes part in a source; `speaker` is the label under which the text lets them speak."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="source_participants")
    participant = models.ForeignKey("observations.Participant", on_delete=models.CASCADE, related_name="+")
    speaker = models.CharField(max_length=80, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "participant"], name="participant_once_per_source")]

    def __str__(self) -> str:
        return f"{self.participant_id} in {self.source_id}"


class SourceKey(models.Model):
    """The source's own encryption key, wrapped. Destroying it makes its originals and old revisions unreadable."""

    source = models.OneToOneField(Source, primary_key=True, on_delete=models.CASCADE, related_name="key")
    wrapped = models.BinaryField()

    def __str__(self) -> str:
        return f"key of {self.source_id}"


class Original(models.Model):
    """The file a source was imported from, sealed, with the checksum of its plain bytes."""

    source = models.OneToOneField(Source, primary_key=True, on_delete=models.CASCADE, related_name="original")
    file_name = models.CharField(max_length=255)
    format = models.CharField(max_length=20)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    sealed = models.BinaryField()

    def __str__(self) -> str:
        return f"original of {self.source_id}"


class Revision(models.Model):
    """The canonical text of a source at one time. Never changed: a correction makes the next one.

    `sealed` holds JSON ``{"text", "turns", "edits"}`` under the source's key; `edits` is the edit map from the
    previous revision. The current revision's text is also kept, readable, in its turns.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="revisions")
    number = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    length = models.PositiveIntegerField()
    words = models.PositiveIntegerField()
    segmenter = models.CharField(max_length=40)
    sealed = models.BinaryField()
    note = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "number"], name="revision_number_unique_in_source")]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.source_id}"


class Turn(models.Model):
    """A stretch of the current revision's text, with its own row of text. Turns partition the text."""

    class Kind(models.TextChoices):
        SPEECH = "speech"
        QUESTION = "question"
        OBSERVED = "observed"
        VERBATIM = "verbatim"
        INTERPRETATION = "interpretation"
        HEADING = "heading"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey(Source, on_delete=models.CASCADE, related_name="turns")
    revision = models.ForeignKey(Revision, on_delete=models.CASCADE, related_name="turns")
    number = models.PositiveIntegerField()
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    kind = models.CharField(max_length=14, choices=Kind)
    speaker = models.CharField(max_length=80, blank=True)
    participant = models.ForeignKey("observations.Participant", null=True, on_delete=models.PROTECT, related_name="+")
    language = models.CharField(max_length=8, blank=True)
    start_ms = models.PositiveIntegerField(null=True)
    end_ms = models.PositiveIntegerField(null=True)
    text = models.TextField()
    sentence_ends = ArrayField(models.IntegerField())

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["revision", "number"], name="turn_number_unique_in_revision"),
            models.UniqueConstraint(fields=["source", "start"], name="turn_start_unique_in_source"),
            models.CheckConstraint(condition=Q(start__lt=F("end")), name="turn_start_before_end"),
            models.CheckConstraint(
                condition=Q(kind__in=["speech", "question", "observed", "verbatim", "interpretation", "heading"]),
                name="turn_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"turn {self.number} of {self.source_id}"
