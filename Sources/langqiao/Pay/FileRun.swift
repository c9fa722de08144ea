internal import Domain
internal import Foundation
internal import Gateway
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf
internal import Synchronization

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
    mutating func send(over connection: ConnectionOptions) async throws {
        while unanswered > 0 {
            var failure: (any Error)?
            do {
                let client = try await connection.connect()
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

/// How long nothing was heard.
private final class Silence: Sendable {
    private let longest: Duration
    private let since = Mutex(ContinuousClock.now)

    init(_ longest: Duration) { self.longest = longest }

    private var rest: Duration { longest - since.withLock { ContinuousClock.now - $0 } }

    var hasLasted: Bool { rest <= .zero }

    func interrupt() { since.withLock { $0 = .now } }

    /// Returns once it has lasted for the longest time.
    func wait() async throws {
        while !hasLasted { try await Task.sleep(for: rest) }
    }
}

/// How far a file is, for whoever watches: a bar on a terminal, now and then a line elsewhere.
final class FileProgress: Sendable {
    private struct State {
        var answered: Int
        var shownAt: ContinuousClock.Instant
    }

    private let file: String
    private let total: Int
    private let answeredBefore: Int
    private let isQuiet: Bool
    private let start = ContinuousClock.now
    private let state: Mutex<State>

    /// - Parameter isQuiet: shows nothing where there is no terminal.
    init(_ file: String, total: Int, answered: Int, isQuiet: Bool) {
        self.file = file
        self.total = total
        self.isQuiet = isQuiet
        answeredBefore = answered
        state = Mutex(State(answered: answered, shownAt: start))
    }

    /// Counts payments that have an answer now.
    func add(_ count: Int) {
        let now = ContinuousClock.now
        let line: String? = state.withLock {
            $0.answered += count
            let pause: Duration = ProgressLine.isTerminal ? .milliseconds(100) : .seconds(2)
            guard now - $0.shownAt >= pause else { return nil }
            $0.shownAt = now
            return text($0.answered, now)
        }
        guard let line else { return }
        if ProgressLine.isTerminal {
            ProgressLine.show(line)
        } else if !isQuiet {
            FileHandle.standardError.write(Data((line + "\n").utf8))
        }
    }

    /// `20480 of 100000 answered`.
    var sentence: String { "\(state.withLock { $0.answered }) of \(total) answered" }

    private func text(_ answered: Int, _ now: ContinuousClock.Instant) -> String {
        let percent = total == 0 ? 100 : answered * 100 / total
        let nanoseconds = max(1, (now - start) / .nanoseconds(1))
        let rate = Int(Double(answered - answeredBefore) * 1e9 / nanoseconds)
        let tail = "\(answered) of \(total), \(percent) %, \(rate) a second"
        guard ProgressLine.isTerminal else { return "\(file): \(tail)" }
        let filled = percent * 30 / 100
        let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: 30 - filled)
        return "[\(bar)] \(tail)"
    }
}
