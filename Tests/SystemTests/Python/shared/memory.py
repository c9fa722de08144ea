"""What was sent and what was told: the memory against which the gateway is held.

Nothing here speaks to anybody, so `selftest.py` can plant every kind of fault.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from .orders import THAI, Order

FINAL = ("ACSC", "CANC", "RJCT")
ORDER_OF_STATES = {"PDNG": 0, "ACSP": 1, "ACSC": 2, "CANC": 2, "RJCT": 2}
# What became of the first sending of an order.
ACKNOWLEDGED, REFUSED, TURNED_AWAY, UNKNOWN = "acknowledged", "refused", "turned away", "unknown"
DUST = 4  # satang, at the limits of our orders
# Kinds of faults.
LOST, CHANGED, DOUBLED, OTHER = "lost", "changed", "doubled", "other"


@dataclass(frozen=True)
class View:
    """A payment as somebody saw it; amounts in minor units, None where they were not shown."""

    number: int
    status: str
    reason: str
    paid: int | None = None
    received: int | None = None


@dataclass(frozen=True)
class Row:
    """A payment as it stands in the tables."""

    uetr: str
    payer: str
    view: View
    fixed: int  # the amount that the order fixes
    fixes_receipt: bool

    @property
    def may_leave_dust(self) -> bool:
        """A sender of satang may keep some that buy no fen, and is settled (R6.6)."""
        return self.payer in THAI and not self.fixes_receipt


@dataclass
class Entry:
    """One order, and the last that was heard of it."""

    order: Order
    first: str = ""  # what became of the first sending; empty while it is under way
    view: View | None = None
    refusal: int = 0  # the code; 0 for none
    was_recorded: bool = False  # and nobody had been told so

    @property
    def is_settled_question(self) -> bool:
        return self.view is not None or bool(self.refusal)


@dataclass(frozen=True)
class Fault:
    kind: str
    what: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.what}"


def contradiction(before: View, after: View) -> Fault | None:
    """Why the later view cannot follow the earlier one; None when it can."""
    if after.number != before.number:
        return Fault(DOUBLED, f"was payment {before.number} and is {after.number}")
    old, new = ORDER_OF_STATES.get(before.status), ORDER_OF_STATES.get(after.status)
    if old is None or new is None:
        return Fault(CHANGED, f"has a state that does not exist: {before.status}, {after.status}")
    if new < old or before.status in FINAL and after.status != before.status:
        return Fault(CHANGED, f"went from {before.status} to {after.status}")
    if before.status in FINAL and after.reason != before.reason:
        return Fault(CHANGED, f"ended for {before.reason} and now for {after.reason}")
    for name in ("paid", "received"):
        was, now = getattr(before, name), getattr(after, name)
        if was is None or now is None:
            continue
        if now < was or before.status in FINAL and now != was:
            return Fault(CHANGED, f"had {name} {was} and has now {now}")
    return None


def with_amounts(before: View, after: View) -> View:
    """A view with amounts of an earlier one, where it shows none and they cannot have moved on."""
    if after.status in FINAL and before.status != after.status:
        return after
    return replace(
        after, paid=before.paid if after.paid is None else after.paid,
        received=before.received if after.received is None else after.received)


@dataclass
class Memory:
    entries: dict[str, Entry] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def send(self, order: Order) -> Entry:
        """An order that leaves for the first time."""
        entry = self.entries[order.uetr] = Entry(order)
        return entry

    def fault(self, kind: str, what: str) -> None:
        self.faults.append(Fault(kind, what))

    # Answers

    def learn(self, entry: Entry, view: View, repeats: bool | None = None) -> None:
        """A payment was shown. `repeats`: what an answer to an order said about that."""
        uetr = entry.order.uetr
        entry.first = entry.first or ACKNOWLEDGED
        entry.was_recorded = entry.was_recorded or bool(repeats) and not entry.is_settled_question
        if repeats is False and entry.view:
            self.fault(LOST, f"{uetr} was acknowledged, and was new when it came again")
        if entry.refusal and view.status != "RJCT":
            self.fault(CHANGED, f"{uetr} was refused ({entry.refusal}) and is now {view.status}")
        if entry.view:
            if found := contradiction(entry.view, view):
                self.fault(found.kind, f"{uetr} {found.what}")
            view = with_amounts(entry.view, view)
        entry.view = view

    def refuse(self, entry: Entry, code: int) -> None:
        """An order was refused for good."""
        uetr = entry.order.uetr
        entry.first = entry.first or REFUSED
        if entry.refusal and entry.refusal != code:
            self.fault(CHANGED, f"{uetr} was refused with {entry.refusal} and now with {code}")
        if entry.view and entry.view.status != "RJCT":
            self.fault(CHANGED, f"{uetr} was {entry.view.status} and is now refused with {code}")
        entry.refusal = code

    def turn_away(self, entry: Entry) -> None:
        """The gateway said that it recorded nothing."""
        entry.first = entry.first or TURNED_AWAY

    def lose_sight(self, entry: Entry) -> None:
        """No answer came, or one that says that nobody knows."""
        if entry.first == TURNED_AWAY and not entry.is_settled_question:
            # It was sent again, so it may be on record by now.
            entry.first = UNKNOWN
        entry.first = entry.first or UNKNOWN

    def compare(self, rows: Iterable[Row]) -> set[str]:
        """Holds all rows of the tables against the memory; gives the UETRs on record."""
        present: dict[str, Row] = {}
        numbers = []
        for row in rows:
            numbers.append(row.view.number)
            if row.uetr in present:
                self.fault(DOUBLED, f"{row.uetr} is on record twice")
            present[row.uetr] = row
            self._compare(row)
        if sorted(numbers) != list(range(1, len(numbers) + 1)):
            self.fault(OTHER, f"{len(numbers)} payments do not have the numbers from 1 on")
        for uetr, entry in self.entries.items():
            if entry.view and uetr not in present:
                self.fault(
                    LOST, f"{uetr} was acknowledged as payment {entry.view.number} "
                    f"({entry.view.status}) and is not on record")
        return set(present)

    def _compare(self, row: Row) -> None:
        entry = self.entries.get(row.uetr)
        if entry is None:
            return self.fault(OTHER, f"{row.uetr} is on record and was never sent")
        if row.payer != entry.order.payer:
            self.fault(CHANGED, f"{row.uetr} was sent by {entry.order.payer}, not {row.payer}")
        moved = row.view.received if row.fixes_receipt else row.view.paid
        if moved is not None and moved > row.fixed:
            self.fault(DOUBLED, f"{row.uetr} moved {moved}, more than its {row.fixed}")
        if row.view.status == "ACSC" and moved is not None and (
                row.fixed - moved > (DUST if row.may_leave_dust else 0)):
            self.fault(OTHER, f"{row.uetr} is settled and moved {moved} of {row.fixed}")
        if entry.first == TURNED_AWAY and not entry.is_settled_question:
            self.fault(OTHER, f"{row.uetr} was turned away as not recorded, and is on record")
        entry.was_recorded = entry.was_recorded or not entry.is_settled_question
        if entry.view:
            self.learn(entry, row.view)
        elif entry.refusal and row.view.status != "RJCT":
            self.fault(CHANGED, f"{row.uetr} was refused ({entry.refusal}), is {row.view.status}")
