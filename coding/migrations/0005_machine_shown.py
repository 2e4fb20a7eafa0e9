import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("coding", "0004_rounds")]
    operations = [
        migrations.AddField(
            model_name="dispute",
            name="machine_shown_to",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), default=list, size=None),
        ),
    ]
