internal import BankMessages
package import Domain
internal import SwiftProtobuf

// The packed form of payment orders. docs/records.md describes it byte by byte; both sides of it,
// the bank's and the gateway's, are in this file.

/// The header of a message of records, and what it may say.
struct RecordHeader {
    static let size = 16

    let magic: StaticString
    let recordSize: Int
    let largestCount: Int

    static let payments = RecordHeader(
        magic: "LQPR", recordSize: OrderRecord.size, largestCount: OrderRecord.largestCount)
    static let outcomes = RecordHeader(
        magic: "LQOR", recordSize: OutcomeRecord.size, largestCount: OutcomeRecord.largestCount)

    private static let version: UInt16 = 1

    /// The bytes of a message of so many records.
    func messageSize(_ count: Int) -> Int { RecordHeader.size + count * recordSize }

    func encode(count: Int, into writer: inout ByteWriter) {
        writer.write(magicNumber)
        writer.write(RecordHeader.version)
        writer.write(UInt16(recordSize))
        writer.write(UInt32(count))
        writer.write(UInt32(0))
    }

    /// The number of records of a message whose header is right.
    ///
    /// - Throws: `MALFORMED_REQUEST` naming the field, `REQUEST_TOO_LARGE`.
    func count(in message: UnsafeRawBufferPointer) throws(GatewayError) -> Int {
        guard message.count >= RecordHeader.size else {
            throw Field.malformed("header", "must have \(RecordHeader.size) bytes")
        }
        var header = RecordReader(message)
        guard header.integer() == magicNumber else {
            throw Field.malformed("magic", "must be \(magic)")
        }
        guard header.integer() == RecordHeader.version else {
            throw Field.malformed("version", "must be \(RecordHeader.version)")
        }
        guard header.integer() == UInt16(recordSize) else {
            throw Field.malformed("record_size", "must be \(recordSize)")
        }
        let count = Int(header.integer(UInt32.self))
        guard header.integer() == UInt32(0) else {
            throw Field.malformed("reserved", "must be zero")
        }
        guard count <= largestCount else {
            throw GatewayError(
                .requestTooLarge, "at most \(largestCount) records in one message")
        }
        guard message.count == messageSize(count) else {
            throw Field.malformed(
                "count",
                "must be that of the records: \(count) need \(messageSize(count)) bytes, "
                    + "not \(message.count)")
        }
        return count
    }

    /// One record of a message whose header is right.
    func record(_ position: Int, of message: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
        let start = messageSize(position)
        return UnsafeRawBufferPointer(rebasing: message[start..<start + recordSize])
    }

    private var magicNumber: UInt32 {
        var reader = RecordReader(
            UnsafeRawBufferPointer(start: magic.utf8Start, count: magic.utf8CodeUnitCount))
        return reader.integer()
    }
}

/// The fields of a payment record, in their order, with the numbers that outcome records name.
package enum RecordField: UInt8, CaseIterable, Sendable {
    case uetr = 1
    case amount, limitRate, minimumFill, expiresAt, payCurrency, receiveCurrency, fixed
    case timeInForce, fillPolicy, creditor, payer, endToEndID, reserved, attempt

    /// The name in docs/records.md.
    package var name: String {
        switch self {
        case .uetr: "uetr"
        case .amount: "amount"
        case .limitRate: "limit_rate"
        case .minimumFill: "minimum_fill"
        case .expiresAt: "expires_at"
        case .payCurrency: "pay_currency"
        case .receiveCurrency: "receive_currency"
        case .fixed: "fixed"
        case .timeInForce: "time_in_force"
        case .fillPolicy: "fill_policy"
        case .creditor: "creditor_participant"
        case .payer: "payer"
        case .endToEndID: "end_to_end_id"
        case .reserved: "reserved"
        case .attempt: "attempt"
        }
    }
}

