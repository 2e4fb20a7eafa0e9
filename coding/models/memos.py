import uuid

from django.db import models
from django.db.models import F, Q


class Memo(models.Model):
    """A member's thought on a study, source, stretch of text, code or segment; private until shared.

    A memo on a stretch keeps it as a segment does: code points, half-open, as chosen on `revision` and as it stands
    now; one whose words are gone stays, at an empty place. Entries of the study's journal are memos with a day.
    """

    class About(models.TextChoices):
        STUDY = "study"
        SOURCE = "source"
        SPAN = "span"
        CODE = "code"
        SEGMENT = "segment"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    refi_guid = models.UUIDField(default=uuid.uuid4)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="memos")
    author = models.ForeignKey("fieldstudy.User", on_delete=models.PROTECT, related_name="memos")
    about = models.CharField(max_length=7, choices=About)
    source = models.ForeignKey("observations.Source", null=True, on_delete=models.CASCADE, related_name="memos")
    code = models.ForeignKey("coding.Code", null=True, on_delete=models.CASCADE, related_name="memos")
    segment = models.ForeignKey("coding.Segment", null=True, on_delete=models.CASCADE, related_name="memos")
    revision = models.ForeignKey("observations.Revision", null=True, on_delete=models.PROTECT, related_name="+")
    start = models.PositiveIntegerField(null=True)
    end = models.PositiveIntegerField(null=True)
    now_start = models.PositiveIntegerField(null=True)
    now_end = models.PositiveIntegerField(null=True)
    title = models.CharField(max_length=200, blank=True)
    text = models.TextField()
    is_shared = models.BooleanField(default=False)
    day = models.DateField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["study", "refi_guid"], name="memo_refi_guid_unique_in_study"),
            models.CheckConstraint(
                condition=Q(about="study", source=None, code=None, segment=None, start=None)
                | Q(about="source", source__isnull=False, code=None, segment=None, start=None)
                | Q(
                    about="span",
                    source__isnull=False,
                    code=None,
                    segment=None,
                    revision__isnull=False,
                    start__lt=F("end"),
                    now_start__lte=F("now_end"),
                )
                | Q(about="code", source=None, code__isnull=False, segment=None, start=None)
                | Q(about="segment", source__isnull=False, code=None, segment__isnull=False, start=None),
                name="memo_about_one_thing",
            ),
        ]
        indexes = [models.Index(fields=["source"], condition=Q(removed_at=None), name="memo_of_source")]

    def __str__(self) -> str:
        return f"memo {self.pk}"


class MemoLink(models.Model):
    """From a memo to another memo, or to a segment it speaks of."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    study = models.ForeignKey("observations.Study", on_delete=models.CASCADE, related_name="+")
    memo = models.ForeignKey(Memo, on_delete=models.CASCADE, related_name="links")
    to_memo = models.ForeignKey(Memo, null=True, on_delete=models.CASCADE, related_name="linked_from")
    to_segment = models.ForeignKey("coding.Segment", null=True, on_delete=models.CASCADE, related_name="linked_from")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["memo", "to_memo", "to_segment"], nulls_distinct=False, name="memo_linked_once"
            ),
            models.CheckConstraint(
                condition=Q(to_memo__isnull=False, to_segment=None) | Q(to_memo=None, to_segment__isnull=False),
                name="memo_link_to_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"link of {self.memo_id}"
