"""Which faults come in which order, all of it drawn from the seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")

# Kinds of faults, in the order of the report.
KILL, LEADER, DATABASE, BOTH, EVERYBODY = "kill", "leader", "database", "both", "everybody"
STOP, PARTITION, ONE_WAY, SLOW_LINK = "stop", "partition", "one-way", "slow-link"
SLOW_DISK, FULL_DISK, CLOCK, BITS = "slow-disk", "full-disk", "clock", "bits"
ALL = (KILL, LEADER, DATABASE, BOTH, EVERYBODY, STOP, PARTITION, ONE_WAY, SLOW_LINK, SLOW_DISK,
       FULL_DISK, CLOCK, BITS)
NETWORK = (PARTITION, ONE_WAY, SLOW_LINK)
MEANINGS = {
    KILL: "SIGKILL of a node",
    LEADER: "SIGKILL of the leader",
    DATABASE: "SIGKILL of a node's PostgreSQL with all its processes",
    BOTH: "SIGKILL of a node and its PostgreSQL",
    EVERYBODY: "SIGKILL of all nodes, or of all with their PostgreSQL",
    STOP: "SIGSTOP of a node, then SIGCONT",
    PARTITION: "some nodes and the others do not reach each other",
    ONE_WAY: "some nodes are not heard by others, whom they hear",
    SLOW_LINK: "the links of some nodes are slow",
    SLOW_DISK: "every sync of a node's PostgreSQL takes longer",
    FULL_DISK: "the disk of a node's PostgreSQL is full",
    CLOCK: "the time of day of a node jumps, and back",
    BITS: "a node is stopped, a bit of its log is flipped: it must not start; it is put back",
}
# Seconds that a fault lasts.
LASTS = {
    KILL: (0.0, 3.0), LEADER: (0.5, 3.0), DATABASE: (0.0, 3.0), BOTH: (0.0, 3.0),
    EVERYBODY: (0.0, 1.0), STOP: (0.2, 5.0), PARTITION: (0.5, 8.0), ONE_WAY: (0.5, 8.0),
    SLOW_LINK: (2.0, 8.0), SLOW_DISK: (2.0, 8.0), FULL_DISK: (1.0, 6.0), CLOCK: (2.0, 8.0),
    BITS: (0.0, 0.0)}
CALM = (1.0, 4.0)


@dataclass(frozen=True)
class Step:
    """One fault. Shares become nodes and amounts when it is known who leads."""

    kind: str
    calm: float  # seconds before it
    lasts: float
    hits_leader: bool
    whom: float  # a share: which other node
    variant: float  # a share: which form of the fault
    strength: float  # a share: how bad


def plan(kinds: tuple[str, ...], chance: random.Random, pace: float = 1.0) -> Iterator[Step]:
    """Without end; every kind comes once before one comes again. `pace` stretches all times."""
    while True:
        deck = list(kinds)
        chance.shuffle(deck)
        for kind in deck:
            yield Step(
                kind, chance.uniform(*CALM) * pace, chance.uniform(*LASTS[kind]) * pace,
                kind == LEADER or chance.random() < 0.4, chance.random(), chance.random(),
                chance.random())


def pick(choices: list[Item], share: float) -> Item:
    return choices[int(share * len(choices))]
