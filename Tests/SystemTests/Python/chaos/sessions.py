"""How a client speaks to a node: of Langqiao, or of etcd under the same script.

A session is one connection of one bank to one node. Its calls answer with an outcome, or raise
`Lost` when nobody knows what became of them; then the session is of no use any more.
"""

from __future__ import annotations

import base64
import http.client
import json
import ssl
from dataclasses import dataclass
from pathlib import Path

import records
from shared.answers import (
    FIRST_OF_ORDERS,
    NOBODY_KNOWS,
    NOT_FOUND,
    NOTHING_RECORDED,
    PAYMENT_FINAL,
    PAYMENT_UNKNOWN,
    UETR_CONFLICT,
    grpc_code,
    json_code,
    view_of_json,
    view_of_protobuf,
    view_of_record,
)
from shared.calls import OPERATOR, bank
from shared.memory import OTHER, TURNED_AWAY, UNKNOWN, View
from shared.orders import Order, minor
from shared.protobuf import at
from shared.wire import Gone, Peer, Reply, Target, grpc_head, grpc_message, request_head

from .history import AT_LEAST, FAILED, LINEARIZABLE, LISTED, LOCAL, MISSING, REFUSED, SHOWN

JSON, GRPC, RECORDS = LANES = ("json", "grpc", "records")
SUBMIT = "/langqiao.v1.PaymentService/SubmitPayment"
INDEX = "langqiao-applied-index"
READ = "langqiao-read"
PAGE = 200  # payments of a list
WRONG = OTHER  # an answer that nobody should get


class Lost(Exception):
    """No answer came, or the connection ended before."""


@dataclass(frozen=True)
class Answer:
    outcome: str
    view: View | None = None
    repeats: bool | None = None
    code: int = 0
    index: int = 0
    listed: tuple[tuple[int, str], ...] = ()
    is_whole: bool = False
    sums: tuple[tuple[str, int], ...] = ()
    what: str = ""  # of a wrong one


def _refused(code: int, index: int, what: str) -> Answer:
    """An order was answered with a code."""
    if code in NOTHING_RECORDED:
        return Answer(TURNED_AWAY)
    if code in NOBODY_KNOWS:
        return Answer(UNKNOWN)
    if code < FIRST_OF_ORDERS or code == UETR_CONFLICT:
        return Answer(WRONG, what=f"an order was answered with code {code} {what}")
    return Answer(REFUSED, code=code, index=index)


def _not_read(reply: Reply) -> Answer:
    code = json_code(reply)
    if code == NOT_FOUND:
        return Answer(MISSING, index=_index(reply))
    if code in (*NOTHING_RECORDED, *NOBODY_KNOWS):
        return Answer(FAILED)
    return Answer(
        WRONG, what=f"a read was answered with {reply.status} {bytes(reply.body[:200])!r}")


def _index(reply: Reply) -> int:
    return int(reply.headers.get(INDEX, 0))


def _mode(mode: str, index: int) -> list[tuple[str, str]]:
    if mode == LINEARIZABLE:
        return []
    return [(READ, f"{AT_LEAST}={index}" if mode == AT_LEAST else mode)]


class Langqiao:
    """Nodes of a cluster by their ports."""

    can_cancel = True

    def __init__(self, ports: dict[int, int], certificates: Path, patience: float) -> None:
        self.ports, self._certificates, self._patience = ports, certificates, patience
        self._contexts: dict[str, ssl.SSLContext] = {}

    def open(self, who: str, node: int) -> LangqiaoSession:
        """Raises OSError when there is no connection. Without a bank the operator calls."""
        target = Target(self.ports[node], self._certificates, self._patience)
        identity = bank(who) if who else OPERATOR
        if identity not in self._contexts:
            self._contexts[identity] = target.context(identity)
        return LangqiaoSession(
            Peer(target, context=self._contexts[identity], keeps_bodies=True), self._patience)


