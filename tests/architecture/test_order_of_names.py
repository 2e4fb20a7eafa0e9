"""Names in lists stand where a reader looks for them, which is not where the database puts them."""

import ast

from tests.architecture.code import calls, python_files

NAMES = ("name", "title", "alias")


def test_no_list_leaves_the_order_of_names_to_the_database() -> None:
    left = [
        f"{place} {argument.value}"
        for path in python_files()
        for name, call, place in calls(path)
        for argument in call.args
        if name.endswith("order_by") and isinstance(argument, ast.Constant) and _is_name(str(argument.value))
    ]
    assert left == []


def test_no_list_is_sorted_by_names_as_bare_text() -> None:
    left = [
        place
        for path in python_files("queries", "views", "forms", "api")
        for name, call, place in calls(path)
        if name == "sorted" or name.endswith(".sort")
        for keyword in call.keywords
        if keyword.arg == "key" and isinstance(keyword.value, ast.Lambda)
        for part in _parts(keyword.value.body)
        if isinstance(part, ast.Attribute) and _is_name(part.attr)
    ]
    assert left == []


def _parts(key: ast.expr) -> list[ast.expr]:
    return key.elts if isinstance(key, ast.Tuple) else [key]


def _is_name(column: str) -> bool:
    return column.lstrip("-").rpartition("__")[2] in NAMES
