"""What the server is to its browsers."""

import socket
from contextlib import ExitStack
from http.client import HTTPConnection

WORKERS = 2


def test_connections_that_say_nothing_keep_nobody_waiting(server):
    with ExitStack() as silent:
        for _ in range(WORKERS + 1):
            silent.enter_context(socket.create_connection(("127.0.0.1", server.port)))
        asked = HTTPConnection("127.0.0.1", server.port, timeout=5)
        asked.request("GET", "/live")

        assert asked.getresponse().status == 200
