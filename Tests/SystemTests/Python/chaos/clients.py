"""Banks that pay and ask through all nodes at random, in a process of their own.

Each client is a thread that does one thing after the other. What got no answer it sends again later
under the same UETR, through any node. Everything goes into the history.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import random
import signal
import threading
import time
from collections import deque
from multiprocessing.connection import Connection as Pipe

from shared.memory import OTHER, TURNED_AWAY, UNKNOWN, Fault, View
from shared.orders import BANKS, Order, draw
from shared.processes import end_with_parent

from .history import (
    ACCOUNTS,
    AT_LEAST,
    CANCEL,
    FAILED,
    LINEARIZABLE,
    LIST,
    LOCAL,
    READ,
    SHOWN,
    SUBMIT,
    Op,
)
from .sessions import JSON, LANES, RECORDS, WRONG, Answer, Etcd, Langqiao, Lost

CLIENTS = 4  # of each bank
RECENT = 400  # payments of a bank that its clients ask for
GENTLE = 800.0  # payments a second that come one by one for the most part
RETRY = (0.02, 0.1)  # seconds before something is tried elsewhere
CHANGES_NODE = 0.05  # how often a client goes elsewhere for no reason
LEFT_ALONE = 0.3  # of what was turned away, this share is not sent again
RESOLVED_WITHIN = 60.0
MOST_FAULTS = 20  # wrong answers that are kept
ASKED_AT_LAST = 40  # payments that each client asks for when all is over


class Board(ctypes.Structure):
    """What both processes see while the clients run."""

    _fields_ = [
        ("last_sent", ctypes.c_double),  # when the last acknowledged payment had been sent
        ("is_stopping", ctypes.c_bool)]


class Market:
    """What the clients of one process share."""

    def __init__(self, service: Langqiao | Etcd, board: Board, rate: float, batch: int) -> None:
        self.service, self.board = service, board
        self.rate, self.batch = rate, batch
        self.orders: dict[str, Order] = {}
        self.recent: dict[str, deque[tuple[Order, View, int]]] = {
            bic: deque(maxlen=RECENT) for bic in BANKS}
        self.history: list[Op] = []
        self.faults: list[Fault] = []
        # The same payments stand in many lists; each is kept once.
        self._pairs: dict[tuple[int, str], tuple[int, str]] = {}

    def kept(self, listed: tuple[tuple[int, str], ...]) -> tuple[tuple[int, str], ...]:
        return tuple(self._pairs.setdefault(pair, pair) for pair in listed)

    def lane(self, number: int) -> str:
        """Of a bank's client. High rates come in messages of records, all but a little."""
        if self.rate > GENTLE:
            return RECORDS if number else JSON
        return LANES[number % len(LANES)]

    def share(self, lane: str) -> float:
        """Payments a second of one client."""
        if self.rate <= GENTLE:
            return self.rate / len(BANKS) / CLIENTS
        few = GENTLE / 4 / len(BANKS)
        return few if lane == JSON else (self.rate - GENTLE / 4) / len(BANKS) / (CLIENTS - 1)


