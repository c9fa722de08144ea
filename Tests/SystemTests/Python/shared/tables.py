"""Log and tables by SQL: what is on record, and what must hold of it."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterable

from .memory import OTHER, Memory, Row, View
from .orders import BANKS, FUNDING, currency

Query = Callable[[str], list[list[str]]]  # the rows of a statement, as text

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


def rows_on_record(query: Query) -> list[Row]:
    return [
        Row(uetr, payer, View(int(number), status, reason, int(paid), int(received)),
            int(fixed), fixes_receipt == "t")
        for uetr, payer, number, status, reason, paid, received, fixed, fixes_receipt
        in query(PAYMENTS)]


def compare(memory: Memory, query: Query) -> set[str]:
    """Everything on record against what was told; gives the UETRs on record."""
    on_record = memory.compare(rows_on_record(query))
    for rule, statement in RULES.items():
        if broken := query(statement):
            memory.fault(OTHER, f"{rule}: {broken[:3]}")
    for code, amount in query(
            "SELECT currency, sum(balance) FROM accounts WHERE kind <> 'nostro' GROUP BY 1"):
        brought = sum(FUNDING[code] for bic in BANKS if currency(bic) == code)
        if int(amount) != brought:
            memory.fault(OTHER, f"accounts hold {amount} {code}, not {brought}")
    return on_record


def rows_of_log(query: Query, from_index: int = 0) -> list[list[str]]:
    """Batches from an index on, as `first_break` takes them."""
    return query(
        "SELECT log_index, term, kind, encode(previous_hash, 'hex'), encode(checksum, 'hex'), "
        f"encode(payload, 'hex') FROM raft_log WHERE log_index >= {from_index} ORDER BY log_index")


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
