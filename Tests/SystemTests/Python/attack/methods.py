"""Every method of the API in both its forms, as requests that any caller can make."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

import records
from shared.calls import OPERATOR, bank
from shared.protobuf import at, message_field, text_field, varint
from shared.wire import grpc_head, grpc_message, request_head

from .gateway import CREDITOR, DIRECT, HONEST, INDIRECT, SUSPENDED, THIRD, Gateway, order

Request = tuple[bytes, bytes | None]  # block of headers, body
SUMMARY = ("GET", "/v1/summary")


@dataclass
class World:
    """Two payments to one creditor, one of them partly filled, and what marks them."""

    payers: str
    indirects: str
    # Two more of them, which nothing meets before they are cancelled.
    payers_other: str
    indirects_other: str
    accounts: dict[str, str]  # of renminbi, by BIC
    withdrawal: str  # of the payer
    case: str  # about the creditor's payment to the payer
    noticed: str = field(default_factory=lambda: str(uuid.uuid4()))  # announced by the indirect

    @property
    def marks(self) -> list[tuple[str, bytes]]:
        return [
            ("payment", self.payers.encode()), ("its-limit", b"4.9411"),
            ("its-fill-rate", b"4.9433"), ("its-note", b"words of the payer"),
            ("indirect's", self.indirects.encode()), ("indirect's-limit", b"4.9422"),
            ("indirect's-note", b"words of the indirect"),
            *((f"@{role}", bic.encode()) for role, bic in (
                ("payer", HONEST), ("creditor", CREDITOR), ("third", THIRD),
                ("indirect", INDIRECT), ("direct", DIRECT), ("suspended", SUSPENDED)))]

    @staticmethod
    def make(gateway: Gateway) -> "World":
        """The payer's order takes a part from the creditor's and rests with what is left."""
        others = str(uuid.uuid4())
        gateway.call(bank(CREDITOR), "PUT", f"/v1/payments/{others}", {
            "creditorParticipant": HONEST, "payCurrency": "THB",
            "receiveCurrency": "CNY", "receiveAmount": "50.00", "limitRate": "4.9433"})
        made = []
        for bic, limit, note in (
                (HONEST, "4.9411", "words of the payer"),
                (INDIRECT, "4.9422", "words of the indirect"), (HONEST, "4.999", ""),
                (INDIRECT, "4.999", "")):
            made.append(str(uuid.uuid4()))
            gateway.call(bank(bic), "PUT", f"/v1/payments/{made[-1]}", order(
                limitRate=limit, details={"note": note}))
        accounts = gateway.call(OPERATOR, "GET", "/v1/accounts")["accounts"]
        numbers = {account["participant"]: str(account["accountId"]) for account in accounts
                   if account["currency"] == "CNY" and account.get("participant")}
        withdrawal = str(uuid.uuid4())
        gateway.call(bank(HONEST), "PUT", f"/v1/withdrawals/{withdrawal}", {
            "currency": "CNY", "amount": "1.00"})
        case = gateway.call(
            bank(CREDITOR), "POST", f"/v1/payments/{others}:requestCancellation",
            {"requestId": "1", "reason": "CUST"})["caseNumber"]
        return World(*made, numbers, withdrawal, str(case))


@dataclass(frozen=True)
class Call:
    """One row: makes a request anew for each caller, and reads what happened to an order in it."""

    name: str
    make: Callable[[World], Request]
    inner: Callable[[bytes], str] = lambda body: ""
    # Marks that are the request's own words in every answer are no news.
    shows: bool = True


def words_at(*path: int) -> Callable[[bytes], str]:
    return lambda body: at(body, *path).decode()


def json_code(body: bytes) -> str:
    return str(json.loads(body)["answers"][0]["result"]["code"])


def outcome_code(*path: int) -> Callable[[bytes], str]:
    def read(body: bytes) -> str:
        packed = at(body, *path) if path else body
        return "/".join(str(outcome["code"]) for outcome in records.outcomes(packed))
    return read


def transaction_status(body: bytes) -> str:
    """TxSts or GrpSts, with its reason."""
    found = re.findall(rb"<(?:TxSts|GrpSts|Cd)>(\w+)<", body)
    return "/".join(word.decode() for word in found)


# The calls

def fresh() -> str:
    return str(uuid.uuid4())


def json_call(
    verb: str, path: Callable[[World], str] | str,
    content: Callable[[World], object] | None = None,
) -> Callable[[World], Request]:
    def make(world: World) -> Request:
        where = path if isinstance(path, str) else path(world)
        if content is None:
            return request_head(verb, where), None
        head = request_head(verb, where, [("content-type", "application/json")])
        return head, json.dumps(content(world)).encode()
    return make


def grpc(method: str, content: Callable[[World], bytes] = lambda world: b"") -> Callable[
        [World], Request]:
    path = method if method.startswith("/") else "/langqiao.v1." + method
    return lambda world: (grpc_head(path), grpc_message(content(world)))


def withdrawal_calls(verb: str) -> list[Call]:
    """An operator's command about a withdrawal that nobody asked for."""
    reason = {"reason": "ASKED_BY_BANK"} if verb == "reverse" else {}
    method = f"{verb.capitalize()}Withdrawal"
    return [
        Call(f"POST /v1/withdrawals/{{reference}}:{verb}", json_call(
            "POST", lambda w: f"/v1/withdrawals/{fresh()}:{verb}", lambda w: reason)),
        Call(method, grpc(
            f"OperatorService/{method}",
            lambda w: text_field(1, fresh()) + (b"\x10\x01" if reason else b""))),
    ]