/// Why a record makes no order: `MALFORMED_REQUEST` with the field, or `CORRIDOR_UNKNOWN`.
struct RecordRefusal: Error, Equatable {
    let code: ResultCode
    let field: RecordField?

    static func malformed(_ field: RecordField) -> RecordRefusal {
        RecordRefusal(code: .malformedRequest, field: field)
    }

    static var noCorridor: RecordRefusal { RecordRefusal(code: .corridorUnknown, field: nil) }
}

/// A payment order as a record of 128 bytes.
package enum OrderRecord {
    package static let size = 128
    /// The most records of one message: what one batch holds.
    package static let largestCount = Domain.Limits.commandsPerBatch
    /// The most bytes of one message.
    package static let largestMessage = RecordHeader.size + largestCount * size
    /// The most bytes of an end-to-end identification.
    package static let endToEndIDSize = 35

    private static let bicSize = 11
    /// Bytes at the end that are zero.
    private static let reservedSize = 15

    // MARK: The gateway's side

    /// The order of a record, and its end-to-end identification: UTF-8, perhaps empty.
    ///
    /// - Throws: the first field that is wrong, in the order of their numbers.
    static func draft(
        _ bytes: UnsafeRawBufferPointer
    ) throws(RecordRefusal) -> (OrderDraft, endToEndID: UnsafeRawBufferPointer) {
        var record = RecordReader(bytes)
        guard let uetr = UETR(checking: record.uetrBits()) else { throw .malformed(.uetr) }
        let amount = record.integer(Int64.self)
        let limit = record.integer(Int64.self)
        guard limit >= 0, limit <= Domain.Limits.maximumRate else { throw .malformed(.limitRate) }
        let minimumFill = record.integer(Int64.self)
        let expiresAt = record.integer(Timestamp.self)
        let pay = try currency(&record, .payCurrency)
        let receive = try currency(&record, .receiveCurrency)
        let fixed = try fixed(&record)
        let (timeInForce, fillPolicy) = try terms(&record)
        let attempt = record.integer(UInt8.self)
        guard let creditor = BIC(ascii: record.bytes(bicSize)) else { throw .malformed(.creditor) }
        let payer = try payer(&record)
        let endToEndID = try endToEndID(&record)
        guard isZero(record.bytes(reservedSize)) else { throw .malformed(.reserved) }
        let draft = OrderDraft(
            uetr: uetr, payer: payer, creditor: creditor, payCurrency: pay,
            receiveCurrency: receive, fixed: fixed, amount: amount, limit: Rate(scaled: limit),
            timeInForce: timeInForce, fillPolicy: fillPolicy, minimumFill: minimumFill,
            expiresAt: expiresAt, attempt: attempt == 0 ? 0 : Attempt.key(String(attempt)))
        return (draft, endToEndID)
    }

    private static func currency(
        _ record: inout RecordReader, _ field: RecordField
    ) throws(RecordRefusal) -> Currency {
        guard let currency = Currency(number: record.integer()) else { throw .malformed(field) }
        return currency
    }

    private static func fixed(_ record: inout RecordReader) throws(RecordRefusal) -> FixedAmount {
        switch record.integer(UInt8.self) {
        case 1: .pay
        case 2: .receive
        default: throw .malformed(.fixed)
        }
    }

    /// Both have the numbers of the friendly messages.
    private static func terms(
        _ record: inout RecordReader
    ) throws(RecordRefusal) -> (TimeInForce, FillPolicy) {
        guard let time = ProtoTimeInForce(rawValue: Int(record.integer(UInt8.self))),
            let timeInForce = try? OrderMapping.timeInForce(time)
        else { throw .malformed(.timeInForce) }
        guard let policy = ProtoFillPolicy(rawValue: Int(record.integer(UInt8.self))),
            let fillPolicy = try? OrderMapping.fillPolicy(policy)
        else { throw .malformed(.fillPolicy) }
        return (timeInForce, fillPolicy)
    }

    /// Nobody when the submitter pays.
    private static func payer(_ record: inout RecordReader) throws(RecordRefusal) -> BIC {
        let bytes = record.bytes(bicSize)
        if bytes[0] == 0, isZero(bytes) { return .none }
        guard let payer = BIC(ascii: bytes) else { throw .malformed(.payer) }
        return payer
    }

    /// The end-to-end identification without the zeros behind it.
    private static func endToEndID(
        _ record: inout RecordReader
    ) throws(RecordRefusal) -> UnsafeRawBufferPointer {
        let bytes = record.bytes(endToEndIDSize)
        var length = 0
        var isPlain = true
        while length < bytes.count, bytes[length] != 0 {
            isPlain = isPlain && (0x20..<0x7F).contains(bytes[length])
            length += 1
        }
        let text = UnsafeRawBufferPointer(rebasing: bytes[..<length])
        guard isZero(UnsafeRawBufferPointer(rebasing: bytes[length...])),
            isPlain || isPrintable(text)
        else { throw .malformed(.endToEndID) }
        return text
    }

    /// Whether a message could hold the text.
    private static func isPrintable(_ text: UnsafeRawBufferPointer) -> Bool {
        guard let text = String(validating: text, as: UTF8.self) else { return false }
        return TransferDetails.canHold(reference: text)
    }

    private static func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        return all == 0
    }

    // MARK: The bank's side

    /// Writes the record of an order. The payer stays empty when the order names none.
    ///
    /// - Precondition: `endToEndID` has at most ``endToEndIDSize`` bytes, none of them zero.
    fileprivate static func encode(
        _ order: PaymentOrder, _ endToEndID: String, attempt: UInt8, into writer: inout ByteWriter
    ) {
        writer.write(order.uetr.bits.byteSwapped)
        writer.write(order.amount)
        writer.write(order.limit.scaled)
        writer.write(order.minimumFill)
        writer.write(order.expiresAt)
        writer.write(order.payCurrency.number)
        writer.write(order.receiveCurrency.number)
        writer.write(UInt8(order.fixed == .pay ? 1 : 2))
        writer.write(UInt8(ProtoTimeInForce(order.timeInForce).rawValue))
        writer.write(UInt8(ProtoFillPolicy(order.fillPolicy).rawValue))
        writer.write(attempt)
        text(order.creditor.characters, size: bicSize, into: &writer)
        text(order.payer == .none ? "" : order.payer.characters, size: bicSize, into: &writer)
        text(endToEndID, size: endToEndIDSize, into: &writer)
        text("", size: reservedSize, into: &writer)
    }

    private static func text(_ text: String, size: Int, into writer: inout ByteWriter) {
        require(text.utf8.count <= size, "a text fits its field")
        for byte in text.utf8 { writer.write(byte) }
        for _ in text.utf8.count..<size { writer.write(UInt8(0)) }
    }
}

/// Packs payment orders into a message of records, for banks and for tests.
package struct OrderRecordsWriter: Sendable {
    private var records: [UInt8] = []
    package private(set) var count = 0

    package init() {}

    /// Adds an order; its submitter and content hash are the gateway's to find.
    ///
    /// - Parameters:
    ///   - endToEndID: at most 35 bytes of UTF-8 without zero bytes; empty for none.
    ///   - attempt: which one at this payment; 0 for none.
    /// - Precondition: there are fewer than ``OrderRecord/largestCount`` so far.
    package mutating func append(
        _ order: PaymentOrder, endToEndID: String = "", attempt: UInt8 = 0
    ) {
        require(count < OrderRecord.largestCount, "a message has room for the record")
        records += [UInt8](capacity: OrderRecord.size) {
            OrderRecord.encode(order, endToEndID, attempt: attempt, into: &$0)
        }
        count += 1
    }

    /// The message: header and records.
    package var message: [UInt8] {
        [UInt8](capacity: RecordHeader.size) {
            RecordHeader.payments.encode(count: count, into: &$0)
        } + records
    }
}
