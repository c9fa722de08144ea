"""Runs one attack beside an honest bank and holds what was measured against its aims."""

from __future__ import annotations

import multiprocessing
import os
import sys
import time
import traceback
from collections import Counter
from dataclasses import asdict, dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from shared.processes import Failure

from . import aims, honest, measure
from .attack import Attack, Job
from .gateway import Gateway
from .honest import Seen
from .measure import MIB, Moment

NICE = 19
KINDS = ("put", "get", "connect")
forked = multiprocessing.get_context("fork")


@dataclass
class Result:
    """A row of the table."""

    name: str
    seconds: float = 0
    before_mib: float = 0
    peak_mib: float = 0
    after_mib: float = 0
    gateway_cpu: float = 0
    postgres_cpu: float = 0
    busy_afterwards: float = 0
    counts: dict[str, int] = field(default_factory=dict)
    put_ms: tuple[float, float, float] = (0, 0, 0)
    get_ms: tuple[float, float, float] = (0, 0, 0)
    connect_ms: float = 0
    honest_calls: int = 0
    honest_failures: list[str] = field(default_factory=list)
    misses: list[str] = field(default_factory=list)

    def document(self) -> dict[str, object]:
        return asdict(self)


class Honest:
    """The processes of the honest bank; they go on until asked what they saw."""

    def __init__(self, gateway: Gateway) -> None:
        self._running = []
        for kind in KINDS:
            ours, theirs = forked.Pipe()
            process = forked.Process(
                target=honest.steady, args=(kind, gateway.target, gateway.known, theirs),
                daemon=True)
            process.start()
            theirs.close()
            self._running.append((kind, process, ours))

    def end(self) -> dict[str, Seen]:
        for _, _, pipe in self._running:
            pipe.send("end")
        found = {}
        for kind, process, pipe in self._running:
            try:
                found[kind] = pipe.recv() if pipe.poll(honest.TIMEOUT * 2) else Seen(
                    failures=[f"{kind}: hangs"])
            except EOFError:
                found[kind] = Seen(failures=[f"{kind}: the process died"])
            process.kill()
            process.join()
        return found


def _leave_session() -> None:
    """Makes our nice value count on the whole machine.

    Linux weighs processes against each other by their nice values only within a session, and
    sessions by a value of their own; PostgreSQL runs in another session than we do. Where other
    things run beside us this would leave no time for an attack.
    """
    os.setsid()
    try:
        Path("/proc/self/autogroup").write_text(str(NICE))
    except OSError:
        pass  # this kernel does not group by session


def _press(attack: Attack, job: Job, is_alone: bool, pipe: Pipe) -> None:
    os.nice(NICE)
    if is_alone:
        _leave_session()
    try:
        attack.press(job)
    except Exception:  # an attacker that fails must not pass for one that did no harm
        job.counts["attacker failed"] += 1
        traceback.print_exc(file=sys.stderr)
    pipe.send(job.counts)


class Attackers:
    """The processes of an attack. `is_alone`: nothing else runs on the machine."""

    def __init__(
        self, attack: Attack, gateway: Gateway, until: float, is_alone: bool = False
    ) -> None:
        self._until = until
        self._running = []
        for number, identity in enumerate(attack.callers):
            job = Job(gateway.target, identity, number, until, gateway.known)
            ours, theirs = forked.Pipe()
            process = forked.Process(
                target=_press, args=(attack, job, is_alone, theirs), daemon=True)
            process.start()
            theirs.close()
            self._running.append((process, ours))

    def end(self) -> Counter[str]:
        """Waits for their end, which may take a moment more than agreed."""
        counts: Counter[str] = Counter()
        limit = self._until + 20
        for process, pipe in self._running:
            if pipe.poll(max(0.0, limit - time.monotonic())):
                try:
                    counts += pipe.recv()
                except EOFError:
                    counts["attacker failed"] += 1
            else:
                counts["attacker hung"] += 1
            process.kill()
            process.join()
        return counts


