"""Links between nodes: a TCP proxy of its own process, whose links can be cut and slowed.

A connection belongs to the link of who dials and who listens. Its bytes flow both ways; for each of
the two directed pairs of nodes a rule says what becomes of them.
"""

from __future__ import annotations

import multiprocessing
import os
import random
import select
import signal
import socket
import time
from collections import deque
from dataclasses import dataclass, field
from multiprocessing.connection import Connection as Pipe
from pathlib import Path

from shared.processes import end_with_parent

HELD = 1 << 18  # bytes that a link holds for a receiver, as a kernel would
CHUNK = 1 << 16
ANYBODY = 0  # who dials is found out by its process
PATIENCE = 10.0

Link = tuple[int, int]  # from, to


@dataclass(frozen=True)
class Rule:
    """What becomes of bytes on their way from one node to another."""

    is_cut: bool = False
    delay: float = 0.0  # seconds
    jitter: float = 0.0


OPEN = Rule()


@dataclass(frozen=True)
class Order:
    """What the proxy shall do from now on; what is not named is as usual."""

    rules: dict[Link, Rule] = field(default_factory=dict)
    # Connections dialled along these links: nothing of them travels, neither way.
    silent: frozenset[Link] = frozenset()
    # These are closed, and new ones at once.
    refused: frozenset[Link] = frozenset()


@dataclass(frozen=True)
class Route:
    source: int  # ANYBODY when several nodes dial this port
    target: int
    port: int
    to_port: int


class Flow:
    """Bytes of one connection in one direction."""

    def __init__(self, source: socket.socket, sink: socket.socket, link: Link) -> None:
        self.source, self.sink, self.link = source, sink, link
        self.held: deque[tuple[float, bytes]] = deque()  # empty bytes are the end
        self.size = 0
        self.last_due = 0.0
        self.is_ended = self.is_over = False

    def take(self, rule: Rule) -> None:
        """Raises OSError when the connection is gone."""
        data = self.source.recv(CHUNK)
        due = time.monotonic() + rule.delay + random.random() * rule.jitter
        self.last_due = max(self.last_due, due)  # a stream does not overtake itself
        self.held.append((self.last_due, data))
        self.size += len(data)
        self.is_ended = self.is_ended or not data

    def give(self, now: float) -> None:
        """What is due; the same."""
        while self.held and self.held[0][0] <= now:
            due, data = self.held[0]
            if not data:
                self.sink.shutdown(socket.SHUT_WR)
                self.is_over = True
            else:
                sent = self.sink.send(data)
                self.size -= sent
                if sent < len(data):
                    self.held[0] = (due, data[sent:])
                    return
            self.held.popleft()


class Junction:
    """One connection: the half of who dialled and our half to who listens."""

    def __init__(self, near: socket.socket, route: Route, source: int) -> None:
        self.link = (source, route.target)
        self.near, self.far = near, socket.socket()
        self.connected = False
        near.setblocking(False)
        self.far.setblocking(False)
        for half in (near, self.far):
            half.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.far.connect_ex(("127.0.0.1", route.to_port))
        self.flows = (
            Flow(near, self.far, self.link),
            Flow(self.far, near, (route.target, source)))

    def close(self) -> None:
        self.near.close()
        self.far.close()


