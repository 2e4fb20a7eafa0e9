"""`manage.py create_study NAME`: a study, led by the person named."""

import json
import uuid
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from fieldstudy.commands import acting_user
from fieldstudy.errors import FieldstudyError
from observations.actions.studies import create_study


class Command(BaseCommand):
    help = "Begin a study."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", help="the study's name, in quotation marks when it has several words")
        parser.add_argument("--as", dest="user", required=True, help="e-mail of the account that will lead it")
        parser.add_argument("--slug", default="", help="short name for addresses and commands (default: from the name)")
        parser.add_argument(
            "--language", dest="languages", action="append", help="code, as in fr; may be given again (default: en)"
        )
        parser.add_argument("--json", action="store_true", help="print what was made as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            study = create_study(
                actor=acting_user(options["user"], options["slug"]),
                id=uuid.uuid4(),
                slug=options["slug"],
                name=options["name"],
                languages=options["languages"] or ["en"],
                at=timezone.now(),
            )
        except FieldstudyError as error:
            raise CommandError(f"{error} [{error.code}]") from error
        told = {"id": str(study.pk), "slug": study.slug, "name": study.name}
        self.stdout.write(json.dumps(told) if options["json"] else study.slug)