def proto_order(world: World | None = None) -> bytes:
    return (text_field(1, fresh()) + text_field(3, CREDITOR) + text_field(4, "CNY")
            + text_field(5, "THB") + text_field(6, "10.00") + text_field(8, "4.99"))


def one_record(world: World | None = None) -> bytes:
    return records.message([records.payment(
        fresh(), CREDITOR, "CNY", "THB", pay_amount=1_000, limit=499_000_000)])


def record_field(world: World | None = None) -> bytes:
    return message_field(1, one_record())


def octets(world: World) -> tuple[bytes, bytes]:
    head = request_head(
        "POST", "/v1/payments:records", [("content-type", "application/octet-stream")])
    return head, one_record()


def document(payer: str = HONEST) -> str:
    """A pacs.008 of the payer's."""
    return f"""<Document xmlns="urn:iso:std:iso:20022:tech:xsd:pacs.008.001.08"><FIToFICstmrCdtTrf>
<GrpHdr><MsgId>{fresh()[:30]}</MsgId><CreDtTm>2026-11-21T02:59:09+00:00</CreDtTm>
<NbOfTxs>1</NbOfTxs>
<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf></GrpHdr><CdtTrfTxInf><PmtId>
<EndToEndId>E</EndToEndId><UETR>{fresh()}</UETR></PmtId>
<IntrBkSttlmAmt Ccy="THB">49.90</IntrBkSttlmAmt>
<InstdAmt Ccy="CNY">10.00</InstdAmt><XchgRate>4.99</XchgRate><ChrgBr>SHAR</ChrgBr>
<Dbtr><Nm>D</Nm></Dbtr><DbtrAgt><FinInstnId><BICFI>{payer}</BICFI></FinInstnId></DbtrAgt>
<CdtrAgt><FinInstnId><BICFI>{CREDITOR}</BICFI></FinInstnId></CdtrAgt><Cdtr><Nm>C</Nm></Cdtr>
</CdtTrfTxInf></FIToFICstmrCdtTrf></Document>"""


def xml(world: World) -> tuple[bytes, bytes]:
    return (request_head("POST", "/v1/messages", [("content-type", "application/xml")]),
            document().encode())


def announcement(world: World) -> tuple[bytes, bytes]:
    """The indirect bank's payment whose cover is to come by another message."""
    text = document(INDIRECT).replace("CLRG", "COVE")
    text = re.sub("<UETR>[^<]*", f"<UETR>{world.noticed}", text)
    return (request_head("POST", "/v1/messages", [("content-type", "application/xml")]),
            text.encode())


def participant(world: World | None = None) -> dict[str, object]:
    return {"name": f"Bank {THIRD}", "roles": ["PAYER"]}


CORRIDOR = {
    "tick": "0.0001", "referenceRate": "4.90", "collarBasisPoints": 1_000, "minimumSize": "1.00",
    "maximumSize": "1000000.00", "feePartsPerMillion": 100}


def proto_corridor(world: World) -> bytes:
    return (text_field(1, "THB") + text_field(2, "0.0001") + text_field(3, "4.90")
            + b"\x20" + varint(1_000) + text_field(5, "1.00") + text_field(6, "1000000.00")
            + b"\x38\x64")


