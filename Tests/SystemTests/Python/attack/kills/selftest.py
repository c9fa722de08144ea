"""The checker finds what it is for: every kind of fault is planted and must be named."""

from __future__ import annotations

import hashlib
import random
import struct
import unittest
from collections import Counter
from dataclasses import replace

from shared.memory import CHANGED, DOUBLED, LOST, OTHER, Memory, Row, View, contradiction
from shared.orders import CHINESE, THAI, draw
from shared.tables import first_break

from .run import BOTH, KINDS, LOAD, MOMENTS, RECOVERY, SEQUENCES, START, plan

SIZE_CODE = 409  # of a refusal; any number
RESTS = View(1, "PDNG", "none", 0, 0)
PARTLY = View(1, "ACSP", "none", 40, 196)
SETTLED = View(1, "ACSC", "filled", 100, 490)
CANCELLED = View(1, "CANC", "cancelled-by-bank", 40, 196)


class Comparisons(unittest.TestCase):
    def test_states_only_go_forward(self) -> None:
        for before, after in ((RESTS, PARTLY), (RESTS, SETTLED), (PARTLY, CANCELLED),
                              (SETTLED, SETTLED), (SETTLED, replace(SETTLED, paid=None))):
            self.assertIsNone(contradiction(before, after))

    def test_contradictions_are_named(self) -> None:
        for kind, before, after in (
                (CHANGED, PARTLY, RESTS), (CHANGED, SETTLED, CANCELLED),
                (CHANGED, CANCELLED, SETTLED), (CHANGED, SETTLED, replace(SETTLED, paid=101)),
                (CHANGED, PARTLY, replace(PARTLY, received=195)),
                (CHANGED, CANCELLED, replace(CANCELLED, reason="expired")),
                (CHANGED, RESTS, replace(RESTS, status="XXXX")),
                (DOUBLED, RESTS, replace(RESTS, number=2))):
            fault = contradiction(before, after)
            self.assertEqual(fault and fault.kind, kind, f"{before} {after}")


class Tables(unittest.TestCase):
    """One acknowledged payment, and what the tables may make of it."""

    def setUp(self) -> None:
        self.memory = Memory()
        order = replace(draw(CHINESE[0], random.Random(1)), amount=100, fixes_receipt=False)
        self.entry = self.memory.send(order)
        self.row = Row(order.uetr, order.payer, SETTLED, 100, False)

    def kinds(self, *rows: Row) -> set[str]:
        self.memory.compare(rows)
        return {fault.kind for fault in self.memory.faults}

    def test_equal(self) -> None:
        self.memory.learn(self.entry, RESTS)
        self.assertEqual(self.kinds(self.row), set())

    def test_lost(self) -> None:
        self.memory.learn(self.entry, RESTS)
        self.assertEqual(self.kinds(), {LOST})

    def test_lost_and_new_when_repeated(self) -> None:
        self.memory.learn(self.entry, RESTS, repeats=False)
        self.memory.learn(self.entry, RESTS, repeats=False)
        self.assertEqual([fault.kind for fault in self.memory.faults], [LOST])

    def test_twice(self) -> None:
        self.memory.learn(self.entry, SETTLED)
        again = replace(self.row, view=replace(SETTLED, number=2))
        self.assertIn(DOUBLED, self.kinds(self.row, again))

    def test_settled_twice(self) -> None:
        self.memory.learn(self.entry, RESTS)
        self.assertIn(DOUBLED, self.kinds(replace(self.row, view=replace(SETTLED, paid=200))))

    def test_settled_in_part(self) -> None:
        row = replace(self.row, view=replace(SETTLED, paid=98))
        self.memory.learn(self.entry, RESTS)
        self.assertEqual(self.kinds(row), {OTHER})

    def test_dust(self) -> None:
        order = replace(draw(THAI[0], random.Random(1)), amount=100, fixes_receipt=False)
        for paid, kinds in ((96, set()), (95, {OTHER})):
            self.memory = Memory()
            self.memory.learn(self.memory.send(order), RESTS)
            row = Row(order.uetr, order.payer, replace(SETTLED, paid=paid), 100, False)
            self.assertEqual(self.kinds(row), kinds)

    def test_changed(self) -> None:
        self.memory.learn(self.entry, SETTLED)
        self.assertIn(CHANGED, self.kinds(replace(self.row, view=CANCELLED)))

    def test_another_payer(self) -> None:
        self.memory.learn(self.entry, SETTLED)
        self.assertEqual(self.kinds(replace(self.row, payer=CHINESE[1])), {CHANGED})

    def test_never_sent(self) -> None:
        self.memory.entries.clear()
        self.assertEqual(self.kinds(self.row), {OTHER})

    def test_turned_away_and_recorded(self) -> None:
        self.memory.turn_away(self.entry)
        self.assertEqual(self.kinds(self.row), {OTHER})

    def test_unknown_may_be_there_or_not(self) -> None:
        self.memory.lose_sight(self.entry)
        self.assertEqual(self.kinds(), set())
        self.assertEqual(self.kinds(self.row), set())
        self.assertTrue(self.entry.was_recorded)

    def test_refused_for_good_and_accepted(self) -> None:
        self.memory.refuse(self.entry, SIZE_CODE)
        self.assertEqual(self.kinds(self.row), {CHANGED})

    def test_refused_for_another_reason(self) -> None:
        self.memory.refuse(self.entry, SIZE_CODE)
        self.memory.refuse(self.entry, SIZE_CODE + 1)
        self.assertEqual([fault.kind for fault in self.memory.faults], [CHANGED])

    def test_numbers_have_no_gaps(self) -> None:
        self.memory.lose_sight(self.entry)
        self.assertEqual(
            self.kinds(replace(self.row, view=replace(SETTLED, number=2))), {OTHER})


