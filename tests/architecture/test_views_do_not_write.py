"""Pages and API change nothing themselves: actions do."""

from tests.architecture.code import calls, python_files

WRITES = {
    "save",
    "create",
    "delete",
    "bulk_create",
    "bulk_update",
    "get_or_create",
    "update_or_create",
}
# A form of allauth, which sends a mail.
ALLOWED = {"fieldstudy/views/administration.py form.save"}


def test_views_write_nothing() -> None:
    found = [
        f"{place} {name}"
        for path in python_files("views", "api")
        for name, _, place in calls(path)
        if name.split(".")[-1] in WRITES and f"{place.split(':')[0]} {name}" not in ALLOWED
    ]
    assert found == []


def test_views_use_no_sql() -> None:
    found = [
        f"{place} {name}"
        for path in python_files("views", "api", "forms", "actions")
        for name, _, place in calls(path)
        if name.split(".")[-1] in {"raw", "extra", "RawSQL"}
    ]
    assert found == []
