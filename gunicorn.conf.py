"""What every gunicorn of Baton reads, wherever it is started: the demo, the tests, a host."""

import socket

control_socket_disable = True
LEFT_TO_THE_KERNEL = 60
"""Seconds that a connection may say nothing before a worker is given it."""


def when_ready(server) -> None:
    """Browsers open connections ahead and say nothing on them; a worker that takes one waits for it until its timeout."""
    if option := getattr(socket, "TCP_DEFER_ACCEPT", None):  # Linux
        for listener in server.LISTENERS:
            if listener.sock.family != socket.AF_UNIX:
                listener.sock.setsockopt(socket.IPPROTO_TCP, option, LEFT_TO_THE_KERNEL)
