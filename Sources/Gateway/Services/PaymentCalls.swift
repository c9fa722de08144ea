internal import Domain
internal import Store
internal import SwiftProtobuf

extension Services {
    /// Submits one payment order and answers with where it stands.
    func submitPayment(_ request: ReadOrder, _ caller: Caller) async throws -> PaymentAnswer {
        let mapped = try request.mapped(submitter: try participant(caller))
        let answer = OrderAnswer(try await submit(mapped.command))
        let code = answer.outcome.code
        guard code == .accepted else { throw refusal(code, of: mapped.order) }
        return try await afterCommand {
            try await payment(mapped.order, request.details, answer)
        }
    }

    /// Submits orders together; each is answered by itself.
    func submitPayments(
        _ request: ProtoSubmitPaymentsRequest, _ caller: Caller
    ) async throws -> ProtoSubmitPaymentsResponse {
        guard request.orders.count <= Page.largestSize else {
            throw GatewayError(
                .requestTooLarge, "orders: at most \(Page.largestSize) in one request")
        }
        let (commands, orders) = mapped(request.orders, try participant(caller))
        guard commands.bytes.count < Domain.Limits.bytesPerBatch / 2 else {
            throw GatewayError(.requestTooLarge, "send the orders in smaller batches")
        }
        var answers = try await submit(commands).makeIterator()
        var response = ProtoSubmitPaymentsResponse()
        for (request, order) in zip(request.orders, orders) {
            response.answers.append(
                try await submitAnswer(request, order) {
                    guard let answer = answers.next() else { throw GatewayError(.internalError) }
                    return OrderAnswer(answer)
                })
        }
        return response
    }

    /// The commands of the orders that are right, and every order or what is wrong with it.
    private func mapped(
        _ requests: [ProtoPaymentOrder], _ submitter: BIC
    ) -> (EncodedCommands, [Result<PaymentOrder, GatewayError>]) {
        var commands = EncodedCommands()
        var encoder = OrderEncoder()
        var orders: [Result<PaymentOrder, GatewayError>] = []
        orders.reserveCapacity(requests.count)
        for request in requests {
            do throws(GatewayError) {
                let read = try ReadOrder(request)
                orders.append(
                    .success(try read.append(to: &commands, &encoder, submitter: submitter)))
            } catch {
                orders.append(.failure(error))
            }
        }
        return (commands, orders)
    }

    /// The answer to one of many orders.
    func submitAnswer(
        _ request: ProtoPaymentOrder, _ order: Result<PaymentOrder, GatewayError>,
        _ next: () throws -> OrderAnswer
    ) async throws -> ProtoSubmitPaymentAnswer {
        var entry = ProtoSubmitPaymentAnswer()
        entry.uetr = request.uetr
        switch order {
        case .failure(let error):
            entry.result = ProtoResult(error.code, detail: error.detail)
        case .success(let order):
            let answer = try next()
            entry.result = result(answer.outcome.code, of: order)
            let details = request.hasDetails ? request.details : nil
            // The result stands even if the tables cannot be read for a repetition's payment.
            if answer.outcome.payment != 0,
                let payment = try? await payment(order, details, answer)
            {
                entry.payment = payment.proto
            }
        }
        return entry
    }

    private func result(_ code: ResultCode, of order: PaymentOrder) -> ProtoResult {
        guard code != .accepted else { return ProtoResult(code) }
        return ProtoResult(code, detail: refusal(code, of: order).detail)
    }

    /// The payment that an order became, from its answer alone where that says enough.
    func payment(
        _ order: PaymentOrder, _ details: ProtoPaymentDetails?, _ answer: OrderAnswer
    ) async throws -> PaymentAnswer {
        guard !answer.outcome.isRepetition, let row = answer.payment else {
            // A repetition, perhaps of an order in the same batch: the tables know it whole.
            guard let record = try await read(.answer, { try $0.payment(order.uetr) }) else {
                throw GatewayError(.internalError)
            }
            var payment = try await self.payment(record, withFills: true, .answer)
            payment.repetition = answer.outcome.isRepetition
            return .onRecord(payment)
        }
        return .new(
            AnsweredPayment(
                row, payer: order.payer, creditor: order.creditor, fills: answer.fills,
                details: details))
    }

