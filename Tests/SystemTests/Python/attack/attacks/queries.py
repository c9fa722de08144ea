"""Work that is asked for and not wanted, or wanted too often by one bank."""

from __future__ import annotations

from collections import Counter

from shared.protobuf import proto_order
from shared.wire import Reply, grpc_head, grpc_message, pump, request_head

from ..attack import ONE_PARTNER, PARTNERS, Attack, Job
from ..gateway import CREDITOR

SERVICE = "/langqiao.v1.PaymentService/"
# Finds nothing, so it looks at all the payments that a page may look at.
FRUITLESS = request_head("GET", "/v1/payments?status=ACSC&page_size=1000")
LIST = request_head("GET", "/v1/payments?page_size=1000")
TRANSFERS = request_head("GET", "/v1/accounts/7/transfers?page_size=1000")


def keep_asking(job: Job, connections: int, at_once: int, blocks: list[bytes]) -> None:
    """So many questions open at any time; every answer is taken and followed by a question."""
    peers = job.peers(connections)

    def ask() -> None:
        for peer in peers:
            over = [stream for stream, reply in peer.replies.items() if reply.is_over]
            for stream in over:
                job.answer(peer.replies.pop(stream))
            for _ in range(at_once - len(peer.replies)):
                if not peer.is_gone and peer.goaway is None:
                    peer.open(blocks[job.counts["asked"] % len(blocks)])
                    job.counts["asked"] += 1

    ask()
    job.hold(peers, ask)


def open_lists(job: Job) -> None:
    keep_asking(job, 1, 240, [FRUITLESS, LIST])


def open_lists_everywhere(job: Job) -> None:
    keep_asking(job, 16, 240, [FRUITLESS, LIST])


def cheap_gets(job: Job) -> None:
    """What does not exist must be looked for in the tables."""
    paths = [f"/v1/payments/00000000-0000-4000-8000-{number:012x}" for number in range(256)]
    keep_asking(job, 4, 200, [request_head("GET", path) for path in paths])


def cancelled_lists(job: Job) -> None:
    """Asked and given up at once, at the rate that resets are allowed."""
    peers = job.peers(16)

    def ask() -> None:
        for peer in peers:
            for _ in range(4):
                if not peer.is_gone and peer.goaway is None:
                    peer.cancel(peer.open(FRUITLESS))
                    job.counts["cancelled"] += 1

    job.hold(peers, ask)


def abandoned_lists(job: Job) -> None:
    """Asked for, and then the connection goes: nobody is left who wants the answers."""
    while job.goes_on:
        peers = job.peers(8)
        for peer in peers:
            for _ in range(200):
                peer.open(FRUITLESS)
                job.counts["abandoned"] += 1
        pump(peers, job.until, lambda: all(p.frames_received for p in peers))
        for peer in peers:
            peer.close()


def expired_calls(job: Job) -> None:
    """Deadlines that pass at any moment: the answer is the result or DEADLINE_EXCEEDED."""
    calls = [
        ("SubmitPayment", proto_order("x", CREDITOR)), ("ListPayments", b"\x12\x03THB"),
        ("GetPayment", b"\x0a\x24" + b"00000000-0000-4000-8000-000000000000"),
        ("SubmitMessage", b"\x0a\x04<a/>")]
    blocks = {
        (name, timeout): grpc_head(SERVICE + name, [("grpc-timeout", timeout)])
        for name, _ in calls for timeout in ("1n", "20u", "100u", "300u", "1m", "3m")}
    bodies = {name: grpc_message(body) for name, body in calls}
    questions = list(blocks)
    peers = job.peers(2)

    def judge(reply: Reply) -> None:
        status = reply.headers.get("grpc-status", "none")
        job.counts["calls"] += 1
        job.counts[f"status {status}"] += 1
        if status == "13" or reply.status == 500:
            job.counts["INTERNAL"] += 1

    def ask() -> None:
        for peer in peers:
            for stream in [s for s, reply in peer.replies.items() if reply.is_over]:
                judge(peer.replies.pop(stream))
            for _ in range(20 - len(peer.replies)):
                if not peer.is_gone and peer.goaway is None:
                    name, timeout = questions[job.counts["asked"] % len(questions)]
                    peer.open(blocks[name, timeout], body=bodies[name])
                    job.counts["asked"] += 1

    ask()
    pump(peers, job.until, each_turn=ask)
    for peer in peers:
        job.counts["closed by the gateway"] += peer.is_gone
        peer.close()


def only_expected_statuses(counts: Counter[str]) -> list[str]:
    """OK, DEADLINE_EXCEEDED, INVALID_ARGUMENT and NOT_FOUND are true; busy may be said."""
    wrong = {name: count for name, count in counts.items()
             if name.startswith("status ") and name[7:] not in ("0", "3", "4", "5", "8")}
    return [f"{count} calls with {name}" for name, count in wrong.items()]


def bodies_given_up(job: Job) -> None:
    """Payments whose call is reset at once: carried out or not, nothing is left of them."""
    head = grpc_head(SERVICE + "SubmitPayment")
    body = grpc_message(proto_order("y", CREDITOR))
    peers = job.peers(8)

    def ask() -> None:
        for peer in peers:
            if not peer.is_gone and peer.goaway is None:
                peer.cancel(peer.open(head, body=body))
                job.counts["cancelled"] += 1

    job.hold(peers, ask)


ATTACKS = [
    Attack("lists-open", "240 open list queries of one bank, all the time", open_lists,
           callers=ONE_PARTNER),
    Attack("lists-open-everywhere", "15,360 of four banks", open_lists_everywhere, is_short=False),
    Attack("gets-open", "3,200 open questions for payments that do not exist", cheap_gets),
    Attack("lists-cancelled", "list queries that are given up at once", cancelled_lists),
    Attack("lists-abandoned", "list queries whose connection goes", abandoned_lists,
           is_short=False),
    Attack("calls-cancelled", "payments that are given up at once", bodies_given_up,
           is_short=False),
    Attack("deadlines", "grpc-timeout of 1 ns to 3 ms", expired_calls, callers=PARTNERS[:2],
           judge=only_expected_statuses),
]
