internal import Domain
internal import SwiftProtobuf

extension Services {
    /// Submits one payment order and answers with where it stands.
    func submitPayment(_ request: ReadOrder, _ caller: Caller) async throws -> PaymentAnswer {
        let submitter = try participant(caller)
        let request = request.onRecord(for: submitter, in: directory)
        let mapped = try request.mapped(submitter: submitter, try directory.hashing)
        let answer = OrderAnswer(
            to: mapped.order, details: request.details, try await submit(mapped.command))
        let code = answer.outcome.code
        guard code == .accepted else { throw refusal(code, of: mapped.order) }
        return PaymentAnswer(answer, in: directory)
    }

    /// Submits orders together; each is answered by itself.
    func submitPayments(
        _ request: ProtoSubmitPaymentsRequest, _ caller: Caller
    ) async throws -> ProtoSubmitPaymentsResponse {
        guard request.orders.count <= Page.largestSize else {
            throw GatewayError(
                .requestTooLarge, "orders: at most \(Page.largestSize) in one request")
        }
        let (bank, hashing) = (try participant(caller), try directory.hashing)
        let (commands, orders) = try await compute(.short) { [self] in
            mapped(request.orders, bank, hashing)
        }
        guard commands.bytes.count < Domain.Limits.bytesPerBatch / 2 else {
            throw GatewayError(.requestTooLarge, "send the orders in smaller batches")
        }
        let submitted = try await submit(commands)
        return try await compute(.short) { [self] in answer(request, orders, submitted) }
    }

    private func answer(
        _ request: ProtoSubmitPaymentsRequest, _ orders: [Result<EncodedOrder, GatewayError>],
        _ submitted: SubmissionAnswer
    ) -> ProtoSubmitPaymentsResponse {
        var answers = submitted.makeIterator()
        var response = ProtoSubmitPaymentsResponse()
        for (request, order) in zip(request.orders, orders) {
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
        _ requests: [ProtoPaymentOrder], _ submitter: BIC, _ hashing: ContentHashing
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

    /// Reads an order of the wire.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field; `NOT_FOUND` for a bank's clearing code.
    func read(_ request: ProtoPaymentOrder) throws(GatewayError) -> ReadOrder {
        try ReadOrder(try directory.withBICs(request))
    }

    /// The answer to one of many orders.
    func submitAnswer(
        _ uetr: String, _ answer: Result<OrderAnswer, GatewayError>
    ) -> ProtoSubmitPaymentAnswer {
        var entry = ProtoSubmitPaymentAnswer()
        entry.uetr = uetr
        switch answer {
        case .failure(let error):
            entry.result = ProtoResult(error.code, detail: error.detail)
        case .success(let answer):
            entry.result = result(answer.outcome.code, of: answer.order)
            guard answer.outcome.payment != 0 else { break }
            entry.payment = PaymentAnswer(answer, in: directory).proto
        }
        return entry
    }

    private func result(_ code: ResultCode, of order: PaymentOrder) -> ProtoResult {
        guard code != .accepted else { return ProtoResult(code) }
        return ProtoResult(code, detail: refusal(code, of: order).detail)
    }

    func cancelPayment(
        _ request: ProtoCancelPaymentRequest, _ caller: Caller
    ) async throws -> ProtoPayment {
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
            return ProtoPayment(uetr, cancelledBefore: answer.outcome)
        }
        return ProtoPayment(row, in: directory)
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

    init(to order: PaymentOrder, details: ProtoPaymentDetails?, _ answer: CommandAnswer) {
        self.order = order
        self.details = details
        outcome = answer.outcome
        payment = outcome.isRepetition ? nil : answer.payment
        fills = payment.map { answer.applied?.fills(ofPayment: $0.id) ?? [] } ?? []
    }
}

/// A payment as an answer tells of it: what its order became, or how it stands.
enum PaymentAnswer: Sendable {
    /// Written by hand.
    case rows(AnsweredPayment)
    case message(ProtoPayment)

    /// The payment that an order became. No answer to a command waits for the tables, so one to a
    /// repetition has what the outcome says and no more.
    ///
    /// A new payment's payer and creditor are those on record, a repeated one's those that the
    /// order names: who was found for them then, the outcome does not say.
    ///
    /// - Precondition: the order is on record.
    init(_ answer: OrderAnswer, in directory: Directory) {
        if let row = answer.payment {
            let payer = directory.bic(of: row.payer)
            self = .rows(
                AnsweredPayment(
                    row, payer: payer, creditor: directory.bic(of: row.creditor),
                    fills: answer.fills, details: answer.details?.asPaid(by: payer.description)))
        } else {
            self = .message(
                ProtoPayment(answer.order, repeated: answer.outcome, details: answer.details))
        }
    }

    var proto: ProtoPayment {
        switch self {
        case .rows(let payment): payment.proto
        case .message(let payment): payment
        }
    }

    /// The JSON text of ``proto``.
    var json: [UInt8] {
        get throws {
            switch self {
            case .rows(let payment): try payment.json
            case .message(let payment): try payment.jsonUTF8Bytes()
            }
        }
    }
}
