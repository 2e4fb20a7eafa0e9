"""Errors have stable codes, and messages that the catalogue knows."""

import ast

from fieldstudy import errors
from tests.architecture.code import calls, python_files

ERRORS = {
    name
    for name, value in vars(errors).items()
    if isinstance(value, type) and issubclass(value, errors.FieldstudyError)
}


def test_every_message_is_marked_for_the_catalogue() -> None:
    unmarked = [
        place
        for path in python_files()
        for name, call, place in calls(path)
        if name in ERRORS and any(_is_text(argument) for argument in call.args[1:2])
    ]
    assert unmarked == []


def test_what_is_said_beside_a_field_is_the_message_or_marked() -> None:
    unmarked = [
        f"{place} {ast.unparse(said)}"
        for path in python_files()
        for name, call, place in calls(path)
        for keyword in call.keywords
        if name in ERRORS and keyword.arg == "fields" and isinstance(keyword.value, ast.Dict)
        for messages in keyword.value.values
        for said in getattr(messages, "elts", [])
        if isinstance(said, ast.Constant)
    ]
    assert unmarked == []


def test_every_code_is_dotted_lower_case() -> None:
    wrong = [
        f"{place} {argument.value}"
        for path in python_files()
        for name, call, place in calls(path)
        for argument in call.args[:1]
        if name in ERRORS and isinstance(argument, ast.Constant) and not _is_code(argument.value)
    ]
    assert wrong == []


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _is_code(value: object) -> bool:
    parts = str(value).split(".")
    return len(parts) == 2 and all(part.replace("_", "").isalnum() and part.islower() for part in parts)
