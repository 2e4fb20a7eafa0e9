"""`manage.py translations`: the translation catalogues, brought up to date or checked."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fieldstudy.messages import Key, Message, MessageError, gather, new_catalogue, problems, update

PACKAGES = ("fieldstudy", "observations", "coding", "exports")
SOURCE_LANGUAGE = "en"


class Command(BaseCommand):
    help = "Check that every message is translated (--check), or bring the catalogues up to date (--update)."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        task = parser.add_mutually_exclusive_group(required=True)
        task.add_argument("--check", action="store_true", help="fail, with a list, when a translation is not in order")
        task.add_argument("--update", action="store_true", help="add new messages to the catalogues and compile them")
        parser.add_argument("--prune", action="store_true", help="with --update: drop what is no longer said")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = gather(settings.BASE_DIR, PACKAGES)
        except MessageError as error:
            raise CommandError(str(error)) from error
        for path in catalogue_paths():
            if options["update"]:
                self._update(path, found, prune=options["prune"])
            else:
                self._check(path, found)

    def _update(self, path: Path, found: dict[Key, Message], *, prune: bool) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue = polib.pofile(str(path), wrapwidth=120) if path.exists() else new_catalogue(path.parts[-3])
        update(catalogue, found, prune=prune)
        catalogue.save(str(path))
        path.with_suffix(".mo").write_bytes(catalogue.to_binary())
        waiting = len(catalogue.untranslated_entries()) + len(catalogue.fuzzy_entries())
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)}: {len(found)} messages, {waiting} to translate")

    def _check(self, path: Path, found: dict[Key, Message]) -> None:
        if not path.exists():
            raise CommandError(f"There is no catalogue at {path}; make it with --update.")
        catalogue = polib.pofile(str(path), wrapwidth=120)
        told = problems(catalogue, found)
        compiled = path.with_suffix(".mo")
        if not compiled.exists() or compiled.read_bytes() != catalogue.to_binary():
            told.append(f"not compiled: {compiled.name} is not what {path.name} gives; run --update")
        if told:
            raise CommandError("\n".join([f"{path.relative_to(settings.BASE_DIR)}:", *told]))
        self.stdout.write(f"{path.relative_to(settings.BASE_DIR)}: {len(found)} messages, all translated")


def catalogue_paths() -> list[Path]:
    """The catalogue of each language but the one the messages are written in."""
    languages = [code for code, _ in settings.LANGUAGES if code != SOURCE_LANGUAGE]
    return [Path(settings.LOCALE_PATHS[0]) / code / "LC_MESSAGES" / "django.po" for code in languages]