    /// A payment from the tables, as its payer's side may see it.
    func payment(
        _ record: PaymentRecord, withFills: Bool, _ kind: ReadKind = .lookup
    ) async throws -> ProtoPayment {
        var payment = Services.payment(record, directory)
        if withFills {
            let row = record.row
            let fills = try await read(kind) {
                try $0.fills(of: row, limit: Domain.Limits.fillsPerCommand)
            }
            payment.fills = fills.map { ProtoFill($0, of: row) }
        }
        return payment
    }

    /// A payment without its fills, as its payer's side may see it.
    private static func payment(
        _ record: PaymentRecord, _ directory: Directory
    ) -> ProtoPayment {
        var payment = ProtoPayment(
            record.row, payer: directory.bic(of: record.row.payer),
            creditor: directory.bic(of: record.row.creditor))
        payment.addDetails(record.details)
        return payment
    }

    func getPayment(_ request: ProtoGetPaymentRequest, _ caller: Caller) async throws
        -> ProtoPayment
    {
        let uetr = try Field.uetr(request.uetr, "uetr")
        guard let record = try await read(.lookup, { try $0.payment(uetr) }) else {
            throw GatewayError(.notFound, "payment \(uetr)")
        }
        switch view(of: record.row, for: caller) {
        case .none: throw GatewayError(.notFound, "payment \(uetr)")
        case .creditor:
            return try await payment(record, withFills: false).asSeenByCreditor()
        case .payer: return try await payment(record, withFills: true)
        }
    }

    func listPayments(
        _ request: ProtoListPaymentsRequest, _ caller: Caller
    ) async throws -> ProtoListPaymentsResponse {
        let page = Page(request.pageSize)
        let before = try Services.token(request.pageToken)
        let filter = try Services.filter(request)
        guard let list = try list(request, caller) else { return ProtoListPaymentsResponse() }
        let isReduced = request.asCreditor && !caller.may(.seeEveryBank)
        return try await read(.list) { [directory] reader in
            let found = try reader.payments(list, filter, before: before, limit: page.size)
            var response = ProtoListPaymentsResponse()
            if let next = found.next { response.nextPageToken = String(next) }
            var bytes = 0
            var last: PaymentID?
            for record in found.payments where !(isReduced && record.row.status == .rejected) {
                // Details may be long: a page is bounded in bytes as well.
                bytes += Services.listedBytes + (record.details?.utf8.count ?? 0)
                if bytes > Services.pageBytes, let last {
                    response.nextPageToken = String(last)
                    break
                }
                last = record.row.id
                let payment = Services.payment(record, directory)
                response.payments.append(isReduced ? payment.asSeenByCreditor() : payment)
            }
            return response
        }
    }

    /// Bytes of a page, and about those of a payment in it without its details.
    private static let pageBytes = 1_500_000
    private static let listedBytes = 800

    private static func token(_ text: String) throws(GatewayError) -> PaymentID? {
        guard !text.isEmpty else { return nil }
        guard let before = PaymentID(text), before <= Int64.max else {
            throw Field.malformed("page_token", "must come from an earlier page", text)
        }
        return before
    }

    private static func filter(
        _ request: ProtoListPaymentsRequest
    ) throws(GatewayError) -> PaymentFilter {
        var filter = PaymentFilter()
        if !request.status.isEmpty {
            guard let status = PaymentStatus(code: request.status) else {
                throw Field.malformed("status", "must be a code such as ACSC", request.status)
            }
            filter.status = status
        }
        if !request.foreignCurrency.isEmpty {
            filter.foreign = try Field.foreign(request.foreignCurrency, "foreign_currency")
        }
        return filter
    }

