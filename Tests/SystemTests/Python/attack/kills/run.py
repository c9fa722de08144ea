"""`ops/attack --kills N`: who is killed when, and what came of it."""

from __future__ import annotations

import json
import random
import signal
import statistics
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from shared.calls import OPERATOR, call
from shared.memory import (
    ACKNOWLEDGED,
    CHANGED,
    DOUBLED,
    LOST,
    OTHER,
    REFUSED,
    TURNED_AWAY,
    UNKNOWN,
    Memory,
)
from shared.orders import BANKS, CORRIDOR, FUNDING, currency
from shared.processes import Failure, kill
from shared.wire import Gone

from .audit import Audit
from .machines import PATIENCE, Site
from .traffic import Traffic

GATEWAY, DATABASE, BOTH = KINDS = ("gateway", "PostgreSQL", "both")
LOAD, START, RECOVERY = MOMENTS = ("under load", "start-up", "recovery")
LOAD_SECONDS = (0.05, 1.0)  # of undisturbed traffic before a kill
KILLS_BETWEEN_VERIFICATIONS = 25
MOST_FAULTS_SHOWN = 20

# Each row begins under load; what follows hits those who are coming up again. Recovery is that of
# PostgreSQL; start-up lasts until the first payment is acknowledged.
SEQUENCES = (
    ((BOTH, LOAD), (BOTH, RECOVERY), (BOTH, START)),
    ((GATEWAY, LOAD),),
    ((DATABASE, LOAD),),
    ((BOTH, LOAD), (DATABASE, START)),
    ((GATEWAY, LOAD), (GATEWAY, START)),
    ((DATABASE, LOAD), (BOTH, START)),
    ((DATABASE, LOAD), (GATEWAY, RECOVERY)),
    ((BOTH, LOAD), (GATEWAY, START), (DATABASE, START)),
    ((DATABASE, LOAD), (BOTH, RECOVERY)),
    ((BOTH, LOAD),),
    ((DATABASE, LOAD), (DATABASE, RECOVERY)),
    ((GATEWAY, LOAD), (BOTH, START), (BOTH, RECOVERY)),
)


def plan(kills: int, chance: random.Random) -> Iterator[tuple[str, str, bool]]:
    """Kind and moment of each kill, and whether the next one waits until all is well."""
    rows, left = list(SEQUENCES), kills
    while left:
        for row in rows:
            for position, (kind, moment) in enumerate(row[:left], 1):
                yield kind, moment, position == min(len(row), left)
            left -= min(len(row), left)
        chance.shuffle(rows)


@dataclass
class Outcome:
    """What a run came to."""

    seed: int
    kills: Counter[tuple[str, str]] = field(default_factory=Counter)
    payments: Counter[str] = field(default_factory=Counter)
    seconds_to_first: list[float] = field(default_factory=list)
    unknown_on_record: int = 0
    verifications: int = 0
    batches: int = 0
    faults: list[str] = field(default_factory=list)
    faults_by_kind: Counter[str] = field(default_factory=Counter)

    def text(self) -> str:
        lines = [f"{'kills':<24}" + "".join(f"{name:>12}" for name in (*MOMENTS, "all"))]
        for kind in (*KINDS, "all"):
            kinds = KINDS if kind == "all" else (kind,)
            counts = [sum(self.kills[one, moment] for one in kinds) for moment in MOMENTS]
            lines.append(f"  {kind:<22}" + "".join(f"{n:12,}" for n in (*counts, sum(counts))))
        lines.append("payments")
        for name in ("sent", ACKNOWLEDGED, REFUSED, TURNED_AWAY, UNKNOWN):
            lines.append(f"  {name:<22}{self.payments[name]:12,}")
        lines.append(f"    {'of these on record':<20}{self.unknown_on_record:12,}")
        for kind in (LOST, CHANGED, DOUBLED):
            lines.append(f"  {kind:<22}{self.faults_by_kind[kind]:12,}")
        lines.append(f"{'other faults':<24}{self.faults_by_kind[OTHER]:12,}")
        lines.append(f"{'batches of the log':<24}{self.batches:12,}")
        lines.append(f"{'verify-store, equal':<24}{self.verifications:12,}")
        if self.seconds_to_first:
            lines.append("seconds from a restart to the first acknowledged payment")
            lines.append(f"  {'median':<22}{statistics.median(self.seconds_to_first):12.2f}")
            lines.append(f"  {'longest':<22}{max(self.seconds_to_first):12.2f}")
        return "\n".join(lines)

    def document(self) -> dict[str, object]:
        return {
            "seed": self.seed, "faults": self.faults, "batches": self.batches,
            "verifications": self.verifications, "payments": dict(self.payments),
            "unknownOnRecord": self.unknown_on_record, "secondsToFirst": self.seconds_to_first,
            "kills": [{"kind": kind, "moment": moment, "count": count}
                      for (kind, moment), count in sorted(self.kills.items())]}