def proto_funding(world: World) -> bytes:
    return (text_field(1, fresh()) + text_field(2, THIRD) + text_field(3, "CNY")
            + text_field(4, "1.00"))


def own_transfers(world: World) -> str:
    return f"/v1/accounts/{world.accounts[HONEST]}/transfers"


def own_statement(world: World) -> str:
    return f"/v1/accounts/{world.accounts[HONEST]}/statements/1"


def proto_statement(world: World) -> bytes:
    return b"\x08" + varint(int(world.accounts[HONEST])) + text_field(2, "1")


PAYMENTS = [
    Call("PUT /v1/payments/{uetr}", json_call(
        "PUT", lambda w: f"/v1/payments/{fresh()}", lambda w: order(limitRate="4.99")),
        shows=False),
    Call("SubmitPayment", grpc("PaymentService/SubmitPayment", proto_order), shows=False),
    Call("POST /v1/payments:batch", json_call(
        "POST", "/v1/payments:batch",
        lambda w: {"orders": [order(uetr=fresh(), limitRate="4.99")]}), json_code, False),
    Call("SubmitPayments", grpc(
        "PaymentService/SubmitPayments", lambda w: message_field(1, proto_order())),
        words_at(1, 1, 1), False),
    Call("POST /v1/payments:batch, payer's name", json_call(
        "POST", "/v1/payments:batch",
        lambda w: {"orders": [order(uetr=fresh(), limitRate="4.99", payer=HONEST)]}), json_code,
        False),
    Call("POST /v1/payments:batch, indirect's name", json_call(
        "POST", "/v1/payments:batch",
        lambda w: {"orders": [order(uetr=fresh(), limitRate="4.99", payer=INDIRECT)]}), json_code,
        False),
    Call("POST /v1/payments:batch, payer's UETR", json_call(
        "POST", "/v1/payments:batch",
        lambda w: {"orders": [order(uetr=w.payers, limitRate="4.99")]}), json_code, False),
    Call("StreamPayments", grpc("PaymentService/StreamPayments", proto_order),
         words_at(1, 1), False),
    Call("UploadPayments", grpc("PaymentService/UploadPayments", proto_order),
         lambda body: words_at(4, 1, 1)(body) or "accepted", False),
    Call("POST /v1/payments:records", octets, outcome_code(), False),
    Call("SubmitRecords", grpc("PaymentService/SubmitRecords", record_field), outcome_code(1),
         False),
    Call("StreamRecords", grpc("PaymentService/StreamRecords", record_field), outcome_code(1),
         False),
    Call("UploadRecords", grpc("PaymentService/UploadRecords", record_field), outcome_code(5),
         False),
    Call("POST /v1/messages", xml, transaction_status, False),
    Call("SubmitMessage", grpc(
        "PaymentService/SubmitMessage", lambda w: text_field(1, document())),
        transaction_status, False),
    Call("GET /v1/payments/{uetr}, payer's", json_call(
        "GET", lambda w: f"/v1/payments/{w.payers}?payer={HONEST}")),
    Call("GetPayment, payer's", grpc(
        "PaymentService/GetPayment", lambda w: text_field(1, w.payers) + text_field(4, HONEST))),
    Call("GET /v1/payments/{uetr}, of all who used the payer's UETR", json_call(
        "GET", lambda w: f"/v1/payments/{w.payers}")),
    Call("GET /v1/payments/{uetr}, indirect's", json_call(
        "GET", lambda w: f"/v1/payments/{w.indirects}")),
    Call("GetPayment, indirect's", grpc(
        "PaymentService/GetPayment", lambda w: text_field(1, w.indirects))),
    Call("GET /v1/payments/{uetr}, nobody's", json_call(
        "GET", lambda w: f"/v1/payments/{fresh()}")),
    Call("GET /v1/payments", json_call("GET", "/v1/payments?page_size=1000")),
    Call("ListPayments", grpc("PaymentService/ListPayments", lambda w: b"\x18\xe8\x07")),
    Call("GET /v1/payments, as creditor", json_call(
        "GET", "/v1/payments?as_creditor=true&page_size=1000")),
    Call("GET /v1/payments, payer's", json_call(
        "GET", f"/v1/payments?participant={HONEST}&page_size=1000")),
    Call("ListPayments, payer's", grpc(
        "PaymentService/ListPayments", lambda w: b"\x18\xe8\x07" + text_field(6, HONEST))),
]
CANCELS = [
    Call("POST /v1/payments/{uetr}:cancel, payer's", json_call(
        "POST", lambda w: f"/v1/payments/{w.payers_other}:cancel")),
    Call("CancelPayment, indirect's", grpc(
        "PaymentService/CancelPayment", lambda w: text_field(1, w.indirects_other))),
]
LEDGER = [
    Call("GET /v1/corridors", json_call("GET", "/v1/corridors")),
    Call("ListCorridors", grpc("LedgerService/ListCorridors")),
    Call("GET /v1/corridors/THB/book", json_call("GET", "/v1/corridors/THB/book?levels=1000")),
    Call("GetBook", grpc("LedgerService/GetBook", lambda w: text_field(1, "THB"))),
    Call("GET /v1/accounts", json_call("GET", "/v1/accounts")),
    Call("ListAccounts", grpc("LedgerService/ListAccounts")),
    Call("GET /v1/accounts, payer's", json_call("GET", f"/v1/accounts?participant={HONEST}")),
    Call("ListAccounts, payer's", grpc(
        "LedgerService/ListAccounts", lambda w: text_field(1, HONEST))),
    Call("GET /v1/debitCaps", json_call("GET", "/v1/debitCaps")),
    Call("ListDebitCaps", grpc("LedgerService/ListDebitCaps")),
    Call("GET /v1/debitCaps, payer's", json_call("GET", f"/v1/debitCaps?participant={HONEST}")),
    Call("GET /v1/accounts/{id}/transfers, payer's", json_call("GET", own_transfers)),
    Call("ListTransfers, payer's", grpc(
        "LedgerService/ListTransfers",
        lambda w: b"\x08" + varint(int(w.accounts[HONEST])))),
    Call("GET /v1/accounts/{id}/transfers, none's", json_call(
        "GET", "/v1/accounts/4000000/transfers")),
    Call("PUT /v1/withdrawals/{reference}, no nostro", json_call(
        "PUT", lambda w: f"/v1/withdrawals/{fresh()}",
        lambda w: {"currency": "CNY", "amount": "1.00", "nostro": 9999})),
    Call("RequestWithdrawal, no nostro", grpc(
        "LedgerService/RequestWithdrawal",
        lambda w: text_field(1, fresh()) + text_field(2, "CNY") + text_field(3, "1.00")
        + b"\x20" + varint(9999))),
    Call("GET /v1/withdrawals/{reference}, payer's", json_call(
        "GET", lambda w: f"/v1/withdrawals/{w.withdrawal}")),
    Call("GetWithdrawal, payer's", grpc(
        "LedgerService/GetWithdrawal", lambda w: text_field(1, w.withdrawal))),
    Call("GET /v1/withdrawals", json_call("GET", "/v1/withdrawals")),
    Call("GET /v1/withdrawals as CSV", json_call("GET", "/v1/withdrawals?format=csv")),
    Call("ListWithdrawals, payer's", grpc(
        "LedgerService/ListWithdrawals", lambda w: text_field(2, HONEST))),
    Call("GET /v1/messages", json_call("GET", "/v1/messages?after=0")),
    Call("ListMessages", grpc("MessageService/ListMessages", lambda w: b"\x08\x00")),
    Call("POST /v1/messages:acknowledge, none's", json_call(
        "POST", "/v1/messages:acknowledge", lambda w: {"number": "4000000"})),
    Call("AcknowledgeMessages, none's", grpc(
        "MessageService/AcknowledgeMessages", lambda w: b"\x08" + varint(4_000_000))),
    Call("GET /v1/participants/{bic}/messaging, payer's", json_call(
        "GET", f"/v1/participants/{HONEST}/messaging")),
    Call("GetMessaging, payer's", grpc(
        "MessageService/GetMessaging", lambda w: text_field(1, HONEST))),
    Call("GET /v1/notices, indirect's", json_call(
        "GET", lambda w: f"/v1/notices?uetr={w.noticed}")),
    Call("ListNotices, indirect's", grpc(
        "MessageService/ListNotices", lambda w: text_field(1, w.noticed))),
    Call("POST /v1/payments/{uetr}:confirm, payer's", json_call(
        "POST", lambda w: f"/v1/payments/{w.payers}:confirm", lambda w: {"status": "ACCC"})),
    Call("ConfirmCredit, payer's", grpc(
        "FollowUpService/ConfirmCredit",
        lambda w: text_field(1, w.payers) + text_field(3, "ACCC"))),
    Call("POST /v1/payments/{uetr}:return, payer's", json_call(
        "POST", lambda w: f"/v1/payments/{w.payers}:return",
        lambda w: {"returnId": fresh()[:35], "currency": "THB", "amount": "1.00",
                   "reason": "AC04"})),
    Call("ReturnPayment, payer's", grpc(
        "FollowUpService/ReturnPayment",
        lambda w: text_field(1, w.payers) + text_field(3, fresh()[:35]) + text_field(4, "THB")
        + text_field(5, "1.00") + text_field(6, "AC04"))),
    Call("POST /v1/payments/{uetr}:requestCancellation, payer's, no reason", json_call(
        "POST", lambda w: f"/v1/payments/{w.payers}:requestCancellation",
        lambda w: {"requestId": "1"})),
    Call("RequestCancellation, payer's, no reason", grpc(
        "FollowUpService/RequestCancellation",
        lambda w: text_field(1, w.payers) + text_field(3, "1"))),
    Call("POST /v1/payments/{uetr}:answerCancellation, payer's", json_call(
        "POST", lambda w: f"/v1/payments/{w.payers}:answerCancellation",
        lambda w: {"caseNumber": 1, "status": "PDCR"})),
    Call("AnswerCancellation, payer's", grpc(
        "FollowUpService/AnswerCancellation",
        lambda w: text_field(1, w.payers) + b"\x18\x01" + text_field(4, "PDCR"))),
    Call("GET /v1/cases", json_call("GET", "/v1/cases")),
    Call("ListCases", grpc("FollowUpService/ListCases")),
    Call("GET /v1/cases/{number}, creditor's", json_call(
        "GET", lambda w: f"/v1/cases/{w.case}")),
    Call("GetCase, creditor's", grpc(
        "FollowUpService/GetCase", lambda w: b"\x08" + varint(int(w.case)))),
    Call("GET /v1/accounts/{account_id}/statements/{day}, payer's", json_call(
        "GET", lambda w: own_statement(w))),
    Call("GetStatement, payer's", grpc("StatementService/GetStatement", proto_statement)),
    Call("GET /v1/accounts/{account_id}/statements/{day}/fees, payer's", json_call(
        "GET", lambda w: own_statement(w) + "/fees")),
    Call("GetFeeStatement, payer's", grpc("StatementService/GetFeeStatement", proto_statement)),
    Call("GET /v1/participants", json_call("GET", "/v1/participants")),
    Call("ListParticipants", grpc("OperatorService/ListParticipants")),
    Call("GET /v1/participants, payer's", json_call(
        "GET", f"/v1/participants?identifier=BIC:{HONEST}")),
]
OPERATORS = [
    Call("PUT /v1/participants/{bic}", json_call("PUT", f"/v1/participants/{THIRD}", participant)),
    Call("RegisterParticipant", grpc(
        "OperatorService/RegisterParticipant",
        lambda w: text_field(1, THIRD) + text_field(3, f"Bank {THIRD}") + b"\x2a\x01\x01")),
    Call("POST /v1/participants/{bic}:setState", json_call(
        "POST", f"/v1/participants/{THIRD}:setState", lambda w: {"state": "ACTIVE"})),
    Call("SetParticipantState", grpc(
        "OperatorService/SetParticipantState", lambda w: text_field(1, THIRD) + b"\x10\x01")),
    Call("PUT /v1/corridors/THB", json_call("PUT", "/v1/corridors/THB", lambda w: CORRIDOR)),
    Call("ConfigureCorridor", grpc("OperatorService/ConfigureCorridor", proto_corridor)),
    Call("POST /v1/corridors/THB:setState", json_call(
        "POST", "/v1/corridors/THB:setState", lambda w: {"state": "OPEN"})),
    Call("SetCorridorState", grpc(
        "OperatorService/SetCorridorState", lambda w: text_field(1, "THB") + b"\x10\x01")),
    Call("POST /v1/corridors/THB:setReferenceRate", json_call(
        "POST", "/v1/corridors/THB:setReferenceRate", lambda w: {"rate": "4.90"})),
    Call("SetReferenceRate", grpc(
        "OperatorService/SetReferenceRate",
        lambda w: text_field(1, "THB") + text_field(2, "4.90"))),
    Call("PUT /v1/fundings/{reference}", json_call(
        "PUT", lambda w: f"/v1/fundings/{fresh()}",
        lambda w: {"participant": THIRD, "currency": "CNY", "amount": "1.00"})),
    Call("Fund", grpc("OperatorService/Fund", proto_funding)),
    Call("PUT /v1/participants/{bic}/limits/CNY", json_call(
        "PUT", f"/v1/participants/{THIRD}/limits/CNY", lambda w: {"limit": "0.00"})),
    Call("SetCreditLimit", grpc(
        "OperatorService/SetCreditLimit",
        lambda w: text_field(1, THIRD) + text_field(2, "CNY") + text_field(3, "0.00"))),
    Call("PUT /v1/participants/{participant}/debitCaps/CNY", json_call(
        "PUT", f"/v1/participants/{THIRD}/debitCaps/CNY", lambda w: {"cap": "1000000.00"})),
    Call("SetDebitCap", grpc(
        "OperatorService/SetDebitCap",
        lambda w: text_field(1, THIRD) + text_field(3, "CNY") + text_field(4, "1000000.00"))),
    Call("PUT /v1/rules", json_call("PUT", "/v1/rules", lambda w: {"version": 4})),
    Call("RaiseRules", grpc("OperatorService/RaiseRules", lambda w: b"\x08\x04")),
    Call("POST /v1/nostros", json_call(
        "POST", "/v1/nostros",
        lambda w: {"agent": "ZZZZCNB0", "account": "1", "currency": "CNY"})),
    Call("OpenNostro", grpc(
        "OperatorService/OpenNostro",
        lambda w: text_field(1, "ZZZZCNB0") + text_field(2, "1") + text_field(3, "CNY"))),
    Call("GET /v1/nostros", json_call("GET", "/v1/nostros")),
    Call("ListNostros", grpc("OperatorService/ListNostros")),
    Call("POST /v1/nostros/{nostro}/statements", json_call(
        "POST", "/v1/nostros/0/statements", lambda w: {
            "currency": "CNY", "firstDate": "2026-01-05", "lastDate": "2026-01-05",
            "opening": "0.00", "closing": "0.00", "digest": "5" * 32})),
    Call("BeginAgentStatement", grpc(
        "OperatorService/BeginAgentStatement", lambda w: text_field(2, "CNY")
        + text_field(3, "2026-01-05") + text_field(4, "2026-01-05") + text_field(5, "0.00")
        + text_field(6, "0.00") + text_field(8, "5" * 32))),
    Call("PUT /v1/agentStatements/{statement}/lines/{position}, none's", json_call(
        "PUT", "/v1/agentStatements/9/lines/1", lambda w: {"amount": "1.00", "currency": "CNY"})),
    Call("AddAgentStatementLine, none's", grpc(
        "OperatorService/AddAgentStatementLine",
        lambda w: b"\x08\x09\x10\x01" + text_field(3, "1.00") + text_field(4, "CNY"))),
    Call("POST /v1/agentStatements/{statement}/lines", json_call(
        "POST", "/v1/agentStatements/9/lines",
        lambda w: {"currency": "CNY", "lines": [{"amount": "1.00"}]})),
    Call("AddAgentStatementLines", grpc(
        "AgentStatementService/AddAgentStatementLines",
        lambda w: b"\x08\x09" + text_field(3, "CNY") + text_field(4, "\x1a\x041.00"))),
    Call("GET /v1/agentStatements", json_call("GET", "/v1/agentStatements")),
    Call("ListAgentStatements", grpc("AgentStatementService/ListAgentStatements")),
    Call("GET /v1/agentStatements/{statement}", json_call("GET", "/v1/agentStatements/1")),
    Call("GetAgentStatement", grpc(
        "AgentStatementService/GetAgentStatement", lambda w: b"\x08\x01")),
    Call("GET /v1/agentStatements/{statement}/lines", json_call(
        "GET", "/v1/agentStatements/1/lines")),
    Call("ListAgentStatementLines", grpc(
        "AgentStatementService/ListAgentStatementLines", lambda w: b"\x08\x01")),
    Call("POST /v1/agentStatements/{statement}:take, none's", json_call(
        "POST", "/v1/agentStatements/9:take", lambda w: {})),
    Call("TakeAgentStatement, none's", grpc(
        "OperatorService/TakeAgentStatement", lambda w: b"\x08\x09")),
    Call("POST /v1/agentStatements/{statement}:abandon, none's", json_call(
        "POST", "/v1/agentStatements/9:abandon", lambda w: {})),
    Call("AbandonAgentStatement, none's", grpc(
        "OperatorService/AbandonAgentStatement", lambda w: b"\x08\x09")),
    Call("POST /v1/nostros/{nostro}:setState", json_call(
        "POST", "/v1/nostros/1:setState", lambda w: {"state": "OPEN"})),
    Call("SetNostroState", grpc(
        "OperatorService/SetNostroState", lambda w: b"\x08\x01\x10\x01")),
    Call("PUT /v1/nostros/{nostro}/fundings/{reference}", json_call(
        "PUT", lambda w: f"/v1/nostros/1/fundings/{fresh()}",
        lambda w: {"participant": THIRD, "currency": "CNY", "amount": "1.00"})),
    Call("FundNostro", grpc(
        "OperatorService/FundNostro",
        lambda w: b"\x08\x01" + text_field(2, fresh()) + text_field(3, THIRD)
        + text_field(4, "CNY") + text_field(5, "1.00"))),
    *(call for name in ("order", "confirm", "reverse") for call in withdrawal_calls(name)),
    Call("PUT /v1/agentEntries/{reference}", json_call(
        "PUT", lambda w: f"/v1/agentEntries/{fresh()}",
        lambda w: {"kind": "FEE", "currency": "CNY", "amount": "-1.00"})),
    Call("BookAgentEntry", grpc(
        "OperatorService/BookAgentEntry",
        lambda w: text_field(1, fresh()) + b"\x10\x01" + text_field(5, "CNY")
        + text_field(6, "-1.00"))),
    Call("PUT /v1/identifiers/{system}/{member}", json_call(
        "PUT", "/v1/identifiers/CNAPS/104100000004", lambda w: {"participant": THIRD})),
    Call("SetIdentifier", grpc(
        "OperatorService/SetIdentifier",
        lambda w: text_field(1, "CNAPS:104100000004") + text_field(2, THIRD))),
    Call("PUT /v1/participants/{bic}/banks/{bank}", json_call(
        "PUT", f"/v1/participants/{THIRD}/banks/LDBBLALA", lambda w: {})),
    Call("SetCorrespondent", grpc(
        "OperatorService/SetCorrespondent",
        lambda w: text_field(1, THIRD) + text_field(2, "LDBBLALA"))),
    Call("PUT /v1/participants/{bic}/messaging", json_call(
        "PUT", f"/v1/participants/{THIRD}/messaging", lambda w: {"wishes": ["STATUS_REPORTS"]})),
    Call("SetMessaging", grpc(
        "OperatorService/SetMessaging", lambda w: text_field(1, THIRD) + b"\x12\x01\x01")),
    Call("PUT /v1/participants/{bic}/dated_funding", json_call(
        "PUT", f"/v1/participants/{THIRD}/dated_funding", lambda w: {"funding": "AT_ENTRY"})),
    Call("SetDatedFunding", grpc(
        "OperatorService/SetDatedFunding", lambda w: text_field(1, THIRD) + b"\x10\x02")),
    Call("POST /v1/payments/{uetr}:erase", json_call(
        "POST", lambda w: f"/v1/payments/{w.payers}:erase", lambda w: {"payer": HONEST})),
    Call("EraseContent", grpc(
        "OperatorService/EraseContent",
        lambda w: text_field(1, w.payers) + text_field(2, HONEST))),
    Call("PUT /v1/operators/{name}", json_call(
        "PUT", "/v1/operators/third", lambda w: {"roles": ["READ"], "state": "ACTIVE"})),
    Call("SetOperator", grpc(
        "OperatorService/SetOperator",
        lambda w: text_field(1, "third") + b"\x12\x01\x05\x18\x01")),
    Call("PUT /v1/policy/{command}", json_call(
        "PUT", "/v1/policy/fund", lambda w: {"roles": ["PAYMENTS"], "persons": 1})),
    Call("SetPolicy", grpc(
        "OperatorService/SetPolicy",
        lambda w: text_field(1, "fund") + b"\x22\x01\x01\x28\x01")),
    Call("GET /v1/policy", json_call("GET", "/v1/policy")),
    Call("GetPolicy", grpc("OperatorService/GetPolicy")),
    Call("POST /v1/proposals/{number}:approve", json_call(
        "POST", "/v1/proposals/9:approve", lambda w: {"proposalHash": "0" * 32})),
    Call("ApproveProposal", grpc(
        "OperatorService/ApproveProposal", lambda w: b"\x08\x09" + text_field(2, "0" * 32))),
    Call("POST /v1/proposals/{number}:refuse", json_call(
        "POST", "/v1/proposals/9:refuse", lambda w: {"proposalHash": "0" * 32, "note": "no"})),
    Call("RefuseProposal", grpc(
        "OperatorService/RefuseProposal",
        lambda w: b"\x08\x09" + text_field(2, "0" * 32) + text_field(3, "no"))),
    Call("GET /v1/proposals", json_call("GET", "/v1/proposals")),
    Call("ListProposals", grpc("OperatorService/ListProposals")),
    Call("GET /v1/proposals/{number}", json_call("GET", "/v1/proposals/9")),
    Call("GetProposal", grpc("OperatorService/GetProposal", lambda w: b"\x08\x09")),
    Call("PUT /v1/keys/{fingerprint}", json_call(
        "PUT", "/v1/keys/" + "ab" * 32,
        lambda w: {"owner": "NODE", "name": "n1", "purpose": "TLS"})),
    Call("RegisterKey", grpc(
        "OperatorService/RegisterKey",
        lambda w: text_field(1, "ab" * 32) + b"\x10\x03" + text_field(3, "n1") + b"\x20\x01")),
    Call("POST /v1/keys/{fingerprint}:rotate", json_call(
        "POST", "/v1/keys/" + "ab" * 32 + ":rotate", lambda w: {"fingerprint": "cd" * 32})),
    Call("RotateKey", grpc(
        "OperatorService/RotateKey",
        lambda w: text_field(1, "ab" * 32) + text_field(2, "cd" * 32))),
    Call("POST /v1/keys/{fingerprint}:revoke", json_call(
        "POST", "/v1/keys/" + "ab" * 32 + ":revoke", lambda w: {})),
    Call("RevokeKey", grpc("OperatorService/RevokeKey", lambda w: text_field(1, "ab" * 32))),
    Call("GET /v1/keys", json_call("GET", "/v1/keys")),
    Call("ListKeys", grpc("OperatorService/ListKeys")),
    Call("GET /v1/operators", json_call("GET", "/v1/operators")),
    Call("ListOperators", grpc("OperatorService/ListOperators")),
    Call("GET /v1/summary", json_call(*SUMMARY)),
    Call("GetSummary", grpc("OperatorService/GetSummary")),
    Call("GET /v1/node", json_call("GET", "/v1/node")),
    Call("GetNode", grpc("Nodes/GetNode")),
    Call("POST /v1/node/transfer, to none", json_call(
        "POST", "/v1/node/transfer", lambda w: {"to": 200})),
    Call("TransferLeadership, to none", grpc(
        "Nodes/TransferLeadership", lambda w: b"\x08" + varint(200))),
]
INFRASTRUCTURE = [
    Call("GET /healthz", json_call("GET", "/healthz")),
    Call("GET /readyz", json_call("GET", "/readyz")),
    Call("GET /readyz?verbose", json_call("GET", "/readyz?verbose")),
    Call("GET /metrics", json_call("GET", "/metrics"), shows=False),
    Call("Health/Check", grpc("/grpc.health.v1.Health/Check")),
    Call("ServerReflection", grpc(
        "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo", lambda w: b"\x3a\x01*")),
    Call("GET /v1/unknown", json_call("GET", "/v1/unknown")),
    Call("UnknownMethod", grpc("PaymentService/UnknownMethod")),
]
WATCHES = [
    Call("GET /v1/payments:watch", json_call("GET", "/v1/payments:watch")),
    Call("WatchPayments", grpc("PaymentService/WatchPayments")),
    Call("WatchPayments, payer's", grpc(
        "PaymentService/WatchPayments", lambda w: text_field(1, w.payers))),
    Call("Health/Watch", grpc("/grpc.health.v1.Health/Watch")),
]
