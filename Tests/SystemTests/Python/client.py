"""A bank's client made of nothing but Protos/ and grpcio: every kind of call, checked.

Arguments: host:port, directory of certificates, directory of Protos, directory for stubs.
"""

import importlib
import itertools
import sys
import threading
import uuid
from pathlib import Path

import grpc
import records
from google.protobuf.any_pb2 import Any
from grpc_tools import protoc

TARGET, CERTIFICATES, PROTOS, WORK = sys.argv[1:5]
CHINESE, THAI = "BKCHCNBJ", "BKKBTHBK"
TIMEOUT = 30


def make_stubs():
    stubs = Path(WORK) / "stubs"
    stubs.mkdir()
    files = sorted(str(p.relative_to(PROTOS)) for p in Path(PROTOS).rglob("*.proto"))
    well_known = str(Path(protoc.__file__).parent / "_proto")
    status = protoc.main(
        ["protoc", f"-I{PROTOS}", f"-I{well_known}", f"--python_out={stubs}",
         f"--grpc_python_out={stubs}"] + files)
    assert status == 0, "the stubs cannot be made"
    sys.path.insert(0, str(stubs))
    # The stubs of google.rpc and grpc.* must be found beside the installed packages.
    importlib.invalidate_caches()
    for name in ("google", "grpc"):
        package = importlib.import_module(name)
        package.__path__ = [str(stubs / name), *package.__path__]
    # grpc puts packages of its own under these names when they are installed.
    for name in ("grpc.health", "grpc.reflection"):
        sys.modules.pop(name, None)


make_stubs()
from google.rpc import status_pb2  # noqa: E402
from grpc.health.v1 import health_pb2, health_pb2_grpc  # noqa: E402
from grpc.reflection.v1 import reflection_pb2, reflection_pb2_grpc  # noqa: E402
from langqiao.v1 import ledger_pb2, ledger_pb2_grpc  # noqa: E402
from langqiao.v1 import payments_pb2, payments_pb2_grpc, types_pb2  # noqa: E402


def read(name):
    return (Path(CERTIFICATES) / name).read_bytes()


def channel(name=None):
    if name is None:
        credentials = grpc.ssl_channel_credentials(read("ca.pem"))
    else:
        credentials = grpc.ssl_channel_credentials(
            read("ca.pem"), read(f"bank-{name}-key.pem"), read(f"bank-{name}.pem"))
    # The answer to an upload of records has up to 32 MiB.
    return grpc.secure_channel(
        TARGET, credentials, options=[("grpc.max_receive_message_length", 33 << 20)])


def order(payer, **changes):
    pays = payer == CHINESE
    fields = dict(
        uetr=str(uuid.uuid4()), creditor_participant=THAI if pays else CHINESE,
        pay_currency="CNY" if pays else "THB", receive_currency="THB" if pays else "CNY",
        pay_amount="100.00" if pays else "490.00", limit_rate="4.90")
    fields.update(changes)
    return types_pb2.PaymentOrder(**fields)


def refusal(call):
    """The gRPC code and the langqiao result in grpc-status-details-bin."""
    try:
        call()
    except grpc.RpcError as error:
        trailers = {key: value for key, value in error.trailing_metadata()}
        status = status_pb2.Status.FromString(trailers["grpc-status-details-bin"])
        assert status.message == error.details(), status
        result = types_pb2.Result()
        packed = Any()
        packed.CopyFrom(status.details[0])
        assert packed.Unpack(result), "the detail is no Result"
        return error.code(), result
    raise AssertionError("the call was not refused")


