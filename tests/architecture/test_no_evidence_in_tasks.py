"""What travels to the workers is the id of a job, and every kind of job has its task."""

import ast
import inspect
from importlib import import_module
from importlib.util import find_spec

from celery import current_app

from tests.architecture.code import PACKAGES, calls, python_files


def tasks() -> dict[str, inspect.Signature]:
    """The platform's own tasks by name, with what they take."""
    for package in PACKAGES:
        if find_spec(f"{package}.tasks"):
            import_module(f"{package}.tasks")
    return {
        name: inspect.signature(task.run) for name, task in current_app.tasks.items() if name.split(".")[0] in PACKAGES
    }


def kinds() -> dict[str, str]:
    """The kinds of job that are sent to the workers, and where; a parent of other jobs is not sent."""
    found = {}
    for path in python_files():
        for name, call, place in calls(path):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            if name.split(".")[-1] == "start_job" and "send_now" not in given:
                found[ast.literal_eval(given["kind"])] = place
    return found


def test_some_kinds_are_found() -> None:
    assert "coding.tag_source" in kinds()


def test_every_kind_of_job_has_a_task() -> None:
    assert {kind: place for kind, place in kinds().items() if kind not in tasks()} == {}


def test_every_task_sent_by_name_exists() -> None:
    sent = {
        argument.value
        for path in python_files()
        for name, call, _ in calls(path)
        for argument in call.args[:1]
        if name.endswith("send_task") and isinstance(argument, ast.Constant)
    }
    assert sent <= set(tasks())


def test_a_task_takes_a_job_id_or_nothing() -> None:
    taken = {name: [str(part) for part in signature.parameters.values()] for name, signature in tasks().items()}
    assert {name: parts for name, parts in taken.items() if parts not in ([], ["job_id: str"])} == {}


def test_messages_are_sent_by_the_jobs_and_the_sweep_alone() -> None:
    senders = {
        place.split(":")[0]
        for path in python_files()
        for name, _, place in calls(path)
        if name.split(".")[-1] in {"send_task", "delay", "apply_async"}
    }
    assert senders == {"fieldstudy/celery.py", "fieldstudy/jobs.py"}
