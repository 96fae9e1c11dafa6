"""Where the servers live and as whom they run."""

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103
PATIENCE = 60  # seconds for a server to come up or go down


class CannotStart(Exception):
    """Says which server did not do as it was told, and where its log is."""


def package(name: str) -> Path | None:
    found = find_spec(name)
    return Path(found.origin).parent if found and found.origin else None


def unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; the user it runs as instead."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name for entry in pwd.getpwall()}
    return next(name for name in ("postgres", "nobody") if name in known)


def home(var: Path) -> Path:
    """Where the servers live: var/ itself, unless PostgreSQL's user may not look into it."""
    var.mkdir(parents=True, exist_ok=True)
    if within_reach(var, unprivileged_user()):
        return var
    place = Path("/var/lib") / f"baton-{key(var)}"  # only root comes here
    place.mkdir(exist_ok=True)
    place.chmod(0o711)  # whatever the umask is, that user must get through
    return place


def socket_folder(place: Path) -> Path:
    """A folder with a path short enough for a socket, into which nobody else may look."""
    folder = place / "run"
    if len(os.fsencode(folder / ".s.PGSQL.5432")) > LONGEST_SOCKET_PATH:
        folder = Path(tempfile.gettempdir()) / f"baton-{key(place)}"
    return owned_folder(folder, unprivileged_user())


def owned_folder(folder: Path, user: str | None) -> Path:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if folder.is_symlink() or folder.owner() not in (user, pwd.getpwuid(os.geteuid()).pw_name):
        raise CannotStart(f"{folder} belongs to someone else.")
    folder.chmod(0o700)
    if user:
        shutil.chown(folder, user)
    return folder


def within_reach(path: Path, user: str | None) -> bool:
    return as_user(user, ["test", "-x", path]) == 0


def given_to(user: str | None, folder: Path) -> None:
    for path in (folder, *folder.rglob("*")):
        os.chown(path, pwd.getpwnam(user).pw_uid if user else -1, -1, follow_symlinks=False)


def as_user(user: str | None, command: list[str | Path], errors: IO | None = None) -> int:
    """Run it silently as that user; what it returns."""
    who: dict[str, Any] = (
        {"user": user, "group": pwd.getpwnam(user).pw_gid, "extra_groups": []} if user else {}
    )
    settings = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
    none = subprocess.DEVNULL
    return subprocess.run(
        command, **who, cwd="/", env=settings, stdin=none, stdout=none, stderr=errors, check=False
    ).returncode


def key(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


@contextmanager
def locked(var: Path, name: str, how: int = fcntl.LOCK_EX) -> Iterator:
    var.mkdir(parents=True, exist_ok=True)
    with (var / name).open("w") as lock:
        fcntl.flock(lock, how)
        yield lock


def waited_for(happens: Callable[[], bool], seconds: float = PATIENCE) -> bool:
    deadline = time.monotonic() + seconds
    while not (happened := happens()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return happened
