"""A cluster of etcd under the same faults, as far as they have a meaning for it."""

from __future__ import annotations

import base64
import http.client
import json
import shutil
import signal
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from shared.processes import Failure, Machine, end_with_parent, kill, processes

from .links import ANYBODY, Links, Route
from .machines import CALLS, FEW_FAULTS, LOOK, PATIENCE, RETRY, free_ports
from .plan import EVERYBODY, KILL, LEADER, NETWORK, ONE_WAY, PARTITION, SLOW_LINK, STOP
from .sessions import Etcd

KINDS = (KILL, LEADER, EVERYBODY, STOP, PARTITION, ONE_WAY, SLOW_LINK)


@dataclass
class Identity:
    """A certificate for both ends of a connection, which is its own authority: PEM files."""

    certificate: Path
    key: Path

    @property
    def arguments(self) -> list[str]:
        """What makes members show it to clients and to each other, and ask both for it."""
        return [argument for prefix in ("--", "--peer-") for argument in (
            f"{prefix}cert-file", str(self.certificate), f"{prefix}key-file", str(self.key),
            f"{prefix}trusted-ca-file", str(self.certificate), f"{prefix}client-cert-auth")]

    def context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=self.certificate)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Member(Machine):
    def __init__(
        self, number: int, directory: Path, port: int, peer_port: int, scheme: str,
        arguments: list[str]
    ) -> None:
        super().__init__()
        self.number, self.directory, self.port = number, directory, port
        directory.mkdir()
        self.log = directory / "etcd.err"
        self.is_held = self.is_stopped = False
        self._arguments = [
            "--name", f"node{number}", "--data-dir", str(directory / "data"),
            "--listen-client-urls", f"{scheme}://127.0.0.1:{port}",
            "--advertise-client-urls", f"{scheme}://127.0.0.1:{port}",
            "--listen-peer-urls", f"{scheme}://127.0.0.1:{peer_port}", *arguments]

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.launch(["etcd", *self._arguments], stdout=log, stderr=log, cwd=self.directory,
                        preexec_fn=lambda: end_with_parent(signal.SIGKILL))

    @property
    def last_words(self) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-5:])


