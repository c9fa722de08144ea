package import Domain
internal import Evidence
internal import SwiftProtobuf

/// A payment order ready to be submitted.
package struct MappedOrder: Sendable {
    package let order: PaymentOrder
    package let command: EncodedCommand
}

package enum OrderMapping {
    /// Reads a payment order from the wire.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field; `CORRIDOR_UNKNOWN` for a well-formed order
    ///   unless exactly one of the currencies is CNY.
    package static func order(
        from proto: ProtoPaymentOrder, submitter: BIC
    ) throws(GatewayError) -> MappedOrder {
        let uetr = try Field.uetr(proto.uetr, "uetr")
        let payer = proto.payer.isEmpty ? submitter : try Field.bic(proto.payer, "payer")
        let creditor = try Field.bic(proto.creditorParticipant, "creditor_participant")
        let pay = try Field.currency(proto.payCurrency, "pay_currency")
        let receive = try Field.currency(proto.receiveCurrency, "receive_currency")
        let (fixed, amount, currency) = try fixedAmount(proto, pay, receive)
        let limit = proto.limitRate.isEmpty ? .none : try Field.rate(proto.limitRate, "limit_rate")
        let minimumFill =
            proto.minimumFill.isEmpty
            ? 0 : try Field.amount(proto.minimumFill, currency, "minimum_fill")
        let expiresAt = proto.hasExpiresAt ? try proto.expiresAt.timestamp("expires_at") : 0
        let timeInForce = try timeInForce(proto.timeInForce)
        let fillPolicy = try fillPolicy(proto.fillPolicy)
        let attachment = try details(proto)
        let (foreign, side) = try corridor(pay, receive)
        var order = PaymentOrder(
            uetr: uetr, submitter: submitter, payer: payer, creditor: creditor, foreign: foreign,
            side: side, fixed: fixed, amount: amount, limit: limit, timeInForce: timeInForce,
            fillPolicy: fillPolicy, minimumFill: minimumFill, expiresAt: expiresAt)
        var hasher = ContentHasher()
        let content = try content(of: proto)
        order.contentHash = content.withUnsafeBytes { hasher.hash(order, $0) }
        return MappedOrder(
            order: order, command: EncodedCommand(.submitPayment(order), attachment: attachment))
    }

    private static func corridor(
        _ pay: Currency, _ receive: Currency
    ) throws(GatewayError) -> (foreign: Currency, side: Side) {
        guard (pay == .cny) != (receive == .cny) else {
            throw GatewayError(.corridorUnknown, "\(pay.code) to \(receive.code)")
        }
        return pay == .cny ? (receive, .payRenminbi) : (pay, .payForeign)
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

    /// The details that make it another payment, as JSON: the same payment sent again comes in
    /// another message, or without any details.
    private static func content(
        of proto: ProtoPaymentOrder
    ) throws(GatewayError) -> [UInt8] {
        guard proto.hasDetails else { return [] }
        var content = proto.details
        content.messageID = ""
        return content == ProtoPaymentDetails() ? [] : try self.attachment(content, "details")
    }

    /// The details as the JSON text that goes on record.
    private static func details(_ proto: ProtoPaymentOrder) throws(GatewayError) -> [UInt8] {
        guard proto.hasDetails else { return [] }
        return try attachment(proto.details, "details")
    }

    /// A message as JSON text within the bound of attachments.
    static func attachment(
        _ message: some Message, _ name: String
    ) throws(GatewayError) -> [UInt8] {
        let bytes: [UInt8]? = try? message.jsonUTF8Bytes()
        guard let bytes, bytes.count <= Domain.Limits.bytesPerAttachment else {
            throw Field.malformed(
                name, "must fit \(Domain.Limits.bytesPerAttachment) bytes as JSON")
        }
        return bytes
    }

    /// A funding with its content hash, ready to be submitted.
    static func funding(
        from proto: ProtoFundRequest, by name: String
    ) throws(GatewayError) -> (funding: Funding, command: EncodedCommand) {
        let currency = try Field.currency(proto.currency, "currency")
        var funding = Funding(
            reference: try Field.uetr(proto.reference, "reference"),
            participant: try Field.bic(proto.participant, "participant"), currency: currency,
            amount: try Field.amount(proto.amount, currency, "amount"))
        let content = EncodedCommand(.fund(funding), attachment: proto.note.utf8)
        funding.contentHash = SHA256Digest(of: content.bytes).first128Bits
        let record = OperatorRecord(operator: name, note: proto.note.isEmpty ? nil : proto.note)
        return (funding, EncodedCommand(.fund(funding), attachment: try record.bounded("note")))
    }
}

/// Hashes the content of orders, which tells a repetition from a conflict. Whatever lane an order
/// came by, the same order has the same hash.
struct ContentHasher: ~Copyable {
    private var digest = SHA256Hasher()

    /// 128 bits of SHA-256 over what the payer asked for; who submitted it does not count.
    ///
    /// - Parameter details: the JSON text that goes on record, without the message that brought it.
    mutating func hash(_ order: PaymentOrder, _ details: UnsafeRawBufferPointer) -> UInt128 {
        var order = order
        order.contentHash = 0
        order.submitter = .none
        var hash: UInt128 = 0
        EncodedCommands.withBytes(of: .submitPayment(order), attachment: details) {
            hash = digest.first128Bits(of: $0)
        }
        return hash
    }
}