def run(
    attack: Attack, gateway: Gateway, seconds: float, quiet_share: float, with_latencies: bool
) -> Result:
    """Presses for so many seconds, then waits for the gateway to calm down.

    What the honest bank costs, `quiet_share` of a processor, is not laid to the attack.
    """
    result = Result(attack.name, seconds)
    errors = _fault_counts(gateway)
    well_wishers = Honest(gateway)
    time.sleep(0.1)
    before = Moment.now(gateway.process, gateway.postgres)
    measure.reset_peak(gateway.process)
    counts = Attackers(attack, gateway, time.monotonic() + seconds, with_latencies).end()
    try:
        during = Moment.now(gateway.process, gateway.postgres)
        result.peak_mib = measure.peak(gateway.process) / MIB
    except (OSError, KeyError, Failure):
        well_wishers.end()
        result.misses.append("the gateway died")
        return result
    seen = well_wishers.end()
    result.counts = dict(counts)
    result.before_mib = before.resident / MIB
    spent = during.gateway_cpu - before.gateway_cpu
    result.gateway_cpu = max(0.0, spent - quiet_share * (during.at - before.at))
    result.postgres_cpu = during.postgres_cpu - before.postgres_cpu
    try:
        _calm_down(attack, gateway, before, result)
        errors = _fault_counts(gateway) - errors
    except (OSError, KeyError, Failure, TimeoutError) as error:
        result.misses.append(f"the gateway does not answer afterwards: {error}")
    _note_honest(result, seen)
    _judge(attack, result, errors, with_latencies)
    return result


def _calm_down(attack: Attack, gateway: Gateway, before: Moment, result: Result) -> None:
    """Waits until memory is given back and nothing works any more, or for the time allowed."""
    limit = time.monotonic() + aims.SETTLE_SECONDS
    last = Moment.now(gateway.process, gateway.postgres)
    while True:
        time.sleep(0.25)
        now = Moment.now(gateway.process, gateway.postgres)
        spent = now.gateway_cpu - last.gateway_cpu + now.postgres_cpu - last.postgres_cpu
        result.busy_afterwards = spent / (now.at - last.at)
        result.after_mib = now.resident / MIB
        is_calm = (
            result.busy_afterwards <= attack.aims.busy_afterwards
            and now.resident - before.resident <= attack.aims.kept_mib * MIB)
        if is_calm or time.monotonic() > limit:
            return
        last = now


def _fault_counts(gateway: Gateway) -> Counter[str]:
    """What the gateway itself calls its fault, in its metrics and in its log."""
    counts: Counter[str] = Counter()
    for name, value in gateway.metrics().items():
        if 'code="INTERNAL_ERROR"' in name or 'code="OUTCOME_UNKNOWN"' in name:
            counts[name] += int(value)
    for line in gateway.log:
        if not line.startswith("{"):
            counts["lines that are no log"] += 1
        elif '"level":"error"' in line:
            counts["error lines"] += 1
    return counts


def _note_honest(result: Result, seen: dict[str, Seen]) -> None:
    def figures(kind: Seen) -> tuple[float, float, float]:
        return kind.percentile(0.5), kind.percentile(0.99), kind.longest

    result.put_ms, result.get_ms = figures(seen["put"]), figures(seen["get"])
    result.connect_ms = seen["connect"].longest
    result.honest_calls = sum(len(kind.milliseconds) for kind in seen.values())
    result.honest_failures = [failure for kind in seen.values() for failure in kind.failures]


def _judge(
    attack: Attack, result: Result, errors: Counter[str], with_latencies: bool
) -> None:
    """Holds everything against the aims."""
    bounds, misses = attack.aims, result.misses

    def at_most(what: str, value: float, bound: float | None, unit: str) -> None:
        if bound is not None and value > bound:
            misses.append(f"{what} {value:.2f} {unit}, at most {bound:g}")

    at_most("peak", result.peak_mib - result.before_mib, bounds.peak_mib, "MiB more than before")
    at_most("kept", result.after_mib - result.before_mib, bounds.kept_mib, "MiB more than before")
    at_most("busy afterwards", result.busy_afterwards, bounds.busy_afterwards, "processors")
    if attack.unit is not None:
        done = result.counts.get(attack.unit, 0)
        if done == 0:
            misses.append(f"nothing was {attack.unit}")
        else:
            at_most(f"CPU for each {attack.unit}", result.gateway_cpu / done, bounds.cpu_each, "s")
    at_most("a bank's connection", result.connect_ms / 1_000, aims.CONNECT_SECONDS, "s")
    if with_latencies:
        at_most("honest PUT p99", result.put_ms[1], aims.PUT_P99_MS, "ms")
        at_most("honest GET p99", result.get_ms[1], aims.GET_P99_MS, "ms")
    if result.honest_failures:
        misses.append(
            f"{len(result.honest_failures)} of {result.honest_calls} honest calls failed, "
            f"first {result.honest_failures[0]}")
    for what in ("INTERNAL", "attacker failed", "attacker hung"):
        at_most(what, result.counts.get(what, 0), 0, "times")
    for what, count in errors.items():
        at_most(what, count, 0, "times")
    misses += attack.judge(Counter(result.counts))
