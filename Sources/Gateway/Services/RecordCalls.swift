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
        let hashing = try directory.hashing
        let records = try await compute(.short) {
            try message.withUnsafeReadableBytes {
                try MappedRecords($0, submitter: submitter, hashing, in: directory)
            }
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

extension Services {
    private static let recordsType = "application/octet-stream"

    /// `POST /v1/payments:records`: the body is a message of records.
    func serveRecords(_ http: HTTPCall, _ caller: Caller) async throws {
        guard MediaType.isAny(of: [Services.recordsType], http.request.head.headers) else {
            throw MediaType.unsupported(
                http.request.head.headers, "this path takes \(Services.recordsType)")
        }
        let body = try await http.body(upTo: OrderRecord.largestMessage)
        let answered = try await submit(body, caller)
        var answer = ByteBuffer()
        answered.encode(into: &answer)
        await http.response.send(
            status: 200, headers: ["content-type": Services.recordsType], body: answer)
    }
}
