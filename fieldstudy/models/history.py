from django.db import models


class HistoryEntry(models.Model):
    """One change of one row, written by the database itself (see `fieldstudy.history`); never by the application."""

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField()
    actor = models.UUIDField()
    study = models.UUIDField(null=True)
    table = models.CharField(max_length=63)
    row = models.UUIDField()
    operation = models.CharField(
        max_length=6, choices=[("insert", "insert"), ("update", "update"), ("delete", "delete")]
    )
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)

    class Meta:
        db_table = "history"
        verbose_name_plural = "history"
        indexes = [
            models.Index(fields=["study", "at"], name="history_by_study"),
            models.Index(fields=["row"], name="history_by_row"),
        ]

    def __str__(self) -> str:
        return f"{self.operation} {self.table} {self.row}"
