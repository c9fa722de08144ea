"""Plants each kind of fault in a history: the checkers must name it, and nothing else.

    python -m chaos.selftest
"""

from __future__ import annotations

import random
import socket
import threading
import time
import unittest
from dataclasses import replace

from shared.memory import CHANGED, DOUBLED, LOST, OTHER, TURNED_AWAY, UNKNOWN, Row, View
from shared.orders import CHINESE, draw

from .history import (
    ACCOUNTS,
    AT_LEAST,
    CANCEL,
    LIST,
    LISTED,
    LOCAL,
    MISSING,
    READ,
    REFUSED,
    SHOWN,
    STALE,
    SUBMIT,
    Op,
    check,
    memory,
    next_acknowledged,
    pauses,
)
from .links import Links, Order, Route, cut_from, silence, slow
from .plan import ALL, plan

BANK, UETR = CHINESE[0], "a"
RESTS = View(1, "PDNG", "none", 0, 0)
PARTLY = View(1, "ACSP", "none", 40, 196)
SETTLED = View(1, "ACSC", "filled", 100, 490)
CANCELLED = View(1, "CANC", "cancelled-by-bank", 40, 196)
BROUGHT = {"CNY": 100, "THB": 500}


def submit(start: float, end: float, view: View | None = RESTS, **more: object) -> Op:
    return replace(
        Op(SUBMIT, BANK, 1, start, end, SHOWN if view else UNKNOWN, UETR, view,
           False if view else None), **more)


def read(start: float, end: float, view: View | None, **more: object) -> Op:
    return replace(
        Op(READ, BANK, 2, start, end, SHOWN if view else MISSING, UETR, view), **more)


def listing(start: float, end: float, *numbers: int, **more: object) -> Op:
    return replace(
        Op(LIST, BANK, 3, start, end, LISTED,
           listed=tuple((number, f"u{number}") for number in numbers), is_whole=True), **more)


def made(number: int, start: float, end: float) -> Op:
    return submit(start, end, replace(RESTS, number=number), uetr=f"u{number}")


class Histories(unittest.TestCase):
    def expect(self, kinds: set[str], *history: Op) -> None:
        for order in (history, tuple(reversed(history))):
            found = check(list(order), BROUGHT)
            self.assertEqual({fault.kind for fault in found}, kinds, found)


