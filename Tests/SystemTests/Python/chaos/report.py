"""What a run came to, as text and as a document; of one cluster or of two side by side."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass, field

from shared.memory import (
    CHANGED,
    DOUBLED,
    LOST,
    OTHER,
    REFUSED,
    TURNED_AWAY,
    UNKNOWN,
    Fault,
)

from .faults import Event
from .history import (
    ACCOUNTS,
    LIST,
    READ,
    SHOWN,
    STALE,
    SUBMIT,
    Op,
    next_acknowledged,
    pauses,
)
from .plan import ALL, BOTH, KILL, LEADER

KILLS = (KILL, LEADER, BOTH)  # of these, those that struck the leader make a failover
SHORTEST = 0.005  # seconds; what is less is no pause
AFTER = 1.0  # seconds after a fault in which a pause still counts as its own


@dataclass
class Outcome:
    system: str
    nodes: int
    seed: int
    seconds: float = 0.0
    events: list[Event] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    faults: list[Fault] = field(default_factory=list)
    gaps: list[float] = field(default_factory=list)  # seconds between acknowledged payments
    gaps_by_kind: dict[str, list[float]] = field(default_factory=dict)
    failovers: list[float] = field(default_factory=list)
    milliseconds: list[float] = field(default_factory=list)  # of acknowledged calls
    ended: dict[int, str] = field(default_factory=dict)  # index and hash of each node
    verified: int = 0
    ended_alone: int = 0  # nodes that ended by themselves when they might

    def take(self, history: list[Op], events: list[Event]) -> None:
        """Counts what was done and measures how long nothing was acknowledged."""
        self.events = events
        first: dict[str, Op] = {}
        acknowledged: set[str] = set()
        for op in sorted(history, key=lambda op: op.start):
            self.counts[f"{op.kind}s"] += 1
            if op.kind == SUBMIT:
                first.setdefault(op.uetr, op)
                if op.outcome == SHOWN:
                    acknowledged.add(op.uetr)
                    self.milliseconds.append((op.end - op.start) * 1000)
        self.counts["sent"] = len(first)
        self.counts["acknowledged"] = len(acknowledged)
        for outcome in (REFUSED, TURNED_AWAY, UNKNOWN):
            self.counts[outcome] = sum(op.outcome == outcome for op in first.values())
        spans = pauses(history)
        self.gaps = sorted(end - begin for begin, end in spans)
        long = [(begin, end) for begin, end in spans if end - begin > SHORTEST]
        for event in events:
            worst = max((end - begin for begin, end in long
                         if begin < event.end + AFTER and end > event.begin), default=0.0)
            self.gaps_by_kind.setdefault(event.kind, []).append(worst)
        moments = [event.begin for event in events
                   if event.kind in KILLS and event.struck_leader]
        self.failovers = [
            seconds for seconds in next_acknowledged(history, moments) if seconds is not None]

    @property
    def by_kind(self) -> Counter[str]:
        return Counter(fault.kind for fault in self.faults)

    def rows(self) -> list[tuple[str, str]]:
        """Names, each once, and figures."""
        kinds = self.by_kind
        rows = [("faults", f"{len(self.events):,}")]
        struck = Counter(event.kind for event in self.events)
        for kind in ALL:
            if struck[kind] or kind in self.left_out:
                rows.append((f"  {kind}", f"{struck[kind]:,}" if struck[kind] else "–"))
        rows.append(("payments sent", f"{self.counts['sent']:,}"))
        rows.append(("  acknowledged", f"{self.counts['acknowledged']:,}"))
        for name in (REFUSED, TURNED_AWAY, UNKNOWN):
            rows.append((f"  {name} at first", f"{self.counts[name]:,}"))
        rows += [(f"  {name}", f"{kinds[name]:,}") for name in (LOST, DOUBLED, CHANGED)]
        rows.append(("reads, lists, sums", " ".join(
            f"{self.counts[f'{name}s']:,}" for name in (READ, LIST, ACCOUNTS))))
        rows.append(("  stale", f"{kinds[STALE]:,}"))
        rows.append(("other anomalies", f"{kinds[OTHER]:,}"))
        if self.ended_alone:
            rows.append(("nodes that ended, as they might", f"{self.ended_alone:,}"))
        if self.verified:
            rows.append(("verify-store, equal", f"{self.verified:,}"))
        rows.append(("milliseconds of a call, median", _figure(self.milliseconds, 0.5, 1)))
        rows.append(("seconds between acknowledged", ""))
        rows.append(("  median", _figure(self.gaps, 0.5, 4)))
        rows.append(("  longest", _figure(self.gaps, 1, 2)))
        for kind in ALL:
            if kind in self.gaps_by_kind:
                found = self.gaps_by_kind[kind]
                rows.append((f"  longest in {kind}: median, worst",
                             f"{_figure(found, 0.5, 2)} {_figure(found, 1, 2)}"))
        rows.append(("leaders killed", f"{len(self.failovers):,}"))
        if self.failovers:
            rows.append(("  seconds to the next: median", _figure(self.failovers, 0.5, 2)))
            rows.append(("  seconds to the next: p95", _figure(self.failovers, 0.95, 2)))
            rows.append(("  seconds to the next: longest", _figure(self.failovers, 1, 2)))
        return rows

    def text(self) -> str:
        lines = [f"{name:<40}{figure:>16}" for name, figure in self.rows()]
        for kind, why in self.left_out.items():
            lines.append(f"left out: {kind}, {why}")
        for number, state in self.ended.items():
            lines.append(f"node {number} ends at {state}")
        return "\n".join(lines)

    def document(self) -> dict[str, object]:
        return {
            "system": self.system, "nodes": self.nodes, "seed": self.seed,
            "seconds": round(self.seconds, 1),
            "faults": dict(Counter(event.kind for event in self.events)),
            "leftOut": self.left_out, "counts": dict(self.counts),
            "anomalies": {kind: self.by_kind[kind]
                          for kind in (LOST, DOUBLED, STALE, CHANGED, OTHER)},
            "details": [str(fault) for fault in self.faults[:100]],
            "pauses": {
                "median": _quantile(self.gaps, 0.5), "longest": _quantile(self.gaps, 1),
                "byFault": self.gaps_by_kind},
            "milliseconds": {"median": _quantile(self.milliseconds, 0.5),
                             "p99": _quantile(self.milliseconds, 0.99)},
            "failovers": {
                "kills": len(self.failovers), "median": _quantile(self.failovers, 0.5),
                "p95": _quantile(self.failovers, 0.95), "longest": _quantile(self.failovers, 1),
                "seconds": self.failovers},
            "ended": self.ended, "verified": self.verified, "endedAlone": self.ended_alone}


def side_by_side(outcomes: list[Outcome]) -> str:
    """One column for each."""
    columns = [dict(outcome.rows()) for outcome in outcomes]
    names = list(dict.fromkeys(name for column in columns for name in column))
    lines = [" " * 40 + "".join(f"{outcome.system:>16}" for outcome in outcomes)]
    lines += [f"{name:<40}" + "".join(f"{column.get(name, '–'):>16}" for column in columns)
              for name in names]
    return "\n".join(lines)


def _quantile(values: list[float], share: float) -> float | None:
    if not values:
        return None
    if share == 0.5:
        return statistics.median(values)
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _figure(values: list[float], share: float, digits: int) -> str:
    found = _quantile(values, share)
    return "–" if found is None else f"{found:.{digits}f}"
