"""The codes that a person keeps on the keys 1 to 9 while coding."""

import uuid

from coding.actions.readings import usable_code
from coding.models import Favourite
from fieldstudy.errors import Invalid, gettext_noop
from fieldstudy.models import User
from fieldstudy.writes import write
from observations.access import Viewer
from observations.roles import Permission

KEYS = range(1, 10)


@write
def set_favourite(*, viewer: Viewer, key: int, code_id: uuid.UUID) -> None:
    """Put a code on a key; what was on that key leaves it, and the code leaves any other key.

    Raises Invalid `favourite.no_such_key`, `segment.code_not_usable`.
    """
    viewer.need(Permission.CODE)
    _check(key)
    code = usable_code(viewer, code_id)
    # Two tabs may set keys at the same moment; a person's keys change one at a time.
    User.objects.select_for_update(no_key=True).get(pk=viewer.user.pk)
    own = Favourite.objects.filter(study=viewer.study, user=viewer.user)
    if own.filter(key=key, code=code).exists():
        return
    (own.filter(key=key) | own.filter(code=code)).delete()
    Favourite.objects.create(id=uuid.uuid4(), study=viewer.study, user=viewer.user, code=code, key=key)


@write
def clear_favourite(*, viewer: Viewer, key: int) -> None:
    """Free a key. Raises Invalid `favourite.no_such_key`."""
    viewer.need(Permission.CODE)
    _check(key)
    Favourite.objects.filter(study=viewer.study, user=viewer.user, key=key).delete()


def _check(key: int) -> None:
    if key not in KEYS:
        raise Invalid("favourite.no_such_key", gettext_noop("Favourites have the keys 1 to 9."), beside="key")
