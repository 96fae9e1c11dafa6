"""A mail server that keeps what it is given, and at times takes a mail and breaks off before it says so."""

from __future__ import annotations

import socketserver
import threading
from collections import Counter
from email import message_from_bytes
from itertools import count


class _Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.say("220 sink")
        while words := self.rfile.readline().split():
            match words[0].upper():
                case b"DATA":
                    self.say("354 go on")
                    if not self.server.take(b"".join(iter(self.rfile.readline, b".\r\n"))):
                        return
                    self.say("250 taken")
                case b"QUIT":
                    self.say("221 bye")
                    return
                case _:
                    self.say("250 ok")

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Sink(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, *, breaks_at: tuple[int, ...] = ()) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.breaks_at, self.number, self.taken = breaks_at, count(1), []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def environment(self) -> dict[str, str]:
        """The product's settings that lead here."""
        host, port = self.server_address[:2]
        smtp = "django.core.mail.backends.smtp.EmailBackend"
        return {"BATON_EMAIL_BACKEND": smtp, "BATON_EMAIL_HOST": str(host), "BATON_EMAIL_PORT": str(port)}

    def take(self, data: bytes) -> bool:
        """Whether the sender is told that it was taken."""
        mail = message_from_bytes(data)
        self.taken.append((mail["Message-ID"], mail["To"]))
        return next(self.number) not in self.breaks_at

    def times(self) -> Counter[str]:
        """How often each mail, by its Message-ID, was handed over."""
        return Counter(number for number, _to in self.taken)
