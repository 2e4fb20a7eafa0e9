"""`tag STUDY`: let the machine coder read sources, and wait for the workers."""

import json
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.models import Count
from django.utils import timezone

from coding.actions.tagging import start_tagging, stop_tagging
from coding.models import TaggingRun
from coding.queries.visible import suggestions_visible_to
from fieldstudy.commands import acting_user, wait_for
from fieldstudy.errors import FieldstudyError
from fieldstudy.web import translated
from observations.access import Viewer, enter, get_source
from observations.queries.sources import sources_of
from observations.roles import Permission


class Command(BaseCommand):
    """Start a tagging run and say what it found."""

    help = (
        "Let the machine read sources with the study's lexicon. The workers do it; this waits for them and shows how "
        "far they are. Stopping this command (Ctrl C) stops the run; what was found so far stays."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which study and sources, as whom, and how to print."""
        parser.add_argument("study", metavar="STUDY", help="the study's short name, as in its address")
        parser.add_argument(
            "--source",
            metavar="ID",
            type=uuid.UUID,
            nargs="+",
            action="extend",
            help="only these sources (default: all)",
        )
        parser.add_argument("--as", dest="user", metavar="EMAIL", help="whose act it is (default: the study's lead)")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, wait, print."""
        try:
            viewer = enter(acting_user(options["user"], options["study"]), options["study"], Permission.TAG)
            run = self._run(viewer, options["source"])
        except FieldstudyError as error:
            raise CommandError(f"{translated(error)} [{error.code}]") from error
        found = _found(viewer, run)
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        self.stdout.write(f"{found['sources']} sources read, {found['suggestions']} new suggestions")
        for sign, n in found["by_code"].items():
            self.stdout.write(f"  {sign:<5}{n:>6}")

    def _run(self, viewer: Viewer, ids: list[uuid.UUID] | None) -> TaggingRun:
        sources = [get_source(viewer, source_id) for source_id in ids] if ids else list(sources_of(viewer.study.pk))
        run = start_tagging(viewer=viewer, id=uuid.uuid4(), sources=sources, at=timezone.now())
        assert run.job is not None
        try:
            wait_for(run.job, "Tagging")
        except KeyboardInterrupt:
            stop_tagging(viewer=viewer, run=run, at=timezone.now())
            raise CommandError("Stopped. What was found so far stays.") from None
        return run


def _found(viewer: Viewer, run: TaggingRun) -> dict[str, Any]:
    """What the run added, of what the person acting may know of."""
    suggestions = suggestions_visible_to(viewer).filter(run=run).order_by()
    by_code = dict(suggestions.values_list("code__sign").annotate(n=Count("pk")))
    return {
        "run": str(run.pk),
        "tagger_version": run.tagger_version,
        "sources": run.job.total if run.job else 0,
        "suggestions": sum(by_code.values()),
        "by_code": dict(sorted(by_code.items())),
    }
