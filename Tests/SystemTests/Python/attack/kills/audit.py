"""Holds everything that is on record against the memory: by SQL, by the API, by the program."""

from __future__ import annotations

import hashlib
import json
import struct
import subprocess
import time
from collections.abc import Callable, Iterable

from ..gateway import Failure, bank
from ..wire import Gone, Peer, Reply, pump, request_head
from .machines import PATIENCE, Site
from .memory import CHANGED, LOST, OTHER, TURNED_AWAY, Entry, Memory, Row, View
from .orders import BANKS, FUNDING, currency
from .traffic import Reader, json_code, put, view_of_json

AT_ONCE = 100  # calls under way on one connection
NOT_FOUND = 104

PAYMENTS = """
    SELECT uetr, bic, payment_id, status, end_reason, paid, received, amount,
        fixed_amount = 'receive'
    FROM payments JOIN participants ON participant_id = payer_id"""

# Each gives a row for whatever breaks a rule of its name.
RULES = {
    "balances that do not sum to zero":
        "SELECT currency, sum(balance) FROM accounts GROUP BY currency HAVING sum(balance) <> 0",
    "a UETR of one payer twice":
        "SELECT payer_id, uetr FROM payment_records GROUP BY payer_id, uetr HAVING count(*) > 1",
    "accounts that are not the sum of their entries":
        """SELECT account_id, balance, sum(amount) FROM accounts
        LEFT JOIN account_entries USING (account_id) GROUP BY account_id
        HAVING balance <> coalesce(sum(amount), 0)""",
    "holds that are not those of open payments":
        """SELECT account_id, held, due FROM accounts LEFT JOIN (
            SELECT payer_id AS participant_id, sum(held) AS due, CASE side
                WHEN 'pay-cny' THEN 'CNY' ELSE foreign_currency END AS currency
            FROM payments GROUP BY payer_id, side, foreign_currency
        ) AS open USING (participant_id, currency)
        WHERE kind = 'settlement' AND held <> coalesce(due, 0)""",
    "payments that are not the sum of their fills":
        """SELECT uetr, p.paid, sum(f.paid) FROM payments p LEFT JOIN (
            SELECT renminbi_payment AS payment_id, renminbi_amount AS paid,
                foreign_amount AS received, renminbi_fee AS fee FROM fills
            UNION ALL
            SELECT foreign_payment, foreign_amount, renminbi_amount, foreign_fee FROM fills
        ) AS f USING (payment_id) GROUP BY uetr, payment_id, p.paid, p.received, p.fee
        HAVING (p.paid, p.received, p.fee) IS DISTINCT FROM (coalesce(sum(f.paid), 0),
            coalesce(sum(f.received), 0), coalesce(sum(f.fee), 0))""",
    "fills that are not numbered from 1 on":
        "SELECT count(*), max(fill_id) FROM fills HAVING count(*) <> coalesce(max(fill_id), 0)",
}


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
        query = self.site.database.query
        rows = [
            Row(uetr, payer, View(int(number), status, reason, int(paid), int(received)),
                int(fixed), fixes_receipt == "t")
            for uetr, payer, number, status, reason, paid, received, fixed, fixes_receipt
            in query(PAYMENTS)]
        on_record = self.memory.compare(rows)
        for rule, statement in RULES.items():
            if broken := query(statement):
                self.memory.fault(OTHER, f"{rule}: {broken[:3]}")
        for code, amount in query(
                "SELECT currency, sum(balance) FROM accounts WHERE kind <> 'nostro' GROUP BY 1"):
            brought = sum(FUNDING[code] for bic in BANKS if currency(bic) == code)
            if int(amount) != brought:
                self.memory.fault(OTHER, f"accounts hold {amount} {code}, not {brought}")
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
        rows = self.site.database.query(
            "SELECT log_index, term, kind, encode(previous_hash, 'hex'), encode(checksum, 'hex'), "
            f"encode(payload, 'hex') FROM raft_log WHERE log_index >= {index} ORDER BY log_index")
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


def first_break(rows: Iterable[list[str]], index: int, checksum: bytes) -> int:
    """The first batch that does not continue the chain behind a batch; 0 when all do.

    SHA-256 over the checksum before, index and term (little-endian), the kind if it is not 0, and
    payload.
    """
    for found, term, kind, previous, stored, payload in rows:
        index += 1
        header = struct.pack("<QQ", index, int(term)) + (
            bytes([int(kind)]) if int(kind) else b"")
        expected = hashlib.sha256(checksum + header + bytes.fromhex(payload)).digest()
        if (int(found) != index or bytes.fromhex(previous) != checksum
                or bytes.fromhex(stored) != expected):
            return index
        checksum = expected
    return 0


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
