internal import Domain
internal import NIOCore
internal import Shares
internal import SwiftProtobuf

/// What an upload of records has come to.
struct UploadedRecords: ~Copyable {
    /// Outcomes are kept in parts of about this size: one growing array would be copied.
    private static let partSize = OrderRecord.largestCount * OutcomeRecord.size

    /// Where the outcomes are counted: they are kept for as long as the caller likes to send.
    private let memory: Holding
    private var admitted = 0
    private(set) var received = 0
    private var accepted = 0
    private var outcomes = [ByteBuffer()]

    init(_ memory: Holding) {
        self.memory = memory
    }

    /// Makes room for the outcomes of a message before it is submitted.
    ///
    /// - Throws: `REQUEST_TOO_LARGE`, `OVERLOADED`.
    mutating func admit(_ count: Int) throws(GatewayError) {
        guard admitted + count <= OutcomeRecord.largestCount else {
            throw GatewayError(
                .requestTooLarge, "at most \(OutcomeRecord.largestCount) orders in one upload")
        }
        guard count > 0 else { return }
        do {
            try memory.grow(by: count * OutcomeRecord.size)
        } catch {
            throw GatewayError(.overloaded, "too many outcomes of uploads are kept")
        }
        admitted += count
    }

    /// Keeps the outcomes of the next message.
    mutating func add(_ count: Int, _ forEachOutcome: ((OutcomeRecord) -> Void) -> Void) {
        if outcomes[outcomes.count - 1].readableBytes >= UploadedRecords.partSize {
            outcomes.append(ByteBuffer())
        }
        let first = UInt32(received)
        var accepted = 0
        outcomes[outcomes.count - 1].writeWithUnsafeMutableBytes(
            minimumWritableBytes: count * OutcomeRecord.size
        ) { memory in
            var writer = ByteWriter(memory)
            forEachOutcome { outcome in
                if outcome.code == .accepted { accepted += 1 }
                var outcome = outcome
                outcome.position += first
                outcome.encode(into: &writer)
            }
            return writer.count
        }
        received += count
        self.accepted += accepted
    }

    /// A `RecordsSummary`, in parts.
    var answer: [ByteBuffer] {
        get throws {
            var counts = ProtoRecordsSummary()
            counts.received = UInt64(received)
            counts.accepted = UInt64(accepted)
            counts.refused = UInt64(received - accepted)
            let bytes: [UInt8] = try counts.serializedBytes()
            var start = ByteBuffer(bytes: bytes)
            BytesField.begin(5, RecordHeader.outcomes.messageSize(received), in: &start)
            start.writeBytes(
                [UInt8](capacity: RecordHeader.size) { writer in
                    RecordHeader.outcomes.encode(count: received, into: &writer)
                })
            return [start] + outcomes
        }
    }
}
