"""A study's rows, many times over: what list pages are asked with."""

import uuid
from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Field, ForeignKey, GeneratedField, Model, UUIDField

from coding.models import Coder, Dispute, Encounter, Memo, MemoLink, PromiseLink, Reading, Segment, Suggestion, Waiver
from fieldstudy.models import Job, User
from observations.models import Membership, Source, Study

Rows = dict[type[Model], list[Model]]
# What stands in one source and one reading. The rest is multiplied with the source it belongs to.
WITHIN = {Segment, Suggestion, PromiseLink, Encounter, Memo, MemoLink, Dispute}
# One machine, one consensus and as many people as there are: what they do is multiplied.
SINGLE = {Coder, Membership}


def rows_of(study: Study) -> Rows:
    """Every row of a study as it is now, by model, jobs included."""
    models = [model for name in ("observations", "coding") for model in apps.get_app_config(name).get_models()]
    found: Rows = {Job: list(Job.objects.filter(study_id=study.pk))}
    for model in models:
        if model is not Study and model not in SINGLE and any(one.name == "study" for one in model._meta.fields):
            found[model] = list(model._default_manager.filter(study=study))
    owned = {"observations.sourcekey": "source__study", "observations.original": "source__study"}
    for name, path in owned.items():
        found[apps.get_model(name)] = list(apps.get_model(name)._default_manager.filter(**{path: study}))
    return found


def multiply(rows: Rows, numbers: Iterable[int], by: User) -> None:
    """Write the rows once more for each number: all of them, with a source of their own; and those within a source."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('fieldstudy.actor', %s, true)", [str(by.pk)])
    made: dict[type[Model], list[Model]] = defaultdict(list)
    for number in numbers:
        newcomer = _join(made, by, number, rows)
        inside = {model: list(filter(_may_grow, those)) for model, those in rows.items() if model in WITHIN}
        for chosen in (rows, inside):
            for model, copies in _copied(chosen, number).items():
                made[model] += copies
        for waiver in made[Waiver][-len(rows[Waiver]) :]:
            waiver.user_id = newcomer.pk  # type: ignore[attr-defined]
    submitted = [one for one in made[Reading] if one.state == Reading.State.SUBMITTED]  # type: ignore[attr-defined]
    for one in submitted:
        one.state = Reading.State.OPEN  # type: ignore[attr-defined]
    for model, copies in made.items():
        model._default_manager.bulk_create(copies)
    Reading.objects.filter(pk__in=[one.pk for one in submitted]).update(state=Reading.State.SUBMITTED)


def _join(made: Rows, by: User, number: int, rows: Rows) -> User:
    """One more member of the study, to whom what one person has but once can belong."""
    newcomer = User(email=f"member{number}@example.org", name=f"Member {number}", password="!")
    joined = {"study_id": rows[Source][0].study_id, "roles": ["coder"], "joined_at": by.joined_at}
    made[User].append(newcomer)
    made[Membership].append(Membership(user=newcomer, **joined))
    return newcomer


def _may_grow(row: Model) -> bool:
    """Whether more of it may be written into the same reading: a submitted first one never changes."""
    reading = getattr(row, "reading", None)
    return reading is None or reading.state == Reading.State.OPEN or reading.phase == Reading.Phase.FINAL


def _copied(rows: Rows, number: int) -> Rows:
    """Copies that point at one another where the rows did, ids within lists and JSON included."""
    names = {str(row.pk): str(uuid.uuid4()) for those in rows.values() for row in those}
    return {model: [_copy(row, names, number) for row in those] for model, those in rows.items()}


def _copy(row: Model, names: dict[str, str], number: int) -> Model:
    given = {}
    for field in row._meta.concrete_fields:
        if not isinstance(field, GeneratedField):
            given[field.attname] = _renamed(field, getattr(row, field.attname), names, number)
    if isinstance(row, Segment):
        # Each in a place of its own: what a coder codes twice alike is listed once.
        given |= dict.fromkeys(("start", "now_start"), number % 10) | dict.fromkeys(
            ("end", "now_end"), 11 + number // 10
        )
    return type(row)(**given)


def _renamed(field: "Field[Any, Any]", value: Any, names: dict[str, str], number: int) -> Any:
    if field.name == "refi_guid":
        return uuid.uuid4()
    if isinstance(field, UUIDField | ForeignKey) or field.primary_key:
        return uuid.UUID(names[str(value)]) if str(value) in names else value
    if isinstance(value, list | dict):
        return _with_names(value, names)
    told = UNIQUE.get((field.model._meta.model_name or "", field.name))
    return told(value, number) if told else value


def _with_names(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {names.get(key, key): _with_names(one, names) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_names(one, names) for one in value]
    if isinstance(value, uuid.UUID):
        return uuid.UUID(names.get(str(value), str(value)))
    return names.get(value, value) if isinstance(value, str) else value


def _sign(sign: str, number: int) -> str:
    return f"{sign[0]}{number:03}"


def _numbered(name: str, number: int) -> str:
    return f"{name} {number}"


def _later(number: int, times: int) -> int:
    return number + 10 * times


# How what may not occur twice in a study is told apart.
UNIQUE: dict[tuple[str, str], Callable[[Any, int], Any]] = {
    ("site", "name"): _numbered,
    ("site", "alias"): _numbered,
    ("tool", "name"): _numbered,
    ("participant", "code"): _numbered,
    ("variable", "name"): _numbered,
    ("code", "sign"): _sign,
    ("codebookversion", "number"): _later,
    ("round", "number"): _later,
    ("invitation", "token_hash"): lambda token, number: f"{number}{token}"[:64],
    ("invitation", "email"): lambda email, number: f"{number}{email}",
}
