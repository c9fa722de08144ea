internal import Foundation
internal import Testing

extension SystemTests {
    /// What `langqiao statements read` says, as docs/statements shows it.
    @Suite("Statement files of agents")
    struct StatementFileTests {
        private static let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

        /// The commands of the page with what they print; `…` stands for lines left out.
        private static func examples() throws -> [(arguments: [String], output: [String])] {
            let page = try String(
                contentsOf: root.appending(path: "docs/statements/README.md"), encoding: .utf8)
            return page.components(separatedBy: "```\n").compactMap { block in
                let lines = block.split(separator: "\n").map(String.init)
                guard let first = lines.first, first.hasPrefix("$ langqiao ") else { return nil }
                let words = first.dropFirst("$ langqiao ".count).split(separator: " ")
                return (words.map(String.init), Array(lines.dropFirst()))
            }
        }

        private static func end(
            _ arguments: [String], in directory: String = root.path
        ) async throws -> (status: Int32, output: String, errors: String) {
            let scratch = FileManager.default.temporaryDirectory.path
            let name = "langqiao-statements-\(UUID().uuidString.prefix(8))"
            let made = arguments.map { $0.hasPrefix("docs/") ? "\(directory)/\($0)" : $0 }
            let child = try ChildProgram(GatewayUnderTest.program, made, in: scratch, name: name)
            let status = try await child.end()
            defer { for kind in ["out", "err"] { unlink("\(scratch)/\(name).\(kind)") } }
            return (status, child.outputText, child.errorText)
        }

        @Test("The page's examples print what the page says", .timeLimit(.minutes(1)))
        func page() async throws {
            let examples = try Self.examples()
            #expect(examples.count == 3)
            for (arguments, shown) in examples {
                let end = try await Self.end(arguments)
                let isWhole = !shown.contains("…")
                let lines = end.output.split(separator: "\n").map(String.init)
                if isWhole { #expect(lines == shown) }
                #expect(lines.last == shown.last && end.status == (isWhole ? 0 : 2))
            }
        }

        @Test("A mapping that is none, and files that are, are told apart", .timeLimit(.minutes(1)))
        func faults() async throws {
            let csv = "docs/statements/account.csv"
            let unmapped = try await Self.end(["statements", "read", csv])
            #expect(unmapped.status == 1 && unmapped.output.isEmpty)
            #expect(unmapped.errors.contains("columns must be described"))
            let wrong = try await Self.end(["statements", "read", "--mapping", csv, csv])
            #expect(wrong.status == 64 && wrong.errors.contains("account.csv: "))
            let json = try await Self.end([
                "statements", "read", "--json", "docs/statements/tuesday.sta",
                "docs/statements/monday.sta",
            ])
            let form = try JSONSerialization.jsonObject(with: Data(json.output.utf8))
            let findings = (form as? [String: Any])?["findings"] as? [[String: Any]]
            #expect(json.status == 2 && findings?.count == 1)
            #expect(findings?.first?["difference"] as? String == "-50000.00")
        }

        @Test("Files enter the ledger whole, once, and in their order", .timeLimit(.minutes(2)))
        func imports() async throws {
            let gateway = try await GatewayUnderTest(banks: [])
            do {
                try await gateway.start()
                try await imports(OperatorLine(gateway: gateway))
            } catch {
                Issue.record("\(error)\n\(gateway.log.suffix(1_500))")
            }
            await gateway.remove()
        }

        private func imports(_ line: OperatorLine) async throws {
            try await line.run("langqiao ledger raise-rules --as operator --version 4")
            let files = Self.root.appending(path: "docs/statements").path
            func end(_ words: String) async throws -> OperatorLine.End {
                try await line.end(
                    of: "langqiao statements import --as operator \(words)"
                        .replacing("@", with: files + "/"))
            }
            let strange = try await end("@monday.sta")
            #expect(strange.status == 2 && strange.output.contains("No single nostro in THB"))
            try await line.run(
                "langqiao nostro open --as operator --agent BKKBTHBK --account 4010123456 "
                    + "--currency THB --name Bangkok")
            let first = try await end("@monday.sta @tuesday.sta")
            #expect(first.status == 2 && first.output.contains("AGENT_STATEMENT_FIRST"))
            // What could not follow it is not sent.
            #expect(first.output.contains("REFUSED One before it was not taken."))
            // It goes on where it stopped.
            #expect(try await end("--opening @monday.sta").status == 0)
            let both = try await end("--json @monday.sta @tuesday.sta")
            let results = try both.output.matches(
                of: Regex(#""result":"([A-Z]+)""#, as: (Substring, Substring).self))
            #expect(both.status == 0 && results.map(\.output.1) == ["KNOWN", "TAKEN"])
            // One nostro is not two accounts.
            try await line.run(
                "{ cat @monday.sta; sed s/4010123456/777/ @tuesday.sta; } > mixed.sta"
                    .replacing("@", with: files + "/"))
            let mixed = try await end("--nostro 1 mixed.sta")
            #expect(mixed.status == 1 && mixed.errors.contains("about 2 accounts"))
            // The same days in another file cover what was taken.
            let again = try await end("--mapping @account.json @account.csv")
            #expect(again.status == 2 && again.output.contains("AGENT_STATEMENT_OVERLAPS"))
            let shown = try await line.run("langqiao statements show 1 --as operator --json")
            #expect(shown.contains(#""provenThrough":"2026-12-01""#))
            let lines = try await line.run("langqiao statements lines 1 --as operator --json")
            #expect(lines.contains(#""amount":"-250.00""#) && lines.contains("INV-2026-118"))
        }
    }
}