def main():
    chinese = payments_pb2_grpc.PaymentServiceStub(channel(CHINESE))
    thai = payments_pb2_grpc.PaymentServiceStub(channel(THAI))

    watched = []
    watch = chinese.WatchPayments(payments_pb2.WatchPaymentsRequest())
    reader = threading.Thread(target=collect, args=(watch, watched), daemon=True)
    reader.start()
    # Changes before the watch stands are not shown; pay until one is.
    for _ in range(100):
        probe = order(CHINESE)
        chinese.SubmitPayment(probe, timeout=TIMEOUT)
        chinese.CancelPayment(
            payments_pb2.CancelPaymentRequest(uetr=probe.uetr), timeout=TIMEOUT)
        reader.join(0.1)
        if watched:
            break
    assert watched, "the watch shows nothing"

    one, two = order(CHINESE), order(THAI)
    assert chinese.SubmitPayment(one, timeout=TIMEOUT).status == "PDNG"
    settled = thai.SubmitPayment(two, timeout=TIMEOUT)
    assert settled.status == "ACSC" and settled.received.amount == "100.00", settled
    again = thai.SubmitPayment(two, timeout=TIMEOUT)
    assert again.repetition and again.status == "ACSC" and again.paid == settled.paid, again
    seen = chinese.GetPayment(payments_pb2.GetPaymentRequest(uetr=one.uetr), timeout=TIMEOUT)
    assert seen.status == "ACSC" and len(seen.fills) == 1, seen
    print("unary: submitted, settled, repeated, read")

    orders = [order(CHINESE) for _ in range(200)]
    answers = list(chinese.StreamPayments(iter(orders), timeout=TIMEOUT))
    assert [a.uetr for a in answers] == [o.uetr for o in orders]
    assert all(a.result.code == "ACCEPTED" for a in answers)
    print(f"stream: {len(answers)} answers in the order of their questions")

    upload = [order(THAI) for _ in range(200)] + [order(THAI, pay_amount="NaN")]
    summary = thai.UploadPayments(iter(upload), timeout=TIMEOUT)
    assert (summary.received, summary.accepted, summary.refused) == (201, 200, 1), summary
    assert "pay_amount" in summary.refusals[0].result.detail, summary
    states = {
        chinese.GetPayment(payments_pb2.GetPaymentRequest(uetr=o.uetr), timeout=TIMEOUT).status
        for o in orders}
    assert states == {"ACSC"}, states
    print(f"upload: {summary.accepted} accepted, {summary.refused} refused, all settled")

    batch = thai.SubmitPayments(
        payments_pb2.SubmitPaymentsRequest(orders=[order(THAI), order(THAI, uetr="x")]),
        timeout=TIMEOUT)
    assert [a.result.code for a in batch.answers] == ["ACCEPTED", "MALFORMED_REQUEST"], batch
    rest = batch.answers[0].payment.uetr
    ended = thai.CancelPayment(payments_pb2.CancelPaymentRequest(uetr=rest), timeout=TIMEOUT)
    assert ended.status == "CANC" and ended.end_reason == "cancelled-by-bank", ended

    packed(chinese)

    listed, token, pages = [], "", 0
    while True:
        page = chinese.ListPayments(
            payments_pb2.ListPaymentsRequest(status="ACSC", page_size=50, page_token=token),
            timeout=TIMEOUT)
        listed += [p.uetr for p in page.payments]
        token, pages = page.next_page_token, pages + 1
        if not token:
            break
    assert sorted(listed) == sorted([one.uetr] + [o.uetr for o in orders]), len(listed)
    print(f"list: {len(listed)} payments on {pages} pages, one cancelled")

    changes = wait_for(watched, one.uetr, "ACSC")
    assert changes == ["PDNG", "ACSC"], changes
    watch.cancel()
    print(f"watch: {len(watched)} changes")

    ledger = ledger_pb2_grpc.LedgerServiceStub(channel(CHINESE))
    accounts = ledger.ListAccounts(ledger_pb2.ListAccountsRequest(), timeout=TIMEOUT).accounts
    assert {a.currency for a in accounts} >= {"CNY"}, accounts
    book = ledger.GetBook(ledger_pb2.GetBookRequest(foreign_currency="THB"), timeout=TIMEOUT)
    assert not book.pay_renminbi and not book.pay_foreign, book

    code, result = refusal(lambda: chinese.SubmitPayment(order(CHINESE, pay_currency="USD")))
    assert code == grpc.StatusCode.FAILED_PRECONDITION, code
    assert (result.code, result.iso_reason) == ("CORRIDOR_UNKNOWN", "AM03"), result
    code, result = refusal(lambda: chinese.SubmitPayment(order(CHINESE, uetr=one.uetr,
                                                              pay_amount="7.00")))
    assert (code, result.code) == (grpc.StatusCode.ALREADY_EXISTS, "UETR_CONFLICT"), result
    code, result = refusal(
        lambda: payments_pb2_grpc.PaymentServiceStub(channel()).SubmitPayment(order(CHINESE)))
    assert (code, result.code) == (grpc.StatusCode.UNAUTHENTICATED, "UNAUTHENTICATED"), result
    print("errors: code and result of three refusals")

    health = health_pb2_grpc.HealthStub(channel())
    checked = health.Check(health_pb2.HealthCheckRequest(), timeout=TIMEOUT)
    assert checked.status == health_pb2.HealthCheckResponse.SERVING
    reflection = reflection_pb2_grpc.ServerReflectionStub(channel(CHINESE))
    questions = iter([reflection_pb2.ServerReflectionRequest(list_services="*")])
    for answer in reflection.ServerReflectionInfo(questions, timeout=TIMEOUT):
        services = {s.name for s in answer.list_services_response.service}
    assert {"langqiao.v1.PaymentService", "langqiao.v1.LedgerService",
            "langqiao.v1.OperatorService", "grpc.health.v1.Health"} <= services, services
    print(f"health: serving; reflection: {len(services)} services")
    print("all well")


