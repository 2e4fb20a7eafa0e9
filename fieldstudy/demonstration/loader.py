"""Loads the demonstration study through the importers, actions and workers that users use.

Every id is made from its key and every time is fixed, so that each load, anywhere, is the same. Loading again goes on
where an interrupted load stopped.
"""

import csv
import json
import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from django.contrib.auth.hashers import make_password

from coding.actions.agreement import compute_at_once, start_agreement_run
from coding.actions.codebook_import import import_codebook, import_lexicon
from coding.actions.codebooks import publish_codebook
from coding.actions.coders import assign
from coding.actions.readings import apply_code, mark_read, open_reading, submit_reading
from coding.actions.second_opinion import decide
from coding.actions.tagging import start_tagging
from coding.actions.words import start_counting
from coding.models import AgreementRun, Code, CodebookVersion, Decision, Reading, Suggestion, TaggingRun
from coding.queries.words import COUNTING, how_counted
from fieldstudy.actions.users import make_account
from fieldstudy.demonstration.notes import record_marks, write_memos
from fieldstudy.demonstration.rounds import calibrate, read_again
from fieldstudy.demonstration.settling import settle_some
from fieldstudy.errors import FieldstudyError, Invalid, gettext_noop
from fieldstudy.models import Job, User
from fieldstudy.writes import write
from observations.access import Viewer, enter
from observations.actions.imports import Upload, start_import
from observations.actions.participants import add_participant, record_consent
from observations.actions.studies import add_promise, add_site, add_tool, create_study, set_roles
from observations.actions.variables import import_table
from observations.models import Import, Participant, Promise, Site, Source, Study, Tool, Variable
from observations.queries.sources import text_of
from observations.roles import Permission
from observations.tables import read_table

HERE = Path(__file__).parent
NAMESPACE = uuid.UUID("6f6e1f0e-2b1c-5e55-9d5c-5d1f4a7c0a11")
BEGAN = datetime(2025, 1, 13, 8, 30, tzinfo=UTC)
PUBLISHED = datetime(2025, 4, 23, 16, 0, tzinfo=UTC)
CODED = datetime(2025, 5, 5, 9, 0, tzinfo=UTC)
TAGGED = datetime(2025, 5, 20, 12, 0, tzinfo=UTC)
AUDITED = datetime(2025, 5, 21, 10, 0, tzinfo=UTC)
AUDITED_UNITS = ("turn", "character")
OPEN = (Job.State.QUEUED, Job.State.RUNNING)
CODERS = ("ines", "tom", "lucie")

# Work in progress, so that there is something to do: who has a reading open, and what is assigned and not begun.
STILL_OPEN = {("lucie", "val-clair-note-garde.docx"), ("ines", "tilleuls-note-consultation.md")}
NOT_BEGUN = {("tom", "tilleuls-note-consultation.md")}
ASSIGNED_ONLY = {("tom", "val-clair-note-garde.docx")}

Progress = Callable[[str, Iterable[Any], int], Iterable[Any]]
Wait = Callable[[Job], object]


def key_id(*keys: str) -> uuid.UUID:
    """The fixed id of a thing of the demonstration."""
    return uuid.uuid5(NAMESPACE, "/".join(keys))


