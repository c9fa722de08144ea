"""What a node that does not come along tells those who wait for changes there.

First the two other nodes stand still for a moment, which must end nobody's watch, and then for
longer, which must. Then its own disk is nearly full, where a small one can be mounted.

    python3 -m attack.standstill --program .build/release/langqiao
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from pathlib import Path

from chaos.machines import Cluster
from chaos.plan import FULL_DISK
from shared.calls import bank
from shared.orders import CHINESE, THAI
from shared.wire import Peer, Reply, Target, grpc_head, grpc_message, pump

from .access import code_of
from .nodes import NODES, json_request, standing

MOMENT = 1.5  # seconds without the others of which nobody is told
TOLD_WITHIN = 9.0  # seconds: to notice it, the patience of five, and some for a busy machine
LEFT = 16 << 20  # bytes on a disk that is nearly full
LEADERLESS, NO_ROOM = b"no leader is known", b"disk of this node's database is nearly full"
NOT_SERVING = b"\x08\x02"  # of health


class Waiting:
    """Everything that can stand open at a node, on one connection of a bank."""

    def __init__(self, target: Target) -> None:
        self.peer = Peer(target, bank(CHINESE[0]), keeps_bodies=True)
        requests = {
            "WatchPayments": (grpc_head("/langqiao.v1.PaymentService/WatchPayments"), b""),
            "GET /v1/payments:watch": json_request("GET", "/v1/payments:watch"),
            "StreamMessages": (grpc_head("/langqiao.v1.MessageService/StreamMessages"), b""),
            "Health/Watch": (grpc_head("/grpc.health.v1.Health/Watch"), b"")}
        self.replies = {
            name: self.peer.replies[self.peer.open(
                head, body=grpc_message(body) if body is not None else None)]
            for name, (head, body) in requests.items()}
        self.health = self.replies.pop("Health/Watch")

    def goes_on(self, seconds: float) -> list[str]:
        """Those that end all the same."""
        self._read(seconds, lambda: False)
        return [name for name, reply in [*self.replies.items(), ("health", self.health)]
                if reply.is_over]

    def ends(self, words: bytes) -> tuple[float, list[str]]:
        """When all have ended, and what they did not say."""
        began = time.monotonic()
        self._read(TOLD_WITHIN, lambda: self._is_ill() and all(
            reply.is_over for reply in self.replies.values()))
        lasted = time.monotonic() - began
        wrong = [f"{name}: {_said(reply)!r}" for name, reply in self.replies.items()
                 if not reply.is_over or "UNAVAILABLE" not in _said(reply)
                 or words.decode() not in _said(reply)]
        if not self._is_ill() or self.health.is_over:
            wrong.append(f"health: {bytes(self.health.body)!r}")
        return lasted, wrong

    def _is_ill(self) -> bool:
        return bytes(self.health.body).endswith(NOT_SERVING)

    def _read(self, seconds: float, is_done: Callable[[], bool]) -> None:
        pump([self.peer], time.monotonic() + seconds, is_done)

    def close(self) -> None:
        self.peer.close()


def _said(reply: Reply) -> str:
    return f"{code_of(reply)} {reply.headers} {bytes(reply.body)!r}".replace("%27", "'").replace(
        "\\'", "'")


class Trial:
    """A cluster, and what was found wrong with it."""

    def __init__(self, program: Path, directory: Path) -> None:
        self.cluster = Cluster(program, len(NODES), directory, (FULL_DISK,))
        self.wrong: list[str] = []

    def must(self, what: str, holds: object) -> None:
        if not holds:
            self.wrong.append(what)

    def target(self, number: int) -> Target:
        return Target(self.cluster.nodes[number].port, self.cluster.certificates)

    def ask(self, number: int, who: str, verb: str, path: str, content: object = None,
            local: bool = False) -> tuple[int, str, float]:
        """Status, body, seconds."""
        head, body = json_request(
            verb, path, content, [("langqiao-read", "local")] if local else [])
        began = time.monotonic()
        peer = Peer(self.target(number), who, keeps_bodies=True)
        try:
            reply = peer.call(head, body, 15)
        finally:
            peer.close()
        return reply.status, bytes(reply.body).decode(), time.monotonic() - began

    # The others are gone

    def loses_the_others(self) -> None:
        leader, _ = standing(self.cluster)
        number = leader % len(NODES) + 1
        others = [other for other in NODES if other != number]
        waiting = Waiting(self.target(number))
        self.must("watches do not begin", not waiting.goes_on(0.5))
        self._signal(others, signal.SIGSTOP)
        ended = waiting.goes_on(MOMENT)
        self._signal(others, signal.SIGCONT)
        ended += waiting.goes_on(1)
        self.must(f"ended in a moment: {ended}", not ended)
        standing(self.cluster)
        self._signal(others, signal.SIGSTOP)
        lasted, wrong = waiting.ends(LEADERLESS)
        print(f"leaderless: all ended after {lasted:.1f} s")
        self.must(f"without the others: {wrong}", not wrong)
        late = Waiting(self.target(number))
        lasted, wrong = late.ends(LEADERLESS)
        self.must(f"begun without the others: {lasted:.1f} s, {wrong}", not wrong and lasted < 4)
        late.close()
        waiting.close()
        self._signal(others, signal.SIGCONT)
        standing(self.cluster)
        self._begins(number)

    def _signal(self, numbers: list[int], with_signal: int) -> None:
        for number in numbers:
            self.cluster.signal(number, with_signal)

    def _begins(self, number: int) -> None:
        """Whoever waits at a node that comes along waits on."""
        self.cluster.wait(lambda: self.cluster.is_ready(number), f"node {number}")
        waiting = Waiting(self.target(number))
        ended = waiting.goes_on(1)
        self.must(f"ended where all is well: {ended}", not ended)
        waiting.close()

    # The disk is nearly full

    def loses_its_room(self) -> None:
        leader, _ = standing(self.cluster)
        number, third = leader % len(NODES) + 1, (leader + 1) % len(NODES) + 1
        process = self.cluster.nodes[number].process
        waiting = Waiting(self.target(number))
        self.must("watches do not begin", not waiting.goes_on(0.5))
        self.cluster.fill_disk(number, True, LEFT)
        lasted, wrong = waiting.ends(NO_ROOM)
        print(f"no room: all ended after {lasted:.1f} s")
        self.must(f"without room: {wrong}", not wrong)
        waiting.close()
        path = f"/v1/payments/{uuid.uuid4()}"
        self._pays(leader, path)
        self._falls_behind(number, leader, path)
        self.must("others read it", self.ask(third, bank(CHINESE[0]), "GET", path)[0] == 200)
        self.cluster.fill_disk(number, False)
        self.cluster.wait(lambda: self.cluster.is_ready(number), f"node {number}")
        status, body, _ = self.ask(number, bank(CHINESE[0]), "GET", path)
        self.must(f"with room again: {status} {body}", status == 200)
        self.must("it ended", self.cluster.nodes[number].process is process)
        self._begins(number)

    def is_full(self) -> None:
        """Not a byte is left, while others write: the node lives on, or its last words help."""
        leader, _ = standing(self.cluster)
        number = leader % len(NODES) + 1
        node = self.cluster.nodes[number]
        self.cluster.hold(number, node=True, database=True)
        self.cluster.fill_disk(number, True)
        limit = time.monotonic() + 6
        while time.monotonic() < limit and node.is_running:
            self._pays(leader, f"/v1/payments/{uuid.uuid4()}")
        how = "lives on" if node.is_running else "ends"
        print(f"not a byte: the node {how}")
        self.must(f"last words: {node.last_words}",
                  node.is_running or "ake room" in node.last_words)
        self.cluster.fill_disk(number, False)
        self.cluster.excuse(number, 60)
        self.cluster.hold(number, node=False, database=False)
        self.cluster.wait(lambda: self.cluster.is_ready(number), f"node {number}")
        self._begins(number)

    def _pays(self, number: int, path: str) -> None:
        status, body, _ = self.ask(number, bank(CHINESE[0]), "PUT", path, {
            "creditorParticipant": THAI[0], "payCurrency": "CNY", "receiveCurrency": "THB",
            "payAmount": "100.00", "limitRate": "4.95"})
        self.must(f"a payment at the leader: {status} {body}", status == 200)

    def _falls_behind(self, number: int, leader: int, path: str) -> None:
        """It says so, and reads what it has."""
        who = bank(CHINESE[0])
        status, body, _ = self.ask(number, who, "GET", "/readyz?verbose")
        self.must(f"ready: {status} {body}", status == 503 and "room: none" in body)
        status, body, _ = self.ask(leader, "operator", "GET", "/v1/node")
        self.must(f"the leader knows nothing: {body}", '"FULL"' in body)
        status, body, _ = self.ask(number, "operator", "GET", "/v1/node")
        self.must(f"it says nothing of room: {body}", '"DISK_ROOM_NONE"' in body)
        status, body, lasted = self.ask(number, who, "GET", path)
        self.must(f"a fresh read: {status} {body} after {lasted:.1f} s",
                  status == 503 and NO_ROOM.decode() in body and lasted < 3)
        status, body, _ = self.ask(number, who, "GET", "/v1/accounts", local=True)
        self.must(f"a local read: {status} {body}", status == 200)
        status, body, _ = self.ask(number, who, "PUT", path, {
            "creditorParticipant": THAI[0], "payCurrency": "CNY", "receiveCurrency": "THB",
            "payAmount": "100.00", "limitRate": "4.95"})
        self.must(f"a write: {status} {body}", status == 503 and "nearly full" in body)


def main() -> int:
    parser = argparse.ArgumentParser(prog="attack.standstill", description=__doc__)
    parser.add_argument("--program", type=Path, required=True)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="langqiao-standstill.") as made:
        directory = Path(made)
        directory.chmod(0o711)  # PostgreSQL runs under another account when we are root
        trial = Trial(chosen.program.resolve(), directory)
        try:
            trial.cluster.open()
            trial.loses_the_others()
            if FULL_DISK in trial.cluster.kinds:
                trial.loses_its_room()
                trial.is_full()
            else:
                print(f"no full disk: {trial.cluster.left_out[FULL_DISK]}")
            wrong = trial.wrong + trial.cluster.faults
        finally:
            left = trial.cluster.remove()
    for line in [*wrong, *left]:
        print(line)
    print("all as it should be" if not wrong + left else f"{len(wrong + left)} wrong")
    return 1 if wrong or left else 0


if __name__ == "__main__":
    sys.exit(main())