    /// Whose payments the caller lists; nil when that participant is not on record.
    private func list(
        _ request: ProtoListPaymentsRequest, _ caller: Caller
    ) throws(GatewayError) -> PaymentList? {
        let bic: BIC
        if caller.may(.seeEveryBank) {
            if request.participant.isEmpty { return .all }
            bic = try Field.bic(request.participant, "participant")
        } else {
            bic = try participant(caller)
            guard request.participant.isEmpty || BIC(request.participant) == bic else {
                throw GatewayError(.permissionDenied, "participants list their own payments")
            }
        }
        guard let id = directory.participant(bic)?.id else { return nil }
        return request.asCreditor ? .received(by: id) : .paid(by: id)
    }

    func cancelPayment(
        _ request: ProtoCancelPaymentRequest, _ caller: Caller
    ) async throws -> ProtoPayment {
        let uetr = try Field.uetr(request.uetr, "uetr")
        let cancellation = Cancellation(uetr: uetr, submitter: try participant(caller))
        let answer = try await submit(EncodedCommand(.cancelPayment(cancellation)))
        guard answer.outcome.code == .accepted else { throw GatewayError(answer.outcome.code) }
        return try await afterCommand {
            guard let record = try await read(.answer, { try $0.payment(uetr) }) else {
                throw GatewayError(.internalError)
            }
            var payment = try await payment(record, withFills: true, .answer)
            payment.repetition = answer.outcome.isRepetition
            return payment
        }
    }

    /// The participant on record under this BIC.
    ///
    /// - Throws: `PERMISSION_DENIED`: a certificate alone makes nobody a participant.
    func registered(_ bic: BIC) throws(GatewayError) -> ParticipantRow {
        guard let row = directory.participant(bic) else {
            throw GatewayError(.permissionDenied, "participant \(bic) is not registered")
        }
        return row
    }

    /// The participant that the certificate names.
    func participant(_ caller: Caller) throws(GatewayError) -> BIC {
        guard let bank = caller.bank else { throw Access.submitPayments.refusal }
        return bank
    }
}

extension Services {
    /// The refusal of an order, with what is wrong with it.
    func refusal(_ code: ResultCode, of order: PaymentOrder) -> GatewayError {
        let corridor = directory.corridor(order.foreign)?.corridor
        return GatewayError(code, RefusalWords.order(order, refusedWith: code, in: corridor))
    }
}

/// What an order led to, without the batch that it was part of.
struct OrderAnswer: Sendable {
    let outcome: Outcome
    /// The payment at the end of the batch; nil when the batch did not change it.
    let payment: PaymentRow?
    /// All its fills in the batch.
    let fills: [FillRow]

    init(_ answer: CommandAnswer) {
        outcome = answer.outcome
        payment = answer.payment
        fills = payment.map { answer.applied?.fills(ofPayment: $0.id) ?? [] } ?? []
    }
}

/// The payment that an order became.
enum PaymentAnswer: Sendable {
    case new(AnsweredPayment)
    case onRecord(ProtoPayment)

    var proto: ProtoPayment {
        switch self {
        case .new(let payment): payment.proto
        case .onRecord(let payment): payment
        }
    }

    /// The JSON text of ``proto``.
    var json: [UInt8] {
        get throws {
            switch self {
            case .new(let payment): try payment.json
            case .onRecord(let payment): try payment.jsonUTF8Bytes()
            }
        }
    }
}

/// As what a caller may see a payment.
enum PaymentView {
    case none
    case creditor
    case payer
}

extension Services {
    /// A bank sees what it or its indirect participants pay, and, in part, what they receive.
    func view(of row: PaymentRow, for caller: Caller) -> PaymentView {
        guard !caller.may(.seeEveryBank) else { return .payer }
        guard let own = caller.bank.flatMap({ directory.participant($0) })?.id else { return .none }
        if directory.settles(row.payer, through: own) { return .payer }
        // A refused order is between the gateway and the payer.
        guard row.status != .rejected else { return .none }
        return directory.settles(row.creditor, through: own) ? .creditor : .none
    }
}
