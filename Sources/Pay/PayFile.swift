package import Clients
package import Domain
internal import Foundation
internal import Terminal

/// `langqiao pay --file`: checks a whole file, sends it, and says what became of it.
package struct PayFile {
    /// What became of all payments together.
    package enum Ending: Sendable {
        case accepted
        /// Some were refused, or nothing was sent, for a reason that was printed.
        case refused
        /// Some have no answer; the same command goes on with them.
        case unanswered
    }

    /// Faults and refusals that are shown one by one.
    private static let shown = 20

    private let path: String
    private let address: GatewayAddress
    private let json: Bool

    /// - Parameters:
    ///   - path: of the file of payments; the journal lies beside it.
    ///   - json: whether results and faults are printed as JSON.
    package init(_ path: String, to address: GatewayAddress, json: Bool) {
        self.path = path
        self.address = address
        self.json = json
    }

    /// Sends the file and prints what came of it.
    ///
    /// - Parameter caller: the bank that pays; nil when the caller is none.
    package func run(as caller: BIC?) async throws -> Ending {
        do {
            guard let caller else {
                throw PayFailure("--as must name the bank that pays", code: "MALFORMED")
            }
            return try await send(caller)
        } catch let failure as PayFailure {
            Failure.print(failure.message, code: failure.code, json: json)
            return .refused
        }
    }

    private func send(_ submitter: BIC) async throws -> Ending {
        ProgressLine.show("checking \(path)")
        var file = try PaymentFile(path: path, submitter: submitter)
        ProgressLine.clear()
        try refuse(file)
        try warn(file)
        let journal = try PaymentJournal(
            of: file, caller: submitter.description, gateway: "\(address.host):\(address.port)")
        let before = journal.answers.count { $0 != nil }
        file.assign(journal.uetrs)
        let progress = FileProgress(
            path, total: file.payments.count, answered: before, isQuiet: json)
        interrupt(progress)
        let start = ContinuousClock.now
        var run = FileRun(file, journal, progress)
        var failure: (any Error)?
        do {
            try await run.send(to: address)
        } catch let error as PayFailure {
            ProgressLine.clear()
            throw error
        } catch {
            failure = error
        }
        ProgressLine.clear()
        let summary = FileSummary(
            file, run.answers, before: before, seconds: (ContinuousClock.now - start) / .seconds(1))
        try json ? print(summary.json()) : print(summary.text(PayFile.shown))
        if let failure { report(failure) }
        if summary.unanswered > 0 { return .unanswered }
        return summary.refused > 0 ? .refused : .accepted
    }

    private func report(_ error: any Error) {
        let failure = CallFailure(error, from: address)
        Failure.print(
            failure?.message ?? "\(error)", code: failure?.code ?? "UNREACHABLE", json: json)
    }

    /// Reports all lines that make no payment; nothing is sent then.
    private func refuse(_ file: PaymentFile) throws {
        guard !file.faults.isEmpty else { return }
        for fault in file.faults.prefix(PayFile.shown) {
            Failure.print(
                "\(file.path):\(fault.line): \(fault.reason)", code: "MALFORMED", json: json)
        }
        throw PayFailure(
            "lines that make no payment: \(file.faults.count); nothing was sent", code: "MALFORMED")
    }

    /// Says on standard error which payments may be there twice; they are sent all the same.
    private func warn(_ file: PaymentFile) throws {
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
    private func interrupt(_ progress: FileProgress) {
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
