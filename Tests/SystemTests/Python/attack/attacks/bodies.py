"""Requests that never end: what is kept of them must be bounded, and end."""

from __future__ import annotations

import itertools
import struct
from collections import Counter

import records
from shared.calls import bank
from shared.protobuf import message_field, varint
from shared.wire import Peer, grpc_head, grpc_message, header_block, request_head

from ..attack import ONE_PARTNER, Attack, Job
from ..documents import MESSAGE_BYTES, XML_BYTES
from ..gateway import CREDITOR, STRANGER

SERVICE = "/langqiao.v1.PaymentService/"
BATCH = request_head("POST", "/v1/payments:batch", [("content-type", "application/json")])
MESSAGES = request_head("POST", "/v1/messages", [("content-type", "application/xml")])
JSON_RECORDS = request_head(
    "POST", "/v1/payments:records", [("content-type", "application/octet-stream")])
STREAMS = 256
CONNECTIONS = 16
UNFINISHED = b'{"orders":[' + b" " * (MESSAGE_BYTES - 4_096)


def fill(job: Job, connections: int, heads: list[bytes], body: bytes) -> None:
    """Every stream of every connection with a body that lacks its end."""
    peers = job.peers(connections)
    # One stream of each in turn, so that all connections are in use however little time there is.
    for _, head in zip(range(STREAMS), itertools.cycle(heads)):
        for peer in peers:
            if job.goes_on:
                peer.open(head, body=body, ends=False)
    job.hold(peers)
    job.counts["streams"] += sum(len(peer.replies) for peer in peers)


def json_on_one_connection(job: Job) -> None:
    fill(job, 1, [BATCH], UNFINISHED)


def json_on_many_connections(job: Job) -> None:
    fill(job, CONNECTIONS, [BATCH], UNFINISHED)


def json_of_strangers(job: Job) -> None:
    fill(job, CONNECTIONS, [BATCH], UNFINISHED)


def xml_on_many_connections(job: Job) -> None:
    fill(job, CONNECTIONS, [MESSAGES], b"<a>" + b" " * (XML_BYTES - 4_096))


def grpc_messages(job: Job) -> None:
    """The message says 4 MiB and ends a little before."""
    calls = ["SubmitPayments", "StreamPayments", "UploadPayments", "ListPayments", "SubmitMessage"]
    body = grpc_message(bytes(MESSAGE_BYTES - 4_096), MESSAGE_BYTES)
    fill(job, CONNECTIONS, [grpc_head(SERVICE + name) for name in calls], body)


def record_messages(job: Job) -> None:
    heads = [grpc_head(SERVICE + name) for name in (
        "SubmitRecords", "StreamRecords", "UploadRecords")]
    size = 16 + 128 * 16_384
    content = records.HEADER.pack(b"LQPR", 1, 128, 16_384, 0) + bytes(size - 8_192)
    field = b"\x0a" + varint(size) + content
    fill(job, CONNECTIONS, heads, grpc_message(field, len(field) + 8_176))


def record_bodies(job: Job) -> None:
    fill(job, CONNECTIONS, [JSON_RECORDS], bytes(2 << 20))


def drip(job: Job) -> None:
    """A byte now and then, so that no pause is long."""
    peers = job.peers(CONNECTIONS)
    streams = [(peer, peer.open(BATCH, body=b"{", ends=False))
               for peer in peers for _ in range(STREAMS)]
    position = itertools.cycle(range(len(streams)))

    def drop() -> None:
        for _ in range(500):
            peer, stream = streams[next(position)]
            if not peer.is_gone and not peer.replies[stream].is_over:
                peer.write(stream, b" ")

    job.hold(peers, drop)


def open_uploads(job: Job) -> None:
    """Uploads of records that are answered only at their end, which does not come."""
    uploads = [grpc_head(SERVICE + "UploadRecords"), grpc_head(SERVICE + "UploadPayments")]
    refused = records.payment(
        "00000000-0000-4000-8000-000000000000", CREDITOR, "CNY", "THB", pay_amount=-1)
    content = message_field(1, records.message([refused] * 1_024))
    fill(job, CONNECTIONS, uploads, grpc_message(content) * 4)


