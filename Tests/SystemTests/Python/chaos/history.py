"""Histories of clients, and what must hold of them. Nothing here speaks to anybody.

Times are of the monotonic clock, which all processes of a machine share. An operation took effect
at some moment between its start and its end; one that began after another had ended comes later.
"""

from __future__ import annotations

import heapq
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from shared.memory import (
    CHANGED,
    DOUBLED,
    LOST,
    ORDER_OF_STATES,
    OTHER,
    TURNED_AWAY,
    UNKNOWN,
    Entry,
    Fault,
    Memory,
    View,
    contradiction,
    with_amounts,
)
from shared.orders import Order

STALE = "stale"
KINDS = (LOST, DOUBLED, STALE, CHANGED, OTHER)

# Kinds of operations.
SUBMIT, READ, CANCEL, LIST, ACCOUNTS = "submit", "read", "cancel", "list", "accounts"
# What an operation was answered.
SHOWN, REFUSED, MISSING, LISTED = "shown", "refused", "missing", "listed"
FAILED = "failed"  # a read without an answer
# How a read may be answered.
LINEARIZABLE, LOCAL, AT_LEAST = "", "local", "min-index"


@dataclass(slots=True)
class Op:
    kind: str
    bank: str
    node: int
    start: float
    end: float
    outcome: str
    uetr: str = ""
    view: View | None = None
    repeats: bool | None = None
    code: int = 0
    index: int = 0  # the applied index that the answer states; 0 without one
    mode: str = LINEARIZABLE
    floor: View | None = None  # of a read at an index: what had been seen at that index
    listed: tuple[tuple[int, str], ...] = ()  # numbers and UETRs, newest first
    is_whole: bool = False  # nothing is older than what is listed
    sums: tuple[tuple[str, int], ...] = ()  # of all accounts, by currency


def check(history: list[Op], brought: dict[str, int]) -> list[Fault]:
    """All faults of a history; `brought` is the money of each currency."""
    return [
        *registers(history), *lists(history), *indices(history), *balances(history, brought)]


# Each payment is a register that only moves on

def registers(history: Iterable[Op]) -> list[Fault]:
    by_payment: dict[tuple[str, str], list[Op]] = defaultdict(list)
    for op in history:
        if op.uetr:
            by_payment[op.bank, op.uetr].append(op)
    faults = []
    for (_, uetr), all_ops in by_payment.items():
        ops = [op for op in all_ops if op.outcome in (SHOWN, REFUSED, MISSING)]
        for fault in (*_in_real_time(ops), *_one_chain(ops), *_one_beginning(ops), *_floors(ops),
                      *_turned_away(all_ops)):
            faults.append(Fault(fault.kind, f"{uetr} {fault.what}"))
    return faults


def _in_real_time(ops: list[Op]) -> Iterable[Fault]:
    """Whoever asks later sees no less than what anybody had been shown before."""
    ended: list[tuple[float, int]] = []
    known: View | None = None
    refused = 0
    ordered = sorted(ops, key=lambda op: op.start)
    for position, op in enumerate(ordered):
        while ended and ended[0][0] < op.start:
            earlier = ordered[heapq.heappop(ended)[1]]
            if earlier.view:
                known = merge(known, earlier.view)
            refused = refused or earlier.code
        heapq.heappush(ended, (op.end, position))
        if op.mode != LINEARIZABLE:
            continue
        if fault := _contradiction(known, refused, op):
            yield fault


def _contradiction(known: View | None, refused: int, op: Op) -> Fault | None:
    at = f"(node {op.node}, {op.kind} from {op.start:.3f} to {op.end:.3f})"
    if op.outcome == MISSING:
        return Fault(STALE, f"was {known.status} and then not found {at}") if known else None
    if op.outcome == REFUSED:
        if known and known.status != "RJCT":
            return Fault(CHANGED, f"was {known.status} and then refused with {op.code} {at}")
        if refused and op.code != refused:
            return Fault(CHANGED, f"was refused with {refused} and then with {op.code} {at}")
        return None
    if refused and op.view and op.view.status != "RJCT":
        return Fault(CHANGED, f"was refused with {refused} and then {op.view.status} {at}")
    if known is None or op.view is None:
        return None
    if op.repeats is False:
        return Fault(LOST, f"was known and then new when it came again {at}")
    if found := contradiction(known, op.view):
        is_earlier = contradiction(op.view, known) is None
        return Fault(STALE if is_earlier else found.kind, f"{found.what} {at}")
    return None


