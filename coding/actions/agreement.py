"""Audits of agreement: started by a person, computed from one consistent cut of the study, small ones at once."""

import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final, cast

from django.db import transaction
from django.utils import timezone

from coding.agreement.bootstrap import DEFAULT_REPLICATES
from coding.audit import audit
from coding.audit_material import PLAIN, UNITS, Material, Rules, Unit
from coding.models import AgreementRun, Code, CodebookVersion
from coding.queries.agreement import Scope, material_of, scope_of, seed_of, words_read
from fieldstudy.errors import Conflict, Invalid, gettext_noop
from fieldstudy.jobs import Lease, start_job, work
from fieldstudy.models import Job
from fieldstudy.writes import cut, write
from observations.access import Viewer, enter_by_id
from observations.models import Site
from observations.roles import Permission

STEPS = 3
AT_ONCE: Final = 150_000
"""Up to this many words read (each reading counts the words of its source) an audit is computed while one waits."""


@write
def start_agreement_run(
    *,
    viewer: Viewer,
    id: uuid.UUID,
    unit: str,
    site: Site | None,
    at: datetime,
    round: int | None = None,
    rules: Rules = PLAIN,
) -> AgreementRun:
    """Begin an audit of the sources that two coders or more have submitted, of a round if one is named.

    `rules` are for turns and sentences: for other units they are left out.

    A worker computes it; one of few words is kept from the workers, and `compute_at_once` computes it. The same id
    with the same content gives the same run back.

    Raises
    ------
    Invalid
        `agreement.unit_unknown`.
    Conflict
        `agreement.nothing_to_compare` when no source has two readings the viewer may compare; `agreement.id_taken`.
    """
    viewer.need(Permission.AUDIT)
    if unit not in UNITS:
        raise Invalid(
            "agreement.unit_unknown",
            gettext_noop("Agreement is counted by turn, by sentence, by character or of free segments."),
            beside="unit",
        )
    options = {"replicates": DEFAULT_REPLICATES, **asdict(Rules.of(unit, asdict(rules)))}
    there = AgreementRun.objects.filter(pk=id).first()
    if there is not None:
        return _same(viewer, there, (unit, site.pk if site else None, round, options))
    is_small = words_read(_comparable(scope_of(viewer, site, round))) <= AT_ONCE
    run = AgreementRun.objects.create(
        id=id,
        study=viewer.study,
        unit=unit,
        site=site,
        round=round,
        options={"at_once": is_small, **options},
        started_by=viewer.user,
        created_at=at,
    )
    run.job = start_job(
        kind="coding.compute_agreement",
        subject=run.pk,
        study_id=viewer.study.pk,
        started_by=viewer.user,
        at=at,
        total=STEPS,
        send_now=not is_small,
    )
    run.save(update_fields=["job"])
    return run


def compute_at_once(run: AgreementRun) -> AgreementRun:
    """Compute a run that was kept from the workers, here and now, as a worker would; any other is left to them.

    Should this process die, the sweep sends the job to a worker. A failure is written to the job, as theirs are.
    """
    if run.job is not None and run.job.is_open and run.options.get("at_once"):
        work(str(run.job.pk), compute_run)
        run.refresh_from_db()
    return run


def compute_run(job: Job, lease: Lease) -> None:
    """The work of one agreement job. Doing it twice gives the same figures for the same readings.

    Raises Conflict `agreement.nothing_to_compare` when the readings are gone since it was started.
    """
    assert job.started_by is not None and job.study_id is not None
    viewer = enter_by_id(job.started_by, job.study_id, Permission.AUDIT)
    run = AgreementRun.objects.select_related("site").get(pk=job.subject, study_id=job.study_id)
    with transaction.atomic():
        last = cut(job.study_id)
        scope = _comparable(scope_of(viewer, run.site, run.round))
        material = _material(viewer, scope, run)
        about = _about(viewer, scope, material)
    lease.progress(1, STEPS)
    seed = seed_of(material, scope.sources, scope.ids)
    figures = audit(material, seed=seed, replicates=run.options.get("replicates", DEFAULT_REPLICATES))
    signs = about.pop("signs")
    for code in figures["codes"]:
        code["sign"] = signs[code["code"]]
    lease.progress(2, STEPS)
    keep_result(viewer=viewer, run=run, scope=scope, cut=last, result={**about, **figures}, at=timezone.now())


@write
def keep_result(
    *, viewer: Viewer, run: AgreementRun, scope: Scope, cut: int, result: dict[str, Any], at: datetime
) -> AgreementRun:
    """Write what a run was computed from, and its figures."""
    run.readings = scope.ids
    run.codebook_versions = sorted({str(reading.codebook_version_id) for reading in scope.readings} - {"None"})
    run.cut, run.result, run.computed_at, run.seed = cut, result, at, result["seed"]
    run.save(update_fields=["readings", "codebook_versions", "cut", "result", "computed_at", "seed"])
    return run


def _comparable(scope: Scope) -> Scope:
    if not scope.readings:
        raise Conflict(
            "agreement.nothing_to_compare",
            gettext_noop(
                "There is nothing to compare yet: two coders have to submit a first reading of the same source, "
                "neither having seen what others say of it."
            ),
        )
    return scope


def _material(viewer: Viewer, scope: Scope, run: AgreementRun) -> Material:
    rules = Rules.of(run.unit, run.options)
    material = material_of(viewer.study, scope.readings, cast(Unit, run.unit), rules=rules)
    if not material.codes:
        raise Conflict("agreement.no_code", gettext_noop("The codebook had no code when these sources were read."))
    return material


def _about(viewer: Viewer, scope: Scope, material: Material) -> dict[str, Any]:
    """What the result says of itself: who and what was compared, and what was left out."""
    aliases = {str(reading.coder_id): reading.coder.alias for reading in scope.readings}
    numbers = CodebookVersion.objects.filter(pk__in={reading.codebook_version_id for reading in scope.readings})
    complete = material.finished.all(axis=1)
    return {
        "unit": material.unit,
        "independent": scope.is_independent,
        "n_sources": len(material.sources),
        "n_sources_of_all": int(complete.sum()),
        "n_readings": len(scope.readings),
        "left_out": {"not_blind": scope.not_blind, "own_unsubmitted": scope.own_unsubmitted, "alone": scope.alone},
        "sources": scope.sources,
        "coders": [{"id": coder, "alias": aliases[coder]} for coder in material.coders],
        "codebooks": sorted(numbers.values_list("number", flat=True)),
        "signs": {str(pk): sign for pk, sign in Code.objects.filter(study=viewer.study).values_list("pk", "sign")},
    }


def _same(viewer: Viewer, run: AgreementRun, asked: tuple[Any, ...]) -> AgreementRun:
    mine = run.study_id == viewer.study.pk and run.started_by_id == viewer.user.pk
    options = {name: value for name, value in run.options.items() if name != "at_once"}
    if mine and (run.unit, run.site_id, run.round, options) == asked:
        return run
    raise Conflict("agreement.id_taken", gettext_noop("Another audit has this id."))
