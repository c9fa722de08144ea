package import Domain
internal import Evidence

/// A payment order ready to be submitted.
package struct MappedOrder: Sendable {
    package let order: PaymentOrder
    package let command: EncodedCommand

    /// The same order, of whose attempts the ledger will have forgotten so many.
    func stating(forgottenAttempts: UInt8) -> MappedOrder {
        var order = order
        order.forgottenAttempts = forgottenAttempts
        return MappedOrder(
            order: order, command: command.stating(forgottenAttempts: forgottenAttempts))
    }
}

/// A payment order as it was read: what the engine reads of it, and its details.
package struct ReadOrder: Sendable {
    /// What it says beside that, as it came.
    enum Stated: Sendable {
        case details(ProtoPaymentDetails?)
        case transfer(StatedTransfer)
    }

    package let draft: OrderDraft
    let stated: Stated

    init(_ draft: OrderDraft, _ stated: Stated) {
        self.draft = draft
        self.stated = stated
    }

    init(_ draft: OrderDraft, details: ProtoPaymentDetails? = nil) {
        self.init(draft, .details(details))
    }

    /// Of an order that came in JSON or by gRPC.
    var details: ProtoPaymentDetails? {
        switch stated {
        case .details(let details): details
        case .transfer: nil
        }
    }

    /// Reads a payment order from the wire.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field.
    package init(_ proto: ProtoPaymentOrder) throws(GatewayError) {
        if proto.hasDetails { try proto.details.checkForm() }
        self.init(
            try OrderMapping.draft(from: proto), details: proto.hasDetails ? proto.details : nil)
    }

    /// The order of a participant, and its command.
    ///
    /// - Throws: `MALFORMED_REQUEST` for details that are too long; `CORRIDOR_UNKNOWN` unless
    ///   exactly one of the currencies is CNY.
    package func mapped(
        submitter: BIC, _ hashing: ContentHashing
    ) throws(GatewayError) -> MappedOrder {
        var commands = EncodedCommands()
        var encoder = OrderEncoder(hashing)
        let order = try append(to: &commands, &encoder, submitter: submitter)
        return MappedOrder(order: order, command: EncodedCommand(only: commands))
    }

    /// Puts the command behind others; throws as ``mapped(submitter:_:)``, and `RULES_TOO_OLD` for
    /// a settlement date before version 4.
    func append(
        to commands: inout EncodedCommands, _ encoder: inout OrderEncoder, submitter: BIC
    ) throws(GatewayError) -> PaymentOrder {
        guard draft.settlementDate == .none || encoder.rules >= .v4 else {
            throw GatewayError(.rulesTooOld, "settlement_date: needs rules of version 4")
        }
        return try encoder.append(
            draft, try OrderDetails(stated), submitter: submitter, to: &commands)
    }
}

package enum OrderMapping {
    /// Reads a payment order from the wire and makes its command.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field; `CORRIDOR_UNKNOWN` for a well-formed order
    ///   unless exactly one of the currencies is CNY.
    package static func order(
        from proto: ProtoPaymentOrder, submitter: BIC, _ hashing: ContentHashing = ContentHashing()
    ) throws(GatewayError) -> MappedOrder {
        // What was taken before these rules is replayed as it stands.
        try ReadOrder(
            try draft(from: proto), details: proto.hasDetails ? proto.details : nil
        ).mapped(submitter: submitter, hashing)
    }

    /// - Throws: `MALFORMED_REQUEST` naming the first field that is wrong.
    static func draft(from proto: ProtoPaymentOrder) throws(GatewayError) -> OrderDraft {
        let uetr = try Field.uetr(proto.uetr, "uetr")
        let payer = proto.payer.isEmpty ? BIC.none : try Field.bic(proto.payer, "payer")
        let creditor = try Field.bic(proto.creditorParticipant, "creditor_participant")
        let pay = try Field.currency(proto.payCurrency, "pay_currency")
        let receive = try Field.currency(proto.receiveCurrency, "receive_currency")
        let (fixed, amount, currency) = try fixedAmount(proto, pay, receive)
        let limit = proto.limitRate.isEmpty ? .none : try Field.rate(proto.limitRate, "limit_rate")
        let minimumFill =
            proto.minimumFill.isEmpty
            ? 0 : try Field.amount(proto.minimumFill, currency, "minimum_fill")
        let expiresAt = proto.hasExpiresAt ? try proto.expiresAt.timestamp("expires_at") : 0
        var draft = OrderDraft(
            uetr: uetr, payer: payer, creditor: creditor, payCurrency: pay,
            receiveCurrency: receive, fixed: fixed, amount: amount, limit: limit,
            timeInForce: try timeInForce(proto.timeInForce),
            fillPolicy: try fillPolicy(proto.fillPolicy), minimumFill: minimumFill,
            expiresAt: expiresAt, attempt: Attempt.key(try Field.attempt(proto.attempt)))
        if !proto.settlementDate.isEmpty {
            draft.settlementDate = try CivilDate(
                stated: proto.settlementDate, "settlement_date")
        }
        return draft
    }

    private static func fixedAmount(
        _ proto: ProtoPaymentOrder, _ pay: Currency, _ receive: Currency
    ) throws(GatewayError) -> (FixedAmount, Int64, Currency) {
        switch proto.fixed {
        case .payAmount(let text): (.pay, try Field.amount(text, pay, "pay_amount"), pay)
        case .receiveAmount(let text):
            (.receive, try Field.amount(text, receive, "receive_amount"), receive)
        case nil: throw Field.malformed("pay_amount or receive_amount", "must be given")
        }
    }

    static func timeInForce(
        _ proto: ProtoTimeInForce
    ) throws(GatewayError) -> TimeInForce {
        switch proto {
        case .unspecified, .goodTillCancelled: .goodTillCancelled
        case .immediateOrCancel: .immediateOrCancel
        case .fillOrKill: .fillOrKill
        case .day: .day
        case .goodTillDate: .goodTillDate
        case .UNRECOGNIZED(let value):
            throw Field.malformed("time_in_force", "has no value \(value)")
        }
    }

    static func fillPolicy(_ proto: ProtoFillPolicy) throws(GatewayError) -> FillPolicy {
        switch proto {
        case .unspecified, .any: .any
        case .minimum: .minimum
        case .complete: .complete
        case .UNRECOGNIZED(let value): throw Field.malformed("fill_policy", "has no value \(value)")
        }
    }
}
