"""Connections that speak HTTP/2 without its manners: own frames over ssl, many a thread."""

from __future__ import annotations

import select
import socket
import ssl
import struct
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hpack import Decoder, HPACKError

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = (
    range(10))
END_STREAM, ACK, END_HEADERS = 0x1, 0x1, 0x4
INITIAL_WINDOW_SIZE = 0x4
LARGEST_WINDOW = (1 << 31) - 1
CANCEL = 0x8
FRAME_SIZE = 16_384
DEFAULT_WINDOW = 65_535
MOST_READY = 1 << 18  # bytes made ready to be sent at once

Headers = list[tuple[str, str]]


@dataclass(frozen=True)
class Target:
    """Where the gateway is, and whose certificates there are."""

    port: int
    certificates: Path
    patience: float = 10  # seconds for a connection and its handshake

    def context(self, identity: str | None) -> ssl.SSLContext:
        context = ssl.create_default_context(cafile=str(self.certificates / "ca.pem"))
        context.set_alpn_protocols(["h2"])
        if identity is not None:
            name = self.certificates / identity
            context.load_cert_chain(f"{name}.pem", f"{name}-key.pem")
        return context

    def tcp(self, timeout: float | None = None) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout or self.patience)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    return struct.pack(">IBBI", len(payload), kind, flags, stream)[1:] + payload


def window_update(stream: int, bytes_more: int) -> bytes:
    return frame(WINDOW_UPDATE, 0, stream, struct.pack(">I", bytes_more))


def reset(stream: int, code: int = CANCEL) -> bytes:
    return frame(RST_STREAM, 0, stream, struct.pack(">I", code))


def settings(values: dict[int, int]) -> bytes:
    return frame(SETTINGS, 0, 0, b"".join(struct.pack(">HI", *item) for item in values.items()))


def _integer(value: int, prefix: int) -> bytes:
    """An HPACK integer whose first byte has `prefix` free bits, the others zero."""
    most = (1 << prefix) - 1
    if value < most:
        return bytes([value])
    out, value = bytearray([most]), value - most
    while value >= 128:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out) + bytes([value])


def header_block(headers: Iterable[tuple[str, str]]) -> bytes:
    """Literals without indexing: costs us nothing and may be sent again on any stream."""
    out = bytearray()
    for name, value in headers:
        out += b"\0" + _integer(len(name), 7) + name.encode()
        text = value.encode()
        out += _integer(len(text), 7) + text
    return bytes(out)


def request_head(verb: str, path: str, more: Headers = []) -> bytes:
    return header_block(
        [(":method", verb), (":scheme", "https"), (":authority", "localhost"), (":path", path)]
        + more)


def grpc_head(path: str, more: Headers = []) -> bytes:
    return request_head(
        "POST", path, [("content-type", "application/grpc"), ("te", "trailers")] + more)


def grpc_message(payload: bytes, length: int | None = None) -> bytes:
    return struct.pack(">BI", 0, len(payload) if length is None else length) + payload


@dataclass
class Reply:
    """What came back on one stream."""

    headers: dict[str, str] = field(default_factory=dict)
    body: bytearray = field(default_factory=bytearray)
    length: int = 0
    ended: bool = False
    reset: int | None = None

    @property
    def is_over(self) -> bool:
        return self.ended or self.reset is not None

    @property
    def status(self) -> int:
        return int(self.headers.get(":status", 0))


class Gone(Exception):
    """The connection does not exist any more."""


