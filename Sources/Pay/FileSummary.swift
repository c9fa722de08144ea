internal import Domain
internal import Foundation

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
