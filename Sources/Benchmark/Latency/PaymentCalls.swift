internal import Domain
internal import Gateway
internal import HTTP2
internal import LoadClient
internal import NIOCore
internal import SwiftProtobuf

/// Payments of banks by turns, a payment a call.
struct PaymentCalls: LatencyCalls {
    private let head: LoadHead
    private let grpc: Bool
    private var flows: [BankFlow]
    /// By the number of the call.
    private var sent: [UETR] = []
    /// Accepted payments, by the place of their bank.
    private(set) var accepted: [[UETR]]
    private(set) var refused = 0

    /// - Parameter flows: of the banks whose certificates the connections have, in that order.
    init(_ flows: [BankFlow], grpc: Bool, authority: String) {
        self.flows = flows
        self.grpc = grpc
        accepted = [[UETR]](repeating: [], count: flows.count)
        head =
            grpc
            ? .grpc(authority: authority)
            : LoadHead(
                method: "PUT", authority: authority, [("content-type", "application/json")])
    }

    mutating func next(_ number: Int) -> LoadRequest? {
        let order = flows[number % flows.count].next()
        sent.append(order.uetr)
        guard grpc else {
            return LoadRequest(
                head, path: "/v1/payments/\(order.uetr)", body: Array(order.json.utf8))
        }
        // Fields that are what they say can always be written.
        guard let bytes: [UInt8] = try? order.message.serializedBytes() else { return nil }
        return LoadRequest(
            head, path: "/langqiao.v1.PaymentService/SubmitPayment", body: GRPC.framed(bytes))
    }

    mutating func fault(in answer: LoadAnswer) -> String? {
        let uetr = sent[answer.number]
        switch (answer.status, grpc ? answer.grpcStatus : 0) {
        case (200, 0):
            guard answer.body.has("\(uetr)".utf8) else { return "answer to another payment" }
            accepted[answer.number % flows.count].append(uetr)
            return nil
        case (422, _) where !grpc, (200, GRPCStatusCode.failedPrecondition.rawValue):
            refused += 1
            return nil
        case (200, let status): return "gRPC \(status.map { "\($0)" } ?? "without status")"
        case (let status, _): return "HTTP \(status)"
        }
    }
}

/// Payments of one bank after the other as packed records, so many a call, to fill a ledger.
struct RecordCalls: LatencyCalls {
    private let head: LoadHead
    private var flows: [BankFlow]
    private let perCall: Int
    private let calls: Int
    private var sent: [[UETR]] = []
    /// Accepted payments, by the place of their bank.
    private(set) var accepted: [[UETR]]
    private(set) var refused = 0

    /// - Parameters:
    ///   - count: payments in all; at least as many are sent.
    ///   - flows: of the banks whose certificates the connections have, in that order.
    init(_ count: Int, perCall: Int, _ flows: [BankFlow], authority: String) {
        self.flows = flows
        self.perCall = perCall
        calls = (count + perCall - 1) / perCall
        accepted = [[UETR]](repeating: [], count: flows.count)
        head = LoadHead(
            method: "POST", authority: authority, [("content-type", "application/octet-stream")])
    }

    mutating func next(_ number: Int) -> LoadRequest? {
        guard number < calls else { return nil }
        let orders = (0..<perCall).map { _ in flows[number % flows.count].next() }
        sent.append(orders.map(\.uetr))
        var writer = OrderRecordsWriter()
        for order in orders { writer.append(order) }
        return LoadRequest(head, path: "/v1/payments:records", body: writer.message)
    }

    mutating func fault(in answer: LoadAnswer) -> String? {
        guard answer.status == 200, let outcomes = try? OutcomeRecord.read(answer.body) else {
            return "HTTP \(answer.status)"
        }
        guard outcomes.map(\.uetr) == sent[answer.number] else { return "other payments' answers" }
        for outcome in outcomes {
            if outcome.code == .accepted {
                accepted[answer.number % flows.count].append(outcome.uetr)
            } else if outcome.code?.leavesOpen == true {
                return "payments left open"
            } else {
                refused += 1
            }
        }
        return nil
    }
}

extension LoadHead {
    /// Of unary calls over gRPC.
    static func grpc(authority: String) -> LoadHead {
        LoadHead(
            method: "POST", authority: authority,
            [("content-type", GRPC.contentType), ("te", "trailers")])
    }
}

extension GRPC {
    /// One message as gRPC frames it.
    static func framed(_ message: [UInt8]) -> [UInt8] {
        Array(GRPC.frame(ByteBuffer(bytes: message)).readableBytesView)
    }
}
