"""SIGTERM while everything hostile is open: the gateway ends within `--grace` and a second."""

from __future__ import annotations

import time

from shared.wire import grpc_head, grpc_message

from . import aims
from .attack import PARTNERS, Attack, Job
from .attacks.answers import LIST, WATCH
from .attacks.bodies import BATCH, SERVICE, UNFINISHED
from .attacks.connections import client_hello
from .gateway import Gateway
from .run import Attackers, Result

GRACE = 2
NAME = "stop"


def press(job: Job) -> None:
    """A little of everything that does not end by itself."""
    hello = client_hello(job.target)
    sockets = [job.target.tcp() for _ in range(20)]
    for connection in sockets[:10]:
        connection.sendall(hello)
    deaf = job.peers(4, grants=False, window=0)
    for peer in deaf:
        for number in range(200):
            peer.open((LIST, WATCH)[number % 2])
    talking = job.peers(4)
    for peer in talking:
        for number in range(100):
            peer.open(BATCH, body=UNFINISHED[:50_000], ends=False)
            peer.open(grpc_head(SERVICE + "StreamPayments"), ends=False)
            peer.open(grpc_head(SERVICE + "UploadRecords"), body=grpc_message(b"", 9), ends=False)
    blind = job.peers(4)
    for peer in blind:
        peer.reads = False
        for _ in range(200):
            peer.open(LIST)
    job.hold([*deaf, *talking, *blind])


def run(gateway: Gateway) -> Result:
    """Starts the gateway anew, stops it under load and starts it again."""
    result = Result(NAME)
    gateway.stop(40)
    gateway.start(grace=GRACE)
    attack = Attack(NAME, "SIGTERM under all of it", press, callers=PARTNERS)
    attackers = Attackers(attack, gateway, time.monotonic() + GRACE + 10)
    time.sleep(2)
    seconds, status = gateway.stop(GRACE + 25)
    result.seconds = seconds
    counts = attackers.end()
    result.counts = dict(counts)
    if status != 0:
        result.misses.append(f"the stopped gateway ended with status {status}")
    if seconds > GRACE + aims.STOP_SECONDS:
        result.misses.append(
            f"the stop took {seconds:.2f} s, at most {GRACE + aims.STOP_SECONDS:g} with --grace "
            f"{GRACE}")
    if counts["attacker failed"]:
        result.misses.append("an attacker failed")
    gateway.start()
    return result
