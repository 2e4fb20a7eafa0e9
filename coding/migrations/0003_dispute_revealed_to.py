import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coding", "0002_history_and_integrity")]
    operations = [
        migrations.AddField(
            model_name="dispute",
            name="revealed_to",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
    ]
