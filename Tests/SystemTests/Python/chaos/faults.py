"""The faults themselves. Each is a generator that yields the seconds until it goes on."""

from __future__ import annotations

import random
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

from shared.processes import kill

from .etcd import EtcdCluster
from .links import Order, cut_between, cut_from, refuse, silence, slow
from .machines import Cluster
from .plan import LEADER, Step, pick

REFUSES_WITHIN = 30.0  # seconds until a node with a damaged log has said so
# A node without its database, or on a full disk, may end by itself for so long after it.
EXCUSED = 20.0
NEARLY_FULL = 24 << 20  # bytes left, below half of what a node wants free


@dataclass
class Event:
    """A fault as it happened; times of the monotonic clock."""

    kind: str
    what: str
    begin: float
    end: float = 0.0
    nodes: list[int] = field(default_factory=list)
    struck_leader: bool = False


class Hand:
    """Does to a cluster what the plan says."""

    def __init__(self, cluster: Cluster | EtcdCluster, events: list[Event]) -> None:
        self.cluster, self.events = cluster, events

    def strike(self, step: Step) -> Iterator[float]:
        leader = self.cluster.leader()
        number = self._whom(step, leader)
        if step.kind == LEADER and not leader:
            return
        event = Event(step.kind, "", time.monotonic(), nodes=[number],
                      struck_leader=number == leader)
        self.events.append(event)
        try:
            yield from getattr(self, f"_{step.kind.replace('-', '_')}")(step, event, number)
        finally:
            event.end = time.monotonic()

    def _whom(self, step: Step, leader: int) -> int:
        others = [number for number in self.cluster.nodes if number != leader]
        if step.hits_leader and leader or not others:
            return leader or pick(list(self.cluster.nodes), step.whom)
        return pick(others, step.whom)

    def _minority(self, step: Step, first: int) -> set[int]:
        """With a node, others up to a minority."""
        nodes = list(self.cluster.nodes)
        most = max(1, (len(nodes) - 1) // 2)
        chance = random.Random(step.whom)
        others = [number for number in nodes if number != first]
        chance.shuffle(others)
        return {first, *others[:int(step.variant * most)]}

    # Kills

    def _kill_nodes(
        self, step: Step, event: Event, numbers: list[int], nodes: bool, databases: bool
    ) -> Iterator[float]:
        cluster = self.cluster
        victims: list[int] = []
        for number in numbers:
            cluster.hold(number, nodes or None, databases or None)
            if databases:
                cluster.excuse(number, step.lasts + EXCUSED)
            victims += cluster.victims(number, nodes, databases)
        random.Random(step.strength).shuffle(victims)
        event.begin = time.monotonic()
        kill(victims)
        yield step.lasts
        for number in numbers:
            cluster.hold(number, False, False)

    def _kill(self, step: Step, event: Event, number: int) -> Iterator[float]:
        numbers = sorted(self._minority(step, number))
        event.nodes, event.what = numbers, f"nodes {numbers}"
        return self._kill_nodes(step, event, numbers, True, False)

    def _leader(self, step: Step, event: Event, number: int) -> Iterator[float]:
        event.what = f"node {number}"
        return self._kill_nodes(step, event, [number], True, False)

    def _database(self, step: Step, event: Event, number: int) -> Iterator[float]:
        event.what = f"of node {number}"
        return self._kill_nodes(step, event, [number], False, True)

    def _both(self, step: Step, event: Event, number: int) -> Iterator[float]:
        event.what = f"node {number}"
        return self._kill_nodes(step, event, [number], True, True)

    def _everybody(self, step: Step, event: Event, _: int) -> Iterator[float]:
        with_databases = step.variant < 0.5 and self.cluster.name != "etcd"
        event.nodes = list(self.cluster.nodes)
        event.what = "nodes and databases" if with_databases else "nodes"
        return self._kill_nodes(step, event, event.nodes, True, with_databases)

    def _stop(self, step: Step, event: Event, number: int) -> Iterator[float]:
        numbers = sorted(self._minority(step, number))
        event.nodes, event.what = numbers, f"nodes {numbers}"
        for one in numbers:
            self.cluster.signal(one, signal.SIGSTOP)
        yield step.lasts
        for one in numbers:
            self.cluster.signal(one, signal.SIGCONT)

    # The network

    def _on_links(self, order: Order, lasts: float) -> Iterator[float]:
        self.cluster.links.set(order)
        yield lasts
        self.cluster.links.heal()

    def _partition(self, step: Step, event: Event, number: int) -> Iterator[float]:
        few = self._minority(step, number)
        many = set(self.cluster.nodes) - few
        event.nodes = sorted(few)
        if step.strength < 0.25:
            event.what = f"{sorted(few)} are refused connections"
            return self._on_links(refuse(few, many), step.lasts)
        event.what = f"{sorted(few)} without {sorted(many)}"
        return self._on_links(cut_between(few, many), step.lasts)

    def _one_way(self, step: Step, event: Event, number: int) -> Iterator[float]:
        """One node is not heard by all others or by one; or it does not hear them."""
        others = [other for other in self.cluster.nodes if other != number]
        some = set(others) if step.variant < 0.6 else {pick(others, step.whom)}
        from_one, to_one = ({number}, some) if step.strength < 0.5 else (some, {number})
        # Either its messages alone, or every byte that flows that way, go nowhere.
        with_all_bytes = self.cluster.name == "etcd" or int(step.whom * 1000) % 2 == 0
        cut = cut_from if with_all_bytes else silence
        event.what = (f"{sorted(from_one)} not heard by {sorted(to_one)}, "
                      f"{'all bytes' if with_all_bytes else 'messages'}")
        return self._on_links(cut(from_one, to_one), step.lasts)

    def _slow_link(self, step: Step, event: Event, number: int) -> Iterator[float]:
        delay = 0.005 + step.strength ** 2 * 0.3
        event.what = f"of node {number}, {delay * 1000:.0f} ms"
        return self._on_links(
            slow({number}, set(self.cluster.nodes), delay, delay / 2), step.lasts)

    # Disks

    def _slow_disk(self, step: Step, event: Event, number: int) -> Iterator[float]:
        delay = 0.01 + step.strength ** 2 * 0.5
        cluster = self.cluster
        if cluster.has_shim:
            event.what = f"of node {number}, {delay * 1000:.0f} ms more a sync"
            cluster.slow_disk(number, delay)
            yield step.lasts
            cluster.slow_disk(number, 0)
            return
        event.what = f"of node {number}, its sessions halted for {delay * 1000:.0f} ms each time"
        until = time.monotonic() + step.lasts
        while time.monotonic() < until:
            cluster.halt_sessions(number, True)
            yield delay
            cluster.halt_sessions(number, False)
            yield delay / 4

    def _full_disk(self, step: Step, event: Event, number: int) -> Iterator[float]:
        # Half of the time there is a little room, so that a node can see it in time.
        leaves = NEARLY_FULL if step.variant < 0.5 else 0
        event.what = f"of node {number}" + (f", but for {leaves >> 20} MiB" if leaves else "")
        self.cluster.excuse(number, step.lasts + EXCUSED)
        self.cluster.fill_disk(number, True, leaves)
        yield step.lasts
        self.cluster.fill_disk(number, False)
        self.cluster.excuse(number, EXCUSED)

    # Clocks and bits

    def _clock(self, step: Step, event: Event, number: int) -> Iterator[float]:
        seconds = (0.2 + step.strength ** 2 * 20) * (1 if step.variant < 0.5 else -1)
        event.what = f"of node {number} by {seconds:+.1f} s"
        self.cluster.move_clock(number, seconds)
        yield step.lasts
        self.cluster.move_clock(number, 0)

    def _bits(self, step: Step, event: Event, number: int) -> Iterator[float]:
        cluster, node = self.cluster, self.cluster.nodes[number]
        cluster.hold(number, node=True)
        kill(cluster.victims(number, True, False))
        while not node.database.is_ready:
            yield 0.05
        where, repair = cluster.flip_bit(number, step.strength, step.whom)
        event.what = f"of node {number}, {where}"
        before = node.log.stat().st_size
        node.start()
        limit = time.monotonic() + REFUSES_WITHIN
        while node.is_running and not node.announced and time.monotonic() < limit:
            yield 0.05
        said = node.log.read_bytes()[before:].decode(errors="replace")
        if node.announced:
            cluster.faults.append(f"node {number} serves with a flipped bit in {where}")
        elif node.is_running:
            cluster.faults.append(f"node {number} neither serves a damaged log nor refuses it")
        elif not any(word in said for word in ("checksum", "chain", "damage", "rotten")):
            cluster.faults.append(f"node {number} refuses a damaged log and does not say why: "
                                  f"{said[-500:]}")
        kill(cluster.victims(number, True, False))
        cluster.repair(number, repair)
        node.process = None  # how it ended is no surprise
        cluster.hold(number, node=False)