class Proxy:
    """The loop of the process."""

    def __init__(self, routes: list[Route], pipe: Pipe, pids: dict[int, int]) -> None:
        self.order, self.pipe, self.pids = Order(), pipe, pids
        self.junctions: list[Junction] = []
        self.listeners: dict[int, tuple[socket.socket, Route]] = {}
        for route in routes:
            listener = socket.create_server(("127.0.0.1", route.port), backlog=64)
            listener.setblocking(False)
            self.listeners[listener.fileno()] = (listener, route)

    def rule(self, junction: Junction, flow: Flow) -> Rule:
        if junction.link in self.order.silent:
            return Rule(is_cut=True)
        return self.order.rules.get(flow.link, OPEN)

    def run(self) -> None:
        while True:
            poll, owners, wait = select.poll(), {}, 1.0
            poll.register(self.pipe.fileno(), select.POLLIN)
            for number in self.listeners:
                poll.register(number, select.POLLIN)
            now = time.monotonic()
            for junction in self.junctions:
                wait = min(wait, self._register(junction, poll, owners, now))
            for number, event in poll.poll(wait * 1_000):
                if number == self.pipe.fileno():
                    if not self._obey():
                        return
                elif number in self.listeners:
                    self._accept(*self.listeners[number])
                elif number in owners:
                    self._turn(*owners[number], event)
            now = time.monotonic()
            for junction in list(self.junctions):
                self._give(junction, now)

    def _register(
        self, junction: Junction, poll: select.poll, owners: dict[int, tuple], now: float
    ) -> float:
        """Asks for what may happen on a connection; gives the seconds until more is due."""
        wait, events = 1.0, {junction.near: 0, junction.far: 0}
        if not junction.connected:
            events[junction.far] = select.POLLOUT
        for flow in junction.flows:
            if not flow.is_ended and flow.size < HELD and (
                    junction.connected or flow.source is junction.near):
                events[flow.source] |= select.POLLIN
            if flow.held and junction.connected and not self.rule(junction, flow).is_cut:
                if flow.held[0][0] <= now:
                    events[flow.sink] |= select.POLLOUT
                else:
                    wait = min(wait, flow.held[0][0] - now)
        for half, wanted in events.items():
            if wanted:
                poll.register(half.fileno(), wanted)
                owners[half.fileno()] = (junction, half)
        return wait

    def _obey(self) -> bool:
        try:
            message = self.pipe.recv()
        except (EOFError, OSError):
            return False
        if message is None:
            return False
        if isinstance(message, Order):
            self.order = message
            for junction in list(self.junctions):
                if junction.link in message.refused:
                    self._drop(junction)
        else:
            self.pids.clear()
            self.pids.update(message)
        self.pipe.send("done")
        return True

    def _accept(self, listener: socket.socket, route: Route) -> None:
        try:
            near, (_, port) = listener.accept()
        except OSError:
            return
        source = route.source or self._who_dialled(port)
        if (source, route.target) in self.order.refused:
            near.close()
            return
        self.junctions.append(Junction(near, route, source))

    def _who_dialled(self, port: int) -> int:
        inode = _inode(port)
        for pid, node in self.pids.items():
            try:
                if any(os.readlink(entry) == f"socket:[{inode}]"
                       for entry in Path(f"/proc/{pid}/fd").iterdir()):
                    return node
            except OSError:
                continue
        return ANYBODY

    def _turn(self, junction: Junction, half: socket.socket, event: int) -> None:
        try:
            if half is junction.far and not junction.connected:
                if error := half.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                    raise OSError(error, "connecting")
                junction.connected = True
                return
            if event & (select.POLLIN | select.POLLHUP | select.POLLERR):
                for flow in junction.flows:
                    if flow.source is half and not flow.is_ended and flow.size < HELD:
                        flow.take(self.order.rules.get(flow.link, OPEN))
        except BlockingIOError:
            pass
        except OSError:
            self._drop(junction)

    def _give(self, junction: Junction, now: float) -> None:
        if not junction.connected:
            return
        for flow in junction.flows:
            try:
                if not self.rule(junction, flow).is_cut:
                    flow.give(now)
            except BlockingIOError:
                continue
            except OSError:
                return self._drop(junction)
        if all(flow.is_over for flow in junction.flows):
            self._drop(junction)

    def _drop(self, junction: Junction) -> None:
        if junction in self.junctions:
            self.junctions.remove(junction)
            junction.close()


def _inode(port: int) -> str:
    """Of the socket of this machine that has the port at its own end."""
    wanted = f":{port:04X}"
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        columns = line.split()
        if columns[1].endswith(wanted):
            return columns[9]
    return ""


def _serve(routes: list[Route], pipe: Pipe) -> None:
    end_with_parent(signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    proxy = Proxy(routes, pipe, {})
    pipe.send("done")
    proxy.run()


class Links:
    """The proxy as its owner sees it."""

    def __init__(self, routes: list[Route]) -> None:
        self._pipe, theirs = multiprocessing.Pipe()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_serve, args=(routes, theirs), daemon=True)
        self._process.start()
        theirs.close()
        self._wait()

    def _wait(self) -> None:
        if not self._pipe.poll(PATIENCE):
            raise OSError("the proxy of the links does not answer")
        self._pipe.recv()

    def set(self, order: Order) -> None:
        self._pipe.send(order)
        self._wait()

    def heal(self) -> None:
        self.set(Order())

    def know(self, pids: dict[int, int]) -> None:
        """Which process is which node, where several dial the same port."""
        self._pipe.send(pids)
        self._wait()

    def close(self) -> None:
        try:
            self._pipe.send(None)
        except OSError:
            pass
        self._pipe.close()
        self._process.join(2)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()


def cut_between(one: set[int], other: set[int]) -> Order:
    """Nothing travels between the two, neither way."""
    cut = Rule(is_cut=True)
    return Order({link: cut for a in one for b in other for link in ((a, b), (b, a))})


def cut_from(one: set[int], other: set[int]) -> Order:
    """Nothing travels from the ones to the others; what these send arrives."""
    return Order({(a, b): Rule(is_cut=True) for a in one for b in other})


def silence(one: set[int], other: set[int]) -> Order:
    """What the ones dial goes silent, both ways; what the others dial is as usual."""
    return Order(silent=frozenset((a, b) for a in one for b in other))


def refuse(one: set[int], other: set[int]) -> Order:
    """Connections between the two end, and new ones too."""
    return Order(refused=frozenset(
        link for a in one for b in other for link in ((a, b), (b, a))))


def slow(nodes: set[int], of: set[int], delay: float, jitter: float) -> Order:
    """All links of some nodes are slow."""
    rule = Rule(delay=delay, jitter=jitter)
    return Order({(a, b): rule for a in of for b in of if a != b and (a in nodes or b in nodes)})
