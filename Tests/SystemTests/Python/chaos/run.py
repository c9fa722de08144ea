"""`ops/chaos`: a cluster, clients, faults, and what came of it."""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from shared import tables
from shared.memory import CHANGED, LOST, OTHER, Fault, Memory
from shared.processes import Failure

from .clients import RESOLVED_WITHIN, Clients
from .etcd import EtcdCluster
from .faults import Hand
from .history import check, memory
from .machines import Cluster
from .plan import ALL, Step, plan
from .report import Outcome

LANGQIAO, ETCD = SYSTEMS = ("langqiao", "etcd")
PATIENCE = 60.0  # after a fault a payment is acknowledged, and in the end all nodes are equal
IN_A_HURRY = 0.85  # faults with a higher variant do not wait until the last one is over everywhere
MOST_FAULTS_SHOWN = 20
LONGEST_FAULT = 1_500


@dataclass(frozen=True)
class Options:
    program: Path
    nodes: int
    seconds: float
    seed: int
    kinds: tuple[str, ...] = ALL
    rate: float = 300.0  # payments a second
    batch: int = 10  # of a message of records
    pace: float = 1.0  # stretches the plan's times
    is_once: bool = False  # each kind of fault comes once, if there is time for it
    keeps: bool = False
    is_quiet: bool = False


