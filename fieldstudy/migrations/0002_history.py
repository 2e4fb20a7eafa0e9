from django.db import migrations

from fieldstudy.history import DROP_HISTORY_SQL, HISTORY_SQL


class Migration(migrations.Migration):
    dependencies = [("fieldstudy", "0001_initial")]
    operations = [migrations.RunSQL(HISTORY_SQL, DROP_HISTORY_SQL)]
