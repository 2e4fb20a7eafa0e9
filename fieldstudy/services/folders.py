"""Private folders and the account the embedded servers run under.

PostgreSQL refuses to run as root. Started by root, the servers therefore run under an account of their own: a user id
without a name, which owns nothing but the servers' files. It cannot walk through root's private folders, so servers are
started *inside* their folder and address it as `HERE`, and the permissions of the folders above are left as they are.
"""

import contextlib
import hashlib
import os
import pwd
import shutil
import stat
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO

from fieldstudy.errors import Unavailable, gettext_noop

# The folder a process was started in, whatever the folders above it allow.
HERE = "/proc/self/cwd"
# Free on every common system: above ordinary users, below the range systemd hands out for its own services.
NAMELESS_USER = 60_999
# The longest socket path that every system takes is 103 bytes.
LONGEST_SOCKET_FOLDER = 70
# Where root keeps copies of server programs that lie in folders nobody else may enter.
SYSTEM_FOLDER = Path("/var/lib/fieldstudy")
LARGEST_LOG = 5_000_000


def server_user(data_dir: Path) -> int:
    """The user id the servers of this data folder run under: ours, or, for root, one without rights."""
    if os.geteuid() != 0:
        return os.geteuid()
    if not sys.platform.startswith("linux"):
        raise Unavailable(
            "services.root",
            gettext_noop("The embedded servers do not run as root on this system. Use an ordinary account."),
        )
    for folder in (data_dir / "postgresql", data_dir):
        if folder.exists() and folder.stat().st_uid != 0:
            return folder.stat().st_uid
    return NAMELESS_USER


def named_user() -> int:
    """A user id without rights that has a name, which `initdb` insists on."""
    accounts = {account.pw_name: account.pw_uid for account in pwd.getpwall() if account.pw_uid != 0}
    if not accounts:
        raise Unavailable("services.root", gettext_noop("This system has no account but root. Add another one."))
    return accounts.get("nobody", max(accounts.values()))


def short_folder(data_dir: Path) -> Path:
    """The path of the private folder for a data folder's sockets, short however long the data folder's path is."""
    name = "fieldstudy-" + hashlib.sha256(os.fsencode(data_dir)).hexdigest()[:16]
    # Not TMPDIR where it can be helped: processes of one platform may each have their own.
    shared = Path("/tmp") if Path("/tmp").is_dir() else Path(tempfile.gettempdir())
    folder = shared / name
    if len(os.fsencode(folder)) > LONGEST_SOCKET_FOLDER:
        raise Unavailable(
            "services.socket_path",
            gettext_noop("The temporary folder %(folder)s has too long a path for sockets."),
            folder=shared,
        )
    return folder


def private_folder(path: Path, owner: int) -> Path:
    """Make a folder that only `owner` may enter, or accept the one that is there if it is exactly that.

    Raises
    ------
    Unavailable
        `services.unsafe_folder` when something else stands in its place: a link, or a folder of somebody else.
    """
    with contextlib.suppress(FileExistsError):
        path.mkdir(mode=0o700)
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {owner, os.geteuid()} or found.st_mode & 0o077:
        raise Unavailable(
            "services.unsafe_folder",
            gettext_noop("%(folder)s should be a private folder of this platform, but is not. Remove it."),
            folder=path,
        )
    if found.st_uid != owner:
        os.chown(path, owner, owner, follow_symlinks=False)
    return path


def give(folder: Path, owner: int) -> None:
    """Make `owner` the owner of a folder of ours and of all that is in it."""
    for parent, _, files in os.walk(folder):
        for path in (parent, *(os.path.join(parent, name) for name in files)):
            os.chown(path, owner, owner, follow_symlinks=False)


def give_to_owner_of(folder: Path, descriptor: int) -> None:
    """As root, leave a file in somebody's folder to that somebody, who has to open it next time."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.fchown(descriptor, owner.st_uid, owner.st_gid)


def usable_by(path: Path, user: int) -> bool:
    """Whether a user id without rights gets to `path` and may read it and, if a folder or program, enter or run it."""
    if user == os.geteuid():
        return True
    for step in (path, *path.parents):
        found = step.stat()
        bits = found.st_mode >> 6 if found.st_uid == user else found.st_mode
        if not bits & 0o1 or (step == path and not bits & 0o4):
            return False
    return True


def within_reach(site: Path, parts: Sequence[str], program: str, user: int) -> Path:
    """The program `site/program`, or a copy of it where `user` cannot get at the original.

    So it is when root runs a checkout below its own home. The copy stands in `SYSTEM_FOLDER`, for root alone to change;
    it holds the folders `parts` of `site`, as far as they exist, in the same places, because programs find their
    libraries by relative paths.
    """
    if usable_by(site / program, user):
        return site / program
    state = (site / program).stat()
    name = hashlib.sha256(f"{site}:{program}:{state.st_mtime_ns}:{state.st_size}".encode()).hexdigest()[:16]
    SYSTEM_FOLDER.mkdir(mode=0o755, exist_ok=True)
    copy = SYSTEM_FOLDER / f"{Path(program).name}-{name}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(dir=SYSTEM_FOLDER))
        for part in parts:
            if (site / part).is_dir():
                shutil.copytree(site / part, draft / part, ignore=shutil.ignore_patterns("include"))
        for folder in (draft, *(path for path in draft.rglob("*") if path.is_dir())):
            folder.chmod(0o755)
        # A non-empty folder is not replaced: whoever comes second uses the first one's.
        with contextlib.suppress(OSError):
            draft.rename(copy)
        shutil.rmtree(draft, ignore_errors=True)
    return copy / program


@contextlib.contextmanager
def readable_by(user: int, text: str) -> Iterator[int]:
    """A pipe that holds a short text, as a descriptor that `user` may open again by the name /dev/stdin."""
    reader, writer = os.pipe()
    try:
        os.write(writer, text.encode())
        os.close(writer)
        if user != os.geteuid():
            os.fchown(reader, user, user)
        yield reader
    finally:
        os.close(reader)


def open_log(data_dir: Path, name: str) -> IO[bytes]:
    """The log `logs/<name>.log` of a data folder, private, appended to; a long one is set aside as `.old` first."""
    folder = data_dir / "logs"
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{name}.log"
    if path.exists() and path.stat().st_size > LARGEST_LOG:
        path.replace(path.with_suffix(".old"))
    log = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab")
    give_to_owner_of(data_dir, log.fileno())
    return log


def end_of_log(data_dir: Path, name: str, lines: int = 5) -> str:
    """The last lines of a log, for a message about why a program did not start."""
    path = data_dir / "logs" / f"{name}.log"
    if not path.exists():
        return ""
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])
