internal import Domain
internal import Foundation
internal import HTTP2
internal import NIOCore
internal import Shares
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
        /// The message as it came in a stream: its bytes count for as long as it is there.
        var origin: GRPCMessage?
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
        var received = try await receive(message, try participant(caller))
        let answer = try await submit(received.records.takeCommands())
        return AnsweredRecords(received: received, answer: .success(answer))
    }

    /// - Throws: `OVERLOADED` when too many messages wait for this; what is wrong with its header.
    private func receive(
        _ message: ByteBuffer, _ submitter: BIC
    ) async throws -> ReceivedRecords {
        let records = try await compute(.short) {
            try message.withUnsafeReadableBytes { try MappedRecords($0, submitter: submitter) }
        }
        return ReceivedRecords(message: message, records: records)
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

    /// Messages of records in, all outcomes out at the end; ends at the first message that was not
    /// submitted or whose outcome is open.
    func uploadRecords(_ call: GRPCServerCall, _ caller: Caller) async throws {
        let upload = Mutex(UploadedRecords(call.request.memory))
        try await telling(UInt64(upload.withLock { $0.received })) {
            try await pump(
                call, caller, admit: { count in try upload.withLock { try $0.admit(count) } }
            ) { answered in
                _ = try answered.answer.get()
                upload.withLock { upload in
                    upload.add(answered.received.records.count, answered.forEachOutcome)
                }
            }
        }
        let parts = try upload.withLock { try $0.answer }
        try await call.send(parts: parts)
        call.finish()
        withExtendedLifetime(upload) {}
    }

    private func pump(
        _ call: GRPCServerCall, _ caller: Caller,
        admit: @escaping @Sendable (Int) throws -> Void = { _ in },
        _ receive: @Sendable (AnsweredRecords) async throws -> Void
    ) async throws {
        let submitter = try participant(caller)
        try await pump(
            call, window: Services.recordWindow,
            decode: { origin in
                let message = try BytesField.read(origin.bytes) {
                    try (decode($0) as ProtoPaymentRecords).records
                }
                var received = try await self.receive(message, submitter)
                received.origin = origin
                try admit(received.records.count)
                return received
            },
            submit: { (request: ReceivedRecords, done) in
                var received = request
                let commands = received.records.takeCommands()
                let answer = { @Sendable [received] (result: SubmissionResult) in
                    let answer = result.mapError { GatewayError(failure: $0) }
                    done(AnsweredRecords(received: received, answer: answer))
                }
                if commands.isEmpty { return answer(.success(.empty)) }
                node.submit(commands, for: owner, answer: answer)
            }, receive: receive)
    }
}

private typealias SubmissionResult = Result<SubmissionAnswer, SubmissionFailure>

/// What an upload of records has come to.
private struct UploadedRecords: ~Copyable {
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

/// Messages with a single field: number 1, of bytes. They are read and written here because a
/// protobuf library would copy the megabytes of the packed lane several times.
enum BytesField {
    /// The tag of a length-delimited field.
    private static func tag(_ number: UInt8) -> UInt8 { number << 3 | 2 }

    /// The bytes of the field, shared with the message.
    ///
    /// - Parameter decode: reads a message of another form than the usual one: without the field,
    ///   with unknown fields, or with an overlong length.
    static func read(
        _ message: ByteBuffer, else decode: (ByteBuffer) throws -> Data
    ) rethrows -> ByteBuffer {
        var rest = message
        if rest.readInteger(as: UInt8.self) == tag(1) {
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
        begin(1, size, in: &message)
        write(&message)
        return message
    }

    /// Writes what stands before the bytes of a field: tag and length.
    static func begin(_ number: UInt8, _ size: Int, in message: inout ByteBuffer) {
        message.writeInteger(tag(number))
        var rest = UInt32(size)
        while rest >= 0x80 {
            message.writeInteger(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        message.writeInteger(UInt8(rest))
    }
}

extension Services {
    private static let recordsType = "application/octet-stream"

    /// `POST /v1/payments:records`: the body is a message of records.
    func serveRecords(_ http: HTTPCall, _ caller: Caller) async throws {
        guard MediaType.isAny(of: [Services.recordsType], http.request.head.headers) else {
            throw GatewayError(.mediaTypeUnsupported, "this path takes \(Services.recordsType)")
        }
        let body = try await http.body(upTo: OrderRecord.largestMessage)
        let answered = try await submit(body, caller)
        var answer = ByteBuffer()
        answered.encode(into: &answer)
        await http.response.send(
            status: 200, headers: ["content-type": Services.recordsType], body: answer)
    }
}
