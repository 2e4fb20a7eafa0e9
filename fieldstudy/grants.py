"""What the application's database role may do: read and write rows, never the history, never a table's definition."""

from typing import Any

from django.db import connections
from psycopg import sql

GRANTS = """
GRANT USAGE ON SCHEMA public TO {role};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON history FROM {role};
REVOKE ALL ON django_migrations FROM {role};
GRANT SELECT ON django_migrations TO {role};
"""


def grant_to_application(app_config: Any, using: str, **kwargs: Any) -> None:
    """After the last app has migrated, give the application's role its rights (when it is not the owner itself)."""
    if app_config.label != "coding":
        return
    role = connections["default"].settings_dict["USER"]
    connection = connections[using]
    if not role or connection.settings_dict["USER"] == role:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(GRANTS).format(role=sql.Identifier(role)).as_string(cursor.connection))