class Registers(Histories):
    def test_a_life(self) -> None:
        self.expect(
            set(), submit(0, 1), read(2, 3, RESTS), read(2, 5, PARTLY), read(4, 6, PARTLY),
            submit(7, 8, SETTLED, repeats=True), read(9, 10, SETTLED))

    def test_what_overlaps_may_be_seen_in_any_order(self) -> None:
        self.expect(set(), submit(0, 1), read(2, 6, PARTLY), read(3, 7, RESTS))

    def test_read_before_the_acknowledgement_may_miss(self) -> None:
        self.expect(set(), submit(0, 3), read(1, 2, None), read(1, 4, None))

    def test_lost_and_new_again(self) -> None:
        self.expect({LOST, DOUBLED}, submit(0, 1), submit(2, 3))

    def test_new_twice_at_once(self) -> None:
        self.expect({DOUBLED}, submit(0, 2), submit(1, 3))

    def test_two_numbers(self) -> None:
        self.expect(
            {DOUBLED}, submit(0, 2), read(1, 3, replace(RESTS, number=2), mode=LOCAL))

    def test_not_found_is_stale(self) -> None:
        """Whether it is lost the tables say."""
        self.expect({STALE}, submit(0, 1), read(2, 3, None))
        self.expect({STALE}, submit(0, 1), read(2, 3, None), read(4, 5, RESTS))

    def test_stale_read(self) -> None:
        self.expect({STALE}, submit(0, 1), read(2, 3, PARTLY), read(4, 5, RESTS))

    def test_stale_amount(self) -> None:
        later = replace(PARTLY, paid=60, received=294)
        self.expect({STALE}, read(2, 3, later), read(4, 5, PARTLY))

    def test_stale_answer_to_a_repetition(self) -> None:
        self.expect({STALE}, read(2, 3, SETTLED), submit(4, 5, PARTLY, repeats=True))

    def test_local_reads_may_be_old(self) -> None:
        self.expect(set(), submit(0, 1), read(2, 3, PARTLY), read(4, 5, RESTS, mode=LOCAL),
                    read(4, 5, None, mode=LOCAL))

    def test_what_a_local_read_showed_is_seen_later(self) -> None:
        self.expect({STALE}, read(2, 3, PARTLY, mode=LOCAL), read(4, 5, RESTS))

    def test_local_reads_show_nothing_that_never_was(self) -> None:
        self.expect({CHANGED}, read(2, 3, SETTLED), read(4, 5, CANCELLED, mode=LOCAL))

    def test_read_at_an_index(self) -> None:
        self.expect(set(), read(4, 5, PARTLY, mode=AT_LEAST, floor=RESTS))
        self.expect({STALE}, read(4, 5, RESTS, mode=AT_LEAST, floor=PARTLY))
        self.expect({STALE}, read(4, 5, None, mode=AT_LEAST, floor=RESTS))

    def test_changed(self) -> None:
        self.expect({CHANGED}, read(2, 3, SETTLED), read(4, 5, CANCELLED))
        self.expect({CHANGED}, read(2, 3, SETTLED), read(4, 5, replace(SETTLED, paid=101)))
        self.expect({CHANGED}, read(2, 6, SETTLED), read(4, 5, CANCELLED))

    def test_what_an_answer_leaves_out_is_not_known(self) -> None:
        ended = replace(CANCELLED, paid=None, received=None)
        self.expect(set(), submit(0, 1), read(2, 3, ended), read(4, 5, CANCELLED))
        self.expect(set(), read(2, 3, CANCELLED), read(4, 5, ended), read(6, 7, CANCELLED))
        self.expect({CHANGED}, read(2, 3, CANCELLED), read(4, 5, ended),
                    read(6, 7, replace(CANCELLED, paid=41)))

    def test_refused(self) -> None:
        refusal = submit(0, 1, None, outcome=REFUSED, code=402)
        self.expect(set(), refusal, replace(refusal, start=2, end=3))
        self.expect({CHANGED}, refusal, replace(refusal, start=2, end=3, code=403))
        self.expect({CHANGED}, refusal, read(2, 3, RESTS))
        self.expect({CHANGED}, submit(0, 1), replace(refusal, start=2, end=3))

    def test_turned_away(self) -> None:
        turned_away = submit(0, 1, None, outcome=TURNED_AWAY)
        self.expect(set(), turned_away, submit(2, 3))
        self.expect({OTHER}, turned_away, submit(2, 3, repeats=True))
        self.expect(set(), turned_away, submit(2, 3, None), submit(4, 5, repeats=True))

    def test_unknown_says_nothing(self) -> None:
        self.expect(set(), submit(0, 1, None), read(2, 3, None), submit(4, 5))

    def test_indices(self) -> None:
        self.expect(set(), submit(0, 2, index=7), read(1, 3, RESTS, index=6))
        self.expect({STALE}, submit(0, 1, index=7), read(2, 3, RESTS, index=6))
        self.expect(set(), submit(0, 1, index=7), read(2, 3, RESTS, index=6, mode=LOCAL))
        self.expect(set(), submit(0, 1, index=7), read(2, 3, RESTS, index=6, kind=CANCEL))

    def test_balances(self) -> None:
        whole = Op(ACCOUNTS, "", 1, 0, 1, LISTED, sums=(("CNY", 100), ("THB", 500)))
        self.expect(set(), whole)
        self.expect({OTHER}, replace(whole, sums=(("CNY", 101), ("THB", 500))))


class Lists(Histories):
    def test_complete(self) -> None:
        self.expect(set(), made(1, 0, 1), made(2, 2, 3), listing(4, 5, 2, 1))

    def test_what_is_under_way_may_be_there_or_not(self) -> None:
        self.expect(set(), made(1, 0, 1), made(2, 2, 6), listing(4, 5, 2, 1))
        self.expect(set(), made(1, 0, 1), made(2, 2, 6), listing(4, 5, 1))

    def test_lacks_the_newest(self) -> None:
        self.expect({STALE}, made(1, 0, 1), made(2, 2, 3), listing(4, 5, 1))
        self.expect({STALE}, made(1, 0, 1), listing(4, 5))

    def test_lacks_what_an_earlier_list_had(self) -> None:
        self.expect({STALE}, listing(1, 2, 2, 1), listing(3, 4, 1))

    def test_local_lists_may_be_old(self) -> None:
        self.expect(set(), made(1, 0, 1), made(2, 2, 3), listing(4, 5, 1, mode=LOCAL))

    def test_hole(self) -> None:
        self.expect({LOST}, made(1, 0, 1), made(2, 2, 9), made(3, 2, 3), listing(4, 5, 3, 1))
        self.expect(
            {LOST}, made(1, 0, 1), made(2, 2, 9), made(3, 2, 3), listing(4, 5, 3, 1, mode=LOCAL))

    def test_a_page_says_nothing_of_older_ones(self) -> None:
        self.expect(set(), made(1, 0, 1), made(2, 2, 3), listing(4, 5, 2, is_whole=False))

    def test_lists_disagree(self) -> None:
        other = listing(4, 5, 2, 1)
        self.expect(
            {DOUBLED}, listing(4, 5, 2, 1), replace(other, listed=((2, "x"), (1, "u1"))))

    def test_twice_in_a_list(self) -> None:
        self.expect({DOUBLED}, replace(listing(4, 5), listed=((2, "u1"), (1, "u1"))))
        self.expect({DOUBLED}, listing(4, 5, 1, 2))


