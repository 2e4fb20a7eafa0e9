import uuid

from django.db import models


class Import(models.Model):
    """Several files brought in at once, with what is said of all of them."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="imports")
    job = models.ForeignKey("fieldstudy.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    started_by = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"import {self.pk}"


class ImportFile(models.Model):
    """One file of an import: its sealed bytes until it is read, then the source it became or what was wrong."""

    class State(models.TextChoices):
        WAITING = "waiting"
        IMPORTED = "imported"
        REFUSED = "refused"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    batch = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="files")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=255)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    wrapped_key = models.BinaryField()
    sealed = models.BinaryField(null=True)
    details = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    source = models.ForeignKey("observations.Source", null=True, on_delete=models.SET_NULL, related_name="+")
    problems = models.JSONField(default=list)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["batch", "position"], name="file_position_unique_in_import")]

    def __str__(self) -> str:
        return f"file {self.position} of {self.batch_id}"
