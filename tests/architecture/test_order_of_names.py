"""Names in lists stand where a reader looks for them, which is not where the database puts them."""

import ast

from tests.architecture.code import calls, python_files

NAMES = ("name", "title")


def test_no_list_leaves_the_order_of_names_to_the_database() -> None:
    left = [
        f"{place} {argument.value}"
        for path in python_files()
        for name, call, place in calls(path)
        for argument in call.args
        if name.endswith("order_by") and isinstance(argument, ast.Constant) and _is_name(str(argument.value))
    ]
    assert left == []


def _is_name(column: str) -> bool:
    return column.lstrip("-").rpartition("__")[2] in NAMES