def packed(chinese):
    """The packed lane: the same payments as friendly orders and as records are repetitions."""
    orders = [
        order(CHINESE, details=types_pb2.PaymentDetails(end_to_end_id=f"INV-{number} é"))
        for number in range(300)]
    packs = [
        records.payment(
            o.uetr, THAI, "CNY", "THB", pay_amount=10_000, limit=490_000_000,
            end_to_end_id=o.details.end_to_end_id) for o in orders]
    broken = packs[0][:48] + b"\0\0" + packs[0][50:]
    request = payments_pb2.PaymentRecords(records=records.message(packs[:100] + [broken]))
    answer = chinese.SubmitRecords(request, timeout=TIMEOUT)
    found = list(records.outcomes(answer.outcomes))
    assert [f["uetr"] for f in found[:100]] == [o.uetr for o in orders[:100]]
    assert {(f["code"], f["status"], f["flags"]) for f in found[:100]} == {(0, "PDNG", 0)}, found
    assert (found[100]["code"], found[100]["field"]) == (100, 6), found[100]

    answers = list(chinese.StreamPayments(iter(orders), timeout=TIMEOUT))
    assert [a.payment.repetition for a in answers] == [True] * 100 + [False] * 200
    requests = [payments_pb2.PaymentRecords(records=records.message(packs[i:i + 100]))
                for i in range(0, 300, 100)]
    answers = list(chinese.StreamRecords(iter(requests), timeout=TIMEOUT))
    found = list(itertools.chain.from_iterable(records.outcomes(a.outcomes) for a in answers))
    assert {(f["code"], f["flags"]) for f in found} == {(0, 1)}, found
    requests[1] = payments_pb2.PaymentRecords(records=records.message([broken] * 3))
    summary = chinese.UploadRecords(iter(requests), timeout=TIMEOUT)
    assert (summary.received, summary.accepted, summary.refused) == (203, 200, 3), summary
    found = list(records.outcomes(summary.outcomes))
    assert [f["position"] for f in found] == list(range(203)), found
    assert [f["uetr"] for f in found[:100] + found[103:]] == [
        o.uetr for o in orders[:100] + orders[200:]]
    assert {(f["code"], f["flags"]) for f in found[:100] + found[103:]} == {(0, 1)}, found
    assert {(f["code"], f["field"]) for f in found[100:103]} == {(100, 6)}, found
    large = [payments_pb2.PaymentRecords(records=records.message([broken] * 16_384))] * 5
    summary = chinese.UploadRecords(iter(large), timeout=TIMEOUT)
    assert len(list(records.outcomes(summary.outcomes))) == summary.refused == 81_920
    for o in orders:
        chinese.CancelPayment(payments_pb2.CancelPaymentRequest(uetr=o.uetr), timeout=TIMEOUT)
    print(f"records: {len(orders)} orders, all repetitions of friendly ones, in every call")


def collect(watch, watched):
    try:
        for payment in watch:
            watched.append((payment.uetr, payment.status))
    except grpc.RpcError as error:
        assert error.code() == grpc.StatusCode.CANCELLED, error


def wait_for(watched, uetr, status):
    """The statuses seen of one payment, once the last one is there."""
    pause = threading.Event()
    for _ in range(TIMEOUT * 10):
        if (uetr, status) in watched:
            break
        pause.wait(0.1)
    return [s for u, s in list(watched) if u == uetr]


main()
