"""`make demo`: all of Baton on one machine, started in order and stopped together.

PORT=8001 chooses the port, RESET=1 starts afresh.
"""

import fcntl
import hashlib
import http.client
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import NoReturn

import psutil

from config import embedded, translations

ROOT = Path(__file__).resolve().parent.parent
VAR = ROOT / "var"
LOGS = VAR / "log"
CHILDREN = VAR / "demo.children"  # who was started, so that a killed demo leaves nobody behind
SEEDED = VAR / "demo.seeded"
TENANT, NAME, ADMIN = "demo", "株式会社バトンデモ", "admin@demo.example"
CELERY = ("celery", "-A", "config.celery:app")
PATIENCE = 60  # seconds for the first page to answer
GRACE = 15  # seconds for a child to end its work


class Trouble(Exception):
    """Ends the demo with a sentence that says what to do."""


def main() -> None:
    for end in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(end, lambda *_: sys.exit(0))
    try:
        demo(port=int(os.environ.get("PORT", 8000)), afresh=os.environ.get("RESET") == "1")
    except KeyboardInterrupt:
        say("stopped")
    except (Trouble, embedded.CannotStart) as trouble:
        sys.exit(f"\n{trouble}")


def demo(*, port: int, afresh: bool) -> None:
    with only_demo():
        end_leftovers()
        refuse_port_in_use(port)
        if afresh:
            forget()
        make_secret_key()
        say("starting PostgreSQL and Valkey under var/")
        with embedded.in_use(VAR) as addresses:
            os.environ.update(addresses, BATON_PORT=str(port))
            prepare()
            with stopped_together() as children:
                say("starting web, worker and beat; their words are in var/log/")
                children.append(web := web_server(port))
                logins = manage("demo_logins", quiet=True)
                wait_for_page(port, web)
                children.append(worker())
                children.append(importer())
                children.append(beat())
                welcome(port, logins.splitlines())
                watch(web, children[1:])


# ── before the first page ──────────────────────────────────────────────────────────────────────────


