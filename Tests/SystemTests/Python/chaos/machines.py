"""A cluster of Langqiao: real nodes, each with a PostgreSQL of its own, and their supervisor."""

from __future__ import annotations

import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from shared.calls import OPERATOR
from shared.database import SCHEMA, Database
from shared.orders import BANKS, CORRIDOR, FUNDING, currency
from shared.processes import Failure, Machine, children, end_with_parent, kill, processes
from shared.wire import Gone, Peer, Target, request_head

from .links import Links, Route
from .plan import CLOCK, FULL_DISK, NETWORK, SLOW_DISK, pick
from .sessions import Langqiao
from .shim import Shim, compiled

PATIENCE = 60.0  # a start takes no longer
RETRY = 0.2  # seconds between two starts of what ended by itself
FEW_FAULTS = 3  # after which nobody waits any more
LOOK = 1.0  # seconds for an answer to the supervisor
CALLS = 3.0  # seconds for an answer to a client
CLUSTER = "chaos"
FLIPPED = ("payload", "checksum", "previous_hash")  # columns of the log
DISK_MIB = 700  # of a small disk
FREE_MIB = 64  # below which a node refuses writes
PORTS = (12_000, 30_000)  # where no connection of ours begins


def free_ports(number: int) -> list[int]:
    """Ports at which nobody listens, beyond those that the kernel gives."""
    found: list[int] = []
    chance = random.SystemRandom()
    while len(found) < number:
        port = chance.randrange(*PORTS)
        try:
            with socket.create_server(("127.0.0.1", port)):
                pass
        except OSError:
            continue
        if port not in found:
            found.append(port)
    return found


def mount(image: Path, place: Path, mebibytes: int) -> Path:
    """A file system in a file, of which the disk below holds what was written only."""
    place.mkdir()
    with image.open("wb") as file:
        file.truncate(mebibytes << 20)
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    for command in (["mkfs.ext4", "-q", "-m", "0", image], ["mount", "-o", "loop", image, place]):
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})
        if done.returncode:
            raise Failure(f"{command[0]} failed: {done.stderr.strip()}")
    place.chmod(0o711)
    return place


def unmount(place: Path) -> None:
    subprocess.run(["umount", "-l", place], capture_output=True, check=False)


class Node(Machine):
    """`langqiao serve` and its database, in a directory of their own."""

    def __init__(self, number: int, directory: Path, port: int, site: Cluster) -> None:
        super().__init__()
        self.number, self.directory, self.port, self.site = number, directory, port, site
        directory.mkdir(mode=0o711)
        (directory / "memory").mkdir()
        self.log, self._output = directory / "serve.err", directory / "serve.out"
        self.is_held = self.holds_database = False  # nobody starts it meanwhile
        self.is_stopped = False  # by SIGSTOP
        self.excused_until = 0.0  # it may end by itself
        self.shims: dict[str, Shim] = {}
        self.disk: Path | None = None
        self.database: Database
        self._database_starts = -1
        self._log_began = 0  # of the present life

    def prepare(self, library: Path | None, has_small_disk: bool) -> None:
        """Makes the database."""
        if library:
            self.shims = {
                who: Shim(library, self.directory / f"{who}.control")
                for who in ("node", "database")}
        data = None
        if has_small_disk:
            self.disk = self._mounted()
            data = self.disk / "database"
        preloads = self.shims["database"].environment if self.shims else None
        self.database = Database(self.directory, data, preloads)

    def _mounted(self) -> Path:
        return mount(self.directory / "disk.image", self.directory / "disk", DISK_MIB)

    def unmount(self) -> None:
        if self.disk:
            unmount(self.disk)

    def start(self) -> None:
        self._database_starts = self.database.starts if self.database.is_ready else -1
        preloads = self.shims["node"].environment if self.shims else {}
        self._log_began = self.log.stat().st_size if self.log.exists() else 0
        with self._output.open("wb") as output, self.log.open("ab") as errors:
            self.launch(
                [self.site.program, "serve", "--config", self.config, "--json"],
                stdout=output, stderr=errors, env={**os.environ, **preloads},
                preexec_fn=lambda: end_with_parent(signal.SIGTERM))

    @property
    def config(self) -> Path:
        return self.directory / "node.json"

    @property
    def announced(self) -> bool:
        """It said that it serves, in its present life."""
        return self.is_running and self._output.read_text().endswith("\n")

    @property
    def had_its_database(self) -> bool:
        """The database was there through the whole of the last life."""
        return self.database.is_ready and self.database.starts == self._database_starts

    @property
    def last_words(self) -> str:
        text = self.log.read_bytes()[self._log_began:].decode(errors="replace")
        return "\n".join(text.splitlines()[-8:])

    def roles(self) -> tuple[int, str]:
        """Term and role of the last line of the log that tells them."""
        for line in reversed(self.log.read_text(errors="replace").splitlines()):
            if '"role changed"' in line:
                try:
                    told = json.loads(line)
                    return int(told["term"]), str(told["role"])
                except (ValueError, KeyError):
                    continue
        return 0, ""


