internal import Benchmark
internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// What a caller learns about one order at once.
struct DemoAnswer: Equatable, Sendable {
    /// The name of the result code.
    let code: String
    /// The ISO 20022 status.
    let status: String
    var isRepetition = false
}

/// How one bank, or the operator, calls the gateway: over TLS with a certificate of its own.
struct DemoConnection: Sendable {
    private let ways: DemoWays

    init(_ ways: DemoWays) { self.ways = ways }

    func close() async { await ways.close() }

    /// One unary call of the API.
    func call<Output: Message>(_ method: String, _ input: some Message) async throws -> Output {
        try await ways.call { try await APIClient($0).call(method, input) }
    }

    /// One unary call at this very node.
    ///
    /// - Throws: also ``DemoUncertainty``.
    func call<Output: Message>(
        _ method: String, _ input: some Message, at node: UInt32
    ) async throws -> Output {
        try await ways.call(at: node) { try await APIClient($0).call(method, input) }
    }

    /// Sends the orders of a step through its channel; answers in the order of the orders.
    func send(_ step: DemoStep, _ protos: [ProtoPaymentOrder]) async throws -> [DemoAnswer] {
        let xml = step.channel == .message ? try step.messageXML() : ""
        return try await ways.call { client in
            let call = DemoCall(client: client)
            let answers =
                switch step.channel {
                case .grpc: [try await call.submit(protos[0])]
                case .stream: try await call.stream(protos)
                case .json: [try await call.put(protos[0])]
                case .batch: try await call.batch(protos)
                case .message: DemoStatusReport(xml: try await call.answer(to: xml)).answers
                }
            if let open = answers.first(where: { DemoUncertainty.isOpen($0.code) }) {
                throw DemoUncertainty(open.code, DemoError("an order was answered \(open.code)"))
            }
            return answers
        }
    }

    /// The message that answers one.
    func answer(to xml: String) async throws -> String {
        try await ways.call { try await DemoCall(client: $0).answer(to: xml) }
    }

    /// The next message to the bank, acknowledged; nil when there is none.
    func nextMessage() async throws -> (number: UInt64, xml: String)? {
        let next = try await ways.call { try await DemoCall(client: $0).nextMessage() }
        if let next { try await acknowledge(next.number) }
        return next
    }

    /// Acknowledges whatever the bank was told in an earlier run.
    func forgetMessages(of bank: BIC) async throws {
        var question = ProtoGetMessagingRequest()
        question.participant = bank.description
        let messaging: ProtoMessaging = try await call("MessageService/GetMessaging", question)
        if messaging.newest > messaging.acknowledged { try await acknowledge(messaging.newest) }
    }

    private func acknowledge(_ number: UInt64) async throws {
        var request = ProtoAcknowledgeMessagesRequest()
        request.number = number
        let _: ProtoAcknowledgeMessagesAnswer = try await call(
            "MessageService/AcknowledgeMessages", request)
    }

    /// Cancels over JSON.
    func cancelByJSON(_ uetr: String) async throws {
        try await ways.call { try await DemoCall(client: $0).cancel(uetr) }
    }

    /// Follows every change of all payments at this node until the call ends or the task does.
    func watch(at node: UInt32, _ receive: @Sendable (ProtoPayment) -> Void) async throws {
        try await ways.call(at: node) { try await DemoCall(client: $0).watch(receive) }
    }
}

/// Calls over one connection to one node.
private struct DemoCall {
    let client: Client

    func submit(_ order: ProtoPaymentOrder) async throws -> DemoAnswer {
        do {
            let payment: ProtoPayment = try await APIClient(client).call(
                "PaymentService/SubmitPayment", order)
            return DemoAnswer(payment)
        } catch let status as GRPCStatus where status.code == .failedPrecondition {
            return DemoAnswer(
                code: String(status.message.prefix { $0 != ":" }), status: "RJCT")
        }
    }

    func stream(_ orders: [ProtoPaymentOrder]) async throws -> [DemoAnswer] {
        let call = try await GRPCClient(client).open(
            "/langqiao.v1.PaymentService/StreamPayments", timeout: .seconds(30))
        for order in orders {
            try await call.send(ByteBuffer(bytes: try order.serializedBytes() as [UInt8]))
        }
        call.finishSending()
        var answers: [DemoAnswer] = []
        for try await message in call.messages {
            let bytes = Array(message.bytes.readableBytesView)
            answers.append(DemoAnswer(try ProtoSubmitPaymentAnswer(serializedBytes: bytes)))
        }
        let status = try await call.status()
        guard status.code == .ok else { throw status }
        return answers
    }

