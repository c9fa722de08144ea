"""Frames that cost their sender next to nothing: a flood of them is ended."""

from __future__ import annotations

import struct
import time
from collections import Counter
from collections.abc import Callable

from hyperframe.frame import PingFrame, PriorityFrame, SettingsFrame

from shared.wire import (
    ACK,
    CONTINUATION,
    DATA,
    END_HEADERS,
    HEADERS,
    PING,
    SETTINGS,
    Peer,
    frame,
    pump,
    request_head,
    window_update,
)

from ..attack import Attack, Job

BATCH = request_head("POST", "/v1/payments:batch", [("content-type", "application/json")])
LIST = request_head("GET", "/v1/payments?page_size=1000")
HEALTHZ = request_head("GET", "/healthz")
WATCH = request_head("GET", "/v1/payments:watch")
BURST = 2_000
ALLOWED_STREAMS, SURPLUS = 256, 44
REFUSED_STREAM = 0x7


def flood(make: Callable[[Peer], bytes], **options: object) -> Callable[[Job], None]:
    """The same frames again and again; a connection that is closed is replaced."""
    def press(job: Job) -> None:
        context = job.target.context(job.identity)
        while job.goes_on:
            try:
                peer = Peer(job.target, context=context, **options)  # type: ignore
            except OSError:
                job.counts["connections refused"] += 1
                time.sleep(0.02)
                continue
            # The gateway's SETTINGS show that it speaks to us.
            pump([peer], job.until, lambda: peer.frames_received > 0 or peer.is_gone)
            data = make(peer)

            def more() -> None:
                # As much as the socket takes, with a look at the time and the answers between.
                for _ in range(32):
                    if peer.waits_to_write or peer.is_gone or peer.goaway is not None:
                        return
                    peer.send(data)
                    job.counts["frames"] += BURST

            pump([peer], job.until, lambda: peer.is_gone or peer.goaway is not None, more)
            job.counts["ended by the gateway"] += peer.is_gone or peer.goaway is not None
            peer.close()
    return press


def is_ended(counts: Counter[str]) -> list[str]:
    return [] if counts["ended by the gateway"] else [
        f"a flood of {counts['frames']} frames was not ended"]


def _packed(kind: type, **values: object) -> bytes:
    return kind(**values).serialize()  # type: ignore


def pings(peer: Peer) -> bytes:
    return _packed(PingFrame, stream_id=0, opaque_data=bytes(8)) * BURST


def ping_answers(peer: Peer) -> bytes:
    return frame(PING, ACK, 0, bytes(8)) * BURST


def window_updates(peer: Peer) -> bytes:
    stream = peer.open(WATCH)
    return window_update(stream, 1) * BURST


def connection_window_updates(peer: Peer) -> bytes:
    return window_update(0, 1) * BURST


def unknown_types(peer: Peer) -> bytes:
    return frame(0xBA, 0, 0, b"") * BURST


def priorities(peer: Peer) -> bytes:
    one = _packed(PriorityFrame, stream_id=4_001, depends_on=0, stream_weight=1)
    return one * BURST


def settings_frames(peer: Peer) -> bytes:
    return _packed(SettingsFrame, stream_id=0, settings={SettingsFrame.ENABLE_PUSH: 0}) * BURST


def settings_answers(peer: Peer) -> bytes:
    return frame(SETTINGS, ACK, 0) * BURST


