"""How many requests a minute the API takes from one person, or from one address that nobody signed in from."""

import time
from collections import Counter
from threading import Lock
from typing import Any

from rest_framework.throttling import BaseThrottle

MOST_A_MINUTE = 6_000


class PerMinute(BaseThrottle):
    """Counts whole minutes, in each web process for itself: a save waits for no other server, and none can fail it."""

    _lock = Lock()
    _minute = 0
    _counts: Counter[str] = Counter()

    def allow_request(self, request: Any, view: Any) -> bool:
        who = str(request.user.pk) if request.user.is_authenticated else self.get_ident(request)
        return self.count(who, int(time.time() // 60)) <= MOST_A_MINUTE

    def wait(self) -> float:
        """Seconds until the next minute begins."""
        return 60 - time.time() % 60

    @classmethod
    def count(cls, who: str, minute: int) -> int:
        """How many requests this one makes of somebody in that minute; counts of a minute gone are forgotten."""
        with cls._lock:
            if minute != cls._minute:
                cls._minute = minute
                cls._counts = Counter()
            cls._counts[who] += 1
            return cls._counts[who]
