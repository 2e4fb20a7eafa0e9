"""`agreement STUDY`: how far coders agree, code by code; where there is much to compute, the workers do it."""

import json
import uuid
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.audit import FEWEST
from coding.audit_material import UNITS, Rules
from coding.models import AgreementRun
from fieldstudy.commands import acting_user, wait_for
from fieldstudy.errors import FieldstudyError, Missing, gettext_noop
from fieldstudy.web import sentence, translated
from observations.access import Viewer, enter
from observations.models import Site
from observations.roles import Permission


class Command(BaseCommand):
    """Compute agreement and print it."""

    help = (
        "How far coders agree, code by code, on submitted first readings made without sight of each other. "
        "Where there is much to compute, the workers do it, and this waits for them."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which study, site and unit, as whom, and how to print."""
        parser.add_argument("study", metavar="STUDY", help="the study's short name, as in its address")
        parser.add_argument("--unit", choices=UNITS, default="turn", help="what is decided on (default: %(default)s)")
        parser.add_argument("--half", action="store_true", help="turns, sentences: coded when at least half is covered")
        parser.add_argument("--all-turns", action="store_true", help="questions and headings are units too")
        parser.add_argument("--site", metavar="NAME", help="sources of this site only (default: of all)")
        parser.add_argument("--round", type=int, metavar="N", help="readings of this round (default: the main ones)")
        parser.add_argument("--as", dest="user", metavar="EMAIL", help="whose act it is (default: the study's lead)")
        parser.add_argument("--json", action="store_true", help="print the result as one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Start, wait, print."""
        try:
            viewer = enter(acting_user(options["user"], options["study"]), options["study"], Permission.AUDIT)
            run = compute_at_once(
                start_agreement_run(
                    viewer=viewer,
                    id=uuid.uuid4(),
                    unit=options["unit"],
                    site=_site(viewer, options["site"]),
                    at=timezone.now(),
                    round=options["round"],
                    rules=Rules.of(options["unit"], options),
                )
            )
            assert run.job is not None
            wait_for(run.job, "Comparing")
        except FieldstudyError as error:
            raise CommandError(f"{translated(error)} [{error.code}]") from error
        run.refresh_from_db()
        if options["json"]:
            told = {"run": str(run.pk), "cut": run.cut, "readings": run.readings, **(run.result or {})}
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(_lines(run)))


def _site(viewer: Viewer, name: str | None) -> Site | None:
    if not name:
        return None
    site = Site.objects.filter(study=viewer.study, name=name).first()
    if site is None:
        raise Missing("command.no_such_site", gettext_noop("The study has no site of this name."))
    return site


def _lines(run: AgreementRun) -> list[str]:
    """The table for a person, weakest first, as the page has it."""
    result: dict[str, Any] = run.result or {}
    rows = [(found["sign"], found) for found in result["codes"]] + [("all", result["overall"])]
    rows[:-1] = sorted(rows[:-1], key=_weakest_first)
    sizes = (result["n_sources"], result["n_units"], len(result["coders"]))
    head = f"By {run.unit}. Sources: {sizes[0]}. Units: {sizes[1]}. Coders: {sizes[2]}."
    columns = f"{'code':<6}{'alpha':>7}  {'95% interval':<16}{'agree %':>8}{'both yes %':>12}{'n':>6}"
    return [head, "", columns, *(_line(sign, found) for sign, found in rows)]


def _weakest_first(row: tuple[str, dict[str, Any]]) -> tuple[bool, float, str]:
    sign, found = row
    shown = found["alpha"]["value"] is not None and found["n"] >= FEWEST
    return not shown, found["alpha"]["value"] if shown else 0.0, sign


def _line(sign: str, found: dict[str, Any]) -> str:
    alpha, interval = found["alpha"], found["alpha"]["interval"]
    if alpha["value"] is None:
        return f"{sign:<6}undefined: {sentence(alpha['undefined_because'])}"
    if found["n"] < FEWEST:
        return f"{sign:<6}not shown: n is {found['n']}, {FEWEST} needed"
    limits = "–" if interval["low"] is None else f"{interval['low']:.2f} to {interval['high']:.2f}"
    shares = [found["percent"], found["positive"]]
    agree, both = ("–" if share is None else str(round(100 * share)) for share in shares)
    return f"{sign:<6}{alpha['value']:>7.2f}  {limits:<16}{agree:>8}{both:>12}{found['n']:>6}"
