"""`manage.py import_sources STUDY FILE…`: files into a study, read by the workers."""

import json
import uuid
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fieldstudy.commands import acting_user, bar, wait_for
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import sentence
from observations.access import enter
from observations.actions.imports import Upload, start_import
from observations.models import Import, ImportFile
from observations.queries.imports import files_of
from observations.roles import Permission


class Command(BaseCommand):
    help = "Import files as sources of a study. Without --wait the workers go on after the command has ended."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("study", help="short name of the study")
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="user", help="e-mail of the member who imports (default: the study's lead)")
        parser.add_argument("--wait", action="store_true", help="wait until the workers have read the files")
        parser.add_argument("--json", action="store_true", help="print what became of each file as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            batch = self._start(options)
            files = self._wait(batch) if options["wait"] else files_of(batch)
        except FieldstudyError as error:
            raise CommandError(f"{error} [{error.code}]") from error
        except OSError as error:
            raise CommandError(f"{error.filename}: {error.strerror}") from error
        told = [_told(file) for file in files]
        if options["json"]:
            self.stdout.write(json.dumps({"import": str(batch.pk), "files": told}, ensure_ascii=False))
        else:
            for file in told:
                self.stdout.write("  ".join([file["name"], file["state"], *file["problems"]]))
        if any(file["state"] == ImportFile.State.REFUSED for file in told):
            raise CommandError("Some files were not imported; nothing of those was saved.")

    def _start(self, options: dict[str, Any]) -> Import:
        viewer = enter(acting_user(options["user"], options["study"]), options["study"], Permission.COLLECT)
        paths: list[Path] = options["files"]
        uploads = [Upload(path.name, path.read_bytes()) for path in bar("Reading", paths, len(paths))]
        return start_import(viewer=viewer, id=uuid.uuid4(), uploads=uploads, at=timezone.now())

    def _wait(self, batch: Import) -> list[ImportFile]:
        assert batch.job is not None
        try:
            wait_for(batch.job, "Importing")
        except FieldstudyError:
            if batch.job.is_open:
                raise
        return files_of(batch)


def _told(file: ImportFile) -> dict[str, Any]:
    problems = [sentence(problem["message"], problem.get("values")) for problem in file.problems]
    return {
        "name": file.name,
        "state": file.state,
        "source": str(file.source_id) if file.source_id else None,
        "problems": problems,
    }
