"""Speaks HTTP/2 by hand over TLS sessions that are resumed before and after a certificate's end.

Arguments: port, authority, certificate, key, TLS version. Prints a line for each connection: whether
the session was resumed, and the answer's body. Standard library only.
"""

import socket
import ssl
import struct
import sys

port, authority, certificate, key, version = sys.argv[1:]
context = ssl.create_default_context(cafile=authority)
context.load_cert_chain(certificate, key)
context.set_alpn_protocols(["h2"])
context.minimum_version = context.maximum_version = getattr(ssl.TLSVersion, version)


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(
        ">I", stream) + payload


def field(name, value):
    return b"\0" + bytes([len(name)]) + name + bytes([len(value)]) + value


def connect(session=None):
    plain = socket.create_connection(("localhost", int(port)), timeout=30)
    wrapped = context.wrap_socket(plain, server_hostname="localhost", session=session)
    wrapped.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frame(4, 0, 0))
    return wrapped


def frames(connection):
    """Frames until the peer closes."""
    waiting = b""
    while True:
        while len(waiting) < 9 or len(waiting) < 9 + int.from_bytes(waiting[:3], "big"):
            more = connection.recv(65536)
            if not more:
                return
            waiting += more
        size = int.from_bytes(waiting[:3], "big")
        yield waiting[3], waiting[4], waiting[9:9 + size]
        waiting = waiting[9 + size:]


def ask(connection):
    fields = [(b":method", b"GET"), (b":scheme", b"https"), (b":path", b"/v1/participants"),
              (b":authority", b"localhost")]
    connection.sendall(frame(1, 5, 1, b"".join(field(*f) for f in fields)))
    body = b""
    for kind, flags, payload in frames(connection):
        body += payload if kind == 0 else b""
        if kind in (0, 1) and flags & 1:
            break
    print(connection.session_reused, body.decode(), flush=True)


first = connect()
ask(first)
session = first.session
ask(connect(session))
for _ in frames(first):
    pass
ask(connect(session))
