"""`manage.py demo`: the whole job, visibly, on the demonstration study."""

import contextlib
import hashlib
import json
import secrets
import socket
import sys
import threading
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Count, Q, Sum

from coding.models import Adjudication, AgreementRun, Code, Coder, Dispute, Segment, Suggestion, TurnWords
from exports.files import dataset_for, file_name, write_file
from exports.formats import FORMATS, ExportFormat
from exports.records import Layer
from fieldstudy import supervisor
from fieldstudy.commands import bar, wait_for
from fieldstudy.demonstration.loader import Loader, source_formats
from fieldstudy.errors import FieldstudyError
from fieldstudy.management.commands.up import worker_is_ready
from fieldstudy.models import Job
from observations.access import enter
from observations.models import Source, Study
from observations.queries.alphabet import alphabetical
from observations.roles import LABELS, Permission, Role

PORT = 8000


class Command(BaseCommand):
    help = "Load the demonstration study, tag it, compute agreement, export it, print a summary, and serve it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-serve", action="store_true", help="end after the summary")
        parser.add_argument("--out", type=Path, help="folder for the exported files (default: in the data folder)")
        parser.add_argument("--json", action="store_true", help="print the summary as one JSON object")
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument("--port", type=int, help=f"0 takes any free one (default: {PORT}, or a free one if taken)")
        parser.add_argument("--workers", type=int, default=2, help="processes for long work (default: %(default)s)")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with supervisor.stop_signals(), contextlib.ExitStack() as open_sockets:
                # First of all, because a port that is taken is known at once.
                listener = None if options["no_serve"] else self._listen(options["host"], options["port"])
                if listener is not None:
                    open_sockets.enter_context(listener)
                self._run(options, listener)
        except FieldstudyError as error:
            raise CommandError(f"{error} [{error.code}]") from error
        except KeyboardInterrupt:
            self.stderr.write("Stopped.")

    def _listen(self, host: str, port: int | None) -> socket.socket:
        """On the port asked for; where none was, on the usual one or, when that is taken, on a free one."""
        if port is not None:
            return supervisor.listen(host, port)
        listener = supervisor.listen_or_near(host, PORT)
        if (found := listener.getsockname()[1]) != PORT:
            self.stderr.write(f"Port {PORT} is taken by another program: this will be served on port {found}.")
        return listener

    def _run(self, options: dict[str, Any], listener: socket.socket | None) -> None:
        call_command("migrate", database="owner", verbosity=0, interactive=False)
        with supervisor.platform(settings.SERVICES, listener=listener, workers=options["workers"], say=self._say):
            loader = Loader(progress=bar, wait=_wait)
            study = loader.load()
            self._show(summarise(study, self._export(loader, study, options["out"])), as_json=options["json"])
            if listener is not None:
                self._serve(loader, supervisor.url_of(listener))

    def _say(self, line: str) -> None:
        self.stderr.write(line)

    def _export(self, loader: Loader, study: Study, out: Path | None) -> list[dict[str, Any]]:
        folder = out or settings.DATA_DIR / "demo"
        folder.mkdir(parents=True, exist_ok=True)
        viewer = enter(loader.users["paul"], study.slug, Permission.EXPORT)
        wanted: list[tuple[ExportFormat, Layer]] = [(chosen, "first") for chosen in FORMATS.values()]
        wanted.append((FORMATS["csv"], "consensus"))
        datasets = {layer: dataset_for(viewer, language="en", layer=layer) for layer in {layer for _, layer in wanted}}
        files = []
        for chosen, layer in bar("Exporting", wanted, len(wanted)):
            path = folder / file_name(datasets[layer], chosen, layer)
            write_file(datasets[layer], chosen, "en", path)
            content = path.read_bytes()
            files.append(
                {
                    "name": path.name,
                    "bytes": len(content),
                    "sha256": hashlib.sha256(content).hexdigest(),
                    "path": str(path),
                }
            )
        return files

    def _show(self, summary: dict[str, Any], *, as_json: bool) -> None:
        sys.stderr.flush()
        if as_json:
            self.stdout.write(json.dumps(summary, ensure_ascii=False, indent=2))
            return
        for line in table(summary):
            self.stdout.write(line)

    def _serve(self, loader: Loader, url: str) -> None:
        password = secrets.token_urlsafe(9)
        loader.set_password(password)
        supervisor.await_ready("web", lambda: supervisor.answers_http(f"{url}/health/"))
        self.stdout.write(f"\nServing on {url}  (Ctrl-C stops it). Sign in with the password {password} as")
        for person in loader.plan["people"]:
            roles = ", ".join(LABELS[Role(role)] for role in person["roles"])
            self.stdout.write(f"  {person['email']:<34} {person['name']:<16} {roles}")
        self.stdout.flush()
        threading.Event().wait()


