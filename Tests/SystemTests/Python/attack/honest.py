"""A bank that does nothing wrong, beside the attack: what it waits for its answers.

Made of the h2 library, so that an implementation which nobody here wrote talks to the gateway too.
Every call has a moment at which it is due; it waits from then on, however late it is sent.
"""

from __future__ import annotations

import gc
import json
import random
import ssl
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError

from .gateway import CREDITOR, HONEST, bank, order
from .wire import Target

INTERVAL = 0.02
CONNECT_INTERVAL = 0.25
TIMEOUT = 10.0


class Client:
    """One connection, one call at a time."""

    def __init__(self, target: Target, identity: str, context: ssl.SSLContext) -> None:
        self.socket = context.wrap_socket(target.tcp(TIMEOUT), server_hostname="localhost")
        self.socket.settimeout(TIMEOUT)
        self.h2 = H2Connection(H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self.socket.sendall(self.h2.data_to_send())

    def call(self, verb: str, path: str, content: object = None) -> int:
        """The status; 0 when the stream or the connection was ended."""
        stream = self.h2.get_next_available_stream_id()
        headers = [(":method", verb), (":scheme", "https"), (":authority", "localhost"),
                   (":path", path)]
        body = b"" if content is None else json.dumps(content).encode()
        if body:
            headers.append(("content-type", "application/json"))
        self.h2.send_headers(stream, headers, end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)
        self.socket.sendall(self.h2.data_to_send())
        return self._await(stream)

    def _await(self, stream: int) -> int:
        status, limit = 0, time.monotonic() + TIMEOUT
        while time.monotonic() < limit:
            data = self.socket.recv(1 << 16)
            if not data:
                return 0
            for event in self.h2.receive_data(data):
                if isinstance(event, ResponseReceived):
                    status = int(dict(event.headers or [])[":status"])
                elif isinstance(event, DataReceived):
                    self.h2.acknowledge_received_data(
                        event.flow_controlled_length or 0, event.stream_id or 0)
                elif isinstance(event, StreamEnded) and event.stream_id == stream:
                    self.socket.sendall(self.h2.data_to_send())
                    return status
                elif isinstance(event, (StreamReset, ConnectionTerminated)):
                    return 0
            self.socket.sendall(self.h2.data_to_send())
        return 0

    def close(self) -> None:
        self.socket.close()


@dataclass
class Seen:
    """What one kind of call met with."""

    milliseconds: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    def percentile(self, share: float) -> float:
        ordered = sorted(self.milliseconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0

    @property
    def longest(self) -> float:
        return max(self.milliseconds, default=0.0)


def _put(client: Client) -> int:
    return client.call("PUT", f"/v1/payments/{uuid.uuid4()}", order(CREDITOR, "10.00"))


def _get(known: list[str]) -> Callable[[Client], int]:
    return lambda client: client.call("GET", f"/v1/payments/{random.choice(known)}")


def steady(kind: str, target: Target, known: list[str], pipe: Pipe) -> None:
    """The process of one kind of call, `put`, `get` or `connect`; ends when told, and tells."""
    call = _put if kind == "put" else _get(known)
    context = target.context(bank(HONEST))
    seen, client = Seen(), None
    interval = CONNECT_INTERVAL if kind == "connect" else INTERVAL
    gc.freeze()
    due = time.monotonic()
    while not pipe.poll(max(0.0, due - time.monotonic())):
        try:
            if client is None:
                client = Client(target, bank(HONEST), context)
            status = call(client)
            seen.milliseconds.append((time.monotonic() - due) * 1_000)
            if status != 200:
                seen.failures.append(f"{kind}: status {status}")
        except (OSError, ProtocolError) as error:
            seen.milliseconds.append((time.monotonic() - due) * 1_000)
            seen.failures.append(f"{kind}: {type(error).__name__} {error}"[:120])
            status = 0
        if client is not None and (kind == "connect" or status == 0):
            client.close()
            client = None
        # What fell due meanwhile has waited as well: it is done next, and counted from its moment.
        due += interval
    pipe.recv()
    pipe.send(seen)
