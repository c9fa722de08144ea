"""Memory and processor time of processes, from /proc."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")
MIB = 1 << 20


def _status(process: int, name: str) -> int:
    """A line of /proc/PID/status that is given in kB, in bytes."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith(name + ":"):
            return int(line.split()[1]) * 1024
    raise KeyError(name)


def resident(process: int) -> int:
    return _status(process, "VmRSS")


def peak(process: int) -> int:
    """The most that was resident since `reset_peak`, bytes."""
    return _status(process, "VmHWM")


def reset_peak(process: int) -> bool:
    """False where the kernel does not let us; the peak is then that of the whole life."""
    try:
        Path(f"/proc/{process}/clear_refs").write_text("5")
        return True
    except OSError:
        return False


def cpu_seconds(process: int) -> float:
    """User and system time of all threads, and of children that have ended."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return sum(int(value) for value in fields[11:15]) / TICKS


def children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[1]) == parent:
                found.append(int(entry.name))
    return found


def family_cpu_seconds(parent: int) -> float:
    """Of a PostgreSQL server and its sessions; those that have ended count through their parent."""
    total = 0.0
    for process in [parent, *children(parent)]:
        try:
            total += cpu_seconds(process)
        except (OSError, IndexError):
            continue
    return total


@dataclass
class Moment:
    """What a gateway has used at one moment."""

    at: float
    resident: int
    gateway_cpu: float
    postgres_cpu: float

    @staticmethod
    def now(gateway: int, postgres: int) -> "Moment":
        return Moment(
            time.monotonic(), resident(gateway), cpu_seconds(gateway),
            family_cpu_seconds(postgres))
