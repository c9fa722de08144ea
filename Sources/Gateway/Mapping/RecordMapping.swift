package import Domain
internal import SwiftProtobuf

/// A message of payment records as commands, and its answer as outcome records.
///
/// A record costs no allocation of its own: the commands grow in one array.
package struct MappedRecords: Sendable {
    /// The commands of the records that make an order, in their order.
    package private(set) var commands = EncodedCommands()
    private let commandCount: Int
    /// The others, in order of position.
    private var refused: [(position: Int, refusal: RecordRefusal)] = []
    package let count: Int

    /// Bytes of a command with an end-to-end identification of usual length.
    private static let usualCommandSize = 152

    /// - Parameter directory: tells which banks are participants.
    /// - Throws: `MALFORMED_REQUEST` naming the field of the header, `REQUEST_TOO_LARGE`. A wrong
    ///   record throws nothing; it is answered by itself.
    package init(
        _ message: UnsafeRawBufferPointer, submitter: BIC,
        _ hashing: ContentHashing = ContentHashing(), in directory: Directory
    ) throws(GatewayError) {
        count = try RecordHeader.payments.count(in: message)
        var commands = EncodedCommands()
        commands.reserve(count * MappedRecords.usualCommandSize)
        var encoder = OrderEncoder(hashing)
        for position in 0..<count {
            do throws(RecordRefusal) {
                let record = RecordHeader.payments.record(position, of: message)
                let (draft, endToEndID) = try OrderRecord.draft(record)
                let bank = directory.originator(draft.payer, of: submitter)
                let order = MappedRecords.withDetails(endToEndID) { content in
                    MappedRecords.withRecord(content, endToEndID, bank) { record in
                        encoder.append(
                            draft, submitter: submitter, content: content, record: record,
                            to: &commands)
                    }
                }
                guard order != nil else { throw RecordRefusal.noCorridor }
            } catch {
                refused.append((position, error))
            }
        }
        commandCount = commands.count
        self.commands = commands
    }

    /// The commands, which this gives away: they are not needed for the answer.
    mutating func takeCommands() -> EncodedCommands {
        defer { commands = EncodedCommands() }
        return commands
    }

    private static let detailsStart: StaticString = "{\"endToEndId\":\""
    private static let detailsEnd: StaticString = "\"}"

    /// The details that go on record: the JSON text of a `PaymentDetails` with nothing but this
    /// identification; no text without one.
    private static func withDetails<Result>(
        _ endToEndID: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard !endToEndID.isEmpty else { return body(endToEndID) }
        let isPlain = endToEndID.allSatisfy {
            $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        guard isPlain else {
            var details = ProtoPaymentDetails()
            details.endToEndID = String(decoding: endToEndID, as: UTF8.self)
            let json: [UInt8]? = try? details.jsonUTF8Bytes()
            return (json ?? []).withUnsafeBytes(body)
        }
        let (start, end) = (detailsStart, detailsEnd)
        let size = start.utf8CodeUnitCount + endToEndID.count + end.utf8CodeUnitCount
        return withUnsafeTemporaryAllocation(byteCount: size, alignment: 8) { text in
            var writer = ByteWriter(text)
            writer.write(start.bytes)
            writer.write(endToEndID)
            writer.write(end.bytes)
            return body(UnsafeRawBufferPointer(text))
        }
    }

    /// The details with the bank that the order comes from, where it is no participant; it is not
    /// of the content.
    private static func withRecord<Result>(
        _ content: UnsafeRawBufferPointer, _ endToEndID: UnsafeRawBufferPointer, _ bank: BIC?,
        _ body: (UnsafeRawBufferPointer) -> Result
    ) -> Result {
        guard let bank else { return body(content) }
        var details = ProtoPaymentDetails()
        details.endToEndID = String(decoding: endToEndID, as: UTF8.self)
        details.originatingBank = bank.description
        let json: [UInt8]? = try? details.jsonUTF8Bytes()
        return (json ?? []).withUnsafeBytes(body)
    }

    // MARK: The answer

    /// The bytes of the answer.
    package var answerSize: Int { RecordHeader.outcomes.messageSize(count) }

    /// Writes the answer: a header and an outcome record for each payment record.
    ///
    /// - Parameter message: the message that this was made of.
    package func encodeAnswer(
        _ message: UnsafeRawBufferPointer, _ answer: Result<SubmissionAnswer, GatewayError>,
        into writer: inout ByteWriter
    ) {
        RecordHeader.outcomes.encode(count: count, into: &writer)
        forEachOutcome(message, answer) { $0.encode(into: &writer) }
    }

    /// Visits the outcome of every record, in their order. A submission that failed as a whole
    /// gives its code to every record that made an order.
    func forEachOutcome(
        _ message: UnsafeRawBufferPointer, _ answer: Result<SubmissionAnswer, GatewayError>,
        _ body: (OutcomeRecord) -> Void
    ) {
        var rest = refused[...]
        var position = 0
        switch answer {
        case .success(let answer):
            answer.forEachOutcome { _, outcome in
                giveRefused(message, &rest, &position, body)
                body(OutcomeRecord(outcome, uetr: uetr(message, position), position: position))
                position += 1
            }
        case .failure(let error):
            for _ in 0..<commandCount {
                giveRefused(message, &rest, &position, body)
                let uetr = uetr(message, position)
                body(OutcomeRecord(error.code, nil, uetr: uetr, position: position))
                position += 1
            }
        }
        giveRefused(message, &rest, &position, body)
    }

    /// Visits the refused records that stand at `position`, and moves it behind them.
    private func giveRefused(
        _ message: UnsafeRawBufferPointer,
        _ rest: inout ArraySlice<(position: Int, refusal: RecordRefusal)>, _ position: inout Int,
        _ body: (OutcomeRecord) -> Void
    ) {
        while let (place, refusal) = rest.first, place == position {
            body(
                OutcomeRecord(
                    refusal.code, refusal.field, uetr: uetr(message, position), position: position))
            rest = rest.dropFirst()
            position += 1
        }
    }

    /// As the record states it, right or wrong.
    private func uetr(_ message: UnsafeRawBufferPointer, _ position: Int) -> UETR {
        var record = RecordReader(RecordHeader.payments.record(position, of: message))
        return UETR(bits: record.uetrBits())
    }
}

extension StaticString {
    fileprivate var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: utf8Start, count: utf8CodeUnitCount)
    }
}
