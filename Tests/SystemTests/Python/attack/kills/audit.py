"""Holds everything that is on record against the memory: by SQL, by the API, by the program."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Callable, Iterable

from shared.answers import NOT_FOUND, json_code, view_of_json
from shared.calls import bank
from shared.memory import CHANGED, LOST, OTHER, TURNED_AWAY, Entry, Memory
from shared.orders import BANKS
from shared.processes import Failure
from shared.tables import compare, first_break, rows_of_log
from shared.wire import Gone, Peer, Reply, pump, request_head

from .machines import PATIENCE, Site
from .traffic import Reader, put

AT_ONCE = 100  # calls under way on one connection


class Audit:
    def __init__(self, site: Site, memory: Memory, reader: Reader) -> None:
        self.site, self.memory, self.reader = site, memory, reader
        self.verifications = 0
        self._seen = 0  # entries of the memory that were asked for already
        self._end = (0, bytes(32))  # of the log, when it was last looked at

    # By SQL

    def tables(self) -> set[str]:
        """Everything on record against what was told; gives the UETRs on record."""
        self._wait_for_tables()
        on_record = compare(self.memory, self.site.database.query)
        self.log()
        return on_record

    def _wait_for_tables(self) -> None:
        """Nobody calls; the tables come up to the log in a moment."""
        limit = time.monotonic() + PATIENCE
        while True:
            [[applied, last]] = self.site.database.query(
                "SELECT (SELECT log_index FROM applied), (SELECT max(log_index) FROM raft_log)")
            if applied == last:
                return
            if time.monotonic() > limit:
                raise Failure(f"the tables stay at batch {applied} of {last}")
            time.sleep(0.02)

    def log(self, from_the_first: bool = False) -> None:
        """The chain of checksums, from where it was last looked at: that row is still there."""
        index, checksum = (0, bytes(32)) if from_the_first else self._end
        rows = rows_of_log(self.site.database.query, index)
        if index:
            if not rows or (int(rows[0][0]), bytes.fromhex(rows[0][4])) != (index, checksum):
                self.memory.fault(LOST, f"batch {index} of the log is not what it was")
            rows = rows[1:]
        broken = first_break(rows, index, checksum)
        if broken:
            return self.memory.fault(CHANGED, f"the chain of the log breaks at batch {broken}")
        if rows:
            self._end = int(rows[-1][0]), bytes.fromhex(rows[-1][4])

    # By the API

    def answers(self, on_record: set[str], of_all: bool = False) -> None:
        """Asks for what was sent since last time, then sends it again."""
        entries = list(self.memory.entries.values())
        fresh, self._seen = entries[0 if of_all else self._seen:], len(entries)
        for bic in BANKS:
            peer = Peer(self.site.server.target, bank(bic), keeps_bodies=True)
            try:
                self._ask([entry for entry in fresh if entry.order.payer == bic], peer, on_record)
            finally:
                peer.close()

    def _ask(self, entries: list[Entry], peer: Peer, on_record: set[str]) -> None:
        in_doubt = [entry for entry in entries if not entry.is_settled_question]
        doubtful = {entry.order.uetr for entry in in_doubt}
        for entry, reply in ask(peer, entries, lambda entry: (
                request_head("GET", f"/v1/payments/{entry.order.uetr}"), None)):
            self._take_shown(entry, reply, entry.order.uetr in on_record)
        # What was in doubt is asked for twice: the second time it must be known.
        for _ in range(2):
            for entry, reply in ask(peer, entries, put):
                uetr = entry.order.uetr
                expected = uetr in on_record or uetr not in doubtful
                self._take_repeated(entry, reply, expected)
            doubtful.clear()
            entries = in_doubt

    def _take_shown(self, entry: Entry, reply: Reply, is_on_record: bool) -> None:
        uetr = entry.order.uetr
        if reply.status == 200:
            if not is_on_record:
                self.memory.fault(OTHER, f"{uetr} is shown and not in the tables")
            if entry.first == TURNED_AWAY and not entry.is_settled_question:
                return  # the tables have said so
            self.memory.learn(entry, view_of_json(json.loads(reply.body)))
        elif json_code(reply) != NOT_FOUND:
            self.memory.fault(OTHER, f"{uetr} is answered with status {reply.status}")
        elif is_on_record:
            self.memory.fault(LOST, f"{uetr} is in the tables and not shown")

    def _take_repeated(self, entry: Entry, reply: Reply, expected: bool) -> None:
        uetr = entry.order.uetr
        before = len(self.memory.faults)
        repeats = self.reader.put(entry, reply)
        if not entry.is_settled_question:
            self.memory.fault(OTHER, f"{uetr} has no answer though nothing else happens")
        elif repeats is not None and repeats != expected and before == len(self.memory.faults):
            self.memory.fault(
                OTHER, f"{uetr} is {'a repetition' if repeats else 'new'}, against the tables")

    # By the program

    def verify(self) -> None:
        """`verify-store` replays the log and compares every row; the chain is followed here."""
        self.log(from_the_first=True)
        done = subprocess.run(
            [self.site.server.program, "verify-store", "--json", "--database",
             self.site.database.connection], capture_output=True, text=True, check=False)
        self.verifications += 1
        try:
            report = json.loads(done.stdout)
            found = report["differences"], report["batchesBehindTables"]
        except (ValueError, KeyError):
            found = (-1, 0)
        if done.returncode or found != (0, 0):
            self.memory.fault(
                OTHER, f"verify-store, status {done.returncode}: {done.stdout[:2_000]}"
                f"{done.stderr[:2_000]}")


def ask(
    peer: Peer, entries: list[Entry], request: Callable[[Entry], tuple[bytes, bytes | None]]
) -> Iterable[tuple[Entry, Reply]]:
    """One call for each entry, many at a time; their replies in the same order."""
    for begin in range(0, len(entries), AT_ONCE):
        part = entries[begin:begin + AT_ONCE]
        replies = []
        for entry in part:
            block, body = request(entry)
            replies.append(peer.replies[peer.open(block, body=body)])
        pump([peer], time.monotonic() + PATIENCE,
             lambda replies=replies: peer.is_gone or all(reply.is_over for reply in replies))
        if not all(reply.is_over for reply in replies):
            raise Gone("the connection ended" if peer.is_gone else "no answer")
        peer.replies.clear()
        yield from zip(part, replies)
