import BankMessages
import ForeignMessages
import Foundation
import Testing

/// What we find, in the words of the other program: it names no attributes.
private func findings(in document: [UInt8], by ruleSet: String) throws -> [String] {
    try UsageRules.findings(in: document, by: ruleSet)
        .map { "\($0.rule) \($0.path.split(separator: "@")[0])" }
        .map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
        .sorted()
}

@Suite("Usage rules of CBPR+, beside a program that somebody else wrote", .needsUsageRules)
struct UsageRuleTests {
    /// Each rule set takes half a minute for 5,000 documents.
    private static let documents =
        ProcessInfo.processInfo.environment["LANGQIAO_USAGE_DOCUMENTS"].flatMap { Int($0) } ?? 500

    @Test("The same findings at the same places", arguments: UsageRules.names)
    func agreement(ruleSet: String) throws {
        let judged = try JudgedDocument.changed(ruleSet, count: Self.documents, seed: 20_260_901)
        #expect(judged.count == Self.documents + 4)
        #expect(judged.prefix(4).allSatisfy { $0.findings.isEmpty })
        var differences: [String] = []
        for (number, document) in judged.enumerated() {
            let ours = try findings(in: document.text, by: ruleSet)
            guard ours != document.findings else { continue }
            let found = Set(ours).symmetricDifference(document.findings)
            let unknown = found.filter { !KnownDifference.explains($0, in: document.text) }
            if !unknown.isEmpty { differences.append("\(number): \(unknown.sorted())") }
        }
        #expect(differences.isEmpty, "\(differences.prefix(5).joined(separator: "\n"))")
        let rules = Set(judged.flatMap(\.findings).map(number))
        // So many break each rule that there is, on both sides.
        #expect(Self.documents < 5_000 || rules == UsageRules.numbers(of: ruleSet))
        let broken = judged.count { !$0.findings.isEmpty }
        print("\(ruleSet): \(judged.count) documents, \(broken) break \(rules.count) rules")
    }

    @Test("What we judge otherwise, and on purpose", arguments: KnownDifference.all)
    func differences(difference: KnownDifference) throws {
        let (ruleSet, text) = (difference.ruleSet, difference.text)
        let theirs = try JudgedDocument.judging([(ruleSet, text)])[0].findings
        let ours = try findings(in: Array(text.utf8), by: ruleSet)
        #expect(Set(theirs).subtracting(ours).map(number).sorted() == difference.theirsAlone)
        #expect(Set(ours).subtracting(theirs).map(number).sorted() == difference.oursAlone)
    }

    /// The number of the rule of a finding such as `pacs.008:R1 /AppHdr/BizMsgIdr`.
    private func number(_ finding: String) -> String {
        String(finding.prefix { $0 != " " }.drop { $0 != ":" }.dropFirst())
    }
}