class Run:
    def __init__(self, program: Path, kills: int, seed: int, keeps_directory: bool) -> None:
        self._kills, self._keeps_directory = kills, keeps_directory
        self._chance = random.Random(seed)
        self.outcome = Outcome(seed)
        self.memory = Memory()
        self.traffic = Traffic(self.memory, seed)
        self.site = Site(program, BANKS)
        self.audit = Audit(self.site, self.memory, self.traffic.reader)

    def run(self) -> Outcome:
        try:
            self._open_market()
            self._strike_all()
            self._conclude()
        except (Failure, Gone, OSError) as failure:
            self.memory.fault(OTHER, f"{failure}\n{self.site.server.last_words}")
        finally:
            self.traffic.close()
            left = self.site.remove(self._keeps_directory)
        for process in left:
            self.memory.fault(OTHER, process)
        return self._counted()

    def _fault(self, what: str) -> None:
        self.memory.fault(OTHER, what)

    def _open_market(self) -> None:
        self.site.wait_until_serving()
        target = self.site.server.target
        for number, bic in enumerate(BANKS):
            call(target, OPERATOR, "PUT", f"/v1/participants/{bic}",
                 {"name": f"Bank {bic}", "roles": ["PAYER"]})
            if number == 0:
                call(target, OPERATOR, "PUT", "/v1/corridors/THB", CORRIDOR)
            amount = FUNDING[currency(bic)] // 100
            reference = f"0000000{number}-0000-4000-8000-000000000000"
            call(target, OPERATOR, "PUT", f"/v1/fundings/{reference}", {
                "participant": bic, "currency": currency(bic), "amount": f"{amount}.00"})

    # One kill

    def _strike_all(self) -> None:
        unverified = 0
        since = time.monotonic()
        for number, (kind, moment, is_last) in enumerate(plan(self._kills, self._chance), 1):
            self._wait_for(kind, moment)
            since = self._strike(kind, since)
            unverified += 1
            if is_last:
                self._recover(since)
                self._compare()
                if unverified >= KILLS_BETWEEN_VERIFICATIONS:
                    self.audit.verify()
                    unverified = 0
            self._report(number, kind)
            if self.memory.faults:
                return

    def _drive(self, until: Callable[[], bool]) -> None:
        """Traffic, and starts of what does not run, until something is so."""
        limit = time.monotonic() + 2 * PATIENCE

        def look() -> bool:
            if time.monotonic() > limit:
                raise Failure(f"nothing goes on: {self.site.server.last_words}")
            self.site.tend(self._fault)
            return until() or bool(self.memory.faults)

        self.traffic.run(lambda: self.site.server.target, look)

    def _wait_for(self, kind: str, moment: str) -> None:
        """Lets everything go on until it is time for the blow."""
        site, share = self.site, self._chance.random()
        load = self._chance.uniform(*LOAD_SECONDS)
        begun = time.monotonic()

        def is_time() -> bool:
            now = time.monotonic()
            if moment == LOAD:
                return now > begun + load
            if kind != DATABASE and not site.server.is_running:
                return False  # it is between two starts
            if moment == RECOVERY:
                return now > site.database.launched + share * site.database.recovery
            if not site.database.is_ready:
                return False
            came_up = max(site.database.ready_at, site.server.launched)
            return now > came_up + share * site.server.start_time

        self._drive(is_time)

    def _strike(self, kind: str, since: float) -> float:
        """SIGKILL; gives the moment at which the next start begins."""
        site = self.site
        if not site.database.is_ready:
            moment = RECOVERY
        elif not self.traffic.was_acknowledged_since(since):
            moment = START
        else:
            moment = LOAD
        self.outcome.kills[kind, moment] += 1
        victims = []
        if kind != GATEWAY:
            victims += site.database.victims()
        if kind != DATABASE:
            victims += site.server.victims()
            site.server.port = 0
        self._chance.shuffle(victims)
        kill(victims)
        now = time.monotonic()
        site.tend(self._fault)
        return now

    def _recover(self, since: float) -> None:
        """Until a payment that was sent after the restart is acknowledged."""
        self._drive(lambda: self.traffic.was_acknowledged_since(since)
                    or time.monotonic() > since + PATIENCE)
        if self.traffic.was_acknowledged_since(since):
            self.outcome.seconds_to_first.append(time.monotonic() - since)
        else:
            self._fault(f"no payment was acknowledged in {PATIENCE:g} s after a restart: "
                        f"{self.site.server.last_words}")

    def _compare(self) -> None:
        self.traffic.come_to_rest()
        self.audit.answers(self.audit.tables())
        for client in self.traffic.clients:
            client.forget_doubts()

    def _report(self, number: int, kind: str) -> None:
        known = sum(entry.view is not None for entry in self.memory.entries.values())
        print(f"  kill {number} of {self._kills}: {kind}, {known:,} payments known, "
              f"{len(self.memory.faults)} faults", flush=True)

    # The end

    def _conclude(self) -> None:
        """All of it once more; a gateway that is asked to ends with 0 and leaves equal tables."""
        if self.memory.faults:
            return
        self.audit.answers(self.audit.tables(), of_all=True)
        self.audit.tables()
        status = self.site.server.stop(signal.SIGTERM, 20)
        if status != 0:
            self._fault(f"the gateway was asked to stop and ended with {status}")
        self.audit.tables()
        self.audit.verify()
        [[batches]] = self.site.database.query("SELECT max(log_index) FROM raft_log")
        self.outcome.batches = int(batches)

    def _counted(self) -> Outcome:
        outcome = self.outcome
        outcome.payments = Counter(entry.first for entry in self.memory.entries.values())
        outcome.payments["sent"] = len(self.memory.entries)
        outcome.unknown_on_record = sum(
            entry.first == UNKNOWN and entry.was_recorded
            for entry in self.memory.entries.values())
        outcome.verifications = self.audit.verifications
        outcome.faults = [str(fault) for fault in self.memory.faults]
        outcome.faults_by_kind = Counter(fault.kind for fault in self.memory.faults)
        return outcome


def run(
    program: Path, kills: int, seed: int, file: Path | None = None, keeps_directory: bool = False
) -> list[str]:
    """Kills so many times and prints what came of it; gives the faults."""
    print(f"{kills} kills, seed {seed}", flush=True)
    runner = Run(program, kills, seed, keeps_directory)
    outcome = runner.run()
    print(outcome.text(), flush=True)
    for fault in outcome.faults[:MOST_FAULTS_SHOWN]:
        print(f"FAULT {fault}", flush=True)
    if keeps_directory:
        print(f"everything lies in {runner.site.directory}")
    if file:
        file.write_text(json.dumps(outcome.document(), indent=1))
    return outcome.faults
