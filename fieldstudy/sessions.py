"""Sessions in the database, as Django keeps them, read by one prepared statement: every request begins with it."""

from typing import Any

from django.contrib.sessions.backends import db
from django.utils import timezone

from fieldstudy.statements import row_of


class SessionStore(db.SessionStore):
    """Django's own store but for how a session is read."""

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing when it is not there or has expired."""
        row = row_of(
            "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s",
            [self.session_key, timezone.now()],
        )
        if row is None:
            self._session_key = None
            return {}
        return dict(self.decode(row[0]))
