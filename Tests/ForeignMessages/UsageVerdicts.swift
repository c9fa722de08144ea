internal import ForeignPrograms
internal import Foundation
package import Testing

extension Trait where Self == ConditionTrait {
    /// Needs the usage rules that somebody else programmed.
    package static var needsUsageRules: Self { .needsPython("cbpr_rules", "lxml") }
}

/// A document and what somebody else's program finds in it.
package struct JudgedDocument: Sendable {
    package var text: [UInt8]
    /// Rule and path, parted by a blank, in the order of their texts.
    package var findings: [String]

    /// The examples for a rule set, then as many changed ones as are asked for.
    package static func changed(
        _ ruleSet: String, count: Int, seed: UInt64
    ) throws -> [JudgedDocument] {
        let parts = try PythonEnvironment.run(
            "usage_mutations.py", input: Data("\(ruleSet) \(count) \(seed)".utf8)
        ).split(separator: 0, omittingEmptySubsequences: false)
        return stride(from: 0, to: parts.count - 1, by: 2).map {
            JudgedDocument(text: Array(parts[$0]), findings: split(parts[$0 + 1]))
        }
    }

    /// Has documents of our own judged, each by the rule set that stands before it.
    package static func judging(
        _ documents: [(ruleSet: String, text: String)]
    ) throws -> [JudgedDocument] {
        let input = documents.map { "\($0.ruleSet)\0\($0.text)\0" }.joined()
        let lines = try PythonEnvironment.run("usage_verdicts.py", input: Data(input.utf8))
            .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return zip(documents, lines).map {
            JudgedDocument(text: Array($0.text.utf8), findings: split($1))
        }
    }

    private static func split(_ line: Data) -> [String] {
        String(decoding: line, as: UTF8.self).split(separator: "\t").map(String.init)
    }
}
