from django.db import migrations, models

KINDS = ("merge", "split", "move", "retire", "restore", "adopt", "redefine", "import")


class Migration(migrations.Migration):
    dependencies = [("coding", "0005_machine_shown")]
    operations = [
        migrations.AlterField(
            model_name="codebookchange",
            name="kind",
            field=models.CharField(max_length=8, choices=[(kind, kind.title()) for kind in KINDS]),
        ),
    ]
