"""Connections by the thousand: places, handshakes, and a bank that wants to connect meanwhile."""

from __future__ import annotations

import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable

from shared.calls import bank
from shared.wire import Peer, Target, grpc_head, grpc_message, request_head

from ..aims import CPU_A_WATCH, Aims
from ..attack import ONE_PARTNER, Attack, Job
from ..gateway import STRANGER

ANONYMOUS: tuple[str | None, ...] = (None,) * 4
EACH_PROCESS = 1_200
HEALTH = grpc_head("/grpc.health.v1.Health/Watch")
HEALTHZ = request_head("GET", "/healthz")


def client_hello(target: Target, alpn: list[str] = ["h2"]) -> bytes:
    """The first bytes of a handshake that goes no further."""
    context = target.context(None)
    context.set_alpn_protocols(alpn)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    tls = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
    try:
        tls.do_handshake()
    except ssl.SSLWantReadError:
        pass
    return outgoing.read()


def sockets(job: Job, first: bytes) -> None:
    """Plain TCP that says so much and no more; what is closed is opened again."""
    held: list[socket.socket] = []
    while job.goes_on:
        if len(held) < EACH_PROCESS:
            try:
                connection = job.target.tcp(2)
                connection.sendall(first)
                connection.setblocking(False)
                held.append(connection)
                job.counts["opened"] += 1
            except OSError:
                job.counts["connections refused"] += 1
                time.sleep(0.01)
            if len(held) % 64:
                continue
        held = [connection for connection in held if _is_open(connection)]
        if len(held) >= EACH_PROCESS:
            time.sleep(0.05)
    job.counts["held"] += len(held)
    for connection in held:
        connection.close()


def _is_open(connection: socket.socket) -> bool:
    try:
        while connection.recv(1 << 14):
            pass
    except BlockingIOError:
        return True
    except OSError:
        pass
    connection.close()
    return False


def silent(job: Job) -> None:
    sockets(job, b"")


def half_handshakes(job: Job) -> None:
    sockets(job, client_hello(job.target)[:100])


def unanswered_handshakes(job: Job) -> None:
    """The gateway has done its part; ours does not come."""
    sockets(job, client_hello(job.target))


def hellos_and_gone(job: Job) -> None:
    hello = client_hello(job.target)
    while job.goes_on:
        try:
            connection = job.target.tcp(2)
            connection.sendall(hello)
            connection.close()
            job.counts["opened"] += 1
        except OSError:
            job.counts["connections refused"] += 1


def finished_handshakes(job: Job) -> None:
    """A whole handshake with a certificate, and then the end."""
    context = job.target.context(job.identity)
    while job.goes_on:
        try:
            Peer(job.target, context=context).close()
            job.counts["opened"] += 1
        except OSError:
            job.counts["connections refused"] += 1


def many(each: Callable[[Peer], object]) -> Callable[[Job], None]:
    """As many connections as are to be had, each used once and then held."""
    def press(job: Job) -> None:
        context, peers = job.target.context(job.identity), []
        while job.goes_on and len(peers) < EACH_PROCESS:
            try:
                peer = Peer(job.target, context=context)
                each(peer)
                peers.append(peer)
                job.counts["opened"] += 1
            except OSError:
                job.counts["connections refused"] += 1
                time.sleep(0.005)
        for peer in peers:
            peer.receive()
        job.hold(peers)
    return press


def idle(peer: Peer) -> None:
    """Nothing is asked."""


def watch_health(peer: Peer) -> None:
    peer.open(HEALTH, body=grpc_message(b""))


def ask_health(peer: Peer) -> None:
    peer.open(HEALTHZ)


def health_watches(job: Job) -> None:
    """Watches of health on few connections: nothing changes, so nothing may be spent."""
    peers = job.peers(8)
    for peer in peers:
        for _ in range(250):
            peer.open(HEALTH, body=grpc_message(b""))
            job.counts["watches"] += 1
    job.hold(peers)


def share_of_one(counts: Counter[str]) -> list[str]:
    """One owner never has more than its share of places."""
    held = counts["held"]
    return [f"one partner holds {held} connections"] if held > 300 else []


ATTACKS = [
    Attack("tcp-silent", "4,800 connections that say nothing", silent, callers=ANONYMOUS),
    Attack("tls-half", "half a ClientHello, 4,800 times", half_handshakes, callers=ANONYMOUS,
           is_short=False),
    Attack("tls-unanswered", "a ClientHello and nothing more, 4,800 times",
           unanswered_handshakes, callers=ANONYMOUS),
    Attack("tls-hello-flood", "a ClientHello and away, without end", hellos_and_gone,
           callers=ANONYMOUS, is_short=False),
    Attack("tls-handshake-flood", "whole handshakes with a certificate, without end",
           finished_handshakes),
    Attack("anonymous-idle", "connections without a certificate that ask nothing", many(idle),
           callers=ANONYMOUS, short_seconds=3, is_short=False),
    Attack("anonymous-health", "connections without a certificate that watch health",
           many(watch_health), callers=ANONYMOUS, short_seconds=3),
    Attack("stranger-connections", "connections of a bank that is not registered",
           many(ask_health), callers=(bank(STRANGER),) * 4, short_seconds=3, is_short=False),
    Attack("partner-connections", "as many connections as one partner gets", many(ask_health),
           callers=ONE_PARTNER * 4, short_seconds=3, judge=share_of_one),
    Attack("partners-connections", "as many connections as four partners get",
           many(ask_health), short_seconds=3, is_short=False),
    Attack("health-watches", "8,000 watches of health while nothing changes", health_watches,
           short_seconds=3, aims=Aims(cpu_each=CPU_A_WATCH), unit="watches"),
]