@contextmanager
def only_demo() -> Iterator[None]:
    VAR.mkdir(exist_ok=True)
    with (VAR / "demo.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Trouble("A demo of this checkout is already running.") from None
        yield


def end_leftovers() -> None:
    """Children of a demo that was killed before it could stop them."""
    for line in CHILDREN.read_text().splitlines() if CHILDREN.exists() else ():
        number, born = line.split()
        with suppress(psutil.NoSuchProcess):
            child = psutil.Process(int(number))
            if str(child.create_time()) == born:
                say(f"ending what an earlier demo left running ({number})")
                for process in (*child.children(recursive=True), child):
                    process.kill()
                child.wait(GRACE)
    CHILDREN.unlink(missing_ok=True)


def refuse_port_in_use(port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise Trouble(
                f"Port {port} cannot be used ({error.strerror}). Try: make demo PORT={port + 1}"
            ) from None


def forget() -> None:
    if "DATABASE_URL" in os.environ:
        raise Trouble("RESET=1 forgets only the embedded database; this one is chosen by DATABASE_URL.")
    say("forgetting the demo's data")
    embedded.forget(VAR)
    SEEDED.unlink(missing_ok=True)
    for name in ("files", "mail", "static", "log", "exports"):
        shutil.rmtree(VAR / name, ignore_errors=True)


def make_secret_key() -> None:
    with suppress(FileExistsError):
        file = os.open(VAR / "secret_key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        os.write(file, secrets.token_urlsafe(50).encode())
        os.close(file)


def prepare() -> None:
    """Bring the database and the static files up to date, fill the demo tenant once."""
    say("preparing the database")
    manage("prepare_database")
    translations.compile_all()
    collect_static()
    database = hashlib.sha256(os.environ["DATABASE_URL"].encode()).hexdigest()
    if not SEEDED.exists() or SEEDED.read_text() != database:
        say("filling the demo tenant; only the first start does this")
        manage("create_tenant", TENANT, "--name", NAME, "--admin", ADMIN, quiet=True)
        manage("seed_demo", "--tenant", TENANT)
        SEEDED.write_text(database)


def collect_static() -> None:
    """Half of a quick start, so only when a file or a package changed."""
    files = (file for file in (ROOT / "static").rglob("*") if file.is_file())
    state = repr([(str(file), file.stat().st_mtime_ns) for file in sorted(files)])
    state += (ROOT / "requirements.txt").read_text()
    made, wanted = VAR / "static" / "made", hashlib.sha256(state.encode()).hexdigest()
    if not made.exists() or made.read_text() != wanted:
        say("collecting the static files")
        manage("collectstatic", "--no-input", "--clear", quiet=True)
        made.write_text(wanted)


def manage(*words: str, quiet: bool = False) -> str:
    command = [sys.executable, "manage.py", *words]
    output = subprocess.PIPE if quiet else None
    # In a session of its own: Ctrl-C ends it through us, without its traceback.
    done = subprocess.run(command, stdout=output, text=True, check=False, cwd=ROOT, start_new_session=True)
    if done.returncode:
        raise Trouble(f"manage.py {words[0]} failed. To start from nothing: make demo RESET=1")
    return done.stdout or ""


# ── the children ───────────────────────────────────────────────────────────────────────────────────


class Child:
    def __init__(self, name: str, *command: str):
        self.name = name
        self.command = [sys.executable, "-m", *command]
        self.log = LOGS / f"{name}.log"
        self.start()

    def start(self) -> None:
        with self.log.open("ab") as log:
            # A session of its own: Ctrl-C reaches the demo alone, which then ends its children in order.
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.started_at = time.monotonic()
        with CHILDREN.open("a") as children:
            children.write(f"{self.process.pid} {psutil.Process(self.process.pid).create_time()}\n")

    def is_dead(self) -> bool:
        return self.process.poll() is not None

    def stop(self) -> None:
        if not self.is_dead():
            self.process.terminate()

    def wait(self) -> None:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(GRACE)
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)  # also the workers of one that was killed
        self.process.wait()


def web_server(port: int) -> Child:
    workers = str(min(4, 1 + (os.cpu_count() or 1)))
    place = ["--bind", f"127.0.0.1:{port}"]
    return Child("web", "gunicorn", "config.wsgi", *place, "--workers", workers, "--preload")


def worker() -> Child:
    return Child("worker", *CELERY, "worker", "--concurrency", "2", "--loglevel", "INFO")


def importer() -> Child:
    given = ["--queues", "imports", "--concurrency", "1", "--hostname", "imports@%h", "--loglevel", "INFO"]
    return Child("imports", *CELERY, "worker", *given)


def beat() -> Child:
    return Child("beat", *CELERY, "beat", "--schedule", str(VAR / "beat"), "--pidfile=", "--loglevel", "INFO")


@contextmanager
def stopped_together() -> Iterator[list[Child]]:
    """Whoever is put on the list ends when this does."""
    shutil.rmtree(LOGS, ignore_errors=True)
    LOGS.mkdir()
    children: list[Child] = []
    try:
        yield children
    finally:
        say("stopping")
        for child in children:
            child.stop()
        for child in children:
            child.wait()
        CHILDREN.unlink(missing_ok=True)


def wait_for_page(port: int, web: Child) -> None:
    deadline = time.monotonic() + PATIENCE
    while (status := status_of("/live", port)) != 200:
        end_if_dead(web)
        if time.monotonic() > deadline:
            raise Trouble(f"The page did not answer within {PATIENCE} s (last: {status}); see {web.log}.")
        time.sleep(0.1)
    if (status := status_of("/", port)) not in (200, 302):
        raise Trouble(f"The first page answers {status}; see {web.log}.")


def status_of(path: str, port: int) -> int | None:
    # Python cannot resolve *.localhost, browsers can: the name goes in the header.
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", path, headers={"Host": f"{TENANT}.localhost:{port}"})
        return connection.getresponse().status
    except OSError:
        return None
    finally:
        connection.close()


def watch(web: Child, others: list[Child]) -> NoReturn:
    while True:
        end_if_dead(web)
        for child in others:
            if child.is_dead() and time.monotonic() - child.started_at > 5:  # not in a mad loop
                say(f"{child.name} ended ({child.process.returncode}) and is started again; see {child.log}")
                child.wait()
                child.start()
        time.sleep(0.5)


def end_if_dead(web: Child) -> None:
    if web.is_dead():
        last = "\n".join(web.log.read_text(errors="replace").splitlines()[-15:])
        raise Trouble(f"{last}\n\nweb ended with {web.process.returncode}; all of it is in {web.log}.")


def welcome(port: int, logins: list[str]) -> None:
    print(f"\nBaton is at http://{TENANT}.localhost:{port}/\n")
    for login in logins:
        email, password, role = login.split(maxsplit=2)
        print(f"  {email:<36} {password:<24} {role}")
    print("\nCtrl-C stops everything.", flush=True)


def say(what: str) -> None:
    print(f"→ {what}", flush=True)


if __name__ == "__main__":
    main()
