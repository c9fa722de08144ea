internal import BankMessages
internal import Domain
internal import Evidence
internal import Hexadecimal
internal import SwiftProtobuf

/// Makes commands of drafts, for every lane: whatever form an order came in, the same order has the
/// same content hash, which tells a repetition from a conflict.
struct OrderEncoder: ~Copyable {
    private let digest = SHA256Hasher()
    private let hashing: ContentHashing

    var rules: RuleVersion { hashing.rules }

    init(_ hashing: ContentHashing) {
        self.hashing = hashing
    }

    /// Encodes the order of a draft behind other commands.
    ///
    /// The content hash covers what the payer asked for; who submitted it does not count.
    ///
    /// - Parameters:
    ///   - content: what of the details makes it another payment; see ``OrderDetails/content``.
    ///   - record: the details that go on record; the same memory where that is all.
    /// - Returns: the order; nil, and nothing is encoded, when its currencies make no corridor.
    mutating func append(
        _ draft: OrderDraft, submitter: BIC, content: UnsafeRawBufferPointer,
        record: UnsafeRawBufferPointer, to commands: inout EncodedCommands
    ) -> PaymentOrder? {
        guard var order = draft.order(submitter: submitter) else { return nil }
        // Older rules know no attempts.
        if hashing.rules < .v3 { order.attempt = 0 }
        commands.append(&order, content: content, attachment: record) {
            hashing.stated ?? digest.first128Bits(of: $0, key: hashing.key)
        }
        commands.hashedWith = hashing.key
        return order
    }

    /// - Throws: `CORRIDOR_UNKNOWN` unless exactly one of the currencies is CNY.
    mutating func append(
        _ draft: OrderDraft, _ details: OrderDetails, submitter: BIC,
        to commands: inout EncodedCommands
    ) throws(GatewayError) -> PaymentOrder {
        let order = details.withTexts { content, record in
            details.namesCodes
                ? append(draft, namedBy: details, submitter, (content, record), to: &commands)
                : append(
                    draft, submitter: submitter, content: content, record: record, to: &commands)
        }
        guard let order else {
            throw GatewayError(
                .corridorUnknown, "\(draft.payCurrency.code) to \(draft.receiveCurrency.code)")
        }
        return order
    }

    /// R3.15 Encodes an order that names banks by codes. A code may be another bank's tomorrow, and
    /// the order would not be another one: its content has the codes, and no BICs in their place.
    private mutating func append(
        _ draft: OrderDraft, namedBy details: OrderDetails, _ submitter: BIC,
        _ texts: (content: UnsafeRawBufferPointer, record: UnsafeRawBufferPointer),
        to commands: inout EncodedCommands
    ) -> PaymentOrder? {
        guard var order = draft.order(submitter: submitter) else { return nil }
        if hashing.rules < .v3 { order.attempt = 0 }
        var hashed = order
        if details.namesPayerCode { hashed.payer = .none }
        if details.namesCreditorCode { hashed.creditor = .none }
        var scratch = EncodedCommands()
        scratch.append(&hashed, content: texts.content, attachment: texts.content) {
            hashing.stated ?? digest.first128Bits(of: $0, key: hashing.key)
        }
        order.contentHash = hashed.contentHash
        commands.append(.submitPayment(order), attachment: texts.record)
        commands.hashedWith = hashing.key
        return order
    }
}

/// The identification of an attempt at a payment, as the ledger knows it.
enum Attempt {
    /// As ISO 20022 bounds identifications of messages.
    static let longest = 35

    /// 128 bits of SHA-256 of the identification; 0 when there is none. `#` and 32 digits are those
    /// bits themselves, as an export has them.
    static func key(_ identification: String) -> UInt128 {
        guard !identification.isEmpty else { return 0 }
        let bits =
            stated(identification) ?? SHA256Digest(of: Array(identification.utf8)).first128Bits
        return bits == 0 ? 1 : bits
    }

    /// The identification that leads to a key; empty for none.
    static func identification(_ key: UInt128) -> String {
        guard key != 0 else { return "" }
        return "#" + hexadecimal(key)
    }

    private static func stated(_ identification: String) -> UInt128? {
        identification.hasPrefix("#") ? UInt128(hexadecimal: identification.dropFirst()) : nil
    }
}

/// 32 hexadecimal digits.
func hexadecimal(_ value: UInt128) -> String {
    Hexadecimal.hexadecimal(UInt64(value >> 64))
        + Hexadecimal.hexadecimal(UInt64(truncatingIfNeeded: value))
}

extension UInt128 {
    /// Reads 32 hexadecimal digits.
    init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8.compactMap(hexadecimalValue)
        guard digits.count == 32, text.utf8.count == 32 else { return nil }
        self = digits.reduce(0) { $0 << 4 | UInt128($1) }
    }
}

/// The details of an order as JSON text.
struct OrderDetails {
    /// As they go on record.
    private let record: [UInt8]
    /// Without the message that brought them, the day that it stated and the bank that the gateway
    /// found out; nil when that is all of the record.
    ///
    /// This makes it another payment: the same payment sent again comes in another message, on
    /// another day, or without any details.
    private let content: [UInt8]?
    /// Whether the order names a bank by the code of a clearing system.
    let namesPayerCode: Bool
    let namesCreditorCode: Bool
    var namesCodes: Bool { namesPayerCode || namesCreditorCode }

    /// - Throws: `MALFORMED_REQUEST` when they do not fit the bound of attachments.
    init(_ stated: ReadOrder.Stated) throws(GatewayError) {
        switch stated {
        case .details(let details): try self.init(details)
        case .transfer(let transfer): try self.init(transfer)
        }
    }

    private init(_ transfer: StatedTransfer) throws(GatewayError) {
        let text = try transfer.text()
        record = try OrderDetails.fitting(text.record)
        content = text.content.map { $0.count > OrderDetails.nothing ? $0 : [] }
        namesPayerCode = !transfer.payerCode.isEmpty
        namesCreditorCode = !transfer.creditorCode.isEmpty
    }

    /// Bytes of an object without fields.
    private static let nothing = 2

    private init(_ details: ProtoPaymentDetails?) throws(GatewayError) {
        namesPayerCode = details.map { !$0.payerCode.isEmpty } ?? false
        namesCreditorCode = details.map { !$0.creditorCode.isEmpty } ?? false
        guard let details else {
            (record, content) = ([], nil)
            return
        }
        record = try OrderDetails.text(details)
        var rest = details
        rest.messageID = ""
        rest.messageName = ""
        rest.originatingBank = ""
        rest.interbankSettlementDate = ""
        if rest == ProtoPaymentDetails() {
            content = []
        } else {
            content = rest == details ? nil : try OrderDetails.text(rest)
        }
    }

    private static func text(_ details: ProtoPaymentDetails) throws(GatewayError) -> [UInt8] {
        let bytes: [UInt8]? = try? details.jsonUTF8Bytes()
        return try fitting(bytes)
    }

    private static func fitting(_ text: [UInt8]?) throws(GatewayError) -> [UInt8] {
        guard let text, text.count <= Domain.Limits.bytesPerAttachment else {
            throw Field.malformed(
                "details", "must fit \(Domain.Limits.bytesPerAttachment) bytes as JSON")
        }
        return text
    }

    /// Gives the content, and the record; both are the same memory when nothing sets them apart.
    func withTexts<Result>(
        _ body: (_ content: UnsafeRawBufferPointer, _ record: UnsafeRawBufferPointer) -> Result
    ) -> Result {
        record.withUnsafeBytes { record in
            guard let content else { return body(record, record) }
            return content.withUnsafeBytes { body($0, record) }
        }
    }
}
