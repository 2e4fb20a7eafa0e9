"""The words for what marks and memos say, and what a page asks of their lists."""

import uuid
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from coding.queries.mark_lists import WantedMarks

MEMO_KINDS = {
    "study": _("study"),
    "source": _("source"),
    "span": _("words of a source"),
    "code": _("code"),
    "segment": _("coded passage"),
}
MEMO_DEEDS = {
    "written": _("Written"),
    "changed": _("Changed"),
    "shared": _("Shared"),
    "kept_back": _("Made private"),
    "removed": _("Removed"),
    "restored": _("Restored"),
}


def wanted_marks_of(asked: Mapping[str, str], said: Mapping[str, object]) -> WantedMarks:
    """What an address asks of a list of marks; what it says wrongly is left out. `said` has the values there are."""
    page = asked.get("page", "")
    return WantedMarks(
        tool=uuid_of(asked, "tool"),
        site=uuid_of(asked, "site"),
        participant=uuid_of(asked, "participant"),
        said=asked.get("said", "") if asked.get("said", "") in said else "",
        page=int(page) if page.isdecimal() and len(page) < 7 else 1,
    )


def uuid_of(asked: Mapping[str, str], name: str) -> uuid.UUID | None:
    """A UUID an address or a form names, None where it is none."""
    try:
        return uuid.UUID(asked.get(name, ""))
    except ValueError:
        return None
