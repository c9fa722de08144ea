internal import Clients
internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// Sends a file of payments over the packed lane until every one has an answer.
struct FileRun {
    private let payments: [PaymentFile.Payment]
    private let journal: PaymentJournal
    private(set) var answers: [PaymentAnswer?]
    private let progress: FileProgress
    /// Why the gateway left a payment for later, the last time it did.
    private var passing = ResultCode.overloaded
    /// When the last answer came, or the first connection; nil before that.
    private var heardAt: ContinuousClock.Instant?

    /// Payments in one message; several messages are under way at once.
    private static let messageSize = 4_096
    /// How long a run goes on without an answer, once it has been connected.
    private static let patience = Duration.seconds(60)
    /// A call without an answer for this long is given up; the host may have disappeared. Well
    /// below `patience`, so that the next connection has its chance.
    private static let longestSilence = Duration.seconds(30)

    init(
        _ file: PaymentFile, _ journal: PaymentJournal,
        _ progress: FileProgress
    ) {
        payments = file.payments
        answers = journal.answers
        self.journal = journal
        self.progress = progress
    }

    var unanswered: Int { answers.count { $0 == nil } }

    /// Sends what has no answer, again after a moment when the gateway was lost or refused a
    /// message for now.
    ///
    /// - Throws: what ended the last attempt; ``PayFailure`` when the journal cannot be written.
    mutating func send(to address: GatewayAddress) async throws {
        while unanswered > 0 {
            var failure: (any Error)?
            do {
                let client = try await address.connectForBulk()
                heardAt = heardAt ?? .now
                do {
                    try await sendRound(APIClient(client))
                } catch {
                    failure = error
                }
                await client.close()
            } catch {
                failure = error
            }
            guard unanswered > 0 else { break }
            guard failure.map(FileRun.mayPass) ?? true, let heardAt,
                .now - heardAt < FileRun.patience
            else { throw failure ?? GatewayError(passing).grpcStatus }
            try await Task.sleep(for: .seconds(1))
        }
        try journal.synchronize()
    }

    /// Errors of the transport, and refusals that say that they pass.
    private static func mayPass(_ error: any Error) -> Bool {
        guard let status = error as? GRPCStatus else { return error is HTTP2Error }
        switch status.code {
        case .unavailable, .resourceExhausted, .unknown, .cancelled, .deadlineExceeded: return true
        default: return status.transport != nil
        }
    }

    /// One stream with all that has no answer, in the order of the file.
    private mutating func sendRound(_ api: APIClient) async throws {
        let waiting = answers.indices.filter { answers[$0] == nil }
        let messages = stride(from: 0, to: waiting.count, by: FileRun.messageSize).map {
            waiting[$0..<min($0 + FileRun.messageSize, waiting.count)]
        }
        let call = try await api.open("PaymentService/StreamRecords")
        let sending = Task { [payments] in
            for message in messages {
                try await call.send(try FileRun.message(message.map { payments[$0] }))
            }
            call.finishSending()
        }
        defer { sending.cancel() }
        let silence = Silence(FileRun.longestSilence)
        let watching = Task {
            try await silence.wait()
            call.cancel()
        }
        defer { watching.cancel() }
        var answered = messages[...]
        do {
            for try await answer in call.messages {
                silence.interrupt()
                guard let positions = answered.popFirst() else { break }
                try note(answer.bytes, positions)
            }
        } catch {
            call.cancel()
            throw silence.hasLasted ? FileRun.silent : error
        }
        let status = silence.hasLasted ? FileRun.silent : try await call.status()
        guard status.code == .ok, answered.isEmpty else {
            throw status.code == .ok
                ? GRPCStatus(.unknown, "the gateway left payments without an answer") : status
        }
    }

    private static let silent = GRPCStatus(
        .deadlineExceeded, "the gateway gave no answer for \(longestSilence.components.seconds) s")

    private static func message(_ payments: [PaymentFile.Payment]) throws -> ByteBuffer {
        var writer = OrderRecordsWriter()
        for payment in payments { writer.append(payment.order, endToEndID: payment.endToEndID) }
        var proto = ProtoPaymentRecords()
        proto.records = Data(writer.message)
        return ByteBuffer(bytes: try proto.serializedBytes() as [UInt8])
    }

    /// Notes the outcomes of one message.
    private mutating func note(_ answer: ByteBuffer, _ positions: ArraySlice<Int>) throws {
        let proto = try ProtoOutcomeRecords(serializedBytes: Array(answer.readableBytesView))
        let outcomes = try OutcomeRecord.read(Array(proto.outcomes))
        guard outcomes.count == positions.count else {
            throw PayFailure("the gateway answered other payments", code: "WRONG_ANSWER")
        }
        var noted: [(line: Int, answer: PaymentAnswer)] = []
        for (position, outcome) in zip(positions, outcomes) {
            guard outcome.uetr == payments[position].order.uetr else {
                throw PayFailure("the gateway answered another payment", code: "WRONG_ANSWER")
            }
            if let code = outcome.code, code.leavesOpen {
                passing = code
                continue
            }
            let answer = PaymentAnswer(
                number: outcome.codeNumber, status: outcome.status,
                isRepetition: outcome.isRepetition)
            answers[position] = answer
            noted.append((payments[position].line, answer))
        }
        if !noted.isEmpty { heardAt = .now }
        try journal.note(noted)
        progress.add(noted.count)
    }
}
