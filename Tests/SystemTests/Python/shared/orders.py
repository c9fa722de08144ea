"""Orders of four banks on both sides of a corridor, and the three forms in which they travel."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass

import records

from .protobuf import message_field, text_field, varint

CHINESE, THAI = ("BKCHCNBJ", "ICBKCNBJ"), ("BKKBTHBK", "KASITHBK")
BANKS = CHINESE + THAI
FUNDING = {"CNY": 100_000_000_00, "THB": 500_000_000_00}  # of each bank, in minor units
CORRIDOR = {
    "tick": "0.0001", "referenceRate": "4.90", "collarBasisPoints": 1_000, "minimumSize": "1.00",
    "maximumSize": "1000000.00", "feePartsPerMillion": 100}
COMPLETE = 3  # the fill policy


def currency(bank: str) -> str:
    return "CNY" if bank in CHINESE else "THB"


def decimal(minor: int) -> str:
    return f"{minor // 100}.{minor % 100:02d}"


def minor(text: str) -> int:
    """The minor units of a decimal string with two digits behind the point."""
    whole, _, cents = text.partition(".")
    return int(whole + cents.ljust(2, "0"))


@dataclass(frozen=True)
class Order:
    uetr: str
    payer: str
    creditor: str
    amount: int  # minor units of the currency that is fixed
    fixes_receipt: bool
    limit: int  # times 10^4
    time: str
    is_complete: bool

    @property
    def currencies(self) -> tuple[str, str]:
        return currency(self.payer), currency(self.creditor)

    @property
    def reference(self) -> str:
        return f"E2E-{self.uetr[:8]}"

    def json(self) -> bytes:
        pay, receive = self.currencies
        content = {
            "creditorParticipant": self.creditor, "payCurrency": pay, "receiveCurrency": receive,
            "receiveAmount" if self.fixes_receipt else "payAmount": decimal(self.amount),
            "limitRate": f"{self.limit // 10_000}.{self.limit % 10_000:04d}",
            "timeInForce": self.time, "details": {"endToEndId": self.reference}}
        if self.is_complete:
            content["fillPolicy"] = "COMPLETE"
        return json.dumps(content).encode()

    def protobuf(self) -> bytes:
        pay, receive = self.currencies
        return (
            text_field(1, self.uetr) + text_field(3, self.creditor) + text_field(4, pay)
            + text_field(5, receive)
            + text_field(7 if self.fixes_receipt else 6, decimal(self.amount))
            + text_field(8, f"{self.limit // 10_000}.{self.limit % 10_000:04d}")
            + varint(9 << 3) + varint(records.TIMES[self.time])
            + (varint(11 << 3) + varint(COMPLETE) if self.is_complete else b"")
            + message_field(13, text_field(1, self.reference)))

    def record(self) -> bytes:
        pay, receive = self.currencies
        amounts = {"receive_amount" if self.fixes_receipt else "pay_amount": self.amount}
        return records.payment(
            self.uetr, self.creditor, pay, receive, **amounts, limit=self.limit * 10_000,
            time=self.time, end_to_end_id=self.reference)


def draw(payer: str, chance: random.Random, may_be_complete: bool = True) -> Order:
    """Most rest until somebody meets them; some end at once, a few are refused for good."""
    creditor = chance.choice(THAI if payer in CHINESE else CHINESE)
    fen = chance.randint(100, 50_000)
    fixes_receipt = chance.random() < 0.33
    in_renminbi = (payer in CHINESE) != fixes_receipt
    kind = chance.randrange(20)
    if kind == 0:
        fen = 9_000_000_000  # above the corridor's largest size
    return Order(
        str(uuid.UUID(int=chance.getrandbits(128), version=4)), payer, creditor,
        fen if in_renminbi else fen * 5, fixes_receipt, 40_000 + chance.randint(8_500, 9_500),
        {1: "IMMEDIATE_OR_CANCEL", 2: "FILL_OR_KILL"}.get(kind, "GOOD_TILL_CANCELLED"),
        kind == 3 and may_be_complete)