class Records(unittest.TestCase):
    """What was told, against tables."""

    def kinds(self, row: Row | None, *history: Op) -> set[str]:
        order = replace(draw(BANK, random.Random(1)), uetr=UETR, amount=100, fixes_receipt=False)
        told = memory(history, {UETR: order})
        told.compare([row] if row else [])
        return {fault.kind for fault in told.faults}

    def test_faults(self) -> None:
        row = Row(UETR, BANK, SETTLED, 100, False)
        rests = replace(row, view=RESTS)
        self.assertEqual(self.kinds(row, submit(0, 1)), set())
        self.assertEqual(self.kinds(None, submit(0, 1)), {LOST})
        self.assertEqual(self.kinds(rests, submit(0, 1), read(2, 3, PARTLY)), {CHANGED})
        self.assertEqual(self.kinds(None, submit(0, 1, None)), set())
        self.assertEqual(self.kinds(row, submit(0, 1, None)), set())
        turned_away = submit(0, 1, None, outcome=TURNED_AWAY)
        self.assertEqual(self.kinds(row, turned_away), {OTHER})
        self.assertEqual(self.kinds(row, turned_away, submit(2, 3, None)), set())


class Times(unittest.TestCase):
    def test_pauses(self) -> None:
        history = [submit(0, 1), submit(0, 5), submit(4, 4.5), submit(5, 6, None)]
        self.assertEqual(pauses(history), [(1, 4.5), (4.5, 5)])

    def test_next_acknowledged(self) -> None:
        history = [submit(0, 3), submit(2, 9), submit(4, 5)]
        self.assertEqual(next_acknowledged(history, [0.5, 2, 4]), [4.5, 3, None])


class Plans(unittest.TestCase):
    def test_every_kind_comes_before_one_comes_again(self) -> None:
        steps = plan(ALL, random.Random(3))
        drawn = [next(steps).kind for _ in range(2 * len(ALL))]
        self.assertEqual(sorted(drawn), sorted(2 * ALL))

    def test_a_seed_repeats(self) -> None:
        one, other = plan(ALL, random.Random(3)), plan(ALL, random.Random(3))
        self.assertEqual([next(one) for _ in range(50)], [next(other) for _ in range(50)])


class Proxies(unittest.TestCase):
    """Node 1 dials node 2, which echoes."""

    def setUp(self) -> None:
        self.echo = socket.create_server(("127.0.0.1", 0))
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        threading.Thread(target=self._answer, daemon=True).start()
        self.links = Links([Route(1, 2, port, self.echo.getsockname()[1])])
        self.client = socket.create_connection(("127.0.0.1", port))
        self.client.settimeout(0.3)

    def tearDown(self) -> None:
        self.client.close()
        self.links.close()
        self.echo.close()

    def _answer(self) -> None:
        try:
            connection, _ = self.echo.accept()
            with connection:
                while data := connection.recv(100):
                    connection.sendall(data)
        except OSError:
            pass

    def heard(self, text: bytes = b"") -> bytes:
        self.client.sendall(text)
        try:
            return self.client.recv(100)
        except TimeoutError:
            return b""

    def test_cuts(self) -> None:
        self.assertEqual(self.heard(b"1"), b"1")
        for order in (cut_from({1}, {2}), cut_from({2}, {1}), silence({1}, {2})):
            self.links.set(order)
            self.assertEqual(self.heard(b"2"), b"")
            self.links.heal()
            self.assertEqual(self.heard(), b"2")

    def test_other_links_are_not_touched(self) -> None:
        self.links.set(silence({2}, {1}))
        self.assertEqual(self.heard(b"1"), b"1")

    def test_slow(self) -> None:
        self.links.set(slow({1}, {1, 2}, 0.1, 0))
        begun = time.monotonic()
        self.assertEqual(self.heard(b"1"), b"1")
        self.assertGreater(time.monotonic() - begun, 0.2)

    def test_refused(self) -> None:
        self.assertEqual(self.heard(b"1"), b"1")
        self.links.set(Order(refused=frozenset([(1, 2)])))
        self.assertEqual(self.heard(), b"")
        with self.assertRaises(OSError):
            for _ in range(20):
                self.client.sendall(b"2")
                time.sleep(0.01)


if __name__ == "__main__":
    unittest.main()
