"""Documents, JSON and protobuf that are dear to read: processor time for each is what counts."""

from __future__ import annotations

from collections.abc import Callable

from shared.calls import bank
from shared.protobuf import message_field
from shared.wire import Gone, Peer, grpc_head, grpc_message, request_head

from .. import documents
from ..aims import CPU_A_DOCUMENT, Aims
from ..attack import Attack, Job
from ..gateway import STRANGER

MESSAGES = request_head("POST", "/v1/messages", [("content-type", "application/xml")])
BATCH = request_head("POST", "/v1/payments:batch", [("content-type", "application/json")])
SUBMIT = grpc_head("/langqiao.v1.PaymentService/SubmitPayments")
SUBMIT_MESSAGE = grpc_head("/langqiao.v1.PaymentService/SubmitMessage")
EACH = Aims(cpu_each=CPU_A_DOCUMENT)
# A refusal before work: what arrives is thrown away, TLS and frames are all it costs.
STRANGERS = Aims(cpu_each=0.05)


def repeatedly(job: Job, head: bytes, bodies: list[bytes]) -> None:
    """One body after the other on one connection, each process beginning with another one."""
    peer, turn = None, job.number
    while job.goes_on or not job.counts["sent"]:
        if peer is None or peer.is_gone or peer.goaway is not None:
            peer = Peer(job.target, job.identity)
        try:
            job.answer(peer.call(head, bodies[turn % len(bodies)]))
        except (Gone, TimeoutError):
            job.counts["no answer"] += 1
            peer.close()
        job.counts["sent"] += 1
        turn += 1
    if peer:
        peer.close()


def xml(make: Callable[[], bytes]) -> Callable[[Job], None]:
    def press(job: Job) -> None:
        repeatedly(job, MESSAGES, [make()])
    return press


def all_xml(job: Job) -> None:
    repeatedly(job, MESSAGES, [make() for make in documents.XML])


def xml_in_grpc(job: Job) -> None:
    # A string of protobuf has to be UTF-8, which all of them are.
    repeatedly(job, SUBMIT_MESSAGE, [
        grpc_message(message_field(1, make())) for make in documents.XML])


def json(job: Job) -> None:
    repeatedly(job, BATCH, [make() for make in documents.JSON])


def json_of_empty_objects(job: Job) -> None:
    repeatedly(job, BATCH, [documents.json_objects()])


def protobuf(job: Job) -> None:
    repeatedly(job, SUBMIT, [grpc_message(make()) for make in documents.PROTOBUF])


def protobuf_of_empty_orders(job: Job) -> None:
    repeatedly(job, SUBMIT, [grpc_message(documents.protobuf_orders())])


ATTACKS = [
    Attack("xml-hidden-attributes", "215,000 attributes behind a comment that looks like a tag",
           xml(documents.hidden_attributes), aims=EACH, unit="sent"),
    Attack("xml-hidden-namespaces", "100,000 namespace declarations of one element, hidden alike",
           xml(documents.namespaces), aims=EACH, unit="sent", is_short=False),
    Attack("xml-undeclared-prefixes", "elements whose prefixes nobody declared",
           xml(documents.undeclared_prefixes), aims=EACH, unit="sent", is_short=False),
    Attack("xml-elements", "as many elements as fit", xml(documents.named_elements),
           aims=EACH, unit="sent", is_short=False),
    Attack("xml-all-kinds", f"{len(documents.XML)} kinds of nasty documents in turn", all_xml,
           aims=EACH, unit="sent", short_seconds=3),
    Attack("xml-grpc", "the same in SubmitMessage", xml_in_grpc, aims=EACH, unit="sent",
           is_short=False),
    Attack("xml-unregistered", "the same, by a bank that is not registered", all_xml,
           callers=(bank(STRANGER),) * 4, aims=STRANGERS, unit="sent"),
    Attack("xml-anonymous", "the same, without a certificate", all_xml, callers=(None,) * 4,
           aims=STRANGERS, unit="sent"),
    Attack("json-empty-objects", "4 MiB of {} as orders", json_of_empty_objects, aims=EACH,
           unit="sent", is_short=False),
    Attack("json-all-kinds", "deep, long, escaped, unknown", json, aims=EACH, unit="sent"),
    Attack("protobuf-empty-orders", "4 MiB of empty orders", protobuf_of_empty_orders,
           aims=EACH, unit="sent"),
    Attack("protobuf-all-kinds", "empty parts, groups, unknown fields, endless merging", protobuf,
           aims=EACH, unit="sent"),
]
