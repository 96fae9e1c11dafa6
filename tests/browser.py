"""A real server with a database of its own, and a real browser that says what went wrong."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests import database

DESKTOP, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
SMALLEST = {"width": 320, "height": 640}
"""A desk's page at 400 %, where nothing may be lost (WCAG 1.4.10)."""
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-blink-features=ComputedAccessibilityInfo",
]


def chromium() -> str | None:
    return shutil.which("chromium")


class Server:
    """The product on a port of its own, over the database of these addresses; it can die and come back there."""

    def __init__(self, addresses: dict[str, str], static: Path) -> None:
        self.port = _free_port()
        settings = {
            "DJANGO_SETTINGS_MODULE": "tests.collected",
            "BATON_TEST_STATIC": str(static),
            "BATON_PORT": str(self.port),
            "BATON_LOG_LEVEL": "ERROR",
        }
        self.env = os.environ | addresses | settings

    def collect(self) -> None:
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        subprocess.run(command, cwd=database.ROOT, env=self.env, check=True)

    def start(self) -> None:
        options = [f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "error"]
        command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--bind", *options]
        self.process = subprocess.Popen(
            command, cwd=database.ROOT, env=self.env, stdout=subprocess.DEVNULL, start_new_session=True
        )
        _wait_until_live(self.port, self.process)

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(30)

    def die(self) -> None:
        """With its workers, in the middle of whatever they do."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)


@contextmanager
def served(addresses: dict[str, str]) -> Iterator[Server]:
    with TemporaryDirectory() as static:
        server = Server(addresses, Path(static))
        server.collect()
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_live(port: int, server: subprocess.Popen) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and server.poll() is None:
        try:
            with closing(HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
                connection.request("GET", "/live")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError("the server did not come up")


@contextmanager
def launched() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=QUIET)
        yield browser
        browser.close()


@dataclass
class Window:
    """A page of one person that collects what no page may do."""

    context: BrowserContext
    page: Page
    base: str
    faults: list[str] = field(default_factory=list)

    def watch(self) -> Window:
        host = urlsplit(self.base).netloc

        def asked(request) -> None:
            if urlsplit(request.url).scheme.startswith("http") and urlsplit(request.url).netloc != host:
                self.faults.append(f"request to another host: {request.url}")

        def said(message) -> None:
            if message.type == "error":
                self.faults.append(f"console: {message.text}")

        self.page.on("request", asked)
        self.page.on("console", said)
        self.page.on("pageerror", lambda error: self.faults.append(f"script: {error}"))
        return self

    def go(self, path: str) -> None:
        self.page.goto(self.base + path)

    def log_in(self, email: str, password: str) -> None:
        self.go("/login/")
        self.page.locator("input[name=username]").fill(email)
        self.page.locator("input[name=password]").fill(password)
        self.page.locator("input[name=password]").press("Enter")
        self.page.wait_for_url(lambda url: "/login" not in url)

    def fits(self) -> bool:
        """Whether the page is no wider than the screen; a phone's window grows with what it holds."""
        return self.page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        )

    def told(self) -> list[str]:
        """What went wrong since this was last asked."""
        told, self.faults = self.faults, []
        return told


def opened(browser: Browser, base: str, size: dict[str, int], **options: Any) -> Window:
    """Without service workers unless asked for: what a worker fetches no journey can hold up or answer."""
    phone = size is PHONE
    options = {"service_workers": "block"} | options
    context = browser.new_context(
        viewport=size, locale="ja-JP", timezone_id="Asia/Tokyo", is_mobile=phone, has_touch=phone, **options
    )
    context.set_default_timeout(10_000)
    return Window(context, context.new_page(), base).watch()
