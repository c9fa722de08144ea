import BankMessages
import ForeignMessages
import ForeignPrograms
import Testing

@Suite(
    "Verdicts on every example message of other people's packages",
    .needsPython("cbpr_rules", "lxml", "pacs008", "tollgate"))
struct ForeignVerdictTests {
    @Test("As expected before, but for differences that are named")
    func verdicts() throws {
        let messages = try ForeignMessage.ofAllPackages()
        let expected = ForeignVerdicts.expected
        try #require(messages.map(\.name) == expected.map(\.message))
        for (message, expected) in zip(messages, expected) {
            let ours = verdict(on: message.text)
            let known = ForeignVerdicts.differences[message.name]
            #expect(ours == known?.verdict ?? expected.verdict, "\(message.name)")
            #expect(known?.verdict != expected.verdict, "\(message.name)")
            print("\(message.name) | \(expected.verdict) | \(ours)")
        }
        #expect(Set(ForeignVerdicts.differences.keys).isSubset(of: messages.map(\.name)))
    }

    private func verdict(on text: String) -> String {
        guard let refused = refusal(of: text) else {
            return (try? BankMessage(xml: Array(text.utf8)))?.notice == nil ? "taken" : "notice"
        }
        let path = refused.path.replacing(/^\/Document\/[A-Za-z]+/, with: "…")
        return "\(refused.code.rawValue) \(path)"
    }

    /// Of the message, or of its first transaction; a notice asks for nothing to be refused.
    private func refusal(of text: String) -> MessageRejection? {
        do throws(MessageRejection) {
            let message = try BankMessage(xml: Array(text.utf8))
            guard message.notice == nil else { return nil }
            return switch message {
            case .creditTransfers: rejection(text)
            case .paymentReturns(let returns): returns.refused.first
            case .statusReport(let report): report.refused.first
            case .statusRequest(let request): request.refused.first
            case .cancellationRequests, .investigationResolution, .reportRequest: nil
            }
        } catch {
            return error
        }
    }
}
