"""Roles in a study and what each may do: the whole permission matrix, in one place."""

from enum import StrEnum

from fieldstudy.errors import gettext_noop


class Role(StrEnum):
    """What a member of a study is there; one person may be several."""

    LEAD = "lead"
    CODER = "coder"
    SUPERVISOR = "supervisor"
    STEWARD = "steward"
    READER = "reader"


class Permission(StrEnum):
    """What a role allows."""

    READ = "read"  # evidence, codebook, one's own work
    COLLECT = "collect"  # import sources, write field notes, correct a text
    MANAGE = "manage"  # the study, its members, sites, tools, promises
    PROTECT = "protect"  # participants and consent
    CODE = "code"  # readings and passages of one's own
    CODEBOOK = "codebook"  # change and publish the codebook and the lexicon
    ASSIGN = "assign"  # hand out sources to coders
    TAG = "tag"  # run the taggers
    AUDIT = "audit"  # agreement and the passages behind it
    SETTLE = "settle"  # settle disputes between readings
    NOTE = "note"  # memos and saved questions of one's own
    EXPORT = "export"  # take coded data out


MATRIX: dict[Role, frozenset[Permission]] = {
    Role.LEAD: frozenset(
        {
            Permission.READ,
            Permission.COLLECT,
            Permission.MANAGE,
            Permission.PROTECT,
            Permission.CODEBOOK,
            Permission.ASSIGN,
            Permission.TAG,
            Permission.AUDIT,
            Permission.SETTLE,
            Permission.NOTE,
            Permission.EXPORT,
        }
    ),
    Role.CODER: frozenset({Permission.READ, Permission.COLLECT, Permission.CODE, Permission.NOTE}),
    Role.SUPERVISOR: frozenset(
        {
            Permission.READ,
            Permission.CODEBOOK,
            Permission.TAG,
            Permission.AUDIT,
            Permission.SETTLE,
            Permission.NOTE,
            Permission.EXPORT,
        }
    ),
    Role.STEWARD: frozenset({Permission.READ, Permission.PROTECT, Permission.EXPORT}),
    Role.READER: frozenset({Permission.READ}),
}

LABELS: dict[Role, str] = {
    Role.LEAD: gettext_noop("lead"),
    Role.CODER: gettext_noop("coder"),
    Role.SUPERVISOR: gettext_noop("supervisor"),
    Role.STEWARD: gettext_noop("data steward"),
    Role.READER: gettext_noop("reader"),
}


def permissions_of(roles: list[str]) -> frozenset[Permission]:
    """All that a set of roles allows together."""
    return frozenset(permission for role in roles for permission in MATRIX[Role(role)])
