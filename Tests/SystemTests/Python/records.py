"""Payment records and outcome records as docs/records.md describes them, with nothing but struct."""

import struct
import uuid

HEADER = struct.Struct("<4sHHII")
PAYMENT = struct.Struct("<16sqqqqHHBBBx11s11s35s15x")
OUTCOME = struct.Struct("<16sHBBBBxxIIQqqQ")
CURRENCIES = {"CNY": 156, "THB": 764}
TIMES = {"IMMEDIATE_OR_CANCEL": 1, "FILL_OR_KILL": 2, "DAY": 3, "GOOD_TILL_CANCELLED": 4}
STATUSES = {4: "PDNG", 6: "ACSP", 7: "ACSC", 8: "CANC", 9: "RJCT"}


def payment(uetr, creditor, pay, receive, *, pay_amount=0, receive_amount=0, limit=0, payer="",
            time="GOOD_TILL_CANCELLED", end_to_end_id=""):
    """Amounts in minor units, the limit times 10^8; one of the two amounts is zero."""
    return PAYMENT.pack(
        uuid.UUID(uetr).bytes, pay_amount or receive_amount, limit, 0, 0, CURRENCIES[pay],
        CURRENCIES[receive], 1 if pay_amount else 2, TIMES[time], 0,
        creditor.ljust(11, "X").encode(), payer and payer.ljust(11, "X").encode() or b"",
        end_to_end_id.encode())


def message(payments):
    return HEADER.pack(b"LQPR", 1, PAYMENT.size, len(payments), 0) + b"".join(payments)


def outcomes(answer):
    magic, version, size, count, _ = HEADER.unpack_from(answer)
    assert (magic, version, size) == (b"LQOR", 1, OUTCOME.size), answer[:16]
    names = ("uetr code status reason flags field fills position payment paid received first_fill")
    for values in OUTCOME.iter_unpack(answer[HEADER.size:]):
        found = dict(zip(names.split(), values))
        found["uetr"] = str(uuid.UUID(bytes=found["uetr"]))
        found["status"] = STATUSES.get(found["status"])
        yield found
