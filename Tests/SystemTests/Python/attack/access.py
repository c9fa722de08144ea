"""Who may call what, and what of others' business an answer shows: the table in access.tsv.

Every method, in both its forms, is called by every kind of caller. A cell is the result code, then
what happened to the order inside, if there is one, then the marks of the world that occur in the
answer. Marks are looked for in the raw bytes, so nothing hides behind a field we do not know.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from urllib.parse import unquote

from shared.calls import OPERATOR
from shared.calls import bank
from shared.wire import Gone, Peer, Reply, pump

from .gateway import CREDITOR, DIRECT, HONEST, INDIRECT, STRANGER, SUSPENDED, THIRD
from .gateway import Gateway
from .methods import (
    CANCELS,
    INFRASTRUCTURE,
    LEDGER,
    OPERATORS,
    PAYMENTS,
    SUMMARY,
    WATCHES,
    Call,
    World,
    announcement,
    fresh,
)

FILE = Path(__file__).with_name("access.tsv")
CALLERS: dict[str, str | None] = {
    "anonymous": None, "unregistered": bank(STRANGER), "payer": bank(HONEST),
    "creditor": bank(CREDITOR), "third": bank(THIRD), "indirect": bank(INDIRECT),
    "direct": bank(DIRECT), "suspended": bank(SUSPENDED), "operator": OPERATOR}
Table = dict[str, list[str]]


# Calling and reading

def code_of(reply: Reply) -> str:
    """The result code; an answer without one is named by its status, which no row expects."""
    status = reply.headers.get("grpc-status")
    if status is not None:
        if status == "0":
            return "ACCEPTED"
        message = unquote(reply.headers.get("grpc-message", ""))
        return re.match(r"([A-Z_]+):|", message)[1] or f"grpc-status {status}"  # type: ignore
    if reply.status == 200:
        return "ACCEPTED"
    try:
        problem = json.loads(reply.body)
        same = problem["status"] == reply.status
        return str(problem["code"]) if same else f"{problem['code']} with {reply.status}"
    except (ValueError, KeyError):
        return f"status {reply.status}"


def content_of(reply: Reply) -> bytes:
    """The body; the first message of a gRPC answer."""
    body = bytes(reply.body)
    if "grpc" not in reply.headers.get("content-type", ""):
        return body
    return body[5:5 + int.from_bytes(body[1:5], "big")]


def cell(call: Call, reply: Reply, world: World) -> str:
    code = code_of(reply)
    if reply.reset is not None and not reply.status:
        code = f"reset {reply.reset}"
    words = [code]
    if code == "ACCEPTED" and (inner := call.inner(content_of(reply))):
        words.append(inner)
    if call.shows:
        seen = bytes(reply.body) + json.dumps(reply.headers).encode()
        # Words of the request that an error repeats are no news.
        words += [name for name, mark in world.marks if mark in seen and code == "ACCEPTED"]
        secrets = ("its", "indirect's-")
        words += [f"LEAK:{name}" for name, mark in world.marks
                  if mark in seen and code != "ACCEPTED" and name.startswith(secrets)]
    return " ".join(words)


class Callers:
    """A connection for every kind of caller, opened anew when the gateway ends it."""

    def __init__(self, gateway: Gateway) -> None:
        self._target = gateway.target
        self._peers: dict[str, Peer] = {}

    def peer(self, name: str) -> Peer:
        peer = self._peers.get(name)
        if peer is None or peer.is_gone or peer.goaway is not None:
            peer = Peer(self._target, CALLERS[name], keeps_bodies=True)
            self._peers[name] = peer
        return peer

    def call(self, name: str, call: Call, world: World) -> str:
        for _ in range(2):
            head, body = call.make(world)
            try:
                return cell(call, self.peer(name).call(head, body, within=10), world)
            except Gone:
                continue
            except TimeoutError:
                return "no answer"
        return "connection closed"

    def close(self) -> None:
        for peer in self._peers.values():
            peer.close()


def observe(gateway: Gateway) -> Table:
    """What every caller is answered."""
    world = World.make(gateway)
    callers = Callers(gateway)
    table: Table = {}
    try:
        callers.call("indirect", Call("announcement", announcement), world)
        for call in [*LEDGER, *INFRASTRUCTURE, *PAYMENTS]:
            table[call.name] = [callers.call(name, call, world) for name in CALLERS]
        table |= _watched(gateway, callers, world)
        table |= _commanded(gateway, callers, world)
        for call in CANCELS:
            table[call.name] = [callers.call(name, call, world) for name in CALLERS]
    finally:
        callers.close()
    return table


def _commanded(gateway: Gateway, callers: Callers, world: World) -> Table:
    """Operators' calls: first by all others, which must not change the state."""
    others = [name for name in CALLERS if name != "operator"]
    before = gateway.call(OPERATOR, *SUMMARY)
    refused = {call.name: [callers.call(name, call, world) for name in others]
               for call in OPERATORS}
    after = gateway.call(OPERATOR, *SUMMARY)
    same = "unchanged" if before["stateHash"] == after["stateHash"] else "changed"
    table = {call.name: refused[call.name] + [callers.call("operator", call, world)]
             for call in OPERATORS}
    table["the state after operators' calls by others"] = [same] * len(others) + ["-"]
    return table