def merge(known: View | None, view: View) -> View:
    """The later of two views, with all that is known."""
    if known is None:
        return view
    first, last = sorted((known, view), key=_progress)
    return with_amounts(first, last)


def _progress(view: View) -> tuple[int, int, int]:
    return (ORDER_OF_STATES.get(view.status, -1), view.paid or 0, view.received or 0)


def _one_chain(ops: list[Op]) -> Iterable[Fault]:
    """Whatever was shown, by any node and at any time, is a state of one and the same life."""
    known: View | None = None
    for view in sorted({op.view for op in ops if op.view}, key=_progress):
        if known and (found := contradiction(known, view)):
            yield Fault(found.kind, f"{found.what} (two answers)")
        known = merge(known, view)


def _one_beginning(ops: list[Op]) -> Iterable[Fault]:
    """It was new once at most."""
    new = [op for op in ops if op.kind == SUBMIT and op.repeats is False]
    if len(new) > 1:
        yield Fault(DOUBLED, f"was new {len(new)} times")


def _turned_away(ops: list[Op]) -> Iterable[Fault]:
    """What was turned away each time is new when it is taken. One after the other sends it."""
    sendings = sorted((op for op in ops if op.kind == SUBMIT), key=lambda op: op.start)
    for position, op in enumerate(sendings):
        if op.outcome != TURNED_AWAY:
            if position and op.repeats:
                yield Fault(
                    OTHER, f"was turned away as not recorded {position} times, and then was "
                    f"known (node {op.node})")
            return


def _floors(ops: list[Op]) -> Iterable[Fault]:
    """A read at an index shows no less than what had been seen at that index."""
    for op in ops:
        if not op.floor or op.outcome == FAILED:
            continue
        if op.view is None:
            yield Fault(STALE, f"was {op.floor.status} at an index and not found there later")
        elif contradiction(op.floor, op.view):
            yield Fault(STALE, f"was {op.floor} at an index and there later {op.view}")


# The payments of a bank are a list to which is appended

def lists(history: Iterable[Op]) -> list[Fault]:
    by_bank: dict[str, list[Op]] = defaultdict(list)
    for op in history:
        if op.outcome in (SHOWN, LISTED):
            by_bank[op.bank].append(op)
    return [fault for bank, ops in by_bank.items() for fault in _list_of(bank, ops)]


def _list_of(bank: str, ops: list[Op]) -> Iterable[Fault]:
    uetrs: dict[int, str] = {}
    known: list[tuple[float, int]] = []  # from when on a number was known
    for op in ops:
        pairs = op.listed or ([(op.view.number, op.uetr)] if op.view else [])
        for number, uetr in pairs:
            known.append((op.end, number))
            if uetrs.setdefault(number, uetr) != uetr:
                yield Fault(DOUBLED, f"payment {number} is {uetrs[number]} and {uetr}")
    known.sort()
    ever = sorted(uetrs)
    before: list[int] = []  # numbers known before the list in question began
    position = 0
    present: set[int] = set()
    for op in sorted((op for op in ops if op.outcome == LISTED), key=lambda op: op.start):
        numbers = [number for number, _ in op.listed]
        at = f"(bank {bank}, node {op.node}, from {op.start:.3f})"
        if sorted(set(numbers), reverse=True) != numbers or (
                len({uetr for _, uetr in op.listed}) != len(numbers)):
            yield Fault(DOUBLED, f"a list is out of order or has a payment twice {at}")
        while position < len(known) and known[position][0] < op.start:
            number = known[position][1]
            position += 1
            if number not in present:
                present.add(number)
                insort(before, number)
        shown = set(numbers)
        lowest = 0 if op.is_whole or not numbers else numbers[-1]
        if op.mode == LINEARIZABLE and (numbers or op.is_whole):
            missing = [n for n in before[bisect_left(before, lowest):] if n not in shown]
            if missing:
                yield Fault(STALE, f"a list lacks payments {missing[:3]}, known before it {at}")
                continue
        # It shows a later one, so these were on record, whenever we heard of them.
        if numbers:
            part = ever[bisect_left(ever, lowest):bisect_right(ever, numbers[0])]
            holes = [number for number in part if number not in shown]
            if holes:
                yield Fault(LOST, f"a list has a hole at payments {holes[:3]} {at}")


