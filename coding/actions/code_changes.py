"""Several changes to a code at once, all or none."""

from datetime import datetime
from typing import Any

from coding.actions.code_tree import move_code, restore_code, retire_code
from coding.actions.codebooks import Meaning, redefine_code
from coding.examples import written
from coding.models import Code
from fieldstudy.writes import write
from observations.access import Viewer
from observations.roles import Permission

MEANING = ("names", "definitions", "include_when", "exclude_when", "examples")


@write
def change_code(*, viewer: Viewer, code: Code, at: datetime, changes: dict[str, Any]) -> Code:
    """Change what is named of a code and leave the rest.

    Parameters
    ----------
    changes : dict
        Any of `names`, `definitions`, `include_when`, `exclude_when`, `examples` (text by language), `sign`, `stance`,
        `asks_weight`, `parent` (a code or None), `position`, `retired`; `based_on` is the revision they were made to.

    Raises
    ------
    FieldstudyError
        What `redefine_code`, `move_code`, `retire_code` and `restore_code` raise; then nothing has changed.
    """
    viewer.need(Permission.CODEBOOK)
    assert code.revision is not None
    if changes.keys() & {"sign", "stance", "asks_weight", *MEANING}:
        code = redefine_code(
            viewer=viewer,
            code=code,
            sign=changes.get("sign", code.sign).strip().upper(),
            meaning=Meaning(**{name: changes.get(name, written(getattr(code.revision, name))) for name in MEANING}),
            stance=changes.get("stance", code.stance),
            asks_weight=changes.get("asks_weight", code.asks_weight),
            at=at,
            based_on=changes.get("based_on", code.revision_id),
        )
    if changes.keys() & {"parent", "position"}:
        parent, position = changes.get("parent", code.parent), changes.get("position", code.position)
        code = move_code(viewer=viewer, code=code, parent=parent, position=position, at=at)
    if changes.get("retired") is True and code.retired_at is None:
        code = retire_code(viewer=viewer, code=code, at=at)
    if changes.get("retired") is False and code.retired_at is not None:
        code = restore_code(viewer=viewer, code=code, at=at)
    return code