def _watched(gateway: Gateway, callers: Callers, world: World) -> Table:
    """Opens all watches, lets both payments change, and looks who was told what."""
    opened: dict[str, dict[str, tuple[Peer, Reply]]] = {}
    for call in WATCHES:
        opened[call.name] = {}
        for name in CALLERS:
            peer = callers.peer(name)
            head, body = call.make(world)
            stream = peer.open(head, body=body)
            opened[call.name][name] = (peer, peer.replies[stream])
    peers = list({id(peer): peer for row in opened.values() for peer, _ in row.values()}.values())

    def pay_until(amount: str, uetr: str, *witnesses: str) -> None:
        """The creditor gives so much until those who must be told have been told."""
        def are_told() -> bool:
            return all(uetr.encode() in row[name][1].body for row in all_payments
                       for name in witnesses)

        for _ in range(20):
            gateway.call(bank(CREDITOR), "PUT", f"/v1/payments/{fresh()}", {
                "creditorParticipant": HONEST, "payCurrency": "THB", "receiveCurrency": "CNY",
                "receiveAmount": amount, "limitRate": "4.98"})
            pump(peers, time.monotonic() + 0.5, are_told)
            if are_told():
                return

    all_payments = [opened[WATCHES[0].name], opened[WATCHES[1].name]]
    pay_until("1.00", world.payers, "payer", "creditor", "operator")
    # The payer's order is the better one: it has to go before the indirect bank's turn comes.
    pay_until("50.00", world.indirects, "indirect", "creditor", "operator")
    # Those who must not be told would have been told by now.
    pump(peers, time.monotonic() + 0.3)
    return {
        call.name: [_watch_cell(call, opened[call.name][name][1], world) for name in CALLERS]
        for call in WATCHES}


def _watch_cell(call: Call, reply: Reply, world: World) -> str:
    if reply.is_over:
        return cell(call, reply, world)
    return " ".join(["watches", *(name for name, mark in world.marks if mark in reply.body)])


# The file

def read() -> Table:
    table: Table = {}
    for line in FILE.read_text().splitlines():
        if line and not line.startswith("#"):
            name, *cells = line.split("\t")
            table[name] = cells
    table.pop("method", None)
    return table


def write(table: Table) -> None:
    lines = [line for line in FILE.read_text().splitlines() if line.startswith("#")] \
        if FILE.exists() else []
    rows = [["method", *CALLERS], *([name, *cells] for name, cells in table.items())]
    FILE.write_text("\n".join([*lines, *("\t".join(row) for row in rows)]) + "\n")


def differences(table: Table) -> list[str]:
    """Every cell that is not what the file says."""
    expected = read() if FILE.exists() else {}
    found = [f"{name}: the table has no such row" for name in table if name not in expected]
    found += [f"{name}: was not called" for name in expected if name not in table]
    for name in table.keys() & expected.keys():
        for caller, seen, wanted in zip(CALLERS, table[name], expected[name], strict=True):
            if seen != wanted:
                found.append(f"{name}, {caller}: {seen!r} instead of {wanted!r}")
    return sorted(found)
