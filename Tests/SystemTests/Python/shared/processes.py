"""Processes that are killed and started again."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import time
from pathlib import Path

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)


def end_with_parent(with_signal: int = signal.SIGTERM) -> None:
    """A gateway whose suite was killed stops, and its PostgreSQL with it."""
    _libc.prctl(PR_SET_PDEATHSIG, with_signal)


class Failure(Exception):
    """The gateway cannot be set up or has gone; the message says what was seen."""


class Machine:
    """A process that is killed and started again."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.launched = 0.0  # the last start, by the monotonic clock
        self.starts = 0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def launch(self, arguments: list[object], **more: object) -> None:
        # A session of its own: an interruption of ours is not theirs.
        self.process = subprocess.Popen(
            [str(argument) for argument in arguments], stdin=subprocess.DEVNULL,
            start_new_session=True, **more)
        self.launched = time.monotonic()
        self.starts += 1

    def victims(self) -> list[int]:
        """Who dies when this machine is killed."""
        return [self.process.pid] if self.process and self.is_running else []

    def stop(self, with_signal: int, within: float) -> int | None:
        """The exit status of a process that was asked to stop; None when it had to be killed."""
        if self.process is None:
            return 0
        if self.is_running:
            self.process.send_signal(with_signal)
        try:
            return self.process.wait(within)
        except subprocess.TimeoutExpired:
            kill(self.victims())
            self.process.wait()
            return None


def kill(victims: list[int]) -> None:
    """SIGKILL to all of them, one right after the other, and waits until they are gone."""
    for victim in victims:
        try:
            os.kill(victim, signal.SIGKILL)
        except ProcessLookupError:
            pass
    limit = time.monotonic() + 10
    while any(_is_alive(victim) for victim in victims):
        if time.monotonic() > limit:
            raise Failure("killed processes do not end")
        time.sleep(0.001)


def processes() -> list[int]:
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat(pid: int) -> tuple[str, int]:
    """State and parent of a process."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return "X", 0
    state, parent = text.rpartition(") ")[2].split()[:2]
    return state, int(parent)


def _is_alive(pid: int) -> bool:
    # Nobody may have collected it yet; it holds nothing any more.
    return _stat(pid)[0] not in "ZX"


def children(pid: int) -> list[int]:
    return [other for other in processes() if _stat(other)[1] == pid]
