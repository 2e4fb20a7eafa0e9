"""Processor time of one's own process and of the database's process that serves it: what other work does not change."""

import os
from pathlib import Path
from time import process_time

from django.db import connection

TICKS = os.sysconf("SC_CLK_TCK")


def backend() -> int:
    """The id of the database's process behind the present connection, which must be on this machine."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def seconds_worked(backend: int) -> float:
    """Seconds worked so far, in steps of a hundredth; parallel workers of the database are not in it."""
    fields = Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()
    return process_time() + (int(fields[11]) + int(fields[12])) / TICKS
