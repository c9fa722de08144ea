"""Answers that nobody takes: they must not be made in advance, and what is made must be bounded."""

from __future__ import annotations

import json
import uuid

from shared.protobuf import proto_order
from shared.wire import LARGEST_WINDOW, Peer, grpc_head, grpc_message, pump, request_head

from ..attack import ONE_PARTNER, Attack, Job
from ..gateway import CREDITOR, order

SERVICE = "/langqiao.v1.PaymentService/"
LIST = request_head("GET", "/v1/payments?page_size=1000")
WATCH = request_head("GET", "/v1/payments:watch")
STREAMS = 250
CONNECTIONS = 16


def unread(job: Job, connections: int, blocks: list[bytes], **options: object) -> list[Peer]:
    """Asks on every stream and takes none of the answers."""
    peers = job.peers(connections, grants=False, **options)
    for peer in peers:
        pump([peer], job.until, lambda: peer.frames_received > 0)
        peer.reads = False
        for number in range(STREAMS):
            peer.open(blocks[number % len(blocks)])
    return peers


def lists_on_one_connection(job: Job) -> None:
    job.hold(unread(job, 1, [LIST], window=LARGEST_WINDOW))


def lists_on_many_connections(job: Job) -> None:
    job.hold(unread(job, CONNECTIONS, [LIST], window=LARGEST_WINDOW))


def lists_without_window(job: Job) -> None:
    """The socket is read, but SETTINGS_INITIAL_WINDOW_SIZE is 0 and stays so."""
    peers = job.peers(CONNECTIONS, grants=False, window=0)
    for peer in peers:
        for _ in range(STREAMS):
            peer.open(LIST)
    job.hold(peers)


def windows_by_the_byte(job: Job) -> None:
    """A window of one byte now and then keeps every answer alive."""
    peers = job.peers(4, grants=False, window=1)
    for peer in peers:
        for _ in range(STREAMS):
            peer.open(LIST)

    def grant() -> None:
        for peer in peers:
            for stream, reply in list(peer.replies.items())[:20]:
                if not reply.is_over and not peer.is_gone:
                    peer.send(b"\0\0\4\x08\0" + stream.to_bytes(4, "big") + b"\0\0\0\1")

    job.hold(peers, grant)


def gets(job: Job) -> None:
    """Small answers, whose headers alone fill the buffers; new streams as old ones end."""
    blocks = [request_head("GET", f"/v1/payments/{uetr}") for uetr in job.uetrs[:50]]
    peers = unread(job, CONNECTIONS, blocks or [LIST], window=LARGEST_WINDOW)
    job.hold(peers)


def watches(job: Job) -> None:
    """Many watches a connection that nobody reads, while payments flow."""
    peers = unread(job, 8, [WATCH], window=0)
    writer = Peer(job.target, job.identity)
    head = request_head("POST", "/v1/payments:batch", [("content-type", "application/json")])

    def pay() -> None:
        waiting = [reply for reply in writer.replies.values() if not reply.is_over]
        if len(waiting) < 2 and not writer.is_gone:
            orders = [order(amount="1.00", uetr=str(uuid.uuid4()),
                            timeInForce="IMMEDIATE_OR_CANCEL") for _ in range(200)]
            writer.open(head, body=json.dumps({"orders": orders}).encode())
            job.counts["payments"] += 200

    job.hold([*peers, writer], pay)


def idle_watches(job: Job) -> None:
    """Watches while nothing happens cost nothing."""
    peers = job.peers(8)
    for peer in peers:
        for _ in range(STREAMS):
            peer.open(WATCH)
    job.hold(peers)


def streams(job: Job) -> None:
    """StreamPayments: orders flow in, answers are not taken."""
    head = grpc_head(SERVICE + "StreamPayments")
    peers = job.peers(CONNECTIONS, grants=False, window=0)
    for peer in peers:
        for _ in range(16):
            orders = b"".join(
                grpc_message(proto_order(f"not-a-uetr-{n}", CREDITOR)) for n in range(2_000))
            peer.open(head, body=orders, ends=False)
    job.hold(peers)


def reflection(job: Job) -> None:
    """A short question with an answer of 10 kB, again and again on one stream."""
    head = grpc_head("/grpc.reflection.v1.ServerReflection/ServerReflectionInfo")
    question = grpc_message(b"\x1a\x1alangqiao/v1/payments.proto")
    peers = job.peers(8, grants=False, window=0)
    for peer in peers:
        for _ in range(64):
            peer.open(head, body=question * 1_000, ends=False)
    job.hold(peers)


ATTACKS = [
    Attack("lists-unread-on-one", "250 lists of 1,000 payments that nobody reads, one connection",
           lists_on_one_connection, callers=ONE_PARTNER, is_short=False),
    Attack("lists-unread-on-64", "the same on 64 connections of 4 partners",
           lists_on_many_connections, short_seconds=3),
    Attack("lists-without-window", "64 connections, SETTINGS_INITIAL_WINDOW_SIZE 0",
           lists_without_window, short_seconds=3),
    Attack("lists-by-the-byte", "windows that grow by one byte", windows_by_the_byte,
           is_short=False),
    Attack("gets-unread", "16,000 small answers that nobody reads", gets),
    Attack("watches-unread", "8,000 watches that nobody reads while payments flow", watches,
           short_seconds=3),
    Attack("watches-idle", "8,000 watches while only the honest bank pays", idle_watches),
    Attack("streams-unread", "StreamPayments whose answers nobody takes", streams,
           short_seconds=3),
    Attack("reflection-unread", "answers of reflection that nobody takes", reflection,
           is_short=False),
]
