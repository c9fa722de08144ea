"""Banks that pay without pause, over three lanes, whatever happens to the gateway."""

from __future__ import annotations

import json
import random
import ssl
import time
from collections.abc import Callable

import records
from shared.answers import (
    FIRST_OF_ORDERS,
    NOBODY_KNOWS,
    NOTHING_RECORDED,
    PAYMENT_FINAL,
    PAYMENT_UNKNOWN,
    UETR_CONFLICT,
    grpc_code,
    json_code,
    view_of_json,
    view_of_protobuf,
    view_of_record,
)
from shared.calls import bank
from shared.memory import LOST, OTHER, Entry, Memory
from shared.orders import BANKS, draw
from shared.protobuf import at
from shared.wire import Peer, Reply, Target, grpc_head, grpc_message, pump, request_head

JSON, GRPC, RECORDS = LANES = ("json", "grpc", "records")
ORDERS_AT_ONCE = {JSON: 4, GRPC: 4, RECORDS: 10}
PAUSE = (0.02, 0.1)  # seconds between two calls of a client
SILENCE = 30.0  # an answer comes within so many seconds, or the connection ends
SUBMIT = "/langqiao.v1.PaymentService/SubmitPayment"
WITH_JSON = [("content-type", "application/json")]
WITH_OCTETS = [("content-type", "application/octet-stream")]


class Reader:
    """Takes answers into the memory, whatever form they have."""

    def __init__(self, memory: Memory) -> None:
        self.memory = memory

    def refusal(self, entry: Entry, code: int) -> None:
        if code in NOTHING_RECORDED:
            self.memory.turn_away(entry)
        elif code in NOBODY_KNOWS:
            self.memory.lose_sight(entry)
        elif code < FIRST_OF_ORDERS or code == UETR_CONFLICT:
            self.memory.fault(OTHER, f"{entry.order.uetr} was answered with code {code}")
        else:
            self.memory.refuse(entry, code)

    def put(self, entry: Entry, reply: Reply) -> bool | None:
        """The answer to an order in JSON: whether it says that it was a repetition."""
        if reply.reset is not None:
            self.memory.lose_sight(entry)
        elif reply.status != 200:
            self.refusal(entry, json_code(reply))
        else:
            payment = json.loads(reply.body)
            repeats = bool(payment.get("repetition"))
            self.memory.learn(entry, view_of_json(payment), repeats)
            return repeats
        return None

    def call(self, entry: Entry, reply: Reply) -> None:
        """The answer to an order over gRPC."""
        if reply.reset is not None:
            self.memory.lose_sight(entry)
        elif reply.headers.get("grpc-status") != "0":
            self.refusal(entry, grpc_code(reply))
        else:
            payment = bytes(reply.body[5:])
            repeats = at(payment, 26) == b"1"
            self.memory.learn(entry, view_of_protobuf(payment), repeats)

    def outcomes(self, entries: list[Entry], reply: Reply) -> None:
        """The answer to a message of records."""
        if reply.reset is not None:
            for entry in entries:
                self.memory.lose_sight(entry)
            return
        if reply.status != 200:
            for entry in entries:
                self.refusal(entry, json_code(reply))
            return
        for entry, outcome in zip(entries, records.outcomes(bytes(reply.body)), strict=True):
            if outcome["code"]:
                self.refusal(entry, outcome["code"])
            else:
                self.memory.learn(entry, view_of_record(outcome), bool(outcome["flags"] & 1))

    def cancellation(self, entry: Entry, reply: Reply) -> None:
        if reply.reset is not None:
            return
        if reply.status == 200:
            self.memory.learn(entry, view_of_json(json.loads(reply.body)))
            return
        code = json_code(reply)
        if code == PAYMENT_UNKNOWN:
            self.memory.fault(LOST, f"{entry.order.uetr} is unknown when it is cancelled")
        elif code not in (PAYMENT_FINAL, *NOTHING_RECORDED, *NOBODY_KNOWS):
            self.memory.fault(OTHER, f"cancelling {entry.order.uetr}: code {code}")


