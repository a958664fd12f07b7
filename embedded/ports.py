"""The web port is opened here and handed to the web process: no other program can take it in between."""

from __future__ import annotations

import errno
import socket

from embedded.refusals import Refusal

FIRST = 8000
TRIES = 200
TAKEN = {errno.EADDRINUSE, errno.EADDRNOTAVAIL}


def open_port(wanted: int | None, first: int = FIRST) -> socket.socket:
    """The wanted one or none; without a wish the first that is free."""
    if wanted is not None:
        listening = listen(wanted)
        if listening is None:
            raise Refusal(f"Port {wanted} is busy: stop what listens there or choose another --port.")
        return listening
    for port in range(first, first + TRIES):
        if listening := listen(port):
            return listening
    raise Refusal(f"No port from {first} to {first + TRIES - 1} is free: choose one with --port.")


def listen(port: int) -> socket.socket | None:
    """None where another program listens, on IPv6 too: browsers ask localhost there first."""
    if _answered_on_ipv6(port):
        return None
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
        listening.listen(512)
    except PermissionError:
        raise Refusal(f"Port {port} needs more rights than you have: choose one above 1023.") from None
    except OSError as error:
        listening.close()
        if error.errno not in TAKEN:
            raise
        return None
    return listening


def _answered_on_ipv6(port: int) -> bool:
    try:
        with socket.create_connection(("::1", port), timeout=1):
            return True
    except OSError:
        return False


def number_of(listening: socket.socket) -> int:
    return int(listening.getsockname()[1])
