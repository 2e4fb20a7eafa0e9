#!/usr/bin/env python
"""The platform's commands; those that need the database find its servers running."""

import os
import sys
from collections.abc import Sequence

from fieldstudy import services
from fieldstudy.errors import FieldstudyError

WITHOUT_SERVERS = frozenset(
    {
        "check",
        "collectstatic",
        "compilemessages",
        "diffsettings",
        "findstatic",
        "help",
        "makemessages",
        "measure",
        "spectacular",
        "startapp",
        "startproject",
        "translations",
        "verify_release",
        "version",
    }
)


def needs_servers(arguments: Sequence[str]) -> bool:
    """Whether a command line (without the program's name) asks for something that uses the database or the broker."""
    if not arguments or {"-h", "--help", "--version"} & set(arguments):
        return False
    return arguments[0] not in WITHOUT_SERVERS or "--database" in arguments


def main() -> None:
    """Run the command of the command line."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fieldstudy.settings")
    from django.core.management import execute_from_command_line

    try:
        if not needs_servers(sys.argv[1:]):
            execute_from_command_line(sys.argv)
            return
        with services.running(services.configured(os.environ)):
            execute_from_command_line(sys.argv)
    except FieldstudyError as problem:
        sys.exit(f"{problem} [{problem.code}]")


if __name__ == "__main__":
    main()