class Client:
    """One bank over one lane: asks, waits for all answers, pauses, asks again.

    What got no answer is often sent again while other traffic flows, as banks do.
    """

    def __init__(self, bic: str, lane: str, reader: Reader, chance: random.Random) -> None:
        self.bic, self.lane, self.reader, self.chance = bic, lane, reader, chance
        self.last_answered = 0.0  # when the last call that was acknowledged had been sent
        self._peer: Peer | None = None
        self._context: ssl.SSLContext | None = None
        self._next = 0.0
        self._sent = 0.0
        self._calls: list[tuple[Reply, Callable[[Reply], None], list[Entry]]] = []
        self._doubtful: list[Entry] = []
        self._resting: list[Entry] = []

    @property
    def peer(self) -> Peer | None:
        return self._peer

    @property
    def waits(self) -> bool:
        return bool(self._calls)

    def turn(self, target: Target | None, may_send: bool) -> None:
        now = time.monotonic()
        if self._peer and self._peer.is_gone:
            self._lose_connection()
        if self._calls and all(reply.is_over for reply, _, _ in self._calls):
            self._take()
        elif self._calls and now > self._sent + SILENCE:
            self.reader.memory.fault(OTHER, f"no answer to {self.bic} ({self.lane}) in {SILENCE} s")
            self._peer.close() if self._peer else None
        if may_send and not self._calls and now >= self._next:
            self._next = now + self.chance.uniform(*PAUSE)
            if self._peer or target and self._connect(target):
                self._send(now)

    def _connect(self, target: Target) -> bool:
        self._context = self._context or target.context(bank(self.bic))
        try:
            self._peer = Peer(target, context=self._context, keeps_bodies=True)
        except OSError:
            return False
        return True

    def _lose_connection(self) -> None:
        # Answers that arrived before the end count.
        answered = [call for call in self._calls if call[0].is_over]
        for _, _, entries in [call for call in self._calls if not call[0].is_over]:
            for entry in entries:
                self.reader.memory.lose_sight(entry)
                self._doubtful.append(entry)
        self._calls = answered
        self._peer = None
        if answered:
            self._take()

    def _take(self) -> None:
        for reply, take, entries in self._calls:
            take(reply)
            for entry in entries:
                self._note(entry)
            if self._peer:
                self._peer.replies = {
                    stream: other for stream, other in self._peer.replies.items()
                    if other is not reply}
        self._calls = []

    def _note(self, entry: Entry) -> None:
        if not entry.is_settled_question:
            self._doubtful.append(entry)
        elif entry.view:
            self.last_answered = self._sent
            if entry.view.status == "PDNG" and len(self._resting) < 20:
                self._resting.append(entry)

    def _entries(self) -> list[Entry]:
        entries = []
        for _ in range(ORDERS_AT_ONCE[self.lane]):
            if self._doubtful and self.chance.random() < 0.5:
                entry = self._doubtful.pop()
                if not entry.is_settled_question:
                    entries.append(entry)
                    continue
            entries.append(self.reader.memory.send(
                draw(self.bic, self.chance, may_be_complete=self.lane != RECORDS)))
        return entries

    def _send(self, now: float) -> None:
        self._sent = now
        entries, reader = self._entries(), self.reader
        if self.lane == RECORDS:
            body = records.message([entry.order.record() for entry in entries])
            self._open(request_head("POST", "/v1/payments:records", WITH_OCTETS), body,
                       lambda reply: reader.outcomes(entries, reply), entries)
            return
        for entry in entries:
            if self.lane == GRPC:
                self._open(
                    grpc_head(SUBMIT), grpc_message(entry.order.protobuf()),
                    lambda reply, entry=entry: reader.call(entry, reply), [entry])
            else:
                self._open(
                    *put(entry), lambda reply, entry=entry: reader.put(entry, reply), [entry])
        if self.lane == JSON and self._resting and self.chance.random() < 0.2:
            entry = self._resting.pop(self.chance.randrange(len(self._resting)))
            self._open(
                request_head("POST", f"/v1/payments/{entry.order.uetr}:cancel"), None,
                lambda reply: reader.cancellation(entry, reply), [])

    def _open(
        self, block: bytes, body: bytes | None, take: Callable[[Reply], None],
        entries: list[Entry],
    ) -> None:
        if self._peer:
            stream = self._peer.open(block, body=body)
            self._calls.append((self._peer.replies[stream], take, entries))

    def forget_doubts(self) -> None:
        """Everything has been asked for meanwhile."""
        self._doubtful.clear()

    def close(self) -> None:
        if self._peer:
            self._peer.close()


def put(entry: Entry) -> tuple[bytes, bytes]:
    """An order in JSON."""
    return (request_head("PUT", f"/v1/payments/{entry.order.uetr}", WITH_JSON), entry.order.json())


class Traffic:
    """All clients, moved by one thread: nothing of it runs while somebody is killed."""

    def __init__(self, memory: Memory, seed: int) -> None:
        self.memory, self.reader = memory, Reader(memory)
        self.clients = [
            Client(bic, lane, self.reader, random.Random(f"{seed}/{bic}/{lane}"))
            for bic in BANKS for lane in LANES]

    def run(
        self, target: Callable[[], Target | None], until: Callable[[], bool], may_send: bool = True
    ) -> None:
        """Lets the clients call until something is so; looked at every few milliseconds."""
        while not until():
            for client in self.clients:
                client.turn(target(), may_send)
            peers = [client.peer for client in self.clients if client.peer]
            pump(peers, time.monotonic() + 0.005)

    def was_acknowledged_since(self, moment: float) -> bool:
        """Whether a call that was sent after a moment has been acknowledged."""
        return any(client.last_answered > moment for client in self.clients)

    def come_to_rest(self) -> None:
        """Waits for the answers to all that is under way."""
        self.run(lambda: None, lambda: not any(client.waits for client in self.clients), False)

    def close(self) -> None:
        for client in self.clients:
            client.close()
