"""Calls for which somebody waits, and as whom."""

from __future__ import annotations

import json

from .processes import Failure
from .wire import Peer, Target, request_head

OPERATOR = "operator"


def bank(bic: str) -> str:
    """The file name of a bank's certificate."""
    return f"bank-{bic}"


def call(target: Target, identity: str, verb: str, path: str, content: object = None) -> dict:
    """One JSON call on a connection of its own, which must succeed."""
    with_type = [("content-type", "application/json")] if content is not None else []
    body = None if content is None else json.dumps(content).encode()
    peer = Peer(target, identity, keeps_bodies=True)
    try:
        reply = peer.call(request_head(verb, path, with_type), body)
    finally:
        peer.close()
    if reply.status != 200:
        raise Failure(f"{verb} {path}: {reply.status} {bytes(reply.body[:300])!r}")
    return json.loads(reply.body or b"{}")