class Client:
    def __init__(self, market: Market, who: str, number: int, seed: int) -> None:
        self.market, self.who = market, who
        self.chance = random.Random(f"{seed}/{who}/{number}")
        self.lane = market.lane(number)
        self._node, self._session = 0, None
        self._doubtful: list[Order] = []
        # The lane of records brings several at once, so its clients send less often.
        self._size = market.batch if self.lane == RECORDS else 1
        self._next = time.monotonic() + self.chance.random()

    # One thing after the other

    def run(self) -> None:
        while not self.market.board.is_stopping:
            pause = self._next - time.monotonic()
            if pause > 0:
                time.sleep(min(pause, 0.1))
                continue
            self._step()
        self._resolve()
        for _ in range(min(ASKED_AT_LAST, len(self.market.recent[self.who]))):
            self._read()
        self._leave()

    def _step(self) -> None:
        share = self.chance.random()
        if self.chance.random() < CHANGES_NODE:
            self._leave()
        if share < 0.55 or self._size > 1 or not self.market.recent[self.who]:
            self._pace()
            self._submit(self._orders())
        elif share < 0.90:
            self._read()
        elif share < 0.95 or not self.market.service.can_cancel:
            self._list()
        else:
            self._cancel()

    def _pace(self) -> None:
        """When the next payment is due: every client has the same share of the rate."""
        mean = self._size / self.market.share(self.lane)
        self._next = max(
            self._next + self.chance.uniform(0.5, 1.5) * mean, time.monotonic() - 2 * mean)

    def _orders(self) -> list[Order]:
        orders = []
        for _ in range(self._size):
            if self._doubtful and self.chance.random() < 0.5:
                orders.append(self._doubtful.pop(self.chance.randrange(len(self._doubtful))))
                continue
            order = draw(self.who, self.chance, may_be_complete=self.lane != RECORDS)
            self.market.orders[order.uetr] = order
            orders.append(order)
        return orders

    def _submit(self, orders: list[Order]) -> None:
        times, answers = self._ask(
            lambda session: session.submit(orders, self.lane), [Answer(UNKNOWN)] * len(orders))
        if times is None:
            # Nothing was sent. Orders that had never left are sent another time.
            self._doubtful += orders
            return
        for order, answer in zip(orders, answers):
            self._note(SUBMIT, times, answer, order.uetr)
            if answer.outcome == UNKNOWN or answer.outcome == TURNED_AWAY and (
                    self.chance.random() > LEFT_ALONE):
                self._doubtful.append(order)
            elif answer.view:
                self.market.recent[self.who].append((order, answer.view, answer.index))
        board = self.market.board
        if any(answer.outcome == SHOWN for answer in answers):
            board.last_sent = max(board.last_sent, times[0])

    def _read(self) -> None:
        recent = self.market.recent[self.who]
        # The newest are those that somebody might not know yet.
        depth = min(len(recent), 1 + int(self.chance.expovariate(1 / 20)))
        order, view, index = recent[-depth]
        mode = self.chance.choices((LINEARIZABLE, LOCAL, AT_LEAST), (8, 1, 1))[0]
        if mode == AT_LEAST and not index:
            mode = LINEARIZABLE
        times, answer = self._ask(
            lambda session: session.read(self.who, order.uetr, mode, index), Answer(FAILED))
        if times is not None:
            self._note(READ, times, answer, order.uetr, mode,
                       view if mode == AT_LEAST else None)
            if answer.view and answer.index:
                recent.append((order, answer.view, answer.index))

    def _list(self) -> None:
        mode = LOCAL if self.chance.random() < 0.15 else LINEARIZABLE
        times, answer = self._ask(
            lambda session: session.list(self.who, mode), Answer(FAILED))
        if times is not None:
            self._note(LIST, times, answer, mode=mode)

    def _cancel(self) -> None:
        order, _, _ = self.chance.choice(self.market.recent[self.who])
        times, answer = self._ask(
            lambda session: session.cancel(order.uetr), Answer(FAILED))
        if times is not None:
            self._note(CANCEL, times, answer, order.uetr)

    # Calls

    def _ask(self, call, if_lost):
        """When the call began, and its answer; no time when there was no connection."""
        try:
            if self._session is None:
                self._node = self.chance.choice(list(self.market.service.ports))
                self._session = self.market.service.open(self.who, self._node)
        except OSError:
            self._go_elsewhere()
            return None, if_lost
        started = time.monotonic()
        try:
            answer = call(self._session)
        except Lost:
            answer = if_lost
        ended = time.monotonic()
        answers = answer if isinstance(answer, list) else [answer]
        if any(one.outcome in (TURNED_AWAY, UNKNOWN, FAILED) for one in answers):
            self._go_elsewhere()
        return (started, ended), answer

    def _go_elsewhere(self) -> None:
        """Another node may know a leader."""
        self._leave()
        time.sleep(self.chance.uniform(*RETRY))

    def _note(
        self, kind: str, times: tuple[float, float], answer: Answer, uetr: str = "",
        mode: str = LINEARIZABLE, floor: View | None = None,
    ) -> None:
        node = self._node
        if answer.outcome == WRONG:
            if len(self.market.faults) < MOST_FAULTS:
                self.market.faults.append(Fault(OTHER, f"node {node}: {answer.what}"))
            return
        self.market.history.append(Op(
            kind, self.who, node, *times, answer.outcome, uetr, answer.view,
            answer.repeats, answer.code, answer.index, mode, floor, self.market.kept(answer.listed),
            answer.is_whole, answer.sums))

    def _leave(self) -> None:
        if self._session:
            self._session.close()
            self._session = None

    # The end

    def _resolve(self) -> None:
        """All is well again: what is in doubt is sent again until it is answered."""
        limit = time.monotonic() + RESOLVED_WITHIN
        while self._doubtful:
            if time.monotonic() > limit:
                self.market.faults.append(Fault(
                    OTHER, f"{len(self._doubtful)} payments of {self.who} get no answer "
                    f"though all nodes run"))
                return
            part = self._doubtful[:self._size]
            del self._doubtful[:self._size]
            self._submit(part)


class Accountant(Client):
    """An operator who adds all accounts up."""

    def run(self) -> None:
        while not self.market.board.is_stopping:
            times, answer = self._ask(lambda session: session.accounts(), Answer(FAILED))
            if times is not None:
                self._note(ACCOUNTS, times, answer)
            self._leave()
            time.sleep(0.25)


def _work(
    service: Langqiao | Etcd, board: Board, rate: float, batch: int, seed: int, pipe: Pipe
) -> None:
    end_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    market = Market(service, board, rate, batch)
    clients = [
        Client(market, bic, number, seed) for number in range(CLIENTS) for bic in BANKS]
    if service.can_cancel:
        clients.append(Accountant(market, "", 0, seed))
    failures: list[str] = []

    def guarded(client: Client) -> None:
        try:
            client.run()
        except Exception as error:  # noqa: BLE001 - a client that is gone would look like peace
            failures.append(f"a client of {client.who} failed: {error!r}")

    threads = [threading.Thread(target=guarded, args=(client,)) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    faults = market.faults + [Fault(OTHER, failure) for failure in failures]
    pipe.send((market.history, market.orders, faults))


class Clients:
    """All banks, as the owner of their process sees them."""

    def __init__(
        self, service: Langqiao | Etcd, rate: float, batch: int, seed: int
    ) -> None:
        context = multiprocessing.get_context("fork")
        self.board: Board = context.Value(Board, lock=False)
        self._pipe, theirs = context.Pipe(duplex=False)
        self._process = context.Process(
            target=_work, args=(service, self.board, rate, batch, seed, theirs), daemon=True)
        self._process.start()
        theirs.close()

    @property
    def is_alive(self) -> bool:
        return self._process.is_alive()

    def was_acknowledged_since(self, moment: float) -> bool:
        return self.board.last_sent > moment

    def stop(self) -> None:
        self.board.is_stopping = True

    def history(self, within: float) -> tuple[list[Op], dict[str, Order], list[Fault]]:
        """What all of them did. Raises EOFError or TimeoutError when there is none."""
        if not self._pipe.poll(within):
            raise TimeoutError("the clients do not come to an end")
        found = self._pipe.recv()
        self._process.join(5)
        return found

    def close(self) -> None:
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