class Loader:
    """One load. `progress` wraps what is long to do; `wait` waits for a job of the workers."""

    def __init__(self, *, progress: Progress, wait: Wait) -> None:
        self.progress, self.wait = progress, wait
        self.plan = json.loads((HERE / "study.json").read_text(encoding="utf-8"))
        self.sources = _both("sources-{}.json")
        self.participants = _both("participants-{}.json")
        self.codings = list(_codings())

    def load(self) -> Study:
        """The loaded study, whatever was there of it before."""
        self._people()
        self._study()
        self._field()
        self._codebook()
        self._import_sources()
        self._variables()
        self._assign()
        # The machine reads in the workers while people code here: neither knows of the other.
        tagging, counting = self._start_tagging(), self._start_counting()
        calibrate(self.viewer, key_id)
        self._code()
        self._wait_for(tagging)
        self._wait_for(counting)
        self._decide()
        self._agreement()
        write_memos(self.viewer, find_passage, key_id, AUDITED + timedelta(days=1))
        settle_some(self.viewer("paul"), key_id, self.progress)
        read_again(self.viewer, key_id)
        return self.study

    def set_password(self, password: str) -> None:
        """Let everybody of the demonstration sign in with one password; until then nobody can."""
        # Hashed once for all, because hashing is slow by design.
        ids = [user.pk for user in self.users.values()]
        User.objects.filter(pk__in=ids).update(password=make_password(password))

    @cached_property
    def users(self) -> dict[str, User]:
        return {person["key"]: User.objects.get(pk=key_id("user", person["key"])) for person in self.plan["people"]}

    @cached_property
    def study(self) -> Study:
        return Study.objects.get(pk=key_id("study"))

    def viewer(self, key: str) -> Viewer:
        return enter(self.users[key], self.study.slug, Permission.READ)

    def _people(self) -> None:
        for person in self.plan["people"]:
            make_account(id=key_id("user", person["key"]), email=person["email"], name=person["name"], password=None)

    def _study(self) -> None:
        plan = self.plan["study"]
        if not Study.objects.filter(pk=key_id("study")).exists():
            if Study.objects.filter(slug=plan["slug"]).exists():
                raise Invalid(
                    "demo.slug_taken",
                    gettext_noop("Another study has the address %(slug)s; the demonstration cannot be loaded here."),
                    slug=plan["slug"],
                )
            create_study(
                actor=self.users["helene"],
                id=key_id("study"),
                slug=plan["slug"],
                name=plan["name_fr"],
                languages=plan["languages"],
                at=BEGAN,
                description=_texts(plan, "description"),
                time_zone=plan["time_zone"],
                legal_basis=plan["legal_basis"],
                controller=plan["controller"],
                retention_on=date.fromisoformat(plan["retention_on"]),
            )
        for person in self.plan["people"]:
            set_roles(viewer=self.viewer("helene"), user=self.users[person["key"]], roles=person["roles"], at=BEGAN)

    def _field(self) -> None:
        lead = self.viewer("helene")
        for site in self.plan["sites"]:
            if not Site.objects.filter(pk=key_id("site", site["key"])).exists():
                add_site(
                    viewer=lead,
                    id=key_id("site", site["key"]),
                    name=site["name"],
                    specialty=_texts(site, "specialty"),
                    alias=site["alias"],
                )
        for tool in self.plan["tools"]:
            if not Tool.objects.filter(pk=key_id("tool", tool["key"])).exists():
                details = {name: tool.get(name, "") for name in ("maker", "regulatory_status", "autonomy")}
                add_tool(
                    viewer=lead,
                    id=key_id("tool", tool["key"]),
                    name=tool["name"],
                    kind=tool["kind"],
                    description=_texts(tool, "description"),
                    **details,
                )
        for number, promise in enumerate(self.plan["promises"]):
            if not Promise.objects.filter(pk=key_id("promise", str(number))).exists():
                details = {name: promise.get(name, "") for name in ("claimed_by", "claimed_where", "claimed_on")}
                add_promise(
                    viewer=lead,
                    id=key_id("promise", str(number)),
                    tool=Tool.objects.get(pk=key_id("tool", promise["tool"])),
                    text=_texts(promise, "text"),
                    **details,
                )
        for person in self.participants:
            self._participant(lead, person)

    def _participant(self, lead: Viewer, person: Mapping[str, Any]) -> None:
        participant = Participant.objects.filter(pk=key_id("participant", person["code"])).first()
        if participant is None:
            participant = add_participant(
                viewer=lead,
                id=key_id("participant", person["code"]),
                code=person["code"],
                role=person["role"],
                site=Site.objects.get(pk=key_id("site", person["site"])),
                title=_texts(person, "title"),
                seniority=person.get("seniority", ""),
            )
        if not participant.consents.exists():
            consent = person["consent"]
            record_consent(
                viewer=lead,
                id=key_id("consent", person["code"]),
                participant=participant,
                items=consent,
                form_version=consent["form_version"],
                given_on=date.fromisoformat(consent["given_on"]),
                at=BEGAN,
            )

    def _codebook(self) -> None:
        lead = self.viewer("helene")
        if not Code.objects.filter(study=self.study).exists():
            import_codebook(viewer=lead, content=(HERE / "codebook.csv").read_bytes(), at=BEGAN)
            import_lexicon(viewer=lead, content=(HERE / "lexicon.csv").read_bytes(), at=BEGAN)
        if not CodebookVersion.objects.filter(study=self.study).exists():
            publish_codebook(viewer=lead, id=key_id("codebook", "1"), note="", at=PUBLISHED)

    def _import_sources(self) -> None:
        missing = [
            plan for plan in self.sources if not Source.objects.filter(pk=key_id("source", plan["file"])).exists()
        ]
        if not missing:
            return
        uploads = [
            Upload(plan["file"], (HERE / "sources" / plan["file"]).read_bytes(), self._details(plan))
            for plan in missing
        ]
        batch = Import.objects.filter(study=self.study, job__state__in=["queued", "running"]).first()
        if batch is None:
            batch = start_import(viewer=self.viewer("helene"), id=uuid.uuid4(), uploads=uploads, at=BEGAN)
        assert batch.job is not None
        self.wait(batch.job)
        refused = [file.name for file in batch.files.exclude(state="imported")]
        if refused:
            raise Invalid("demo.not_imported", gettext_noop("Not imported: %(names)s."), names=", ".join(refused))

    def _details(self, plan: Mapping[str, Any]) -> dict[str, Any]:
        people = {person["key"]: person["name"] for person in self.plan["people"]}
        return {
            "id": str(key_id("source", plan["file"])),
            "at": BEGAN.isoformat(),
            "title": plan["title"],
            "kind": plan["kind"],
            "language": plan["language"],
            "observed_on": plan["observed_on"],
            "observer": people[plan["observer"]],
            "site": str(key_id("site", plan["site"])),
            "tools": [str(key_id("tool", tool)) for tool in plan["tools"]],
            "participants": [str(key_id("participant", code)) for code in plan["participants"]],
            "speakers": {label: str(key_id("participant", code)) for label, code in plan["speakers"].items()},
        }

    def _variables(self) -> None:
        """What is known of participants, sites and sources, from tables as a team would bring them in."""
        for subject in ("participant", "site", "source"):
            if not Variable.objects.filter(study=self.study, subject=subject).exists():
                rows = read_table("variables.csv", (HERE / "variables" / f"{subject}.csv").read_bytes())
                import_table(viewer=self.viewer("helene"), subject=subject, rows=rows)

    def _assign(self) -> None:
        pairs = {(row["coder"], row["source"]) for row in self.codings} | ASSIGNED_ONLY
        aliases = {person["key"]: person.get("alias", "") for person in self.plan["people"]}
        for coder in CODERS:
            files = sorted(file for key, file in pairs if key == coder)
            assign(
                viewer=self.viewer("helene"),
                user=self.users[coder],
                sources=[Source.objects.get(pk=key_id("source", file)) for file in files],
                due_on=date(2025, 5, 28),
                at=CODED - timedelta(days=1),
                alias=aliases[coder],
            )

    def _code(self) -> None:
        codes = {code.sign: code for code in Code.objects.filter(study=self.study)}
        viewers = {coder: self.viewer(coder) for coder in CODERS}
        by_reading: dict[tuple[str, str], list[dict[str, str]]] = {}
        for row in self.codings:
            by_reading.setdefault((row["coder"], row["source"]), []).append(row)
        todo = sorted(pair for pair in by_reading if pair not in NOT_BEGUN)
        for day, (coder, file) in enumerate(self.progress("Coding", todo, len(todo))):
            source = Source.objects.select_related("revision").get(pk=key_id("source", file))
            begun = Reading.objects.filter(coder__user=self.users[coder], source=source)
            if not begun.exists():
                at = CODED + timedelta(hours=day)
                self._read(
                    viewer=viewers[coder],
                    source=source,
                    key=(coder, file),
                    rows=by_reading[coder, file],
                    codes=codes,
                    at=at,
                )

    @write
    def _read(
        self,
        *,
        viewer: Viewer,
        source: Source,
        key: tuple[str, str],
        rows: list[dict[str, str]],
        codes: Mapping[str, Code],
        at: datetime,
    ) -> None:
        """One coder's reading of one source, as a whole or not at all."""
        reading = open_reading(viewer=viewer, source=source, id=key_id("reading", *key), at=at)
        text, turns = text_of(source), list(source.turns.values_list("start", "end", "number"))
        is_unfinished = key in STILL_OPEN
        for number, row in enumerate(rows[: len(rows) * 2 // 3] if is_unfinished else rows):
            start, end = find_passage(text, turns, row)
            assert source.revision_id is not None
            apply_code(
                viewer=viewer,
                source=source,
                id=key_id("segment", *key, str(number)),
                code_id=codes[row["sign"]].pk,
                start=start,
                end=end,
                revision_id=source.revision_id,
                at=at + timedelta(seconds=20 * number),
                weight=int(row["weight"]) if row["weight"] else None,
            )
        record_marks(viewer, source, key, find_passage, key_id)
        mark_read(viewer=viewer, reading_id=reading.pk, read_to=len(turns) * 2 // 3 if is_unfinished else len(turns))
        if not is_unfinished:
            submit_reading(viewer=viewer, reading=reading, at=at + timedelta(minutes=50))

    def _start_tagging(self) -> Job | None:
        run = TaggingRun.objects.filter(pk=key_id("tagging run")).select_related("job").first()
        if run is None:
            sources = list(Source.objects.filter(study=self.study).order_by("pk"))
            run = start_tagging(viewer=self.viewer("helene"), id=key_id("tagging run"), sources=sources, at=TAGGED)
        return run.job

    def _start_counting(self) -> Job | None:
        """Let the workers count the words, so that what is drawn from them is there; None when all are counted."""
        running = Job.objects.filter(study_id=self.study.pk, kind=COUNTING, state__in=OPEN).first()
        lead = self.viewer("helene")
        if running or not how_counted(lead).missing:
            return running
        return start_counting(viewer=lead, at=TAGGED)

    def _wait_for(self, job: Job | None) -> None:
        """Wait for a job; raise what went wrong in it, be it in a part of it."""
        if job is None:
            return
        job.refresh_from_db()
        if job.is_open:
            self.wait(job)
            job.refresh_from_db()
        if job.problem_code:
            raise FieldstudyError(job.problem_code, job.problem, **job.problem_values)

    def _decide(self) -> None:
        """A few decisions, on the first interview each coder settled: three taken, two rejected."""
        for coder, file in (("ines", "val-clair-entretien-radiologue.docx"), ("tom", "harrow-interview-adeyemi.docx")):
            source = Source.objects.get(pk=key_id("source", file))
            suggestions = Suggestion.objects.filter(source=source).order_by("now_start", "code__sign", "pk")[:5]
            for number, suggestion in enumerate(suggestions):
                decision_id = key_id("decision", coder, str(number))
                if not Decision.objects.filter(pk=decision_id).exists():
                    decide(
                        viewer=self.viewer(coder),
                        id=decision_id,
                        suggestion_id=suggestion.pk,
                        outcome="take" if number < 3 else "reject",
                        at=TAGGED + timedelta(hours=1, minutes=number),
                    )

    def _agreement(self) -> None:
        runs = {run.unit: run for run in AgreementRun.objects.filter(pk__in=[_audit(unit) for unit in AUDITED_UNITS])}
        for unit in AUDITED_UNITS:
            runs[unit] = runs.get(unit) or compute_at_once(
                start_agreement_run(viewer=self.viewer("paul"), id=_audit(unit), unit=unit, site=None, at=AUDITED)
            )
        for run in runs.values():
            self._wait_for(run.job)


def find_passage(text: str, turns: Iterable[tuple[int, int, int]], row: Mapping[str, str]) -> tuple[int, int]:
    """Where a coded passage stands: its first words once in the text, its last words after them in the same turn."""
    start = text.find(row["start"])
    border = next((end for begin, end, _ in turns if begin <= start < end), -1)
    end = text.find(row["end"], start, border)
    if start < 0 or end < 0 or text.find(row["start"], start + 1) >= 0:
        raise Invalid(
            "demo.passage_not_found",
            gettext_noop("A passage of %(coder)s for %(sign)s is not found once in %(source)s."),
            coder=row["coder"],
            sign=row["sign"],
            source=row["source"],
        )
    return start, end + len(row["end"])


def _audit(unit: str) -> uuid.UUID:
    return key_id("agreement", unit)


def source_formats(study: Study) -> list[str]:
    """The file formats the study's sources came in."""
    formats = Source.objects.filter(study=study, original__isnull=False).values_list("original__format", flat=True)
    return sorted(set(formats))


def _both(pattern: str) -> list[dict[str, Any]]:
    return [row for part in ("a", "b") for row in json.loads((HERE / pattern.format(part)).read_text(encoding="utf-8"))]


def _codings() -> Iterable[dict[str, str]]:
    for part in ("a", "b"):
        with (HERE / f"codings-{part}.csv").open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _texts(row: Mapping[str, Any], name: str) -> dict[str, str]:
    return {language: row[f"{name}_{language}"] for language in ("fr", "en") if row.get(f"{name}_{language}")}
