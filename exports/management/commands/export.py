"""`manage.py export STUDY --format F --out PATH`: a study in one format, without a browser."""

import hashlib
import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exports.files import dataset_for, file_name, write_file
from exports.formats import FORMATS, export_format
from exports.records import LAYERS
from fieldstudy.commands import acting_user
from fieldstudy.errors import FieldstudyError
from observations.access import enter
from observations.roles import Permission


class Command(BaseCommand):
    help = "Export a study's submitted readings in one format."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", help="short name of the study")
        parser.add_argument("--format", required=True, choices=list(FORMATS), metavar="FORMAT", help=_formats())
        parser.add_argument("--out", required=True, type=Path, help="file to write, or a folder to write it in")
        parser.add_argument(
            "--readings",
            choices=list(LAYERS),
            default="first",
            help="first readings, the final ones after the second opinion, or the consensus (default: %(default)s)",
        )
        parser.add_argument("--language", default="en", help="for names and definitions (default: %(default)s)")
        parser.add_argument("--as", dest="user", help="e-mail of the member who exports (default: the study's lead)")
        parser.add_argument("--json", action="store_true", help="print what was written as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            viewer = enter(acting_user(options["user"], options["study"]), options["study"], Permission.EXPORT)
            chosen = export_format(options["format"])
            dataset = dataset_for(viewer, language=options["language"], layer=options["readings"])
            out: Path = options["out"]
            path = out / file_name(dataset, chosen, options["readings"]) if out.is_dir() else out
            write_file(dataset, chosen, options["language"], path)
        except FieldstudyError as error:
            raise CommandError(f"{error} [{error.code}]") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        content = path.read_bytes()
        told = {"file": str(path), "bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        for loss in chosen.carries_not(dataset):
            self.stderr.write(f"not carried: {loss}")
        self.stdout.write(json.dumps(told) if options["json"] else "{file}  {bytes} bytes  {sha256}".format(**told))


def _formats() -> str:
    return "; ".join(f"{name}: {chosen.label}" for name, chosen in FORMATS.items())
