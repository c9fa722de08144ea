internal import Domain
internal import Store
internal import SwiftProtobuf

/// What somebody asks of one payment.
struct PaymentQuestion: Sendable {
    let uetr: UETR
    /// Whose; nil for whichever the caller may see. Nobody has the number 0.
    let payer: ParticipantID?
    /// Of its fills, behind this one.
    let page: Page
    let after: FillID
}

/// One payment by its UETR: a recent one from memory, others from the tables, and the answer is the
/// same. All that it shows is of one moment.
extension Services {
    /// A payment with its fills from a place on; its creditor sees none.
    func getPayment(
        _ request: ProtoGetPaymentRequest, _ caller: Caller
    ) async throws -> AnsweredPayment {
        let question = try question(request, caller)
        try await refresh()
        let known =
            node.recent?.hasMuchToIndex == true
            ? try await compute(.short) { [self] in try knownPayment(question, caller) }
            : try knownPayment(question, caller)
        if let known { return known }
        return try await recordedPayment(question, caller)
    }

    private func question(
        _ request: ProtoGetPaymentRequest, _ caller: Caller
    ) throws(GatewayError) -> PaymentQuestion {
        let named = request.payer.isEmpty ? nil : try Field.bic(request.payer, "payer")
        return PaymentQuestion(
            uetr: try Field.uetr(request.uetr, "uetr"),
            payer: named.map { directory.payer(namedBy: $0, caller.bank) ?? 0 },
            page: Page(request.fillsPageSize, default: Page.largestSize),
            after: try Services.token(request.fillsPageToken, "fills_page_token") ?? 0)
    }

    /// The answer as of everything that is applied, if memory has it; nil when the tables have to
    /// be asked. It waits for nothing.
    ///
    /// - Throws: `NOT_FOUND`, `PAYMENT_AMBIGUOUS`.
    func knownPayment(
        _ question: PaymentQuestion, _ caller: Caller
    ) throws(GatewayError) -> AnsweredPayment? {
        guard let recent = node.recent else { return nil }
        if let found = recent.payments(question.uetr, of: question.payer) {
            let (payment, view) = try only(found, { $0.row }, question, caller)
            let fills =
                view == .payer
                ? payment.fills(after: question.after, limit: question.page.size + 1) : []
            return answer(
                payment.row, shown(payment.details, of: payment.row), view,
                fills.map { PaymentFill($0, seenBy: payment.row.side) }, question.page,
                date: payment.date)
        }
        return try finished.payments(question.uetr, recent)
            .flatMap { found throws(GatewayError) in try answer(found, question, caller) }
    }

    /// The same from the tables.
    private func recordedPayment(
        _ question: PaymentQuestion, _ caller: Caller
    ) async throws -> AnsweredPayment {
        guard try await node.waitForTables(showing: question.uetr) else {
            throw GatewayError(.unavailable)
        }
        let found = try await fromTables {
            try await lookups.payments(question.uetr, for: owner)
        }
        if let answer = try answer(found.payments, question, caller) {
            finished.remember(question.uetr, found)
            return answer
        }
        return try await followedPayment(question, caller)
    }

    /// Nil when the payment has more than was read with it.
    private func answer(
        _ found: [LookedUpPayment], _ question: PaymentQuestion, _ caller: Caller
    ) throws(GatewayError) -> AnsweredPayment? {
        let (payment, view) = try only(found, { $0.record.row }, question, caller)
        guard !payment.hasFollowUp, payment.hasAllFills else { return nil }
        let fills = payment.fills.drop { $0.id <= question.after }.prefix(question.page.size + 1)
        return answer(
            payment.record.row, shown(payment.record), view, Array(fills), question.page,
            date: payment.record.date)
    }

    /// A payment that was returned, say, or has many fills, in as many reads as it takes.
    private func followedPayment(
        _ question: PaymentQuestion, _ caller: Caller
    ) async throws -> AnsweredPayment {
        try await read(.lookup, showing: question.uetr) { reader in
            let found = try reader.payments(question.uetr)
            let (record, view) = try only(found, { $0.row }, question, caller)
            let followUp = try reader.followUp(of: record.row.id).map { row in
                let returns = try reader.returns(of: row.payment)
                return ProtoFollowUp(row, returns, try reader.orders(of: returns))
            }
            let fills =
                view == .payer
                ? try reader.fills(
                    of: record.row, after: question.after, limit: question.page.size + 1) : []
            return answer(
                record.row, shown(record), view, fills, question.page, followUp,
                date: record.date)
        }
    }

    /// A payment as one side may see it.
    ///
    /// - Parameter fills: those of the page, and one more when there are more.
    func answer(
        _ row: PaymentRow, _ details: AnsweredPayment.Details, _ view: PaymentView,
        _ fills: [PaymentFill] = [], _ page: Page = Page(0), _ followUp: ProtoFollowUp? = nil,
        date: DatedPaymentRow? = nil
    ) -> AnsweredPayment {
        AnsweredPayment(
            row, payer: directory.bic(of: row.payer), creditor: directory.bic(of: row.creditor),
            as: view, fills, page, details, followUp, date: date)
    }

    /// The details of a recent payment.
    func shown(_ details: RecordedDetails, of row: PaymentRow) -> AnsweredPayment.Details {
        switch details {
        case .absent: .absent
        case .erased: .erased
        case .text(let text):
            AnsweredPayment.Details(recorded: text, paidBy: directory.bic(of: row.payer))
        }
    }

    /// The details of a payment in the tables.
    func shown(_ record: PaymentRecord) -> AnsweredPayment.Details {
        AnsweredPayment.Details(
            recorded: record.details, paidBy: directory.bic(of: record.row.payer))
    }

    /// The only one of the payments with a UETR that the caller may see and means.
    private func only<Payment>(
        _ found: [Payment], _ row: (Payment) -> PaymentRow, _ question: PaymentQuestion,
        _ caller: Caller
    ) throws(GatewayError) -> (Payment, PaymentView) {
        let seen = found.compactMap { payment -> (payment: Payment, view: PaymentView)? in
            let view = view(of: row(payment), for: caller)
            guard view != .none, question.payer == nil || question.payer == row(payment).payer
            else { return nil }
            return (payment, view)
        }
        guard let first = seen.first else {
            throw GatewayError(.notFound, "payment \(question.uetr)")
        }
        guard seen.count == 1 else { throw ambiguous(seen.map { row($0.payment).payer }) }
        return first
    }

    /// Several banks pay under one UETR, and the caller may see more than one of the payments.
    func ambiguous(_ payers: [ParticipantID]) -> GatewayError {
        let names = payers.map { directory.bic(of: $0).description }
        return GatewayError(.paymentAmbiguous, "payer: one of \(names.joined(separator: ", "))")
    }
}

/// As what a caller may see a payment.
package enum PaymentView: Sendable {
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