def header_lists(job: Job) -> None:
    """The largest header list on every stream, kept by a body that does not come."""
    filler = [(f"x-{number}", "v" * 1_900) for number in range(8)]
    block = BATCH + header_block(filler)
    peers = job.peers(CONNECTIONS)
    for peer in peers:
        for _ in range(STREAMS):
            peer.open(block, ends=False)
    job.hold(peers)


def expecting(job: Job) -> None:
    """Waits for leave to send a body, for ever."""
    block = BATCH + header_block([("expect", "100-continue"), ("content-length", "4000000")])
    peers = job.peers(CONNECTIONS)
    for peer in peers:
        for _ in range(STREAMS):
            peer.open(block, ends=False)
    job.hold(peers)


def unwanted(job: Job) -> None:
    """Bodies without an end that go on behind answers which did not wait for them."""
    heads = itertools.cycle(
        request_head("PUT", path) for path in ("/v1/nothing", "/v1/participants/X", "/v1/summary"))
    peers = job.peers(CONNECTIONS, stops=False)

    def again() -> None:
        for peer in peers:
            for stream, reply in list(peer.replies.items()):
                if reply.reset is not None:
                    job.counts["answers cut"] += not reply.ended
                    job.answer(peer.replies.pop(stream))
            while job.goes_on and not peer.is_gone and len(peer.replies) < STREAMS // 4:
                peer.open(next(heads), body=UNFINISHED, ends=False)

    job.hold(peers, again)


def are_whole(counts: Counter[str]) -> list[str]:
    if not counts["refused"]:
        return ["no body was refused"]
    return [f"{counts['answers cut']} answers were cut off"] if counts["answers cut"] else []


def padded_frames(peer: Peer, stream: int, count: int) -> bytes:
    """DATA frames of one byte with 255 bytes of padding."""
    payload = b"\xff" + b" " + bytes(255)
    return (struct.pack(">IBBI", len(payload), 0, 0x8, stream)[1:] + payload) * count


def padding(job: Job) -> None:
    peers = job.peers(4)
    for peer in peers:
        for _ in range(64):
            stream = peer.open(BATCH, ends=False)
            peer.send(padded_frames(peer, stream, 200))
    job.hold(peers)


ATTACKS = [
    Attack("bodies-on-one-connection", "256 JSON bodies of 4 MiB without an end, one connection",
           json_on_one_connection, callers=ONE_PARTNER, is_short=False),
    Attack("bodies-on-64-connections", "the same on 64 connections of 4 partners",
           json_on_many_connections, short_seconds=3),
    Attack("bodies-unregistered", "the same by banks that are not registered", json_of_strangers,
           callers=(bank(STRANGER),) * 4, is_short=False),
    Attack("bodies-xml", "XML without an end, 64 connections", xml_on_many_connections,
           short_seconds=3, is_short=False),
    Attack("bodies-grpc", "gRPC messages without an end, unary and streaming, 64 connections",
           grpc_messages, short_seconds=3),
    Attack("bodies-records-grpc", "messages of records without an end, 64 connections",
           record_messages, short_seconds=3),
    Attack("bodies-records", "octets of records without an end, 64 connections", record_bodies,
           is_short=False),
    Attack("bodies-unwanted", "bodies that go on behind their answers, 64 connections", unwanted,
           short_seconds=3, judge=are_whole),
    Attack("bodies-dripping", "a byte now and then on 16,384 streams", drip),
    Attack("bodies-padded", "one byte and 255 of padding a frame", padding, is_short=False),
    Attack("bodies-expected", "Expect: 100-continue on 16,384 streams, and no body", expecting),
    Attack("uploads-open", "uploads with answered orders that are not finished", open_uploads,
           short_seconds=3),
    Attack("header-lists", "16 KB of headers on 16,384 open streams", header_lists),
]
