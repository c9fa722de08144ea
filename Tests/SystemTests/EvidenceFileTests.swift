internal import ForeignPrograms
internal import Foundation
internal import Testing

extension SystemTests {
    /// What `langqiao verify certificate` says, as docs/evidence.md shows it.
    @Suite("Certificates from files")
    struct EvidenceFileTests {
        private static let docs = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "docs")
        private static let certificate = docs.appending(path: "verify/example.tlog-proof").path
        private static let keys = docs.appending(path: "verify/example-KEYS").path

        /// The lines that the page shows behind the command.
        private static func shown() throws -> String {
            let page = try String(
                contentsOf: docs.appending(path: "evidence.md"), encoding: .utf8)
            let blocks = page.components(separatedBy: "```\n")
            let block = try #require(blocks.first { $0.hasPrefix("$ langqiao verify") })
            return block.split(separator: "\n", maxSplits: 1).last.map(String.init) ?? ""
        }

        private static func end(
            _ program: String, _ arguments: [String]
        ) async throws -> (status: Int32, output: String, errors: String) {
            let scratch = FileManager.default.temporaryDirectory.path
            let name = "langqiao-evidence-\(UUID().uuidString.prefix(8))"
            let child = try ChildProgram(program, arguments, in: scratch, name: name)
            let status = try await child.end()
            defer { for kind in ["out", "err"] { unlink("\(scratch)/\(name).\(kind)") } }
            return (status, child.outputText, child.errorText)
        }

        private static func verify(
            _ file: String, keys: String = keys, more: [String] = []
        ) async throws -> (status: Int32, output: String, errors: String) {
            try await end(
                GatewayUnderTest.program,
                ["verify", "certificate", file, "--keys", keys] + more)
        }

        @Test("The page's example is proven", .timeLimit(.minutes(1)))
        func example() async throws {
            let end = try await Self.verify(Self.certificate)
            #expect(end.status == 0 && end.errors.isEmpty)
            let shown = try Self.shown()
            #expect(end.output == shown)
            let json = try await Self.verify(Self.certificate, more: ["--json"])
            #expect(json.output.hasPrefix(#"{"sentences":[{"about":"proven","text":"payment "#))
        }

        @Test(
            "The reader for outsiders says the same", .needsPython("cryptography"),
            .timeLimit(.minutes(1)))
        func reader() async throws {
            let program = try #require(PythonInterpreter.path)
            let script = Self.docs.appending(path: "verify/verify.py").path
            let good = try await Self.end(program, [script, Self.certificate, "--keys", Self.keys])
            let shown = try Self.shown()
            #expect(good.status == 0 && good.output == shown)
            let wrong = try await Self.end(program, [script, Self.keys, "--keys", Self.keys])
            #expect(wrong.status == 1 && wrong.errors.hasPrefix("Error: not proven: "))
            let usage = try await Self.end(program, [script, Self.certificate])
            #expect(usage.status == 64)
            let lines = try String(contentsOfFile: script, encoding: .utf8)
                .split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.count <= 251, "250 lines can be read by one person")
        }

        @Test(
            "What is not proven ends with 1, a wrong command line with 64",
            .timeLimit(.minutes(1)))
        func refusals() async throws {
            let file = FileManager.default.temporaryDirectory
                .appending(path: "langqiao-altered-\(UUID().uuidString).tlog-proof")
            defer { try? FileManager.default.removeItem(at: file) }
            let text = try String(contentsOfFile: Self.certificate, encoding: .utf8)
            try text.replacing("index ", with: "index 1").write(
                to: file, atomically: true, encoding: .utf8)
            let altered = try await Self.verify(file.path)
            #expect(altered.status == 1 && altered.output.isEmpty)
            #expect(altered.errors.hasPrefix("Error: not proven: the record is not leaf 1"))
            let json = try await Self.verify(file.path, more: ["--json"])
            #expect(json.errors.hasPrefix(#"{"code":"NOT_PROVEN","error":"#))
            #expect(try await Self.verify("/nowhere/at-all").status == 64)
            let noKeys = try await Self.verify(Self.certificate, keys: Self.certificate)
            #expect(noKeys.status == 64)
            #expect(noKeys.errors.contains("line 1: it is no line of a policy"))
        }
    }
}
