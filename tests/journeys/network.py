"""A network of our own between browser and server: it can be cut in the middle of anything."""

from __future__ import annotations

import socket
import threading
from contextlib import suppress


class Network:
    """Passes bytes on to a port; cut, it drops what is under way and takes nothing more."""

    def __init__(self, to: int) -> None:
        self.to, self.there, self.under_way = to, True, set()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.port = self.door.getsockname()[1]

    def __enter__(self) -> Network:
        threading.Thread(target=self._take, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.cut()
        self.door.close()

    def cut(self) -> None:
        self.there = False
        for end in list(self.under_way):
            _close(end)

    def mend(self) -> None:
        self.there = True

    def _take(self) -> None:
        while True:
            try:
                browser, _ = self.door.accept()
            except OSError:
                return
            if not self.there:
                _close(browser)
                continue
            try:
                server = socket.create_connection(("127.0.0.1", self.to))
            except OSError:  # nobody serves there now
                _close(browser)
                continue
            self.under_way |= {browser, server}
            for source, sink in ((browser, server), (server, browser)):
                threading.Thread(target=self._pass_on, args=(source, sink), daemon=True).start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while self.there and (data := source.recv(65_536)):
                sink.sendall(data)
        for end in (source, sink):
            self.under_way.discard(end)
            _close(end)


def _close(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
