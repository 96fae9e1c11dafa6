"""Make .venv with exactly what the lock files say, then start what was asked for.

python3 bootstrap.py          what running Baton needs
python3 bootstrap.py dev      and what building and testing needs
python3 bootstrap.py demo     then start the demonstration

Only the standard library, because nothing else is there yet. Indexes and certificates are pip's own business:
whatever this machine's pip is configured to use is used.
"""

import fcntl
import hashlib
import importlib.util
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed"
LOCKS = {"run": ROOT / "requirements.txt", "dev": ROOT / "requirements-dev.txt"}
OLDEST = (3, 11)


def main(asked):
    if sys.version_info < OLDEST:
        found = "%d.%d" % sys.version_info[:2]  # noqa: UP031  (this line must run on an old Python)
        sys.exit("Baton needs Python 3.11 or newer, this is %s: make PYTHON=python3.12 …" % found)  # noqa: UP031
    if asked not in ("run", "dev", "demo"):
        sys.exit(__doc__)

    set_up("dev" if asked == "dev" else "run")
    if asked == "demo":
        os.chdir(ROOT)
        os.execv(PYTHON, [str(PYTHON), "-m", "config.demo"])


def set_up(kind):
    """Bring .venv to what the lock file of this kind says; nothing to do is the usual case."""
    if is_installed(kind):
        return
    if VENV.is_symlink():  # another checkout's: emptying it would take the ground from under what runs there
        sys.exit(
            f"{VENV} leads to {VENV.resolve()}, which is not this checkout's to change: remove the link first"
        )
    with only_one_at_a_time():
        if is_installed(kind):
            return
        if stamp().startswith("dev "):
            kind = "dev"  # never take the tools from someone who had them
        began = time.monotonic()
        if not made_here():
            make_venv()
        STAMP.unlink(missing_ok=True)
        install(LOCKS[kind])
        STAMP.write_text(f"{kind} {wanted(kind)}\n{home()}\n")
        say(f"ready after {time.monotonic() - began:.0f} s")


def is_installed(kind):
    kinds = ("run", "dev") if kind == "run" else ("dev",)  # the dev lock holds everything of the other
    return PYTHON.exists() and any(stamp() == f"{each} {wanted(each)}\n{home()}\n" for each in kinds)


def stamp():
    return STAMP.read_text() if STAMP.exists() else ""


def wanted(kind):
    return hashlib.sha256(LOCKS[kind].read_bytes()).hexdigest()


def home():
    """What a .venv is tied to: the Python that made it and the place it stands."""
    return f"{sys.version_info[0]}.{sys.version_info[1]} {VENV}"


def made_here():
    return PYTHON.exists() and stamp().endswith(f"{home()}\n")


def make_venv():
    say("making .venv with Python {}.{}.{}".format(*sys.version_info[:3]))
    own_pip = importlib.util.find_spec("ensurepip") is not None  # Debian keeps it in a package of its own
    if not own_pip and importlib.util.find_spec("pip") is None:
        sys.exit("This Python has neither pip nor ensurepip. On Debian and Ubuntu: apt install python3-venv")
    run([sys.executable, "-m", "venv", "--clear", *([] if own_pip else ["--without-pip"]), str(VENV)])


def install(lock):
    count = sum("==" in line for line in lock.read_text().splitlines())
    say(f"installing {count} packages from {lock.name}, each checked against its hash")
    uv, locked = get_uv(), ["--require-hashes", "-r", str(lock)]
    if uv and succeeds([uv, "pip", "install", "-q", *locked, "--python", str(PYTHON)], uv_settings()):
        return
    say("with pip, which takes longer than uv")
    run([*pip(), "install", "-qq", *locked])


def get_uv():
    """uv is ten times as fast as pip; where it cannot be had, pip does the same work."""
    uv = VENV / "bin" / "uv"
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
        only_uv.write(pinned("uv", LOCKS["dev"]))
        only_uv.flush()
        succeeds([*pip(), "install", "-qq", "--no-deps", "--require-hashes", "-r", only_uv.name])
    return str(uv) if uv.exists() else None


def pinned(name, lock):
    """The lines of one package in a lock file, hashes included."""
    lines = lock.read_text().splitlines()
    start = next(at for at, line in enumerate(lines) if line.startswith(f"{name}=="))
    end = next((at for at in range(start + 1, len(lines)) if not lines[at].startswith(" ")), len(lines))
    return "\n".join(lines[start:end]) + "\n"


def pip():
    if (VENV / "bin" / "pip").exists():
        return [str(PYTHON), "-m", "pip"]
    return [sys.executable, "-m", "pip", "--python", str(PYTHON)]


def uv_settings():
    """uv does not read pip's configuration: hand over what says where packages come from."""
    configured = pip_configuration()
    names = {
        "index-url": "UV_DEFAULT_INDEX",
        "extra-index-url": "UV_INDEX",
        "find-links": "UV_FIND_LINKS",
        "cert": "SSL_CERT_FILE",
    }
    given = {names[key]: value for key, value in configured.items() if key in names}
    # Every file is checked against its hash, so it does not matter which index it came from.
    defaults = {"UV_SYSTEM_CERTS": "1", "UV_INDEX_STRATEGY": "unsafe-best-match", "UV_LINK_MODE": "copy"}
    return {**defaults, **given, **os.environ}


def pip_configuration():
    listed = subprocess.run([*pip(), "config", "list"], capture_output=True, text=True)
    configured = {}
    for line in listed.stdout.splitlines():
        name, _, value = line.partition("=")
        section, _, key = name.rpartition(".")
        if section in ("global", "install", ":env:"):
            configured[key] = " ".join(value.strip("'\"").replace("\\n", " ").split())
    return configured


@contextmanager
def only_one_at_a_time():
    place = ROOT / "var"
    place.mkdir(exist_ok=True)
    with (place / "bootstrap.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting: another start is installing")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def run(command):
    if not succeeds(command):
        sys.exit(f"This did not work: {' '.join(command)}")


def succeeds(command, env=None):
    """Run it; every few seconds a line says that it still does."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=env)
    while True:
        try:
            return process.wait(5) == 0
        except subprocess.TimeoutExpired:
            say(f"still at it after {time.monotonic() - began:.0f} s")


def say(what):
    print(f"→ {what}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "run")
