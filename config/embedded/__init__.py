"""PostgreSQL and Valkey out of their packages, run under var/ on unix sockets: what one machine needs.

Real servers, only embedded. Whoever sets DATABASE_URL and BROKER_URL never comes here.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from config.embedded.broker import Valkey
from config.embedded.place import CannotStart, home, locked, socket_folder
from config.embedded.postgresql import OWNER, SETTINGS, UNSAFE_BUT_FAST, Postgres, binaries

__all__ = [
    "VAR",
    "CannotStart",
    "Postgres",
    "Valkey",
    "binary",
    "environment",
    "forget",
    "in_use",
    "postgres",
    "stop",
    "valkey",
]

VAR = Path(__file__).resolve().parents[2] / "var"


@contextmanager
def in_use(var: Path = VAR, *, durable: bool = True) -> Iterator[dict[str, str]]:
    """The addresses of running servers; the last one out stops them, even when others crashed."""
    with locked(var, "users.lock", fcntl.LOCK_SH) as users:
        try:
            yield environment(var, durable=durable)
        finally:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # someone else is still at work
            else:
                stop(var)


def environment(var: Path = VAR, *, durable: bool = True) -> dict[str, str]:
    """The addresses that the environment leaves open, their servers started."""
    addresses: dict[str, str] = {}
    if not os.environ.keys() & {"DATABASE_URL", "OWNER_DATABASE_URL"}:
        database = postgres(var, durable=durable)
        addresses |= {"DATABASE_URL": database.url(), "OWNER_DATABASE_URL": database.url(user=OWNER)}
    if "BROKER_URL" not in os.environ:
        addresses["BROKER_URL"] = valkey(var).url()
    return addresses


def postgres(var: Path = VAR, *, durable: bool = True) -> Postgres:
    """The PostgreSQL of this directory, started if it was not running."""
    with locked(var, "servers.lock"):
        server = Postgres.of(var)
        server.start(SETTINGS if durable else SETTINGS | UNSAFE_BUT_FAST)
    return server


def valkey(var: Path = VAR) -> Valkey:
    """The Valkey of this directory, started if it was not running."""
    with locked(var, "servers.lock"):
        server = Valkey.of(var)
        server.start()
    return server


def stop(var: Path = VAR) -> None:
    """Stop both servers of this directory, whoever started them."""
    with locked(var, "servers.lock"):
        Postgres.of(var).stop()
        Valkey.of(var).stop()


def forget(var: Path = VAR) -> None:
    """Stop both servers and throw their data away."""
    stop(var)
    place = home(var)
    shutil.rmtree(socket_folder(place))
    for folder in ("postgres", "valkey") if place == var else ("",):
        shutil.rmtree(place / folder, ignore_errors=True)


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs, such as pg_dump."""
    return str(binaries() / name)
