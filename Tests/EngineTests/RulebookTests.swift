internal import Domain
internal import Foundation
internal import Testing

/// `docs/rulebook.md` is true to the code where a program can tell.
@Suite struct RulebookTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private let rulebook: String

    init() throws {
        let file = Self.tests.appending(path: "../../docs/rulebook.md").standardizedFileURL
        rulebook = try String(contentsOf: file, encoding: .utf8)
    }

    @Test func tableOfResultsIsTheOneInUse() {
        let lines = rulebook.split(separator: "\n")
        for code in ResultCode.allCases {
            let iso = code.isoReason.isEmpty ? "–" : code.isoReason
            let start = "| \(code.rawValue) | \(code.name) | \(code.sentence) | "
            let end = " | \(code.description.httpStatus) | \(iso) | \(refusal(code)) |"
            let row = lines.first { $0.hasPrefix(start + "\(code.description.grpcStatus) ") }
            #expect(row?.hasSuffix(end) == true, "\(code)")
        }
    }

    /// R2.14 What an order becomes that is refused so: R3.3 and R3.4 name the reasons.
    private func refusal(_ code: ResultCode) -> String {
        if code.isPassing { return "passing" }
        let isOnRecord =
            (303...411).contains(code.rawValue) || (946...948).contains(code.rawValue)
            || code == .accountsFull
        return isOnRecord ? "lasting" : "–"
    }

    @Test func everySentenceThatATestNamesExists() throws {
        let folders = [Self.tests, Self.tests.appending(path: "Transcripts")]
        var named: Set<String> = []
        for folder in folders {
            for file in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
                let path = folder.appending(path: file)
                guard let text = try? String(contentsOf: path, encoding: .utf8) else { continue }
                named.formUnion(text.matches(of: /\bR\d+\.\d+\b/).map { String($0.output) })
            }
        }
        #expect(named.count > 30)
        for rule in named.sorted() {
            #expect(rulebook.contains("- **\(rule)** "), "\(rule) is no sentence of the rulebook")
        }
    }
}