LABEL = {"observations.import": "Importing", "coding.tag": "Tagging", "coding.compute_agreement": "Agreement"}


def _wait(job: Job) -> None:
    """Wait for a job of the workers, which may still be starting."""
    supervisor.await_ready("worker", worker_is_ready)
    wait_for(job, LABEL.get(job.kind, "Working"))


def summarise(study: Study, files: list[dict[str, Any]]) -> dict[str, Any]:
    """What the demonstration holds and gave, in numbers."""
    standing = Segment.objects.filter(study=study, removed_at=None, reading__phase="first")
    coders = sorted(
        Coder.objects.filter(study=study, kind=Coder.Kind.PERSON)
        .annotate(
            segments=Count(
                "readings__segments",
                filter=Q(readings__phase="first", readings__segments__removed_at=None),
            )
        )
        .select_related("user"),
        key=lambda coder: alphabetical(coder.alias),
    )
    own = AgreementRun.objects.filter(study=study, result__isnull=False, round=None)
    runs = {run.unit: run.result for run in own}
    return {
        "study": study.slug,
        "sources": Source.objects.filter(study=study).count(),
        "words": Source.objects.filter(study=study).aggregate(words=Sum("revision__words"))["words"],
        "sites": study.sites.count(),
        "tools": study.tools.count(),
        "participants": study.participants.count(),
        "codes": Code.objects.filter(study=study, is_codable=True, retired_at=None).count(),
        "segments": standing.count(),
        "suggestions": Suggestion.objects.filter(study=study).count(),
        "counted_turns": TurnWords.objects.filter(study=study).count(),
        "coders": [{"alias": coder.alias, "name": str(coder.user), "segments": coder.segments} for coder in coders],
        "disputes": {
            "built": Dispute.objects.filter(study=study, gone_at=None).count(),
            "settled": Adjudication.objects.filter(study=study, undone_at=None, dispute__gone_at=None).count(),
        },
        "formats": source_formats(study),
        "agreement": [
            {
                "sign": code["sign"],
                "alpha": code["alpha"]["value"],
                "undefined_because": code["alpha"]["undefined_because"],
                "interval": _limits(code["alpha"]["interval"]),
                "n": code["n"],
            }
            for code in (runs.get("turn") or {}).get("codes", [])
        ],
        "files": files,
    }


def _limits(interval: dict[str, Any]) -> list[float] | None:
    return None if interval["low"] is None else [interval["low"], interval["high"]]


def table(summary: dict[str, Any]) -> list[str]:
    """The summary for reading in a terminal."""
    lines = [
        "",
        "The demonstration study (fictional)",
        f"  {summary['sources']} sources in {len(summary['formats'])} file formats ({', '.join(summary['formats'])}), "
        f"{summary['words']:,} words, {summary['sites']} sites, {summary['tools']} tools",
        f"  {summary['codes']} codes, {summary['segments']} passages in first readings, "
        f"{summary['suggestions']} suggestions of the machine",
        f"  {summary['disputes']['built']} disputes between first readings, "
        f"{summary['disputes']['settled']} of them settled",
        "",
        "  Coder                 passages",
        *(f"  {coder['alias']:<4} {coder['name']:<16} {coder['segments']:>8}" for coder in summary["coders"]),
        "",
        "  Code  alpha by turn   95% interval     used in",
    ]
    for code in sorted(summary["agreement"], key=lambda row: (row["alpha"] is None, row["alpha"] or 0)):
        interval = f"{code['interval'][0]:.2f} to {code['interval'][1]:.2f}" if code["interval"] else ""
        alpha = f"{code['alpha']:.2f}" if code["alpha"] is not None else "undefined"
        lines.append(f"  {code['sign']:<5} {alpha:>13}   {interval:<14} {code['n']:>4} turns")
    lines += ["", "  File                                                bytes  sha256"]
    lines += [f"  {file['name']:<46} {file['bytes']:>10,}  {file['sha256']}" for file in summary["files"]]
    lines += ["", f"  in {Path(summary['files'][0]['path']).parent}"]
    return lines
