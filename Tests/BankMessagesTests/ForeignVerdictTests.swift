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
        if let message = try? BankMessage(xml: Array(text.utf8)), message.notice != nil {
            return "notice"
        }
        guard let refused = rejection(text) else { return "taken" }
        let path = refused.path.replacing(/^\/Document\/[A-Za-z]+/, with: "…")
        return "\(refused.code.rawValue) \(path)"
    }
}
