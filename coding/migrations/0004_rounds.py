import uuid

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

from fieldstudy.history import same_study, track

# Why a reading was reopened is in somebody's words: from now on the history keeps them as a hash.
HIDE_REASON_SQL = """
DROP TRIGGER record_history ON coding_reading;
CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON coding_reading
    FOR EACH ROW EXECUTE FUNCTION record_history('reason');
"""
TELL_REASON_SQL = """
DROP TRIGGER record_history ON coding_reading;
CREATE TRIGGER record_history AFTER INSERT OR UPDATE OR DELETE ON coding_reading
    FOR EACH ROW EXECUTE FUNCTION record_history();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("coding", "0003_dispute_revealed_to"),
        ("observations", "0003_full_text_search"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]
    operations = [
        migrations.RemoveConstraint(model_name="reading", name="one_reading_per_pass"),
        migrations.AddField(
            model_name="reading", name="reason", field=models.CharField(blank=True, default="", max_length=500)
        ),
        migrations.AlterField(model_name="reading", name="reason", field=models.CharField(blank=True, max_length=500)),
        migrations.AddField(model_name="reading", name="superseded_at", field=models.DateTimeField(null=True)),
        migrations.AddConstraint(
            model_name="reading",
            constraint=models.UniqueConstraint(
                fields=["coder", "source", "round", "phase"],
                condition=~Q(state="abandoned") & Q(superseded_at=None),
                name="one_reading_per_pass",
            ),
        ),
        migrations.CreateModel(
            name="Draw",
            fields=[
                ("id", models.UUIDField(default=uuid.uuid4, editable=False, primary_key=True, serialize=False)),
                ("seed", models.BigIntegerField()),
                ("share", models.PositiveSmallIntegerField()),
                ("readers", models.PositiveSmallIntegerField()),
                ("drawn_at", models.DateTimeField()),
                (
                    "drawn_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "study",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="draws", to="observations.study"
                    ),
                ),
            ],
        ),
        migrations.AddField(
            model_name="assignment",
            name="draw",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="assignments",
                to="coding.draw",
            ),
        ),
        migrations.AddField(model_name="round", name="weeks", field=models.PositiveSmallIntegerField(null=True)),
        track("coding_draw"),
        same_study("coding_assignment", "draw_id", "coding_draw"),
        same_study("coding_reading", "reopens_id", "coding_reading"),
        migrations.RunSQL(HIDE_REASON_SQL, TELL_REASON_SQL),
    ]
