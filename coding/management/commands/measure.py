"""`measure FILE.csv`: agreement of codings made elsewhere, without a database."""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext
from tqdm import tqdm

from coding.agreement.measure import Step, measure_csv
from fieldstudy.errors import FieldstudyError


class Command(BaseCommand):
    """Print every agreement coefficient that applies to a table of codings."""

    help = (
        "Agreement of codings made elsewhere. FILE is CSV: either unit,coder,code (a missing row is a missing "
        "rating, an empty code is the decision 'nothing', several rows make a set) or coder,start,end,code with the "
        "optional columns source,length,begin (half-open offsets; a coder who applied nothing has a row with empty "
        "start, end and code)."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file and how to read and print it."""
        parser.add_argument("file", metavar="FILE.csv", help="the table of codings, or - for standard input")
        parser.add_argument("--json", action="store_true", help="print JSON with full precision")
        parser.add_argument("--length", type=int, metavar="N", help="spans: length of the single source")
        parser.add_argument("--begin", type=int, metavar="B", help="spans: first offset of the single source (0)")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read, measure, print; refuse with the line at fault."""
        try:
            content = _content(options["file"])
            measured = measure_csv(content, length=options["length"], begin=options["begin"], watch=_watch)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except FieldstudyError as error:
            message = gettext(error.message)
            raise CommandError(message % error.values if error.values else message) from error
        if measured.doubtful:
            warning = gettext("Taken as codes like any other: %(codes)s. Leave out the row where a rating is missing.")
            self.stderr.write(warning % {"codes": ", ".join(measured.doubtful)})
        if options["json"]:
            self.stdout.write(json.dumps(measured.as_record(), ensure_ascii=False, allow_nan=False, indent=2))
        else:
            self.stdout.write(measured.as_table(gettext))


def _watch(steps: Sequence[Step]) -> Iterable[Step]:
    """The steps with a progress bar on standard error: on a terminal only, and once a second has passed."""
    return tqdm(steps, desc="Measuring", unit="", file=sys.stderr, disable=None, delay=1, mininterval=0.2)


def _content(path: str) -> bytes:
    if path == "-":
        return sys.stdin.buffer.read()
    return Path(path).read_bytes()