class LangqiaoSession:
    def __init__(self, peer: Peer, patience: float) -> None:
        self._peer, self._patience = peer, patience

    def _call(self, block: bytes, body: bytes | None = None) -> Reply:
        try:
            reply = self._peer.call(block, body, self._patience)
        except (Gone, TimeoutError, OSError) as error:
            raise Lost(str(error)) from error
        if reply.reset is not None:
            raise Lost(f"reset {reply.reset}")
        return reply

    def submit(self, orders: list[Order], lane: str) -> list[Answer]:
        """All in one call of a lane of records; else there is one order."""
        if lane == RECORDS:
            return self._submit_records(orders)
        [order] = orders
        if lane == GRPC:
            reply = self._call(grpc_head(SUBMIT), grpc_message(order.protobuf()))
            if reply.headers.get("grpc-status") != "0":
                return [_refused(grpc_code(reply), _index(reply), str(
                    reply.headers.get("grpc-message", "")))]
            payment = bytes(reply.body[5:])
            return [Answer(SHOWN, view_of_protobuf(payment), at(payment, 26) == b"1",
                           index=_index(reply))]
        reply = self._call(request_head(
            "PUT", f"/v1/payments/{order.uetr}", [("content-type", "application/json")]),
            order.json())
        if reply.status != 200:
            return [_refused(json_code(reply), _index(reply), str(bytes(reply.body[:200])))]
        payment = json.loads(reply.body)
        return [Answer(SHOWN, view_of_json(payment), bool(payment.get("repetition")),
                       index=_index(reply))]

    def _submit_records(self, orders: list[Order]) -> list[Answer]:
        reply = self._call(
            request_head("POST", "/v1/payments:records",
                         [("content-type", "application/octet-stream")]),
            records.message([order.record() for order in orders]))
        index = _index(reply)
        if reply.status != 200:
            answer = _refused(json_code(reply), index, str(bytes(reply.body[:200])))
            return [answer] * len(orders)
        return [
            _refused(outcome["code"], index, "in a record") if outcome["code"] else Answer(
                SHOWN, view_of_record(outcome), bool(outcome["flags"] & 1), index=index)
            for outcome in records.outcomes(bytes(reply.body))]

    def read(self, _: str, uetr: str, mode: str, index: int) -> Answer:
        reply = self._call(request_head("GET", f"/v1/payments/{uetr}", _mode(mode, index)))
        if reply.status != 200:
            return _not_read(reply)
        return Answer(SHOWN, view_of_json(json.loads(reply.body)), index=_index(reply))

    def cancel(self, uetr: str) -> Answer:
        reply = self._call(request_head("POST", f"/v1/payments/{uetr}:cancel"))
        if reply.status == 200:
            return Answer(SHOWN, view_of_json(json.loads(reply.body)), index=_index(reply))
        code = json_code(reply)
        if code == PAYMENT_UNKNOWN:
            return Answer(MISSING, index=_index(reply))
        if code in (PAYMENT_FINAL, *NOTHING_RECORDED, *NOBODY_KNOWS):
            return Answer(FAILED)
        return Answer(WRONG, what=f"cancelling was answered with code {code}")

    def list(self, _: str, mode: str) -> Answer:
        reply = self._call(request_head("GET", f"/v1/payments?page_size={PAGE}", _mode(mode, 0)))
        if reply.status != 200:
            return _not_read(reply)
        page = json.loads(reply.body)
        return Answer(
            LISTED, index=_index(reply), is_whole="nextPageToken" not in page, listed=tuple(
                (int(payment["paymentId"]), payment["uetr"])
                for payment in page.get("payments", [])))

    def accounts(self) -> Answer:
        reply = self._call(request_head("GET", "/v1/accounts"))
        if reply.status != 200:
            return _not_read(reply)
        sums: dict[str, int] = {}
        for account in json.loads(reply.body)["accounts"]:
            if account["kind"] != "nostro":
                sign = -1 if account["balance"].startswith("-") else 1
                amount = sign * minor(account["balance"].lstrip("-"))
                sums[account["currency"]] = sums.get(account["currency"], 0) + amount
        return Answer(LISTED, index=_index(reply), sums=tuple(sorted(sums.items())))

    def close(self) -> None:
        self._peer.close()


class Etcd:
    """A put of a key that is not there yet, for a payment; its revision is the number."""

    can_cancel = False

    def __init__(self, ports: dict[int, int], patience: float) -> None:
        self.ports, self._patience = ports, patience

    def open(self, _: str, node: int) -> EtcdSession:
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.ports[node], timeout=self._patience)
        connection.connect()
        return EtcdSession(connection)


def _encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _view(pair: dict) -> View:
    return View(int(pair["create_revision"]), "ACSC", "filled")


class EtcdSession:
    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self._connection = connection

    def _call(self, path: str, content: dict) -> dict:
        try:
            self._connection.request(
                "POST", f"/v3/kv/{path}", json.dumps(content),
                {"content-type": "application/json"})
            with self._connection.getresponse() as reply:
                answer = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise Lost(str(error)) from error
        if "header" not in answer:
            # No leader, a leader that changed, a request that took too long.
            raise Lost(str(answer))
        return answer

    def submit(self, orders: list[Order], _: str) -> list[Answer]:
        return [self._put(order) for order in orders]

    def _put(self, order: Order) -> Answer:
        key = _encoded(f"{order.payer}/{order.uetr}")
        answer = self._call("txn", {
            "compare": [{"key": key, "target": "CREATE", "result": "EQUAL",
                         "create_revision": "0"}],
            "success": [{"request_put": {"key": key, "value": _encoded(order.json().decode())}}],
            "failure": [{"request_range": {"key": key}}]})
        index = int(answer["header"]["revision"])
        if answer.get("succeeded"):
            return Answer(SHOWN, View(index, "ACSC", "filled"), False, index=index)
        [pair] = answer["responses"][0]["response_range"]["kvs"]
        return Answer(SHOWN, _view(pair), True, index=index)

    def read(self, payer: str, uetr: str, mode: str, _: int) -> Answer:
        answer = self._call("range", {
            "key": _encoded(f"{payer}/{uetr}"), "serializable": mode == LOCAL})
        index, pairs = int(answer["header"]["revision"]), answer.get("kvs", [])
        if not pairs:
            return Answer(MISSING, index=index)
        return Answer(SHOWN, _view(pairs[0]), index=index)

    def list(self, payer: str, mode: str) -> Answer:
        answer = self._call("range", {
            "key": _encoded(f"{payer}/"), "range_end": _encoded(f"{payer}0"), "limit": PAGE,
            "sort_order": "DESCEND", "sort_target": "CREATE", "keys_only": True,
            "serializable": mode == LOCAL})
        return Answer(
            LISTED, index=int(answer["header"]["revision"]), is_whole=not answer.get("more"),
            listed=tuple(
                (int(pair["create_revision"]),
                 base64.b64decode(pair["key"]).decode().rpartition("/")[2])
                for pair in answer.get("kvs", [])))

    def close(self) -> None:
        self._connection.close()