    func put(_ order: ProtoPaymentOrder) async throws -> DemoAnswer {
        let (status, body) = try await request(
            "PUT", "/v1/payments/\(order.uetr)", try order.jsonUTF8Bytes())
        if status == 422 {
            let problem = try JSONDecoder().decode(DemoProblem.self, from: Data(body))
            return DemoAnswer(code: problem.code, status: "RJCT")
        }
        try DemoCall.check(status, body)
        return DemoAnswer(try ProtoPayment(jsonUTF8Bytes: body))
    }

    func batch(_ orders: [ProtoPaymentOrder]) async throws -> [DemoAnswer] {
        var list = ProtoSubmitPaymentsRequest()
        list.orders = orders
        let (status, body) = try await request(
            "POST", "/v1/payments:batch", try list.jsonUTF8Bytes())
        try DemoCall.check(status, body)
        return try ProtoSubmitPaymentsResponse(jsonUTF8Bytes: body).answers.map { DemoAnswer($0) }
    }

    /// The message that answers one.
    func answer(to xml: String) async throws -> String {
        let (status, body) = try await request(
            "POST", "/v1/messages", Array(xml.utf8), type: "application/xml")
        try DemoCall.check(status, body)
        return String(decoding: body, as: UTF8.self)
    }

    /// The next message to the bank; nil when there is none.
    func nextMessage() async throws -> (number: UInt64, xml: String)? {
        let head = RequestHead(
            method: "GET", path: "/v1/messages", headers: ["accept": "application/xml"])
        let response = try await client.request(head, body: ByteBuffer(), timeout: .seconds(30))
        let body = Array(response.body.readableBytesView)
        guard response.head.status != 204 else { return nil }
        try DemoCall.check(response.head.status, body)
        guard
            let number = response.head.headers["langqiao-message-number"].flatMap({ UInt64($0) })
        else { throw DemoError("a message came without its number") }
        return (number, String(decoding: body, as: UTF8.self))
    }

    func cancel(_ uetr: String) async throws {
        let (status, body) = try await request("POST", "/v1/payments/\(uetr):cancel", [])
        try DemoCall.check(status, body)
    }

    private func request(
        _ method: String, _ path: String, _ body: [UInt8], type: String = "application/json"
    ) async throws -> (status: Int, body: [UInt8]) {
        let head = RequestHead(method: method, path: path, headers: ["content-type": type])
        let response = try await client.request(
            head, body: ByteBuffer(bytes: body), timeout: .seconds(30))
        return (response.head.status, Array(response.body.readableBytesView))
    }

    private static func check(_ status: Int, _ body: [UInt8]) throws {
        guard status != 200 else { return }
        let error = DemoError(
            "the gateway answered HTTP \(status): \(String(decoding: body, as: UTF8.self))")
        let problem = try? JSONDecoder().decode(DemoProblem.self, from: Data(body))
        guard let problem, DemoUncertainty.isOpen(problem.code) else { throw error }
        throw DemoUncertainty(problem.code, error)
    }

    /// Follows every change of all payments.
    func watch(_ receive: @Sendable (ProtoPayment) -> Void) async throws {
        let call = try await GRPCClient(client).open("/langqiao.v1.PaymentService/WatchPayments")
        try await call.send(
            ByteBuffer(bytes: try ProtoWatchPaymentsRequest().serializedBytes() as [UInt8]))
        call.finishSending()
        for try await message in call.messages {
            receive(try ProtoPayment(serializedBytes: Array(message.bytes.readableBytesView)))
        }
    }
}

/// The part of an RFC 9457 problem that the demonstration reads.
private struct DemoProblem: Decodable {
    let code: String
}

extension DemoAnswer {
    fileprivate init(_ payment: ProtoPayment) {
        self.init(
            code: payment.result.code, status: payment.status, isRepetition: payment.repetition)
    }

    fileprivate init(_ answer: ProtoSubmitPaymentAnswer) {
        self.init(
            code: answer.result.code, status: answer.payment.status,
            isRepetition: answer.payment.repetition)
    }
}

/// Why the demonstration could not go on.
struct DemoError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
