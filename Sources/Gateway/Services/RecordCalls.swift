internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Synchronization

/// The packed lane: messages of payment records in, messages of outcome records out.
extension Services {
    /// Messages under way in one stream; each may hold as many orders as a batch.
    private static let recordWindow: UInt64 = 4

    /// A message of records from its arrival until it is answered.
    private struct ReceivedRecords: Sendable {
        let message: ByteBuffer
        var records: MappedRecords
        let room: ByteBudget.Share
    }

    /// A message of records and its answer.
    private struct AnsweredRecords: Sendable {
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

    /// Submits the records of one message together.
    ///
    /// - Throws: what refuses the message as a whole.
    private func submit(
        _ message: ByteBuffer, _ caller: Caller
    ) async throws -> AnsweredRecords {
        var received = try receive(message, try participant(caller))
        let answer = try await node.submit(received.records.takeCommands())
        return AnsweredRecords(received: received, answer: .success(answer))
    }

    /// - Throws: `OVERLOADED` when the gateway has no room for the message; what is wrong with its
    ///   header.
    private func receive(_ message: ByteBuffer, _ submitter: BIC) throws -> ReceivedRecords {
        guard let room = recordBudget.take(message.readableBytes) else {
            throw GatewayError(.overloaded, "too many messages of records are under way")
        }
        let records = try message.withUnsafeReadableBytes {
            try MappedRecords($0, submitter: submitter)
        }
        return ReceivedRecords(message: message, records: records, room: room)
    }

    /// `POST /v1/payments:records`: the body is a message of records.
    func submitRecords(_ message: ByteBuffer, _ caller: Caller) async throws -> ByteBuffer {
        let answered = try await submit(message, caller)
        var body = ByteBuffer()
        answered.encode(into: &body)
        return body
    }

    /// One message of records, one of outcomes.
    func submitRecords(_ call: GRPCServerCall, _ caller: Caller) async throws {
        let message = try BytesField.read(try await call.messages.single()) {
            try (decode($0) as ProtoPaymentRecords).records
        }
        let answered = try await submit(message, caller)
        await call.reply(BytesField.message(answered.answerSize, answered.encode))
    }

    /// Messages of records in, each answered in its order. A message that could not be submitted is
    /// answered with that code in every outcome.
    func streamRecords(_ call: GRPCServerCall, _ caller: Caller) async throws {
        try await pump(call, caller) { answered in
            try await call.send(BytesField.message(answered.answerSize, answered.encode))
        }
        call.finish()
    }

    /// Messages of records in, one summary out; ends at the first message that was not submitted or
    /// whose outcome is open.
    func uploadRecords(_ call: GRPCServerCall, _ caller: Caller) async throws {
        let summary = Mutex(UploadedRecords())
        try await telling(summary.withLock { $0.received }) {
            try await pump(call, caller) { answered in
                _ = try answered.answer.get()
                summary.withLock { summary in
                    answered.forEachOutcome { summary.add($0) }
                }
            }
        }
        let bytes: [UInt8] = try summary.withLock { try $0.proto.serializedBytes() }
        await call.reply(ByteBuffer(bytes: bytes))
    }

