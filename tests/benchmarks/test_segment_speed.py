"""One segment saved over HTTP, on gunicorn: how long one waits in a short and a long source, and 1, 8 and 32 at once.

Run with ``pytest tests/benchmarks/test_segment_speed.py -s``. Bars on the same kind of machine (two cores): doccano
13 to 18 ms for one span and 45 to 70 a second with 32 clients.
"""

import http.client
import json
import statistics
import uuid
from concurrent.futures import ThreadPoolExecutor
from os import getloadavg
from time import perf_counter
from typing import Any

import pytest
from django.test import Client

from fieldstudy.models import User
from tests.benchmarks.long_source import LongSource, make_long_source
from tests.benchmarks.serving import served

pytestmark = pytest.mark.django_db(transaction=True)

LONGEST_P50 = 0.009
SAVES = 200
SAVES_AT_ONCE = 640


class Coder:
    """A coder's browser: signed in, with its CSRF token, its connection kept open between saves."""

    def __init__(self, address: tuple[str, int], made: LongSource, user: User | None = None) -> None:
        client, user = Client(), user or made.coder
        client.force_login(user)
        token = "a" * 32
        self.headers = {
            "Cookie": f"sessionid={client.cookies['sessionid'].value}; csrftoken={token}",
            "X-CSRFToken": token,
            "Content-Type": "application/json",
            "Fieldstudy-User": str(user.pk),
        }
        self.made = made
        self.path = f"/api/v1/studies/{made.study.slug}/sources/{made.source.pk}/segments/"
        self.connection = http.client.HTTPConnection(*address, timeout=30)

    def save(self, at: int) -> float:
        """Seconds from sending a new passage to its answer."""
        body: dict[str, Any] = {
            "id": str(uuid.uuid4()),
            "code": str(self.made.codes[at % len(self.made.codes)].pk),
            "start": at,
            "end": at + 80,
            "revision": str(self.made.source.revision_id),
        }
        begun = perf_counter()
        self.connection.request("POST", self.path, json.dumps(body), self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        assert response.status == 201, answer
        return perf_counter() - begun

    def open(self, path: str) -> float:
        """Seconds until a page is there, whole."""
        begun = perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        response = self.connection.getresponse()
        answer = response.read()
        assert response.status == 200, answer[:300]
        return perf_counter() - begun


def median_save(address: tuple[str, int], made: LongSource) -> float:
    coder = Coder(address, made)
    assert made.source.revision is not None
    last = made.source.revision.length - 200
    for warming in range(20):
        coder.save(warming * 7)
    return statistics.median(coder.save(last * number // SAVES) for number in range(SAVES))


def test_a_save_is_quick_in_a_long_source_too() -> None:
    short = make_long_source("short", words=2_000, segments=50)
    long = make_long_source("long")
    with served() as address:
        in_short = median_save(address, short)
        in_long = median_save(address, long)
    print(f"\none segment saved, p50: {in_short * 1000:.1f} ms in 2,000 words, {in_long * 1000:.1f} ms in 100,000")
    assert in_long < LONGEST_P50
    assert in_long < in_short * 1.3 + 0.001


@pytest.mark.parametrize(("coders", "least"), [(1, 100), (8, 200), (32, 200)])
def test_coders_at_once_are_served(coders: int, least: int) -> None:
    made = make_long_source(words=20_000, segments=500)
    with served() as address, ThreadPoolExecutor(coders) as pool:
        at_work = [Coder(address, made, user) for user in made.coders(coders)]
        list(pool.map(lambda coder: coder.save(10), at_work))
        begun = perf_counter()
        waits = sorted(wait for some in pool.map(_saves, at_work, [SAVES_AT_ONCE // coders] * coders) for wait in some)
        per_second = len(waits) / (perf_counter() - begun)
    print(
        f"\n{coders} coders at once: {per_second:.0f} segments a second (n = {len(waits)}), "
        f"p50 {statistics.median(waits) * 1000:.1f} ms, p95 {waits[int(len(waits) * 0.95)] * 1000:.1f} ms; "
        f"load {getloadavg()[0]:.1f}"
    )
    assert per_second > least


def _saves(coder: Coder, times: int) -> list[float]:
    return [coder.save(100 + number * 9) for number in range(times)]
