internal import ArgumentParser
internal import Domain
internal import Foundation
internal import HTTP2

/// `langqiao pay --file`: checks a whole file, sends it, and says what became of it.
enum PayFile {
    /// Faults and refusals that are shown one by one.
    private static let shown = 20

    /// - Throws: an exit code: 1 for bad lines, refused payments and what else is wrong here; 69
    ///   when payments have no answer.
    static func run(_ path: String, over connection: ConnectionOptions) async throws {
        do {
            try await send(path, connection)
        } catch let failure as PayFailure {
            Failure.print(failure.message, code: failure.code, json: connection.json)
            throw ExitCode.failure
        }
    }

    private static func send(_ path: String, _ connection: ConnectionOptions) async throws {
        guard let submitter = BIC(connection.caller) else {
            throw PayFailure("--as must name the bank that pays", code: "MALFORMED")
        }
        ProgressLine.show("checking \(path)")
        var file = try PaymentFile(path: path, submitter: submitter)
        ProgressLine.clear()
        try refuse(file, connection.json)
        try warn(file, connection.json)
        let journal = try PaymentJournal(
            of: file, caller: submitter.description,
            gateway: "\(connection.host):\(connection.port)")
        let before = journal.answers.count { $0 != nil }
        file.assign(journal.uetrs)
        let progress = FileProgress(
            path, total: file.payments.count, answered: before, isQuiet: connection.json)
        interrupt(path, progress)
        let start = ContinuousClock.now
        var run = FileRun(file, journal, progress)
        var failure: (any Error)?
        do {
            try await run.send(over: connection)
        } catch let error as PayFailure {
            ProgressLine.clear()
            throw error
        } catch {
            failure = error
        }
        ProgressLine.clear()
        let summary = FileSummary(
            file, run.answers, before: before, seconds: (ContinuousClock.now - start).seconds)
        try connection.json ? print(summary.json()) : print(summary.text(shown))
        if let failure, !(connection.report(failure) is ExitCode) {
            Failure.print("\(failure)", code: "UNREACHABLE", json: connection.json)
        }
        if summary.unanswered > 0 { throw ExitCode(69) }
        if summary.refused > 0 { throw ExitCode.failure }
    }

    /// Reports all lines that make no payment; nothing is sent then.
    private static func refuse(_ file: PaymentFile, _ json: Bool) throws {
        guard !file.faults.isEmpty else { return }
        for fault in file.faults.prefix(shown) {
            Failure.print(
                "\(file.path):\(fault.line): \(fault.reason)", code: "MALFORMED", json: json)
        }
        throw PayFailure(
            "lines that make no payment: \(file.faults.count); nothing was sent", code: "MALFORMED")
    }

    /// Says on standard error which payments may be there twice; they are sent all the same.
    private static func warn(_ file: PaymentFile, _ json: Bool) throws {
        guard let warning = RepeatedLines(file.payments).warning else { return }
        var line = "warning: \(file.path): \(warning)"
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            line = String(
                decoding: try encoder.encode(["warning": "\(file.path): \(warning)"]), as: UTF8.self
            )
        }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }

    /// Ctrl-C and SIGTERM end the program; the journal is as good at any moment as at the end.
    private static func interrupt(_ path: String, _ progress: FileProgress) {
        let signals = StopSignals()
        Task {
            guard await signals.wait() else { return }
            ProgressLine.clear()
            FileHandle.standardError.write(
                Data(
                    """
                    \(path): interrupted, \(progress.sentence); the same command goes on from there

                    """.utf8))
            _exit(130)
        }
    }
}

/// What became of a file of payments.
struct FileSummary: Encodable {
    struct Refusal: Encodable {
        let line: Int
        let uetr: String
        let code: String
    }

    let file: String
    let payments: Int
    let accepted: Int
    let refused: Int
    /// Without an answer; the same command sends them again.
    let unanswered: Int
    /// Answered in an earlier run.
    let answeredBefore: Int
    /// On record before this run sent them, because an earlier one did not see the answer.
    let repetitions: Int
    let seconds: Double
    /// The first 1,000.
    let refusals: [Refusal]

    init(
        _ file: PaymentFile, _ answers: [PaymentAnswer?], before: Int, seconds: Double
    ) {
        self.file = file.path
        payments = answers.count
        accepted = answers.count { $0?.isAccepted == true }
        unanswered = answers.count { $0 == nil }
        refused = answers.count - accepted - unanswered
        answeredBefore = before
        repetitions = answers.count { $0?.isRepetition == true }
        self.seconds = (seconds * 1_000).rounded() / 1_000
        var refusals: [Refusal] = []
        for (payment, answer) in zip(file.payments, answers) where refusals.count < 1_000 {
            guard let answer, !answer.isAccepted else { continue }
            refusals.append(
                Refusal(line: payment.line, uetr: "\(payment.order.uetr)", code: answer.name))
        }
        self.refusals = refusals
    }

    func json() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    func text(_ shown: Int) -> String {
        var lines = [
            "payments    \(payments)", "accepted    \(accepted)", "refused     \(refused)",
        ]
        if unanswered > 0 { lines.append("unanswered  \(unanswered)") }
        if answeredBefore > 0 { lines.append("before      \(answeredBefore)") }
        lines.append("seconds     \(seconds)")
        for refusal in refusals.prefix(shown) {
            lines.append("\(file):\(refusal.line): \(refusal.code) (\(refusal.uetr))")
        }
        if refused > shown { lines.append("and \(refused - shown) more") }
        return lines.joined(separator: "\n")
    }
}

extension Duration {
    var seconds: Double {
        Double(components.seconds) + Double(components.attoseconds) / 1e18
    }
}
