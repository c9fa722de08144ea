package import Domain
internal import NIOCore
internal import SwiftProtobuf

extension Services {
    /// Submits one payment order and answers with where it stands.
    func submitPayment(_ request: ReadOrder, _ caller: Caller) async throws -> AnsweredPayment {
        let submitter = try participant(caller)
        let request = request.onRecord(for: submitter, in: directory)
        let mapped = try request.mapped(submitter: submitter, try directory.hashing)
        let answer = OrderAnswer(
            to: mapped.order, details: request.details, try await submit(mapped.command))
        let code = answer.outcome.code
        guard code == .accepted else { throw refusal(code, of: mapped.order) }
        return payment(answer)
    }

    /// Submits orders together; each is answered by itself.
    func submitPayments(
        _ requests: [WireOrder], _ caller: Caller
    ) async throws -> SubmittedOrders {
        guard requests.count <= Page.largestSize else {
            throw GatewayError(
                .requestTooLarge, "orders: at most \(Page.largestSize) in one request")
        }
        let (bank, hashing) = (try participant(caller), try directory.hashing)
        let (commands, orders) = try await compute(.short) { [self] in
            mapped(requests, bank, hashing)
        }
        guard commands.bytes.count < Domain.Limits.bytesPerBatch / 2 else {
            throw GatewayError(.requestTooLarge, "send the orders in smaller batches")
        }
        let submitted = try await submit(commands)
        return try await compute(.short) { [self] in answer(requests, orders, submitted) }
    }

    private func answer(
        _ requests: [WireOrder], _ orders: [Result<EncodedOrder, GatewayError>],
        _ submitted: SubmissionAnswer
    ) -> SubmittedOrders {
        var answers = submitted.makeIterator()
        var response = SubmittedOrders()
        for (request, order) in zip(requests, orders) {
            let answer = order.flatMap { order -> Result<OrderAnswer, GatewayError> in
                answers.next().map {
                    .success(OrderAnswer(to: order.order, details: order.details, $0))
                } ?? .failure(GatewayError(.internalError))
            }
            response.answers.append(submitAnswer(request.uetr, answer))
        }
        return response
    }

    /// The commands of the orders that are right, and every order or what is wrong with it.
    private func mapped(
        _ requests: [WireOrder], _ submitter: BIC, _ hashing: ContentHashing
    ) -> (EncodedCommands, [Result<EncodedOrder, GatewayError>]) {
        var commands = EncodedCommands()
        var encoder = OrderEncoder(hashing)
        var orders: [Result<EncodedOrder, GatewayError>] = []
        orders.reserveCapacity(requests.count)
        for request in requests {
            do throws(GatewayError) {
                let read = try read(request).onRecord(for: submitter, in: directory)
                let order = try read.append(to: &commands, &encoder, submitter: submitter)
                orders.append(.success(EncodedOrder(order: order, details: read.details)))
            } catch {
                orders.append(.failure(error))
            }
        }
        return (commands, orders)
    }

    /// - Throws: `MALFORMED_REQUEST` naming the field; `NOT_FOUND` for a bank's clearing code.
    func read(_ order: WireOrder) throws(GatewayError) -> ReadOrder {
        switch order {
        case .usual(let draft): ReadOrder(draft)
        case .other(let order): try read(order)
        }
    }

    /// - Throws: as ``read(_:)``.
    func read(_ request: ProtoPaymentOrder) throws(GatewayError) -> ReadOrder {
        try ReadOrder(try directory.withBICs(request))
    }

    /// The answer to one of many orders.
    func submitAnswer(
        _ uetr: String, _ answer: Result<OrderAnswer, GatewayError>
    ) -> SubmittedOrder {
        switch answer {
        case .failure(let error):
            return SubmittedOrder(uetr: uetr, code: error.code, detail: error.detail)
        case .success(let answer):
            let code = answer.outcome.code
            return SubmittedOrder(
                uetr: uetr, code: code,
                detail: code == .accepted ? "" : refusal(code, of: answer.order).detail,
                payment: answer.outcome.payment == 0 ? nil : payment(answer))
        }
    }

    /// The payment that an order became. No answer to a command waits for the tables, so one to a
    /// repetition has what the outcome says and no more.
    ///
    /// A new payment's payer and creditor are those on record, a repeated one's those that the
    /// order names: who was found for them then, the outcome does not say.
    ///
    /// - Precondition: the order is on record.
    private func payment(_ answer: OrderAnswer) -> AnsweredPayment {
        guard let row = answer.payment else {
            return AnsweredPayment(
                answer.order, repeated: answer.outcome, details: answer.details)
        }
        let payer = directory.bic(of: row.payer)
        return AnsweredPayment(
            row, payer: payer, creditor: directory.bic(of: row.creditor), fills: answer.fills,
            details: answer.details?.asPaid(by: payer.description), date: answer.date)
    }