    private func pump(
        _ call: GRPCServerCall, _ caller: Caller,
        _ receive: @Sendable (AnsweredRecords) async throws -> Void
    ) async throws {
        let submitter = try participant(caller)
        try await pump(
            call, window: Services.recordWindow,
            decode: { message in
                let message = try BytesField.read(message) {
                    try (decode($0) as ProtoPaymentRecords).records
                }
                return try self.receive(message, submitter)
            },
            submit: { (request: ReceivedRecords, done) in
                var received = request
                let commands = received.records.takeCommands()
                let answer = { @Sendable [received] (result: SubmissionResult) in
                    let answer = result.mapError { GatewayError(failure: $0) }
                    done(AnsweredRecords(received: received, answer: answer))
                }
                if commands.isEmpty { return answer(.success(.empty)) }
                node.submit(commands, answer: answer)
            }, receive: receive)
    }
}

private typealias SubmissionResult = Result<SubmissionAnswer, SubmissionFailure>

/// Bytes that may be in use at once, all callers together.
package final class ByteBudget: Sendable {
    /// Bytes in use; they are free again with its last owner.
    package final class Share: Sendable {
        private let budget: ByteBudget
        private let count: Int

        fileprivate init(_ budget: ByteBudget, _ count: Int) {
            self.budget = budget
            self.count = count
        }

        deinit { budget.left.withLock { $0 += count } }
    }

    private let left: Mutex<Int>

    package init(_ bytes: Int) { left = Mutex(bytes) }

    /// Nil when there are not so many left.
    package func take(_ bytes: Int) -> Share? {
        let isTaken = left.withLock {
            guard $0 >= bytes else { return false }
            $0 -= bytes
            return true
        }
        return isTaken ? Share(self, bytes) : nil
    }
}

/// What an upload of records has come to.
private struct UploadedRecords {
    private(set) var received: UInt64 = 0
    private var accepted: UInt64 = 0
    private var refusals: [OutcomeRecord] = []

    /// Counts the next outcome.
    mutating func add(_ outcome: OutcomeRecord) {
        defer { received += 1 }
        if outcome.code == .accepted { accepted += 1 }
        guard outcome.code != .accepted, refusals.count < OrderRecord.largestCount else { return }
        var outcome = outcome
        outcome.position = UInt32(clamping: received)
        refusals.append(outcome)
    }

    var proto: ProtoRecordsSummary {
        var proto = ProtoRecordsSummary()
        proto.received = received
        proto.accepted = accepted
        proto.refused = received - accepted
        let size = RecordHeader.outcomes.messageSize(refusals.count)
        proto.refusals = Data(
            [UInt8](capacity: size) { writer in
                RecordHeader.outcomes.encode(count: refusals.count, into: &writer)
                for refusal in refusals { refusal.encode(into: &writer) }
            })
        return proto
    }
}

/// Messages with a single field: number 1, of bytes. They are read and written here because a
/// protobuf library would copy the megabytes of the packed lane several times.
enum BytesField {
    /// Field 1, length-delimited.
    private static let tag: UInt8 = 0x0A

    /// The bytes of the field, shared with the message.
    ///
    /// - Parameter decode: reads a message of another form than the usual one: without the field,
    ///   with unknown fields, or with an overlong length.
    static func read(
        _ message: ByteBuffer, else decode: (ByteBuffer) throws -> Data
    ) rethrows -> ByteBuffer {
        var rest = message
        if rest.readInteger(as: UInt8.self) == tag {
            var length = 0
            var shift = 0
            while shift < 28, let byte = rest.readInteger(as: UInt8.self) {
                length |= Int(byte & 0x7F) << shift
                shift += 7
                if byte & 0x80 == 0 {
                    if length == rest.readableBytes { return rest }
                    break
                }
            }
        }
        return ByteBuffer(bytes: try decode(message))
    }

    /// A message whose field is what `write` writes.
    ///
    /// - Parameter size: how many bytes that will be.
    static func message(_ size: Int, _ write: (inout ByteBuffer) -> Void) -> ByteBuffer {
        var message = ByteBuffer()
        message.reserveCapacity(size + 6)
        message.writeInteger(tag)
        var rest = UInt32(size)
        while rest >= 0x80 {
            message.writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        message.writeInteger(UInt8(rest))
        write(&message)
        return message
    }
}

/// The route of the packed lane for callers without gRPC.
enum RecordRoute {
    private static let contentType = "application/octet-stream"

    static func serve(_ services: Services, _ caller: Caller, _ json: JSONCall) async throws {
        let type = json.request.head.headers["content-type"]?.lowercased() ?? ""
        guard type.hasPrefix(contentType) else {
            throw GatewayError(.mediaTypeUnsupported, "this path takes \(contentType)")
        }
        let body = try await json.body(upTo: OrderRecord.largestMessage)
        let answer = try await services.submitRecords(body, caller)
        await json.response.send(
            status: 200, headers: ["content-type": contentType], body: answer)
    }
}
