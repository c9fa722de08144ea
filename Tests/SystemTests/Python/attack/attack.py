"""What an attack is, and what its processes have at hand."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from shared.calls import bank
from shared.wire import Peer, Reply, Target, pump

from .aims import Aims
from .gateway import HOSTILE

PARTNERS: tuple[str | None, ...] = tuple(bank(bic) for bic in HOSTILE)
ONE_PARTNER = PARTNERS[:1]


@dataclass
class Job:
    """One process of an attack: who it is, until when it goes on, and what it counts."""

    target: Target
    identity: str | None
    number: int
    until: float
    uetrs: list[str]
    counts: Counter[str] = field(default_factory=Counter)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.until

    def peers(self, count: int, **options: object) -> list[Peer]:
        """Connections of this process; those that are refused are counted."""
        found: list[Peer] = []
        context = self.target.context(self.identity)
        for _ in range(count):
            try:
                found.append(Peer(self.target, context=context, **options))  # type: ignore
            except OSError:
                self.counts["connections refused"] += 1
        return found

    def hold(self, peers: Iterable[Peer], each_turn: Callable[[], None] = lambda: None) -> None:
        """Keeps the connections until the attack is over, then counts how they fared."""
        peers = list(peers)
        pump(peers, self.until, each_turn=each_turn)
        for peer in peers:
            self.tally(peer)
            self.counts["held"] += not peer.is_gone
            peer.close()

    def tally(self, peer: Peer) -> None:
        """Counts a connection and its answers."""
        self.counts["closed by the gateway"] += peer.is_gone
        for reply in peer.replies.values():
            self.answer(reply)

    def answer(self, reply: Reply) -> None:
        """Counts one answer by what it means."""
        status = reply.headers.get("grpc-status")
        if reply.status >= 400 or status not in (None, "0"):
            self.counts["refused"] += 1
        elif reply.status:
            self.counts["answered"] += 1
        if reply.reset is not None:
            self.counts["reset"] += 1
        if reply.status == 500 or status == "13":
            self.counts["INTERNAL"] += 1


@dataclass(frozen=True)
class Attack:
    """One way to do harm. `press` runs once in each process, one for each of `callers`."""

    name: str
    summary: str
    press: Callable[[Job], None]
    callers: tuple[str | None, ...] = PARTNERS
    aims: Aims = Aims()
    # The count that `aims.cpu_each` is for.
    unit: str | None = None
    # Seconds in a short run; connecting takes some of them.
    short_seconds: float = 1.0
    # Left out of short runs when another one shows the same.
    is_short: bool = True
    # What must hold for the counts: a sentence for each miss.
    judge: Callable[[Counter[str]], list[str]] = lambda counts: []