class Run:
    def __init__(self, system: str, options: Options) -> None:
        self.options = options
        self.outcome = Outcome(system, options.nodes, options.seed)
        self.directory = Path(tempfile.mkdtemp(prefix="langqiao-chaos."))
        self.directory.chmod(0o711)  # PostgreSQL runs under another account when we are root
        try:
            if system == ETCD:
                self.cluster: Cluster | EtcdCluster = EtcdCluster(
                    options.nodes, self.directory, options.kinds)
            else:
                self.cluster = Cluster(
                    options.program, options.nodes, self.directory, options.kinds)
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        self.hand = Hand(self.cluster, [])
        self.clients: Clients | None = None

    def run(self) -> Outcome:
        outcome = self.outcome
        try:
            self.cluster.open()
            self.clients = Clients(
                self.cluster.service, self.options.rate, self.options.batch, self.options.seed)
            begun = time.monotonic()
            try:
                self._strike()
            except Failure as failure:
                self._fault(str(failure))
            outcome.seconds = time.monotonic() - begun
            self._conclude()
        except (Failure, OSError, EOFError) as failure:
            self._fault(str(failure))
        finally:
            if self.clients:
                self.clients.close()
            left = self.cluster.remove()
            outcome.left_out, outcome.ended_alone = (
                self.cluster.left_out, self.cluster.ended_alone)
            if not self.options.keeps:
                shutil.rmtree(self.directory, ignore_errors=True)
        for what in (*self.cluster.faults, *left):
            self._fault(what)
        return outcome

    def _fault(self, what: str, kind: str = OTHER) -> None:
        self.outcome.faults.append(Fault(kind, what))

    def _say(self, what: str) -> None:
        if not self.options.is_quiet:
            print(what, flush=True)

    # Faults

    def _strike(self) -> None:
        begun = time.monotonic()
        until = begun + self.options.seconds
        chance = random.Random(self.options.seed)
        self._pass(1.0)
        self._await_payment(begun)
        if not self.cluster.kinds:
            return self._pass(until - time.monotonic())
        steps = plan(self.cluster.kinds, chance, self.options.pace)
        if self.options.is_once:
            steps = islice(steps, len(self.cluster.kinds))
        for step in steps:
            if time.monotonic() + step.calm + step.lasts > until and self.hand.events:
                self._pass(until - time.monotonic())
                return
            self._pass(step.calm)
            if step.variant < IN_A_HURRY:
                self._await_nodes()
            self._strike_once(step, begun)

    def _strike_once(self, step: Step, begun: float) -> None:
        events = self.hand.events
        known = len(events)
        for seconds in self.hand.strike(step):
            self._pass(seconds)
        if len(events) == known:
            return
        event = events[-1]
        self._await_payment(event.end)
        self._say(f"  {event.begin - begun:7.1f} s  {event.kind} {event.what}"
                  f"{', the leader' if event.struck_leader else ''}")
        if self.cluster.faults:
            raise Failure("the run ends here")

    def _pass(self, seconds: float) -> None:
        """Time goes by; whatever ended is started."""
        until = time.monotonic() + seconds
        while True:
            self.cluster.tend()
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(left, 0.02))

    def _await_payment(self, since: float) -> None:
        """Until a payment that was sent after a moment is acknowledged."""
        limit = time.monotonic() + PATIENCE
        while not self.clients.was_acknowledged_since(since):
            if not self.clients.is_alive:
                raise Failure("the clients have ended")
            if time.monotonic() > limit:
                raise Failure(f"no payment is acknowledged in {PATIENCE:g} s after a fault")
            self._pass(0.02)

    def _await_nodes(self) -> None:
        self.cluster.wait(
            lambda: all(self.cluster.is_ready(n) for n in self.cluster.nodes), "nodes", PATIENCE)

    # The end

    def _conclude(self) -> None:
        self.cluster.heal()
        self._await_nodes()
        self.clients.stop()
        history, orders, faults = self._history()
        self.outcome.faults += faults
        self.outcome.take(history, self.hand.events)
        self.outcome.faults += check(history, self.cluster.brought)
        told = memory(history, orders)
        if isinstance(self.cluster, EtcdCluster):
            self._compare_members(told)
        else:
            self._compare_nodes(told)
        self.outcome.faults += told.faults

    def _history(self):
        limit = time.monotonic() + RESOLVED_WITHIN + PATIENCE
        while True:
            try:
                return self.clients.history(0.02)
            except TimeoutError:
                if time.monotonic() > limit or not self.clients.is_alive:
                    raise
                self.cluster.tend()

    def _await_equal(self, states) -> None:
        """Until all nodes are at the same index; then their states are the same."""
        limit = time.monotonic() + PATIENCE
        while True:
            found = {number: states(number) for number in self.cluster.nodes}
            if len({index for index, _ in found.values()}) == 1 or time.monotonic() > limit:
                break
            self._pass(0.1)
        self.outcome.ended = {n: f"{index}, {state}" for n, (index, state) in found.items()}
        if len(set(found.values())) != 1:
            self._fault(f"the nodes do not end equal: {self.outcome.ended}", CHANGED)

    def _compare_members(self, told: Memory) -> None:
        self._await_equal(self.cluster.state)
        for number in self.cluster.nodes:
            present = self.cluster.keys(number)
            for uetr, entry in told.entries.items():
                if entry.view and uetr not in present:
                    told.fault(LOST, f"{uetr} was acknowledged and is not at node {number}")

    def _compare_nodes(self, told: Memory) -> None:
        self._await_equal(self.cluster.applied)
        batches: dict[str, tuple[int, str]] = {}
        for number, node in self.cluster.nodes.items():
            known = len(told.faults)
            tables.compare(told, node.database.query)
            told.faults[known:] = [
                Fault(fault.kind, f"node {number}: {fault.what}")
                for fault in told.faults[known:]]
            self._compare_log(number, batches)
        for number, node in self.cluster.nodes.items():
            status = node.stop(signal.SIGTERM, 30)
            node.is_held = True
            if status != 0:
                self._fault(f"node {number} was asked to stop and ended with {status}: "
                            f"{node.last_words}")
        for number in self.cluster.nodes:
            self._verify(number)

    def _compare_log(self, number: int, batches: dict[str, tuple[int, str]]) -> None:
        """The chain is whole, and nobody has another batch at an index than the others."""
        rows = tables.rows_of_log(self.cluster.nodes[number].database.query)
        first = int(rows[0][0]) if rows else 1
        beginning = bytes.fromhex(rows[0][3]) if rows else bytes(32)
        if broken := tables.first_break(rows, first - 1, beginning):
            self._fault(f"the chain of node {number} breaks at batch {broken}", CHANGED)
        applied = int(self.outcome.ended[number].partition(",")[0])
        for index, term, _, _, checksum, _ in rows:
            if int(index) > applied:
                continue
            other = batches.setdefault(index, (number, f"{term} {checksum}"))
            if other[1] != f"{term} {checksum}":
                self._fault(f"batch {index} of node {number} is not that of node {other[0]}",
                            CHANGED)
                return

    def _verify(self, number: int) -> None:
        """`verify-store` replays the log and compares every row."""
        done = subprocess.run(
            [self.options.program, "verify-store", "--json", "--database",
             self.cluster.nodes[number].database.connection],
            capture_output=True, text=True, check=False)
        try:
            report = json.loads(done.stdout)
            is_equal = done.returncode == 0 and report["differences"] == 0
        except (ValueError, KeyError):
            is_equal = False
        self.outcome.verified += is_equal
        if not is_equal:
            self._fault(f"verify-store of node {number}, status {done.returncode}: "
                        f"{done.stdout[:1_000]}{done.stderr[:1_000]}")


def run(system: str, options: Options) -> Outcome:
    """One run; prints its faults as they come unless it is to be quiet."""
    if not options.is_quiet:
        print(f"{system}, {options.nodes} nodes, {options.seconds:g} s, seed {options.seed}",
              flush=True)
    runner = Run(system, options)
    outcome = runner.run()
    for fault in outcome.faults[:MOST_FAULTS_SHOWN]:
        print(f"ANOMALY {str(fault)[:LONGEST_FAULT]}", flush=True,
              file=sys.stderr if options.is_quiet else sys.stdout)
    if options.keeps:
        print(f"everything lies in {runner.directory}", file=sys.stderr)
    return outcome