class Cluster:
    """All nodes in a temporary directory. Its methods are what faults are made of."""

    name = "langqiao"

    def __init__(
        self, program: Path, nodes: int, directory: Path, kinds: tuple[str, ...]
    ) -> None:
        self.program, self.directory, self.kinds = program, directory, kinds
        self.left_out: dict[str, str] = {}
        if nodes > 1 and not knows(program, "peers"):
            raise Failure(f"{program} knows no peers; --nodes 1 runs it alone")
        self.links: Links | None = None
        self.ended_alone = 0  # nodes that ended with their database
        self.faults: list[str] = []
        self._library = self._shim()
        small_disks = FULL_DISK in self.kinds and self._may_mount()
        ports = free_ports(2 * nodes + nodes * (nodes - 1))
        self.nodes = {
            number: Node(number, directory / f"node{number}", ports[number - 1], self)
            for number in range(1, nodes + 1)}
        if nodes == 1:
            self._leave_out(NETWORK, "there is one node")
        try:
            self._make_certificates()
            self._connect(ports[nodes:2 * nodes], ports[2 * nodes:])
            with ThreadPoolExecutor() as pool:
                for _ in pool.map(
                        lambda node: node.prepare(self._library, small_disks),
                        self.nodes.values()):
                    pass
        except BaseException:
            self.remove()
            raise
        self.service = Langqiao(
            {node.number: node.port for node in self.nodes.values()}, self.certificates, CALLS)

    # Set-up

    def _leave_out(self, kinds: tuple[str, ...], why: str) -> None:
        for kind in kinds:
            if kind in self.kinds:
                self.left_out[kind] = why
        self.kinds = tuple(kind for kind in self.kinds if kind not in kinds)

    def _shim(self) -> Path | None:
        if not {CLOCK, SLOW_DISK} & set(self.kinds):
            return None
        library = compiled(self.directory)
        if library is None:
            # A slow disk can be had otherwise: its sessions are stopped for moments.
            self._leave_out((CLOCK,), "no C compiler is installed")
        return library

    def _may_mount(self) -> bool:
        if os.geteuid():
            self._leave_out((FULL_DISK,), "only root mounts a small disk")
        elif not shutil.which("mkfs.ext4", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"):
            self._leave_out((FULL_DISK,), "there is no mkfs.ext4")
        elif not _own_mounts() or not self._mounts():
            self._leave_out((FULL_DISK,), "nothing can be mounted")
        return FULL_DISK in self.kinds

    def _mounts(self) -> bool:
        """A small one can be mounted."""
        try:
            unmount(mount(self.directory / "probe.image", self.directory / "probe", 8))
        except (Failure, OSError):
            return False
        return True

    @property
    def certificates(self) -> Path:
        return self.directory / "certificates"

    def _settings(self) -> Path:
        """Where `init` puts its own, which are not used: ours lead through proxies."""
        folder = self.directory / "settings"
        folder.mkdir()
        return folder

    def _make_certificates(self) -> None:
        arguments = ["init", "--certificates", self.certificates]
        for bic in BANKS:
            arguments += ["--bank", bic]
        if len(self.nodes) > 1:
            arguments += ["--nodes", str(len(self.nodes)), "--cluster", CLUSTER,
                          "--settings", self._settings()]
        done = subprocess.run(
            [self.program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise Failure(f"init failed: {done.stderr.strip()}")

    def _connect(self, peer_ports: list[int], link_ports: list[int]) -> None:
        """Writes the settings. Each node dials the others where its own links begin."""
        listens = dict(zip(self.nodes, peer_ports))
        routes: list[Route] = []
        if set(NETWORK) & set(self.kinds):
            pairs = [(a, b) for a in self.nodes for b in self.nodes if a != b]
            routes = [
                Route(a, b, port, listens[b]) for (a, b), port in zip(pairs, link_ports)]
            self.links = Links(routes)
        dials = {(route.source, route.target): route.port for route in routes}
        for number, node in self.nodes.items():
            settings: dict[str, object] = {
                "port": node.port, "certificates": str(self.certificates), "schema": SCHEMA,
                "grace": 5, "memory": str(node.directory / "memory")}
            if knows(self.program, "free-space"):
                settings["free-space"] = FREE_MIB
            if len(self.nodes) > 1:
                settings |= {"cluster": CLUSTER, "node": number, "peers": ",".join(
                    f"{other}=127.0.0.1:{dials.get((number, other), port)}"
                    for other, port in listens.items())}
            # The database is known by its socket, whose place is known before it is made.
            settings["database"] = f"host={node.directory / 'socket'} user={SCHEMA} dbname=postgres"
            node.config.write_text(json.dumps({"langqiao": settings}, indent=1))

    def open(self) -> None:
        """Starts everything and opens the market."""
        for node in self.nodes.values():
            node.database.start()
        self.wait(lambda: all(node.database.is_ready for node in self.nodes.values()), "databases")
        self.wait(lambda: all(self.is_ready(number) for number in self.nodes), "nodes")
        for number, bic in enumerate(BANKS):
            self._command(f"/v1/participants/{bic}", {"name": f"Bank {bic}", "roles": ["PAYER"]})
            if number == 0:
                self._command("/v1/corridors/THB", CORRIDOR)
            amount = FUNDING[currency(bic)] // 100
            self._command(f"/v1/fundings/0000000{number}-0000-4000-8000-000000000000", {
                "participant": bic, "currency": currency(bic), "amount": f"{amount}.00"})
        # Some nodes may be behind the others by a moment.
        self.wait(lambda: all(self._knows_banks(number) for number in self.nodes), "the banks")

    def _knows_banks(self, number: int) -> bool:
        status, body = self.call(number, "GET", "/v1/participants")
        return status == 200 and all(bic in body.decode() for bic in BANKS)

    def _command(self, path: str, content: dict) -> None:
        """An operator's command, on whatever node takes it. Each may come again."""
        limit = time.monotonic() + PATIENCE
        said = ""
        while time.monotonic() < limit:
            for number in self.nodes:
                status, body = self.call(number, "PUT", path, content)
                if status == 200:
                    return
                said = f"{status} {body[:300]!r}"
            self.tend()
            time.sleep(0.1)
        raise Failure(f"PUT {path}: {said}")

    @property
    def brought(self) -> dict[str, int]:
        return {code: sum(FUNDING[code] for bic in BANKS if currency(bic) == code)
                for code in FUNDING}

    # The supervisor

    def wait(self, until: Callable[[], bool], what: str, within: float = PATIENCE) -> None:
        limit, known = time.monotonic() + within, len(self.faults)
        while not until():
            if time.monotonic() > limit or len(self.faults) > known + FEW_FAULTS:
                words = "\n".join(
                    f"node {node.number}: {node.last_words}" for node in self.nodes.values()
                    if node.log.exists())
                raise Failure(f"waited in vain for {what}\n{words}")
            self.tend()
            time.sleep(0.02)

    def tend(self) -> None:
        """Starts what does not run and is not held."""
        for node in self.nodes.values():
            self._tend_database(node)
            if not node.is_running and not node.is_held:
                self._tend_node(node)

    def _tend_database(self, node: Node) -> None:
        database = node.database
        if database.is_running or node.holds_database:
            database.is_ready  # noqa: B018 - notes when it was ready
            return
        if database.process and database.process.returncode != -signal.SIGKILL:
            if time.monotonic() < database.launched + RETRY:
                return
            if time.monotonic() > node.excused_until:
                self.faults.append(f"PostgreSQL of node {node.number} ended by itself, status "
                                   f"{database.process.returncode}")
        database.start()

    def _tend_node(self, node: Node) -> None:
        ended = node.process.returncode if node.process else -signal.SIGKILL
        if ended != -signal.SIGKILL:
            if time.monotonic() < node.launched + RETRY:
                return
            if ended != 1 or node.had_its_database and time.monotonic() > node.excused_until:
                self.faults.append(f"node {node.number} ended by itself, status {ended}: "
                                   f"{node.last_words}")
            self.ended_alone += 1
        if node.database.is_ready:
            node.start()

    # What is known of nodes

    def call(
        self, number: int, verb: str, path: str, content: dict | None = None
    ) -> tuple[int, bytes]:
        """Status and body of an operator's call; status 0 when there was no answer in time."""
        node = self.nodes[number]
        if not node.is_running or node.is_stopped:
            return 0, b""
        head = [("content-type", "application/json")] if content is not None else []
        body = None if content is None else json.dumps(content).encode()
        try:
            peer = Peer(
                Target(node.port, self.certificates, LOOK), OPERATOR, keeps_bodies=True)
            try:
                reply = peer.call(request_head(verb, path, head), body, LOOK)
            finally:
                peer.close()
        except (OSError, Gone, TimeoutError):
            return 0, b""
        return reply.status, bytes(reply.body)

    def is_ready(self, number: int) -> bool:
        return self.nodes[number].announced and self.call(number, "GET", "/readyz")[0] == 200

    def leader(self) -> int:
        """Who leads in the highest term that is told; 0 when nobody says so."""
        if len(self.nodes) == 1:
            return 1
        best = (0, 0)
        for number in self.nodes:
            status, body = self.call(number, "GET", "/v1/node")
            if status == 200:
                term, leads = _told(body)
                if leads:
                    best = max(best, (term, number))
        if best[1]:
            return best[1]
        told = {number: node.roles() for number, node in self.nodes.items() if node.log.exists()}
        leads = [(term, number) for number, (term, role) in told.items() if role == "leader"]
        return max(leads, default=(0, 0))[1]

    # What faults are made of

    def victims(self, number: int, of_node: bool, of_database: bool) -> list[int]:
        node = self.nodes[number]
        found = node.database.victims() if of_database else []
        return found + (node.victims() if of_node else [])

    def hold(self, number: int, node: bool | None = None, database: bool | None = None) -> None:
        """Says whether a node, or its database, is left alone by the supervisor."""
        if node is not None:
            self.nodes[number].is_held = node
        if database is not None:
            self.nodes[number].holds_database = database

    def signal(self, number: int, with_signal: int) -> None:
        node = self.nodes[number]
        node.is_stopped = with_signal == signal.SIGSTOP
        if node.process and node.is_running:
            node.process.send_signal(with_signal)

    def excuse(self, number: int, seconds: float) -> None:
        self.nodes[number].excused_until = time.monotonic() + seconds

    def move_clock(self, number: int, seconds: float) -> None:
        self.nodes[number].shims["node"].move_clock(seconds)

    def slow_disk(self, number: int, seconds: float) -> None:
        """Every sync takes so much longer."""
        self.nodes[number].shims["database"].slow_disk(seconds)

    def halt_sessions(self, number: int, halted: bool) -> None:
        """Stops all processes of a PostgreSQL but the first, or lets them go on."""
        process = self.nodes[number].database.process
        for pid in children(process.pid) if process and process.poll() is None else []:
            try:
                os.kill(pid, signal.SIGSTOP if halted else signal.SIGCONT)
            except ProcessLookupError:
                pass

    @property
    def has_shim(self) -> bool:
        return self._library is not None

    def fill_disk(self, number: int, is_full: bool, leaves: int = 0) -> None:
        """Takes the room on a node's disk but for so many bytes, or gives it back."""
        node = self.nodes[number]
        ballast = node.disk / "ballast"
        if not is_full:
            ballast.unlink(missing_ok=True)
            return
        with ballast.open("wb") as file:
            space = os.statvfs(node.disk)
            step = space.f_bavail * space.f_frsize - leaves
            if leaves:
                os.posix_fallocate(file.fileno(), 0, max(step, 4096))
                return
            while step >= 4096:
                try:
                    os.posix_fallocate(file.fileno(), os.fstat(file.fileno()).st_size, step)
                except OSError:
                    step //= 2

    def flip_bit(self, number: int, share: float, which: float) -> tuple[str, str]:
        """Changes a bit of the newest batch on record; what it was, and the statement for it.

        The same statement changes it back.
        """
        query = self.nodes[number].database.query
        [[index, *sizes]] = query(
            f"SELECT log_index, {', '.join(f'octet_length({name})' for name in FLIPPED)} "
            "FROM raft_log ORDER BY log_index DESC LIMIT 1")
        # The first batch of a term may be empty.
        column, size = pick(
            [(name, int(size)) for name, size in zip(FLIPPED, sizes) if int(size)], which)
        bit = int(share * size * 8)
        # An ordinary session is refused to change what is committed.
        statement = (
            f"SET session_replication_role = replica; UPDATE raft_log SET {column} = "
            f"set_bit({column}, {bit}, 1 - get_bit({column}, {bit})) WHERE log_index = {index}")
        query(statement)
        return f"{column} of batch {index}", statement

    def repair(self, number: int, statement: str) -> None:
        self.nodes[number].database.query(statement)

    # The end

    def heal(self) -> None:
        """Takes back whatever a fault may have left."""
        if self.links:
            self.links.heal()
        for number, node in self.nodes.items():
            self.signal(number, signal.SIGCONT)
            node.is_held = node.holds_database = False
            if node.disk:
                self.fill_disk(number, False)
            for shim in node.shims.values():
                shim.move_clock(0)
                shim.slow_disk(0)

    def applied(self, number: int) -> tuple[int, str]:
        """Index and state hash of a node's tables."""
        [[index, state]] = self.nodes[number].database.query(
            "SELECT log_index, encode(state_hash, 'hex') FROM applied")
        return int(index), state

    def _owns(self, pid: int) -> bool:
        """One of our programs that names our directory, or works there."""
        place = Path(f"/proc/{pid}")
        try:
            program = os.readlink(place / "exe")
            if program != str(self.program) and not program.endswith("/postgres"):
                return False
            return (f"{self.directory}/" in (place / "cmdline").read_text()
                    or os.readlink(place / "cwd").startswith(f"{self.directory}/"))
        except OSError:
            return False

    def remove(self) -> list[str]:
        """Ends what runs; gives what could not be ended."""
        for node in self.nodes.values():
            self.signal(node.number, signal.SIGCONT)
            node.stop(signal.SIGKILL, 10)
            if hasattr(node, "database"):
                self.halt_sessions(node.number, False)
                node.database.stop(signal.SIGQUIT, 20)
        if self.links:
            self.links.close()
        left = [pid for pid in processes() if self._owns(pid)]
        kill(left)
        for node in self.nodes.values():
            node.unmount()
        return [f"process {pid} was left running" for pid in left]


def knows(program: Path, setting: str) -> bool:
    """`serve` has the setting."""
    done = subprocess.run([program, "serve", "--help"], capture_output=True, text=True, check=False)
    return f"--{setting} " in done.stdout


def _own_mounts() -> bool:
    """From now on our mounts are nobody else's, and go with our processes."""
    if ctypes.CDLL(None, use_errno=True).unshare(0x00020000):  # CLONE_NEWNS
        return False
    return subprocess.run(
        ["mount", "--make-rprivate", "/"], capture_output=True, check=False).returncode == 0


def _told(body: bytes) -> tuple[int, bool]:
    """Term and whether the node leads, from what `GET /v1/node` says."""
    try:
        found = json.loads(body)
    except ValueError:
        return 0, False
    flat: dict[str, str] = {}

    def collect(value: object) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if isinstance(inner, (dict, list)):
                    collect(inner)
                else:
                    flat.setdefault(key, str(inner))

    collect(found)
    term = re.sub(r"\D", "", flat.get("term", "0")) or "0"
    return int(term), flat.get("role", "").lower().endswith("leader")
