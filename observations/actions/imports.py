"""Bringing files in: kept sealed, read one by one by the workers, each becoming a source or a table of problems."""

import hashlib
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import OperationalError
from django.utils import timezone

from fieldstudy.errors import FieldstudyError, Invalid, gettext_noop
from fieldstudy.jobs import UNEXPECTED, Cancelled, Lease, start_job
from fieldstudy.models import Job
from fieldstudy.sealing import new_wrapped_key, seal, unseal
from fieldstudy.writes import write
from observations.access import Viewer, enter_by_id
from observations.actions.sources import Details, OriginalFile, add_source, check_observed_on
from observations.importers import FORMATS, LARGEST_FILE, format_of, read
from observations.importers.base import ImportFailed, ParsedSource
from observations.models import Import, ImportFile, Participant, Site, Tool
from observations.roles import Permission

MOST_FILES = 200
MEGABYTE = 1024 * 1024
MOST_TOGETHER = 200 * MEGABYTE


@dataclass(frozen=True)
class Upload:
    """A file as it came, with what its importer already knows of it: a JSON-able mapping, see `_details`."""

    name: str
    content: bytes
    details: Mapping[str, Any] = field(default_factory=dict)


@write
def start_import(*, viewer: Viewer, id: uuid.UUID, uploads: Sequence[Upload], at: datetime) -> Import:
    """Keep the files and let the workers read them.

    Raises Invalid `import.no_file` or `import.too_many`, and what `check_observed_on` raises.
    """
    viewer.need(Permission.COLLECT)
    for upload in uploads:
        check_observed_on(_day(upload.details), at)
    if not uploads:
        raise Invalid("import.no_file", gettext_noop("Choose at least one file."), beside="files")
    if len(uploads) > MOST_FILES:
        raise Invalid(
            "import.too_many",
            gettext_noop("At most %(most)s files at once; send the rest afterwards."),
            most=MOST_FILES,
        )
    batch = Import.objects.create(id=id, study=viewer.study, started_by=viewer.user, created_at=at)
    common: dict[str, Any] = {"study_id": viewer.study.pk, "started_by": viewer.user, "at": at}
    batch.job = start_job(kind="observations.import", subject=batch.pk, total=len(uploads), send_now=False, **common)
    batch.save(update_fields=["job"])
    for position, upload in enumerate(uploads):
        key = new_wrapped_key()
        file = ImportFile.objects.create(
            id=uuid.uuid5(id, f"file {position}"),
            study=viewer.study,
            batch=batch,
            position=position,
            name=upload.name[-255:],
            size=len(upload.content),
            sha256=hashlib.sha256(upload.content).hexdigest(),
            wrapped_key=key,
            sealed=seal(key, upload.content),
            details=dict(upload.details),
        )
        start_job(kind="observations.read_file", subject=file.pk, parent=batch.job, **common)
    return batch


def read_file(job: Job, lease: Lease) -> None:
    """The work of one import job: a source, or problems kept with the file. Doing it twice gives one source."""
    assert job.started_by is not None and job.study_id is not None
    file = ImportFile.objects.get(pk=job.subject, study_id=job.study_id)
    if file.state != ImportFile.State.WAITING or file.sealed is None:
        return
    viewer = enter_by_id(job.started_by, job.study_id, Permission.COLLECT)
    content = unseal(bytes(file.wrapped_key), bytes(file.sealed))
    try:
        parsed = read(content, file.name)
        lease.check()
        finish_file(viewer=viewer, file=file, parsed=parsed, content=content, at=timezone.now())
    except ImportFailed as failure:
        refuse_file(viewer=viewer, file=file, problems=[asdict(problem) for problem in failure.problems])
        raise FieldstudyError("import.refused", failure.message, **failure.values) from None
    except FieldstudyError as error:
        refuse_file(viewer=viewer, file=file, problems=[problem_of(error)])
        raise
    except (Cancelled, OperationalError):
        raise  # done again by whoever takes the job next, or by nobody
    except Exception:
        unexpected = FieldstudyError("job.unexpected", UNEXPECTED, reference=str(job.pk)[:8])
        refuse_file(viewer=viewer, file=file, problems=[problem_of(unexpected)])
        raise


@write
def finish_file(*, viewer: Viewer, file: ImportFile, parsed: ParsedSource, content: bytes, at: datetime) -> None:
    """Make the source of a file that could be read; its sealed upload is no longer kept apart."""
    at_known = file.details.get("at")
    source = add_source(
        viewer=viewer,
        id=uuid.UUID(file.details["id"]) if "id" in file.details else uuid.uuid5(file.pk, "source"),
        details=_details(viewer, file, parsed),
        turns=parsed.turns,
        at=datetime.fromisoformat(at_known) if at_known else at,
        original=OriginalFile(file.name, format_of(file.name), content),
    )
    file.source, file.state, file.sealed = source, ImportFile.State.IMPORTED, None
    file.problems = [asdict(problem) for problem in parsed.warnings]
    file.save(update_fields=["source", "state", "sealed", "problems"])


@write
def refuse_file(*, viewer: Viewer, file: ImportFile, problems: list[dict[str, Any]]) -> None:
    """Keep what was wrong with a file; its content is not kept."""
    file.problems, file.state, file.sealed = problems, ImportFile.State.REFUSED, None
    file.save(update_fields=["problems", "state", "sealed"])


def problem_of(error: FieldstudyError) -> dict[str, Any]:
    """An error as a row of the problem table."""
    return {"code": error.code, "message": error.message, "values": error.values, "found": "", "expected": ""}


def check_sizes(sizes: Iterable[int]) -> None:
    """Refuse, before they are read, files that are too large one by one or together. Raises Invalid `import.too_large`.

    `sizes` in bytes.
    """
    each = list(sizes)
    if max(each, default=0) > LARGEST_FILE or sum(each) > MOST_TOGETHER:
        raise Invalid(
            "import.too_large",
            gettext_noop("A file may take %(most)s MB, and all files of one import together %(together)s MB."),
            beside="files",
            most=LARGEST_FILE // MEGABYTE,
            together=MOST_TOGETHER // MEGABYTE,
        )


def accepted_suffixes() -> list[str]:
    """The endings of file names that can be imported, for a file chooser."""
    return sorted({suffix for known in FORMATS.values() for suffix in known.suffixes})


def _day(said: Mapping[str, Any]) -> date | None:
    return date.fromisoformat(said["observed_on"]) if said.get("observed_on") else None


def _details(viewer: Viewer, file: ImportFile, parsed: ParsedSource) -> Details:
    """What the person said of the file, and where they said nothing what the file itself says.

    Keys: ``id``, ``title``, ``kind``, ``language``, ``observed_on`` (ISO), ``observer``, ``site`` (id),
    ``tools`` (ids), ``participants`` (ids), ``speakers`` (label to participant id).
    """
    said = file.details
    study = viewer.study
    people = {str(person.pk): person for person in Participant.objects.filter(study=study)}
    return Details(
        title=said.get("title") or parsed.title or file.name,
        kind=said.get("kind") or parsed.kind,
        language=said.get("language") or parsed.language,
        observed_on=_day(said),
        observer=said.get("observer", ""),
        site=Site.objects.filter(study=study, pk=said["site"]).first() if said.get("site") else None,
        tools=tuple(Tool.objects.filter(study=study, pk__in=said.get("tools", []))),
        participants=tuple(people[code] for code in said.get("participants", []) if code in people),
        speakers={label: people[code] for label, code in said.get("speakers", {}).items() if code in people},
    )
