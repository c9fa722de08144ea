"""A bank that does nothing wrong, beside the attack: what it waits for its answers.

Made of the h2 library, so that an implementation which nobody here wrote talks to the gateway too.
Every call has a moment at which it is due; it waits from then on, however late it is sent.
"""

from __future__ import annotations

import gc
import json
import random
import select
import ssl
import time
import uuid
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe

from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.events import (
    ConnectionTerminated,
    DataReceived,
    Event,
    ResponseReceived,
    StreamEnded,
    StreamReset,
)
from h2.exceptions import ProtocolError

from shared.calls import bank
from shared.wire import Target

from .gateway import CREDITOR, HONEST, order

INTERVAL = 0.02
CONNECT_INTERVAL = 0.25
TIMEOUT = 10.0


class Client:
    """One connection with any number of calls under way."""

    def __init__(self, target: Target, identity: str, context: ssl.SSLContext) -> None:
        self.socket = context.wrap_socket(target.tcp(TIMEOUT), server_hostname="localhost")
        self.socket.settimeout(TIMEOUT)
        self.h2 = H2Connection(H2Configuration(header_encoding="utf-8"))
        self.h2.initiate_connection()
        self._flush()
        self._statuses: dict[int, int] = {}

    def _flush(self) -> None:
        self.socket.sendall(self.h2.data_to_send())

    def send(self, verb: str, path: str, content: object = None) -> int:
        """Sends a call; its stream."""
        stream = self.h2.get_next_available_stream_id()
        headers = [(":method", verb), (":scheme", "https"), (":authority", "localhost"),
                   (":path", path)]
        body = b"" if content is None else json.dumps(content).encode()
        if body:
            headers.append(("content-type", "application/json"))
        self.h2.send_headers(stream, headers, end_stream=not body)
        if body:
            self.h2.send_data(stream, body, end_stream=True)
        self._flush()
        return stream

    def receive(self, until: float) -> list[tuple[int, int]]:
        """Streams that are over with their statuses, 0 for a reset, as soon as there are some.

        Raises OSError when the gateway has ended the connection.
        """
        while True:
            wait = max(0.0, until - time.monotonic())
            if not self.socket.pending() and not select.select([self.socket], [], [], wait)[0]:
                return []
            data = self.socket.recv(1 << 16)
            if not data:
                raise ConnectionResetError("the gateway closed the connection")
            if over := self._over(self.h2.receive_data(data)):
                return over

    def _over(self, events: list[Event]) -> list[tuple[int, int]]:
        over = []
        for event in events:
            if isinstance(event, ResponseReceived):
                self._statuses[event.stream_id or 0] = int(dict(event.headers or [])[":status"])
            elif isinstance(event, DataReceived):
                self.h2.acknowledge_received_data(
                    event.flow_controlled_length or 0, event.stream_id or 0)
            elif isinstance(event, StreamEnded):
                over.append((event.stream_id, self._statuses.pop(event.stream_id, 0)))
            elif isinstance(event, StreamReset):
                over.append((event.stream_id or 0, 0))
            elif isinstance(event, ConnectionTerminated):
                raise ConnectionResetError(f"GOAWAY {event.error_code}")
        self._flush()
        return over

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


class Caller:
    """Makes calls of one kind when they are due, and notes what became of them."""

    def __init__(self, kind: str, target: Target, known: list[str]) -> None:
        self.kind, self.known = kind, known
        self._target, self._context = target, target.context(bank(HONEST))
        self._client: Client | None = None
        self._under_way: dict[int, float] = {}
        self.seen = Seen()

    def begin(self, due: float) -> None:
        try:
            if self._client is None:
                self._client = Client(self._target, bank(HONEST), self._context)
            if self.kind == "put":
                stream = self._client.send(
                    "PUT", f"/v1/payments/{uuid.uuid4()}", order(CREDITOR, "10.00"))
            else:
                stream = self._client.send("GET", f"/v1/payments/{random.choice(self.known)}")
            self._under_way[stream] = due
        except (OSError, ProtocolError) as error:
            self._note(due, f"{type(error).__name__} {error}")
            self._give_up("the connection was lost")

    def listen(self, until: float) -> None:
        """Takes answers until a moment."""
        while self._client and self._under_way:
            try:
                over = self._client.receive(until)
            except (OSError, ProtocolError) as error:
                return self._give_up(f"{type(error).__name__} {error}")
            if not over:
                return self._drop_late_ones()
            for stream, status in over:
                self._note(self._under_way.pop(stream),
                           "" if status == 200 else f"status {status}")
        time.sleep(max(0.0, until - time.monotonic()))

    def end_connection(self) -> None:
        if self._client and not self._under_way:
            self._client.close()
            self._client = None

    @property
    def waits(self) -> bool:
        return bool(self._under_way)

    def _note(self, due: float, failure: str) -> None:
        self.seen.milliseconds.append((time.monotonic() - due) * 1_000)
        if failure:
            self.seen.failures.append(f"{self.kind}: {failure}"[:120])

    def _drop_late_ones(self) -> None:
        if min(self._under_way.values()) + TIMEOUT < time.monotonic():
            self._give_up(f"no answer within {TIMEOUT:g} s")

    def _give_up(self, why: str) -> None:
        for due in self._under_way.values():
            self._note(due, why)
        self._under_way.clear()
        if self._client:
            self._client.close()
            self._client = None


def steady(kind: str, target: Target, known: list[str], pipe: Pipe) -> None:
    """The process of one kind of call, `put`, `get` or `connect`; ends when told, and tells."""
    caller = Caller(kind, target, known)
    interval = CONNECT_INTERVAL if kind == "connect" else INTERVAL
    gc.freeze()
    due = time.monotonic()
    while not pipe.poll():
        if kind != "connect" or not caller.waits:
            caller.end_connection() if kind == "connect" else None
            caller.begin(due)
        due += interval
        caller.listen(due)
    pipe.recv()
    last = time.monotonic() + TIMEOUT
    while caller.waits and time.monotonic() < last:
        caller.listen(time.monotonic() + 0.1)
    pipe.send(caller.seen)
