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

/// A connection over TLS with the certificate of one bank, or of the operator.
struct DemoConnection: Sendable {
    private let client: Client
    let api: APIClient

    /// - Parameter name: of the certificate's files.
    static func open(
        _ files: CertificateFiles, as name: String, port: Int
    ) async throws -> DemoConnection {
        let address = GatewayAddress(host: "127.0.0.1", port: port, files: files, as: name)
        let client = try await address.connect()
        return DemoConnection(client: client, api: APIClient(client))
    }

    func close() async { await client.close() }

    /// Sends the orders of a step through its channel; answers in the order of the orders.
    func send(_ step: DemoStep, _ protos: [ProtoPaymentOrder]) async throws -> [DemoAnswer] {
        switch step.channel {
        case .grpc: [try await submit(protos[0])]
        case .stream: try await stream(protos)
        case .json: [try await put(protos[0])]
        case .batch: try await batch(protos)
        case .message: try await message(try step.messageXML())
        }
    }

    private func submit(_ order: ProtoPaymentOrder) async throws -> DemoAnswer {
        do {
            let payment: ProtoPayment = try await api.call("PaymentService/SubmitPayment", order)
            return DemoAnswer(payment)
        } catch let status as GRPCStatus where status.code == .failedPrecondition {
            return DemoAnswer(
                code: String(status.message.prefix { $0 != ":" }), status: "RJCT")
        }
    }

    private func stream(_ orders: [ProtoPaymentOrder]) async throws -> [DemoAnswer] {
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

    private func put(_ order: ProtoPaymentOrder) async throws -> DemoAnswer {
        let (status, body) = try await request(
            "PUT", "/v1/payments/\(order.uetr)", try order.jsonUTF8Bytes())
        if status == 422 {
            let problem = try JSONDecoder().decode(DemoProblem.self, from: Data(body))
            return DemoAnswer(code: problem.code, status: "RJCT")
        }
        try DemoConnection.check(status, body)
        return DemoAnswer(try ProtoPayment(jsonUTF8Bytes: body))
    }

    private func batch(_ orders: [ProtoPaymentOrder]) async throws -> [DemoAnswer] {
        var list = ProtoSubmitPaymentsRequest()
        list.orders = orders
        let (status, body) = try await request(
            "POST", "/v1/payments:batch", try list.jsonUTF8Bytes())
        try DemoConnection.check(status, body)
        return try ProtoSubmitPaymentsResponse(jsonUTF8Bytes: body).answers.map { DemoAnswer($0) }
    }

    private func message(_ xml: String) async throws -> [DemoAnswer] {
        DemoStatusReport(xml: try await answer(to: xml)).answers
    }

    /// The message that answers one.
    func answer(to xml: String) async throws -> String {
        let (status, body) = try await request(
            "POST", "/v1/messages", Array(xml.utf8), type: "application/xml")
        try DemoConnection.check(status, body)
        return String(decoding: body, as: UTF8.self)
    }

    /// The next message to the bank, acknowledged; nil when there is none.
    func nextMessage() async throws -> (number: UInt64, xml: String)? {
        let head = RequestHead(
            method: "GET", path: "/v1/messages", headers: ["accept": "application/xml"])
        let response = try await client.request(head, body: ByteBuffer(), timeout: .seconds(30))
        let body = Array(response.body.readableBytesView)
        guard response.head.status != 204 else { return nil }
        try DemoConnection.check(response.head.status, body)
        guard
            let number = response.head.headers["langqiao-message-number"].flatMap({ UInt64($0) })
        else { throw DemoError("a message came without its number") }
        try await acknowledge(number)
        return (number, String(decoding: body, as: UTF8.self))
    }

    /// Acknowledges whatever the bank was told in an earlier run.
    func forgetMessages(of bank: BIC) async throws {
        var question = ProtoGetMessagingRequest()
        question.participant = bank.description
        let messaging: ProtoMessaging = try await api.call("MessageService/GetMessaging", question)
        if messaging.newest > messaging.acknowledged { try await acknowledge(messaging.newest) }
    }

    private func acknowledge(_ number: UInt64) async throws {
        var request = ProtoAcknowledgeMessagesRequest()
        request.number = number
        let _: ProtoAcknowledgeMessagesAnswer = try await api.call(
            "MessageService/AcknowledgeMessages", request)
    }

    /// Cancels over JSON.
    func cancelByJSON(_ uetr: String) async throws {
        let (status, body) = try await request("POST", "/v1/payments/\(uetr):cancel", [])
        try DemoConnection.check(status, body)
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
        guard status == 200 else {
            throw DemoError(
                "the gateway answered HTTP \(status): \(String(decoding: body, as: UTF8.self))")
        }
    }

    /// Follows every change of all payments until the task is cancelled.
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
