package import Domain

/// What became of one payment record, as a record of 64 bytes (docs/records.md).
package struct OutcomeRecord: Equatable, Sendable {
    package static let size = 64
    /// The records of one answer: those of an upload, 32 MiB.
    package static let largestCount = 524_288

    /// As submitted, right or wrong.
    package var uetr: UETR
    /// The number of the result code; readers must take numbers that they do not know.
    package var codeNumber: UInt16
    /// The payment's status after the command; nil when there is none.
    package var status: PaymentStatus?
    /// The number of the end reason; readers must take numbers that they do not know.
    package var endReasonNumber: UInt8
    /// The order was on record already.
    package var isRepetition: Bool
    /// The first field that is wrong, with `MALFORMED_REQUEST`.
    package var field: RecordField?
    /// Fills that this submission caused.
    package var fillCount: UInt32
    /// The record's place in its message, or in the whole upload; from 0.
    package var position: UInt32
    /// The payment's number, 0 when nothing is on record.
    package var payment: PaymentID
    /// So far, without fees; minor units of the pay currency.
    package var paid: Int64
    /// So far; minor units of the receive currency.
    package var received: Int64
    /// The first of the fills, 0 when there are none.
    package var firstFill: FillID

    /// Nil for a code that this build does not know.
    package var code: ResultCode? { ResultCode(rawValue: codeNumber) }

    init(_ outcome: Outcome, uetr: UETR, position: Int) {
        self.uetr = uetr
        codeNumber = outcome.code.rawValue
        status = outcome.status
        endReasonNumber = outcome.endReason.rawValue
        isRepetition = outcome.isRepetition
        fillCount = outcome.fillCount
        self.position = UInt32(position)
        payment = outcome.payment
        paid = outcome.paid
        received = outcome.received
        firstFill = outcome.fillCount > 0 ? outcome.firstFill : 0
    }

    /// For a record that led to no command, or whose command has no outcome.
    init(_ code: ResultCode, _ field: RecordField?, uetr: UETR, position: Int) {
        self.init(Outcome(code: code, kind: .submitPayment), uetr: uetr, position: position)
        self.field = field
    }

    func encode(into writer: inout ByteWriter) {
        writer.write(uetr.bits.byteSwapped)
        writer.write(codeNumber)
        writer.write(status?.rawValue ?? 0)
        writer.write(endReasonNumber)
        writer.write(UInt8(isRepetition ? 1 : 0))
        writer.write(field?.rawValue ?? 0)
        writer.write(UInt16(0))
        writer.write(fillCount)
        writer.write(position)
        writer.write(payment)
        writer.write(paid)
        writer.write(received)
        writer.write(firstFill)
    }

    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        var record = RecordReader(bytes)
        uetr = UETR(bits: record.uetrBits())
        codeNumber = record.integer()
        status = PaymentStatus(rawValue: record.integer())
        endReasonNumber = record.integer()
        isRepetition = record.integer(UInt8.self) & 1 != 0
        field = RecordField(rawValue: record.integer())
        _ = record.integer(UInt16.self)  // reserved
        fillCount = record.integer()
        position = record.integer()
        payment = record.integer()
        paid = record.integer()
        received = record.integer()
        firstFill = record.integer()
    }

    /// The records of an answer, for banks and for tests.
    ///
    /// - Throws: `MALFORMED_REQUEST` for bytes that are no message of outcome records.
    package static func read(_ message: [UInt8]) throws(GatewayError) -> [OutcomeRecord] {
        let result: Result<[OutcomeRecord], GatewayError> = message.withUnsafeBytes { bytes in
            Result { () throws(GatewayError) in try read(bytes) }
        }
        return try result.get()
    }

    private static func read(
        _ message: UnsafeRawBufferPointer
    ) throws(GatewayError) -> [OutcomeRecord] {
        let header = RecordHeader.outcomes
        let count = try header.count(in: message)
        return (0..<count).map { OutcomeRecord(header.record($0, of: message)) }
    }
}
