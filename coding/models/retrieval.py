import uuid

from django.db import models


class SavedQuery(models.Model):
    """A question put to the study's segments, kept as text and answered anew each time."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="saved_queries")
    owner = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    text = models.CharField(max_length=4000)
    is_shared = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "saved queries"

    def __str__(self) -> str:
        return self.name


class TurnWords(models.Model):
    """The words of a turn as a language model sees them: how often each lemma occurs as which part of speech.

    `counts` is a list of [lemma, part of speech, occurrences]; it goes with the turn.
    """

    turn = models.OneToOneField("observations.Turn", primary_key=True, on_delete=models.CASCADE, related_name="words")
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    source = models.ForeignKey("observations.Source", on_delete=models.CASCADE, related_name="+")
    model = models.CharField(max_length=120)
    counts = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "turns' words"

    def __str__(self) -> str:
        return f"words of {self.turn_id}"
