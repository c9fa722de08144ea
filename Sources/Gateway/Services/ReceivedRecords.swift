internal import Domain
internal import HTTP2
internal import NIOCore

/// A message of records from its arrival until it is answered.
struct ReceivedRecords: Sendable {
    let message: ByteBuffer
    var records: MappedRecords
    /// The message as it came in a stream: its bytes count for as long as it is there.
    var origin: GRPCMessage?
}

/// A message of records and its answer.
struct AnsweredRecords: Sendable {
    let received: ReceivedRecords
    let answer: Result<SubmissionAnswer, GatewayError>

    var answerSize: Int { received.records.answerSize }

    func forEachOutcome(_ body: (OutcomeRecord) -> Void) {
        received.message.withUnsafeReadableBytes {
            received.records.forEachOutcome($0, answer, body)
        }
    }

    /// Writes the answer behind what `buffer` holds.
    func encode(into buffer: inout ByteBuffer) {
        received.message.withUnsafeReadableBytes { message in
            _ = buffer.writeWithUnsafeMutableBytes(
                minimumWritableBytes: answerSize
            ) { memory in
                var writer = ByteWriter(memory)
                received.records.encodeAnswer(message, answer, into: &writer)
                return writer.count
            }
        }
    }
}
