"""The platform on gunicorn as `up` starts it, over the test database."""

import http.client
import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from psycopg.conninfo import make_conninfo

from fieldstudy.supervisor import web_server

LONGEST_START = 60


@contextmanager
def served() -> Iterator[tuple[str, int]]:
    """Its address, once it answers. Both of its processes are asked, so that neither is cold."""
    database = settings.DATABASES["default"]
    url = make_conninfo(
        host=database["HOST"] or None,
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname=database["NAME"],
    )
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(128)
        program = web_server(listener)
        environment = {
            "DATABASE_URL": url,
            "REDIS_URL": settings.SERVICES.redis_url,
            "SECRET_KEY": settings.SECRET_KEY,
            "SEALING_KEY": settings.SEALING_KEY,
            "FIELDSTUDY_PREPARE": "1",
        }
        server = subprocess.Popen(
            program.command, env={**os.environ, **program.environment, **environment}, pass_fds=program.pass_fds
        )
        try:
            address = listener.getsockname()
            _await_answers(address)
            yield address
        finally:
            server.terminate()
            server.wait(20)


def _await_answers(address: tuple[str, int]) -> None:
    until = time.monotonic() + LONGEST_START
    answers = 0
    while answers < 20:
        connection = http.client.HTTPConnection(*address, timeout=LONGEST_START)
        try:
            connection.request("GET", "/health/")
            answers += connection.getresponse().status == 200
        finally:
            connection.close()
        assert time.monotonic() < until