class EtcdCluster:
    name = "etcd"
    has_shim = False

    def __init__(
        self, nodes: int, directory: Path, kinds: tuple[str, ...],
        identity: Identity | None = None
    ) -> None:
        if not shutil.which("etcd"):
            raise Failure("etcd is not installed; Debian's package is etcd-server")
        self.directory = directory
        self._context = identity.context() if identity else None
        scheme = "https" if identity else "http"
        self.left_out = {
            kind: "it has no meaning for etcd" for kind in kinds if kind not in KINDS}
        self.kinds = tuple(kind for kind in kinds if kind in KINDS)
        self.faults: list[str] = []
        self.ended_alone = 0
        self.brought: dict[str, int] = {}
        numbers = range(1, nodes + 1)
        ports = free_ports(3 * nodes)
        listens = dict(zip(numbers, ports[nodes:]))
        known = dict(zip(numbers, ports[2 * nodes:]))
        self.links: Links | None = None
        if set(NETWORK) & set(self.kinds):
            # All members know a member by one address, so who dials is found out by its process.
            self.links = Links([Route(ANYBODY, n, known[n], listens[n]) for n in numbers])
        else:
            known = listens
        cluster = ",".join(f"node{n}={scheme}://127.0.0.1:{known[n]}" for n in numbers)
        self.nodes = {
            n: Member(n, directory / f"etcd{n}", ports[n - 1], listens[n], scheme, [
                "--initial-advertise-peer-urls", f"{scheme}://127.0.0.1:{known[n]}",
                "--initial-cluster", cluster, "--initial-cluster-state", "new",
                "--log-level", "warn", "--logger", "zap", "--pre-vote",
                *(identity.arguments if identity else [])])
            for n in numbers}
        self.service = Etcd({n: self.nodes[n].port for n in numbers}, CALLS)
        self._pids: dict[int, int] = {}

    def open(self) -> None:
        self.tend()
        self.wait(lambda: self.leader() != 0, "members")
        self.wait(lambda: all(self.is_ready(n) for n in self.nodes), "members")

    def wait(self, until: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
        limit, known = time.monotonic() + within, len(self.faults)
        while not until():
            if time.monotonic() > limit or len(self.faults) > known + FEW_FAULTS:
                raise Failure(f"waited in vain for {what}\n" + "\n".join(
                    node.last_words for node in self.nodes.values()))
            self.tend()
            time.sleep(0.02)

    def tend(self) -> None:
        for node in self.nodes.values():
            if node.is_running or node.is_held:
                continue
            ended = node.process.returncode if node.process else -signal.SIGKILL
            if ended != -signal.SIGKILL:
                if time.monotonic() < node.launched + RETRY:
                    continue
                self.faults.append(
                    f"member {node.number} ended by itself, status {ended}: {node.last_words}")
            node.start()
        pids = {node.process.pid: node.number for node in self.nodes.values() if node.process}
        if self.links and pids != self._pids:
            self.links.know(pids)
            self._pids = pids

    def _call(self, number: int, path: str, content: dict, within: float = LOOK) -> dict:
        node = self.nodes[number]
        if not node.is_running or node.is_stopped:
            return {}
        connection = (
            http.client.HTTPSConnection(
                "127.0.0.1", node.port, timeout=within, context=self._context)
            if self._context
            else http.client.HTTPConnection("127.0.0.1", node.port, timeout=within))
        try:
            connection.request("POST", path, json.dumps(content))
            with connection.getresponse() as reply:
                found = json.loads(reply.read())
                return found if "header" in found else {}
        except (OSError, http.client.HTTPException, ValueError):
            return {}
        finally:
            connection.close()

    def _status(self, number: int) -> dict:
        return self._call(number, "/v3/maintenance/status", {})

    def is_ready(self, number: int) -> bool:
        """It answers a read for which it needs a leader."""
        return bool(self._call(number, "/v3/kv/range", {"key": "AA=="}))

    def leader(self) -> int:
        best = (0, 0)
        for number in self.nodes:
            status = self._status(number)
            if status and status.get("leader") == status["header"]["member_id"]:
                best = max(best, (int(status["header"]["raft_term"]), number))
        return best[1]

    def victims(self, number: int, of_node: bool, of_database: bool) -> list[int]:
        return self.nodes[number].victims() if of_node else []

    def hold(self, number: int, node: bool | None = None, database: bool | None = None) -> None:
        if node is not None:
            self.nodes[number].is_held = node

    def signal(self, number: int, with_signal: int) -> None:
        node = self.nodes[number]
        node.is_stopped = with_signal == signal.SIGSTOP
        if node.process and node.is_running:
            node.process.send_signal(with_signal)

    def excuse(self, number: int, seconds: float) -> None:
        pass

    def heal(self) -> None:
        if self.links:
            self.links.heal()
        for number, node in self.nodes.items():
            self.signal(number, signal.SIGCONT)
            node.is_held = False

    def state(self, number: int) -> tuple[int, str]:
        """Revision and hash of a member's store up to it."""
        found = self._call(number, "/v3/maintenance/hash", {})
        return int(found["header"]["revision"]) if found else 0, str(found.get("hash", ""))

    def keys(self, number: int) -> set[str]:
        """The UETRs that a member has by itself."""
        found = self._call(number, "/v3/kv/range", {
            "key": "AA==", "range_end": "AA==", "keys_only": True, "serializable": True}, PATIENCE)
        if not found:
            raise Failure(f"member {number} does not tell its keys")
        return {_uetr(pair["key"]) for pair in found.get("kvs", [])}

    def remove(self) -> list[str]:
        for node in self.nodes.values():
            self.signal(node.number, signal.SIGCONT)
            node.stop(signal.SIGKILL, 10)
        if self.links:
            self.links.close()
        mine = f"{self.directory}/"
        left = []
        for pid in processes():
            try:
                with open(f"/proc/{pid}/cmdline") as file:
                    line = file.read()
            except OSError:
                continue
            if line.startswith("etcd\0") and mine in line:
                left.append(pid)
        kill(left)
        return [f"process {pid} was left running" for pid in left]


def _uetr(key: str) -> str:
    return base64.b64decode(key).decode().rpartition("/")[2]