def growing_windows(peer: Peer) -> bytes:
    """SETTINGS that move the windows of 250 streams up and down."""
    for _ in range(250):
        peer.open(WATCH)
    pair = b"".join(frame(SETTINGS, 0, 0, struct.pack(">HI", 4, size)) for size in (0, 65_535))
    return pair * (BURST // 2)


def table_sizes(peer: Peer) -> bytes:
    pair = b"".join(frame(SETTINGS, 0, 0, struct.pack(">HI", 1, size)) for size in (0, 4_096))
    return pair * (BURST // 2)


def closed_streams(peer: Peer) -> bytes:
    """Frames on a stream that we have reset ourselves, which cannot be in flight any more."""
    stream = peer.open(HEALTHZ)
    pump([peer], time.monotonic() + 2, lambda: peer.replies[stream].is_over or peer.is_gone)
    return window_update(stream, 1) * BURST


def empty_data(peer: Peer) -> bytes:
    stream = peer.open(BATCH, ends=False)
    return frame(DATA, 0, stream) * BURST


def empty_continuations(peer: Peer) -> bytes:
    first = frame(HEADERS, 0, 1, BATCH)
    return first + frame(CONTINUATION, 0, 1) * BURST


def rapid_resets(peer: Peer) -> bytes:
    out, stream = bytearray(), 1
    for _ in range(BURST):
        out += frame(HEADERS, END_HEADERS | 1, stream, LIST)
        out += struct.pack(">IBBI", 4, 3, 0, stream)[1:] + b"\0\0\0\x08"
        stream += 2
    return bytes(out)


def provoked_resets(peer: Peer) -> bytes:
    """Frames on open streams that the gateway must answer with a reset: the work goes on."""
    out, stream = bytearray(), 1
    for _ in range(BURST):
        out += frame(HEADERS, END_HEADERS | 1, stream, LIST) + window_update(stream, 0)
        stream += 2
    return bytes(out)


def provoked_by_data(peer: Peer) -> bytes:
    """A body that is longer than its content-length says."""
    head = request_head("POST", "/v1/payments:batch", [
        ("content-type", "application/json"), ("content-length", "1")])
    out, stream = bytearray(), 1
    for _ in range(BURST):
        out += frame(HEADERS, END_HEADERS, stream, head) + frame(DATA, 1, stream, b"{}")
        stream += 2
    return bytes(out)


def too_many_streams(job: Job) -> None:
    """More streams than are allowed: the surplus is refused, and only the surplus."""
    peers = job.peers(4)
    for peer in peers:
        pump([peer], job.until, lambda: peer.frames_received > 2 or peer.is_gone)
        for _ in range(ALLOWED_STREAMS + SURPLUS):
            peer.open(BATCH, ends=False)  # does not end by itself

    def refused() -> int:
        return sum(reply.reset == REFUSED_STREAM for peer in peers
                   for reply in peer.replies.values())

    # A refusal may take its time on a busy machine.
    pump(peers, job.until + 8, lambda: refused() >= SURPLUS * len(peers))
    job.counts["surplus refused"] += refused()
    job.counts["surplus"] += SURPLUS * len(peers)
    job.hold(peers)


def only_the_surplus(counts: Counter[str]) -> list[str]:
    misses = []
    if counts["closed by the gateway"]:
        misses.append("too many streams closed the connection")
    if counts["surplus refused"] != counts["surplus"]:
        misses.append(
            f"{counts['surplus refused']} streams refused, {counts['surplus']} were too many")
    return misses


def dear_headers(job: Job) -> None:
    """Header lists that are small on the wire and large when decoded."""
    name = b"\x40\x01x" + b"\x7f\x81\x1e" + b"v" * 4_000  # 4,000 bytes into the dynamic table
    base = request_head("GET", "/healthz")
    peers = job.peers(4)
    for peer in peers:
        peer.open(base + name)
    indexed = base + b"\xbe" * 4_000
    for peer in peers:
        for _ in range(100):
            peer.open(indexed)
    job.hold(peers)


FLOODS: list[tuple[str, str, Callable[[Peer], bytes], dict[str, object]]] = [
    ("ping", "PING", pings, {}),
    ("ping-ack", "PING acknowledgements that nobody asked for", ping_answers, {}),
    ("window-update", "WINDOW_UPDATE of one byte on a stream", window_updates, {}),
    ("connection-window", "WINDOW_UPDATE of one byte on the connection",
     connection_window_updates, {"grants": False}),
    ("unknown-type", "frames of an unknown type", unknown_types, {}),
    ("priority", "PRIORITY on idle streams", priorities, {}),
    ("settings", "SETTINGS", settings_frames, {}),
    ("settings-ack", "SETTINGS acknowledgements", settings_answers, {}),
    ("settings-window", "SETTINGS that move 250 windows", growing_windows, {}),
    ("settings-table", "SETTINGS that resize the header table", table_sizes, {}),
    ("closed-stream", "WINDOW_UPDATE on a stream that is over", closed_streams, {}),
    ("empty-data", "DATA without a byte", empty_data, {}),
    ("continuation", "CONTINUATION without a byte", empty_continuations, {}),
    ("rapid-reset", "streams that are reset at once", rapid_resets, {}),
    ("made-you-reset", "streams that we make the gateway reset", provoked_resets, {}),
    ("made-you-reset-data", "the same by bodies that are too long", provoked_by_data, {}),
]
LONG_ONLY = {"settings", "settings-table", "settings-ack", "connection-window",
             "ping", "made-you-reset-data", "settings-window"}

ATTACKS = [
    Attack(f"flood-{name}", what, flood(make, **options), judge=is_ended,
           is_short=name not in LONG_ONLY, short_seconds=0.5)
    for name, what, make, options in FLOODS
] + [
    Attack("streams-too-many", "300 streams where 256 are allowed", too_many_streams,
           judge=only_the_surplus, short_seconds=1),
    Attack("headers-indexed", "one large header, named 4,000 times by a byte", dear_headers,
           short_seconds=1),
]