    func cancelPayment(
        _ request: ProtoCancelPaymentRequest, _ caller: Caller
    ) async throws -> CancelledPayment {
        let uetr = try Field.uetr(request.uetr, "uetr")
        let cancellation = Cancellation(
            uetr: uetr, submitter: try participant(caller),
            payer: request.payer.isEmpty ? .none : try Field.bic(request.payer, "payer"))
        guard Command.cancelPayment(cancellation).since <= directory.rules else {
            throw GatewayError(.rulesTooOld, "payer: needs rules of version 3")
        }
        let answer = try await submit(EncodedCommand(.cancelPayment(cancellation)))
        guard answer.outcome.code == .accepted else { throw GatewayError(answer.outcome.code) }
        guard !answer.outcome.isRepetition, let row = answer.payment else {
            return .before(uetr, answer.outcome)
        }
        return .now(
            self.answer(row, .absent, .payer, date: answer.applied?.date(of: row.id)))
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

/// An order among the commands of a submission.
private struct EncodedOrder {
    let order: PaymentOrder
    let details: ProtoPaymentDetails?
}

/// What an order led to, without the batch that it was part of.
struct OrderAnswer: Sendable {
    let order: PaymentOrder
    let details: ProtoPaymentDetails?
    let outcome: Outcome
    /// The payment at the end of the batch; nil when the order was no new one.
    let payment: PaymentRow?
    /// All its fills, which are all in the batch: it is new.
    let fills: [FillRow]
    /// The settlement date that a new payment states.
    let date: DatedPaymentRow?

    init(to order: PaymentOrder, details: ProtoPaymentDetails?, _ answer: CommandAnswer) {
        self.order = order
        self.details = details
        outcome = answer.outcome
        payment = outcome.isRepetition ? nil : answer.payment
        fills = payment.map { answer.applied?.fills(ofPayment: $0.id) ?? [] } ?? []
        date =
            order.settlementDate == .none
            ? nil : payment.flatMap { answer.applied?.date(of: $0.id) }
    }
}

/// The payment that a cancellation ended.
package enum CancelledPayment: WrittenAnswer {
    case now(AnsweredPayment)
    /// As the outcome tells.
    case before(UETR, Outcome)

    var size: Int {
        switch self {
        case .now(let payment): payment.size
        case .before: 256
        }
    }

    /// The fields of a `Payment`.
    func write<Fields: FieldWriter & ~Copyable>(to fields: inout Fields) throws {
        switch self {
        case .now(let payment): try payment.write(to: &fields)
        case .before(let uetr, let outcome):
            fields.text(1, "uetr") { $0.add(uetr) }
            if outcome.payment != 0 { fields.number(2, "paymentId", outcome.payment) }
            if let status = outcome.status { fields.text(3, "status") { $0.add(status.code) } }
            fields.text(4, "endReason") { $0.add(outcome.endReason.name) }
            try fields.result(5, "result", outcome.code)
            fields.flag(26, "repetition")
        }
    }
}

/// What became of one of many orders.
struct SubmittedOrder: WrittenAnswer {
    /// As submitted, whatever that was.
    let uetr: String
    let code: ResultCode
    let detail: String
    /// Nil when the order went on no record.
    var payment: AnsweredPayment?

    var size: Int { 256 + (payment?.size ?? 0) }

    /// The fields of a `SubmitPaymentAnswer`.
    func write<Fields: FieldWriter & ~Copyable>(to fields: inout Fields) throws {
        if detail.isEmpty {
            try fields.result(1, "result", code)
        } else {
            try fields.message(1, "result", of: ProtoResult(code, detail: detail))
        }
        if let payment {
            try fields.message(2, "payment") { try payment.write(to: &$0) }
        }
        if payment != nil {
            // It has been read: there is nothing in it that needs an escape.
            fields.text(3, "uetr") { $0.add(uetr) }
        } else {
            var named = ProtoSubmitPaymentAnswer()
            named.uetr = uetr
            try fields.fields(of: named)
        }
    }
}

struct SubmittedOrders: WrittenAnswer {
    var answers: [SubmittedOrder] = []

    var size: Int { answers.reduce(64) { $0 + $1.size } }

    /// The fields of a `SubmitPaymentsResponse`.
    func write<Fields: FieldWriter & ~Copyable>(to fields: inout Fields) throws {
        guard !answers.isEmpty else { return }
        try fields.messages(1, "answers", answers.count) { fields, place in
            try answers[place].write(to: &fields)
        }
    }
}
