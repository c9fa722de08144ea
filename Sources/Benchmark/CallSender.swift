internal import Domain
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// The orders of one bank, drawn at random; every one meets orders of the opposite flow.
struct BankFlow {
    private let bic: BIC
    private let creditors: [BIC]
    private let isChinese: Bool
    private let corridor: Corridor
    private let equalAmounts: Bool
    private var random: SplitMix64

    /// - Parameter bank: Chinese banks have even numbers, foreign ones odd ones.
    init(banks: BenchmarkBanks, bank: Int, seed: UInt64, equalAmounts: Bool) {
        self.equalAmounts = equalAmounts
        isChinese = bank % 2 == 0
        bic = isChinese ? banks.chinese[bank / 2] : banks.foreign[bank / 2]
        creditors = isChinese ? banks.foreign : banks.chinese
        corridor = banks.corridors[0]
        random = SplitMix64(seed: seed)
    }

    /// The next order. Who gives renminbi takes a rate below the mid, who wants it pays one above.
    mutating func next() -> PaymentOrder {
        let fen = equalAmounts ? 100_000 : random.between(10_000...1_000_000)
        let away = random.between(0...50) * (isChinese ? -1 : 1)
        let fixesPay = equalAmounts ? isChinese : random.percent(50)
        let countsRenminbi = isChinese == fixesPay
        return PaymentOrder(
            uetr: random.uetr(), submitter: bic, payer: bic, creditor: random.pick(creditors),
            foreign: corridor.foreign, side: isChinese ? .payRenminbi : .payForeign,
            fixed: fixesPay ? .pay : .receive, amount: countsRenminbi ? fen : fen * 493 / 100,
            limit: Rate(scaled: (BenchmarkBanks.midTick + away) * corridor.tick.scaled))
    }
}

/// Sends calls of one kind over one connection, one after the other.
struct CallSender {
    /// An answer over HTTP that is no result.
    struct Refusal: Error {
        let status: Int
    }

    private let mode: GatewayLoadOptions.Mode
    private let client: Client
    private let calls: GRPCClient
    private var flow: BankFlow

    /// Longer than any healthy answer takes.
    private static let patience = Duration.seconds(30)

    init(_ mode: GatewayLoadOptions.Mode, _ client: Client, _ flow: BankFlow) {
        self.mode = mode
        self.client = client
        self.flow = flow
        calls = GRPCClient(client)
    }

    /// Makes the next call; says how many of its payments were accepted.
    ///
    /// - Throws: what kept it from having results.
    mutating func send() async throws -> (accepted: Int, refused: Int) {
        switch mode {
        case .single(grpc: false): try await sendJSON()
        case .single(grpc: true): try await sendMessage()
        case .batch(let count): try await sendBatch(count)
        case .records(let count): try await sendRecords(count)
        }
    }

    private mutating func sendJSON() async throws -> (accepted: Int, refused: Int) {
        let order = flow.next()
        let pay = order.payCurrency
        let receive = order.receiveCurrency
        let fixed = order.fixed == .pay ? "payAmount" : "receiveAmount"
        let currency = order.fixed == .pay ? pay : receive
        let body = """
            {"creditorParticipant":"\(order.creditor)","payCurrency":"\(pay.code)",\
            "receiveCurrency":"\(receive.code)",\
            "\(fixed)":"\(currency.decimal(Int128(order.amount)))",\
            "limitRate":"\(order.limit.decimal)"}
            """
        let head = RequestHead(
            method: "PUT", path: "/v1/payments/\(order.uetr)",
            headers: ["content-type": "application/json"])
        let response = try await client.request(
            head, body: ByteBuffer(string: body), timeout: Self.patience)
        switch response.head.status {
        case 200: return (1, 0)
        case 422: return (0, 1)
        default: throw Refusal(status: response.head.status)
        }
    }

    private mutating func sendMessage() async throws -> (accepted: Int, refused: Int) {
        let bytes: [UInt8] = try message(flow.next()).serializedBytes()
        do {
            _ = try await calls.unary(
                "/langqiao.v1.PaymentService/SubmitPayment", ByteBuffer(bytes: bytes),
                timeout: Self.patience)
            return (1, 0)
        } catch let status as GRPCStatus where status.code == .failedPrecondition {
            return (0, 1)
        }
    }

    private mutating func sendBatch(_ count: Int) async throws -> (accepted: Int, refused: Int) {
        var request = ProtoSubmitPaymentsRequest()
        for _ in 0..<count { request.orders.append(message(flow.next())) }
        let bytes: [UInt8] = try request.serializedBytes()
        let reply = try await calls.unary(
            "/langqiao.v1.PaymentService/SubmitPayments", ByteBuffer(bytes: bytes),
            timeout: Self.patience)
        let response = try ProtoSubmitPaymentsResponse(
            serializedBytes: Array(reply.message.readableBytesView))
        let accepted = response.answers.count { $0.result.number == 0 }
        return (accepted, response.answers.count - accepted)
    }

    private mutating func sendRecords(_ count: Int) async throws -> (accepted: Int, refused: Int) {
        var writer = OrderRecordsWriter()
        for _ in 0..<count { writer.append(flow.next()) }
        let head = RequestHead(
            method: "POST", path: "/v1/payments:records",
            headers: ["content-type": "application/octet-stream"])
        let response = try await client.request(
            head, body: ByteBuffer(bytes: writer.message), timeout: Self.patience)
        guard response.head.status == 200 else { throw Refusal(status: response.head.status) }
        let outcomes = try OutcomeRecord.read(Array(response.body.readableBytesView))
        let accepted = outcomes.count { $0.code == .accepted }
        return (accepted, count - accepted)
    }

    private func message(_ order: PaymentOrder) -> ProtoPaymentOrder {
        var message = ProtoPaymentOrder()
        message.uetr = "\(order.uetr)"
        message.creditorParticipant = "\(order.creditor)"
        message.payCurrency = order.payCurrency.code
        message.receiveCurrency = order.receiveCurrency.code
        if order.fixed == .pay {
            message.payAmount = order.payCurrency.decimal(Int128(order.amount))
        } else {
            message.receiveAmount = order.receiveCurrency.decimal(Int128(order.amount))
        }
        message.limitRate = order.limit.decimal
        return message
    }
}
