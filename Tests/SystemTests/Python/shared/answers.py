"""What answers say of payments, whatever form they have."""

from __future__ import annotations

import base64
import json

from .memory import View
from .orders import minor
from .protobuf import at, fields
from .wire import Reply

# Result codes of the gateway and of the rulebook (R10).
NOT_FOUND = 104
NOTHING_RECORDED = (110, 111)
NOBODY_KNOWS = (112, 113)
UETR_CONFLICT, PAYMENT_UNKNOWN, PAYMENT_FINAL = 201, 701, 702
FIRST_OF_ORDERS = 200  # those below say something about the call
REASONS = (
    "none", "filled", "cancelled-by-bank", "expired", "not-matched", "killed", "self-match",
    "fill-limit", "participant-suspended", "corridor-closed")


def view_of_json(payment: dict) -> View:
    def amount(name: str) -> int | None:
        return minor(payment[name]["amount"]) if name in payment else None

    return View(int(payment["paymentId"]), payment["status"], payment["endReason"],
                amount("paid"), amount("received"))


def view_of_protobuf(payment: bytes) -> View:
    found = dict(fields(payment))

    def amount(number: int) -> int | None:
        return minor(at(found[number], 2).decode()) if number in found else None

    return View(int(found[2]), found[3].decode(), found[4].decode(), amount(17), amount(18))


def view_of_record(outcome: dict) -> View:
    return View(outcome["payment"], outcome["status"], REASONS[outcome["reason"]],
                outcome["paid"], outcome["received"])


def grpc_code(reply: Reply) -> int:
    """The number of the result in a refusal by gRPC; 0 when there is none."""
    detail = reply.headers.get("grpc-status-details-bin", "")
    status = base64.b64decode(detail + "=" * (-len(detail) % 4))
    return int(at(status, 3, 2, 2) or 0)


def json_code(reply: Reply) -> int:
    """The same in a problem document."""
    try:
        return int(json.loads(reply.body)["number"])
    except (ValueError, KeyError):
        return 0