class Peer:
    """One connection. Nothing is read or granted that `reads` and `grants` do not allow.

    Bodies go out as far as the gateway's windows let them; everything else goes out at once.
    """

    def __init__(
        self, target: Target, identity: str | None = None, *,
        context: ssl.SSLContext | None = None, window: int = DEFAULT_WINDOW,
        reads: bool = True, grants: bool = True, keeps_bodies: bool = False, stops: bool = True,
    ) -> None:
        self.stops = stops  # sending a body that has been answered
        self.reads, self.grants, self.keeps_bodies = reads, grants, keeps_bodies
        self.replies: dict[int, Reply] = {}
        self.goaway: int | None = None
        self.is_gone = False
        self.frames_received = 0
        self._out = bytearray()
        self._in = bytearray()
        self._next = 1
        self._windows: dict[int, int] = {0: DEFAULT_WINDOW}
        self._stream_window = DEFAULT_WINDOW
        self._bodies: dict[int, tuple[memoryview, bool]] = {}
        self._decoder = Decoder()
        self._block: tuple[int, int, bytearray] | None = None
        tls = context or target.context(identity)
        self.socket = tls.wrap_socket(target.tcp(), server_hostname="localhost")
        self.socket.setblocking(False)
        self._out += PREFACE + settings({INITIAL_WINDOW_SIZE: window})
        if grants and reads:
            self._out += window_update(0, LARGEST_WINDOW - DEFAULT_WINDOW)
        self.flush()

    # What goes out

    def send(self, data: bytes) -> None:
        self._out += data
        self.flush()

    def open(self, block: bytes, *, body: bytes | None = None, ends: bool = True) -> int:
        """Starts a stream; without a body the stream is over at once if it `ends`."""
        stream, self._next = self._next, self._next + 2
        self.replies[stream] = Reply()
        self._windows[stream] = self._stream_window
        flags = END_HEADERS | (END_STREAM if ends and body is None else 0)
        self._out += frame(HEADERS, flags, stream, block)
        if body is not None:
            self._bodies[stream] = (memoryview(body), ends)
            if len(self._out) <= MOST_READY:
                self._send_body(stream)
        self.flush()
        return stream

    def write(self, stream: int, body: bytes, ends: bool = False) -> None:
        """More of a stream's body."""
        waiting, _ = self._bodies.get(stream, (memoryview(b""), False))
        self._bodies[stream] = (memoryview(bytes(waiting) + body), ends)
        self._send_bodies()
        self.flush()

    def cancel(self, stream: int) -> None:
        self._bodies.pop(stream, None)
        self.replies.pop(stream, None)
        self._windows.pop(stream, None)
        self.send(reset(stream))

    def unsent(self, stream: int) -> int:
        return len(self._bodies[stream][0]) if stream in self._bodies else 0

    @property
    def waits_to_write(self) -> bool:
        return bool(self._out) and not self.is_gone

    def _send_bodies(self) -> None:
        """As much as the windows allow, within what is worth keeping ready."""
        for stream in list(self._bodies):
            if self._windows[0] <= 0 or len(self._out) > MOST_READY:
                return
            self._send_body(stream)

    def _send_body(self, stream: int) -> None:
        rest, ends = self._bodies[stream]
        while True:
            size = min(len(rest), self._windows[0], self._windows[stream], FRAME_SIZE)
            if size <= 0 and len(rest) > 0:
                break
            is_last = size == len(rest)
            self._out += frame(
                DATA, END_STREAM if is_last and ends else 0, stream, bytes(rest[:size]))
            self._windows[0] -= size
            self._windows[stream] -= size
            rest = rest[size:]
            if is_last:
                del self._bodies[stream]
                return
        self._bodies[stream] = (rest, ends)

    def flush(self) -> None:
        try:
            while self._out and not self.is_gone:
                sent = self.socket.send(memoryview(self._out)[:FRAME_SIZE * 4])
                del self._out[:sent]
                if not self._out:
                    self._send_bodies()
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        except OSError:
            self.close()

    # What comes in

    def receive(self) -> None:
        """Takes what has arrived, also before the end of the connection."""
        if self.is_gone:
            return
        try:
            while True:
                data = self.socket.recv(1 << 16)
                if not data:
                    self.close()
                    break
                self._in += data
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
        except OSError:
            self.close()
        self._frames()
        self._send_bodies()
        self.flush()

    def _frames(self) -> None:
        position = 0
        while len(self._in) - position >= 9:
            size = int.from_bytes(self._in[position:position + 3], "big")
            if len(self._in) - position < 9 + size:
                break
            kind, flags = self._in[position + 3], self._in[position + 4]
            stream = int.from_bytes(self._in[position + 5:position + 9], "big")
            payload = bytes(self._in[position + 9:position + 9 + size])
            position += 9 + size
            self.frames_received += 1
            self._take(kind, flags, stream, payload)
        del self._in[:position]

    def _take(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        reply = self.replies.get(stream)
        if kind == DATA:
            if reply:
                reply.length += len(payload)
                if self.keeps_bodies:
                    reply.body += payload
            # The connection's window was opened wide at the start; a stream's is kept open here.
            if self.grants and payload and not flags & END_STREAM:
                self._out += window_update(stream, len(payload))
            if self.grants and payload:
                self._out += window_update(0, len(payload))
        elif kind in (HEADERS, CONTINUATION):
            self._take_headers(kind, flags, stream, payload)
            return
        elif kind == RST_STREAM and reply:
            reply.reset = int.from_bytes(payload, "big")
            self._forget(stream)
        elif kind == SETTINGS and not flags & ACK:
            self._take_settings(payload)
        elif kind == PING and not flags & ACK:
            self._out += frame(PING, ACK, 0, payload)
        elif kind == GOAWAY:
            self.goaway = int.from_bytes(payload[4:8], "big")
        elif kind == WINDOW_UPDATE and stream in self._windows:
            self._windows[stream] += int.from_bytes(payload, "big")
        if kind == DATA and flags & END_STREAM and reply:
            self._end(stream, reply)

    def _end(self, stream: int, reply: Reply) -> None:
        reply.ended = True
        if self.stops:
            self._forget(stream)

    def _forget(self, stream: int) -> None:
        """A stream whose answer is over: the rest of its body is not wanted."""
        self._bodies.pop(stream, None)
        self._windows.pop(stream, None)

    def _take_headers(self, kind: int, flags: int, stream: int, payload: bytes) -> None:
        if kind == HEADERS:
            self._block = (stream, flags, bytearray(payload))
        elif self._block:
            self._block[2].extend(payload)
        if not flags & END_HEADERS or not self._block:
            return
        stream, first_flags, block = self._block
        self._block = None
        try:
            fields = self._decoder.decode(bytes(block))
        except HPACKError:
            return
        if reply := self.replies.get(stream):
            reply.headers.update({str(name): str(value) for name, value in fields})
            if first_flags & END_STREAM:
                self._end(stream, reply)

    def _take_settings(self, payload: bytes) -> None:
        for key, value in struct.iter_unpack(">HI", payload):
            if key == INITIAL_WINDOW_SIZE:
                for stream in self._windows:
                    if stream:
                        self._windows[stream] += value - self._stream_window
                self._stream_window = value
        self._out += frame(SETTINGS, ACK, 0)

    def close(self) -> None:
        if not self.is_gone:
            self.is_gone = True
            self._out = bytearray()  # a failed send still looks at the old one
            self._bodies.clear()
            self.socket.close()

    # The whole of one call, for those who wait for it

    def call(self, block: bytes, body: bytes | None = None, within: float = 30) -> Reply:
        """Opens a stream and waits for its end.

        Raises Gone when the connection ends before, TimeoutError when nothing comes in time.
        """
        stream = self.open(block, body=body)
        reply = self.replies[stream]
        pump([self], time.monotonic() + within, lambda: reply.is_over or self.is_gone)
        del self.replies[stream]
        if reply.is_over:
            return reply
        raise Gone(f"GOAWAY {self.goaway}") if self.is_gone else TimeoutError("no answer")


def pump(
    peers: Iterable[Peer], until: float, is_done: Callable[[], bool] = lambda: False,
    each_turn: Callable[[], None] = lambda: None,
) -> None:
    """Reads and writes for all peers until a moment of the monotonic clock or until it is done."""
    peers = list(peers)
    while time.monotonic() < until and not is_done():
        poll = select.poll()
        by_number = {}
        for peer in peers:
            events = (select.POLLIN if peer.reads else 0) | (
                select.POLLOUT if peer.waits_to_write else 0)
            if events and not peer.is_gone:
                by_number[peer.socket.fileno()] = peer
                poll.register(peer.socket.fileno(), events)
        wait = min(0.05, max(0.0, until - time.monotonic()))
        for number, event in poll.poll(wait * 1_000):
            peer = by_number[number]
            if event & select.POLLOUT:
                peer.flush()
            if event & (select.POLLIN | select.POLLHUP | select.POLLERR):
                peer.receive() if peer.reads else peer.close()
        each_turn()