# The index of the ledger, which answers state

def indices(history: Iterable[Op]) -> list[Fault]:
    """Who reads later is answered at no earlier index.

    A command that is a repetition makes no entry, and its node may be behind the leader.
    """
    stated = sorted((op for op in history if op.index), key=lambda op: op.start)
    ended: list[tuple[float, int]] = []
    newest, faults = 0, []
    for op in stated:
        while ended and ended[0][0] < op.start:
            newest = max(newest, heapq.heappop(ended)[1])
        heapq.heappush(ended, (op.end, op.index))
        if op.mode == LINEARIZABLE and op.kind in (READ, LIST, ACCOUNTS) and op.index < newest:
            faults.append(Fault(
                STALE, f"a {op.kind} at node {op.node} from {op.start:.3f} on was answered at "
                f"index {op.index}, after an answer at {newest}"))
    return faults


def balances(history: Iterable[Op], brought: dict[str, int]) -> list[Fault]:
    """At every moment all accounts together have what was brought."""
    return [
        Fault(OTHER, f"accounts at node {op.node} hold {amount} {code}, not {brought.get(code)}")
        for op in history for code, amount in op.sums if amount != brought.get(code)]


# What is to be found on record afterwards

def memory(history: Iterable[Op], orders: dict[str, Order]) -> Memory:
    """Everything that anybody was told, to be held against tables."""
    told = Memory()
    turned_away: dict[str, int] = defaultdict(int)
    sent: dict[str, int] = defaultdict(int)
    for uetr, order in orders.items():
        told.entries[uetr] = Entry(order, first=UNKNOWN)
    for op in history:
        entry = told.entries.get(op.uetr)
        if entry is None:
            continue
        if op.kind == SUBMIT:
            sent[op.uetr] += 1
            turned_away[op.uetr] += op.outcome == TURNED_AWAY
        if op.view:
            entry.view = merge(entry.view, op.view)
        entry.refusal = entry.refusal or op.code
    for uetr, number in sent.items():
        if turned_away[uetr] == number:
            told.entries[uetr].first = TURNED_AWAY
    return told


def pauses(history: Iterable[Op]) -> list[tuple[float, float]]:
    """Between two acknowledged payments: end of the one, end of the next."""
    ends = sorted(op.end for op in history if op.kind == SUBMIT and op.outcome == SHOWN)
    return list(zip(ends, ends[1:]))


def next_acknowledged(history: Iterable[Op], moments: list[float]) -> list[float | None]:
    """For each moment the seconds until a payment that was sent after it is acknowledged."""
    acknowledged = sorted(
        (op.start, op.end) for op in history if op.kind == SUBMIT and op.outcome == SHOWN)
    starts = [start for start, _ in acknowledged]
    # The earliest end among all that start at a position or later.
    earliest: list[float] = [end for _, end in acknowledged]
    for position in range(len(earliest) - 2, -1, -1):
        earliest[position] = min(earliest[position], earliest[position + 1])
    found: list[float | None] = []
    for moment in moments:
        position = bisect_right(starts, moment)
        found.append(earliest[position] - moment if position < len(earliest) else None)
    return found