class Chain(unittest.TestCase):
    def setUp(self) -> None:
        self.rows, checksum = [], bytes(32)
        for index, kind in enumerate((1, 0, 0, 2), 1):
            header = struct.pack("<QQ", index, 7) + (bytes([kind]) if kind else b"")
            stored = hashlib.sha256(checksum + header + b"abc").digest()
            self.rows.append(
                [str(index), "7", str(kind), checksum.hex(), stored.hex(), b"abc".hex()])
            checksum = stored

    def test_whole(self) -> None:
        self.assertEqual(first_break(self.rows, 0, bytes(32)), 0)
        checksum = bytes.fromhex(self.rows[0][4])
        self.assertEqual(first_break(self.rows[1:], 1, checksum), 0)

    def test_each_change_is_found(self) -> None:
        for column, value in enumerate(("9", "8", "3", "00" * 32, "00" * 32, "616264")):
            row = [*self.rows[2]]
            row[column] = value
            rows = [*self.rows[:2], row, self.rows[3]]
            self.assertEqual(first_break(rows, 0, bytes(32)), 3, f"column {column}")

    def test_missing(self) -> None:
        self.assertEqual(first_break([*self.rows[:1], *self.rows[2:]], 0, bytes(32)), 2)


class Plan(unittest.TestCase):
    def test_every_kind_meets_every_moment(self) -> None:
        found = {blow for sequence in SEQUENCES for blow in sequence}
        self.assertEqual(found, {(kind, moment) for kind in KINDS for moment in MOMENTS})

    def test_short_ones_have_both_in_every_moment(self) -> None:
        blows = Counter((kind, moment) for kind, moment, _ in plan(3, random.Random(1)))
        self.assertEqual(
            blows, {(BOTH, LOAD): 1, (BOTH, RECOVERY): 1, (BOTH, START): 1})

    def test_number(self) -> None:
        for kills in range(1, 60):
            blows = list(plan(kills, random.Random(kills)))
            self.assertEqual(len(blows), kills)
            self.assertTrue(blows[-1][2], "the last one is compared")


if __name__ == "__main__":
    unittest.main()
