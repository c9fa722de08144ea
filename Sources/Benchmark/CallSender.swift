internal import Chance
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

/// Sends calls of one kind, one after the other, each over the connection that is named.
struct CallSender {
    /// An answer over HTTP that is no result.
    struct Refusal: Error {
        let status: Int
    }

    /// An answer that is not about the payments of its call, one for each.
    struct OtherAnswer: Error {}

    /// What the payments of a call came to.
    struct Answer {
        /// As answered: durable and matched.
        var accepted: [UETR] = []
        var refused = 0
        /// The gateway did not say what became of them.
        var leftOpen = 0

        fileprivate mutating func add(_ uetr: UETR, _ code: ResultCode?) {
            if code == .accepted {
                accepted.append(uetr)
            } else if code?.leavesOpen == true {
                leftOpen += 1
            } else {
                refused += 1
            }
        }
    }

    private let mode: GatewayLoadOptions.Mode
    private let clients: [Client]
    private var flows: [BankFlow]
    private let templates: [MessageTemplate]
    /// Of messages, which have no flow any more when they are sent.
    private var names = SplitMix64(seed: UInt64.random(in: 0...UInt64.max))

    /// Longer than any healthy answer takes.
    private static let patience = Duration.seconds(30)

    /// - Parameters:
    ///   - clients: connections of the banks of `flows`, in that order, again and again.
    ///   - flows: one for each bank.
    ///   - templates: one for each bank, where messages are sent.
    init(
        _ mode: GatewayLoadOptions.Mode, _ clients: [Client], _ flows: [BankFlow],
        _ templates: [MessageTemplate] = []
    ) {
        self.templates = templates
        self.mode = mode
        self.clients = clients
        self.flows = flows
    }

    /// Makes the call of this number; calls go over the connections by turns.
    ///
    /// - Throws: what kept it from having results.
    mutating func send(_ number: Int) async throws -> Answer {
        let position = number % clients.count
        let client = clients[position]
        if case .messages(let count, _) = mode {
            let uetrs = (0..<count).map { _ in names.uetr() }
            let template = templates[position % templates.count]
            return try await sendDocument(template.message(uetrs, names.uetr()), uetrs, client)
        }
        let orders = (0..<mode.ordersPerCall).map { _ in
            flows[position % flows.count].next()
        }
        return switch mode {
        case .single(grpc: false): try await sendJSON(orders[0], client)
        case .single(grpc: true): try await sendMessage(orders[0], client)
        case .batch: try await sendBatch(orders, client)
        case .records, .messages: try await sendRecords(orders, client)
        }
    }

    private func sendJSON(_ order: PaymentOrder, _ client: Client) async throws -> Answer {
        let head = RequestHead(
            method: "PUT", path: "/v1/payments/\(order.uetr)",
            headers: ["content-type": "application/json"])
        let response = try await client.request(
            head, body: ByteBuffer(string: order.json), timeout: Self.patience)
        switch response.head.status {
        case 200: return Answer(accepted: [order.uetr])
        case 422: return Answer(refused: 1)
        default: throw Refusal(status: response.head.status)
        }
    }

    private func sendMessage(_ order: PaymentOrder, _ client: Client) async throws -> Answer {
        let bytes: [UInt8] = try order.message.serializedBytes()
        do {
            _ = try await GRPCClient(client).unary(
                "/langqiao.v1.PaymentService/SubmitPayment", ByteBuffer(bytes: bytes),
                timeout: Self.patience)
            return Answer(accepted: [order.uetr])
        } catch let status as GRPCStatus where status.code == .failedPrecondition {
            return Answer(refused: 1)
        }
    }

    private func sendBatch(_ orders: [PaymentOrder], _ client: Client) async throws -> Answer {
        var request = ProtoSubmitPaymentsRequest()
        request.orders = orders.map(\.message)
        let bytes: [UInt8] = try request.serializedBytes()
        let reply = try await GRPCClient(client).unary(
            "/langqiao.v1.PaymentService/SubmitPayments", ByteBuffer(bytes: bytes),
            timeout: Self.patience)
        let response = try ProtoSubmitPaymentsResponse(
            serializedBytes: Array(reply.message.readableBytesView))
        guard response.answers.map(\.uetr) == orders.map({ "\($0.uetr)" }) else {
            throw OtherAnswer()
        }
        var result = Answer()
        for (order, answer) in zip(orders, response.answers) {
            result.add(
                order.uetr,
                UInt16(exactly: answer.result.number).flatMap(ResultCode.init(rawValue:)))
        }
        return result
    }

    private func sendRecords(_ orders: [PaymentOrder], _ client: Client) async throws -> Answer {
        var writer = OrderRecordsWriter()
        for order in orders { writer.append(order) }
        let head = RequestHead(
            method: "POST", path: "/v1/payments:records",
            headers: ["content-type": "application/octet-stream"])
        let response = try await client.request(
            head, body: ByteBuffer(bytes: writer.message), timeout: Self.patience)
        guard response.head.status == 200 else { throw Refusal(status: response.head.status) }
        let outcomes = try OutcomeRecord.read(Array(response.body.readableBytesView))
        guard outcomes.map(\.uetr) == orders.map(\.uetr) else { throw OtherAnswer() }
        var result = Answer()
        for (order, outcome) in zip(orders, outcomes) {
            result.add(order.uetr, outcome.code)
        }
        return result
    }

    private func sendDocument(
        _ document: ByteBuffer, _ uetrs: [UETR], _ client: Client
    ) async throws -> Answer {
        let head = RequestHead(
            method: "POST", path: "/v1/messages", headers: ["content-type": "application/xml"])
        let response = try await client.request(head, body: document, timeout: Self.patience)
        guard response.head.status == 200 else { throw Refusal(status: response.head.status) }
        let answers = TransactionAnswers(Array(response.body.readableBytesView))
        guard answers.found.count == uetrs.count else { throw OtherAnswer() }
        var result = Answer()
        for (uetr, answer) in zip(uetrs, answers.found) {
            guard answer.uetr.elementsEqual("\(uetr)".utf8) else { throw OtherAnswer() }
            result.add(uetr, answer.isAccepted ? .accepted : answer.isOpen ? .overloaded : nil)
        }
        return result
    }
}

extension PaymentOrder {
    /// As the body of `PUT /v1/payments/{uetr}`.
    var json: String {
        let pay = payCurrency
        let receive = receiveCurrency
        let (name, currency) = fixed == .pay ? ("payAmount", pay) : ("receiveAmount", receive)
        return """
            {"creditorParticipant":"\(creditor)","payCurrency":"\(pay.code)",\
            "receiveCurrency":"\(receive.code)",\
            "\(name)":"\(currency.decimal(Int128(amount)))",\
            "limitRate":"\(limit.decimal)"}
            """
    }

    /// As gRPC has it.
    var message: ProtoPaymentOrder {
        var message = ProtoPaymentOrder()
        message.uetr = "\(uetr)"
        message.creditorParticipant = "\(creditor)"
        message.payCurrency = payCurrency.code
        message.receiveCurrency = receiveCurrency.code
        if fixed == .pay {
            message.payAmount = payCurrency.decimal(Int128(amount))
        } else {
            message.receiveAmount = receiveCurrency.decimal(Int128(amount))
        }
        message.limitRate = limit.decimal
        return message
    }
}
