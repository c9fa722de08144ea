internal import ForeignPrograms
internal import Foundation
internal import Testing

extension SystemTests {
    @Suite("Hostile clients")
    struct AttackTests {
        /// All attacks for a second or two each: memory, counts and processor time decide.
        @Test(
            "cost a bounded amount, which is given back",
            .needsPython("h2", "hpack", "hyperframe"))
        func attackBriefly() async throws {
            let suite = try await run(["attack", "--short", "--program", GatewayUnderTest.program])
            // An aim that is missed is named in the last lines; the table is worth seeing as well.
            print(suite.text)
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        /// The short run ends with a few kills; here is that their checker would notice.
        @Test(
            "that find nothing after a kill would have found it",
            .needsPython("h2", "hpack", "hyperframe"))
        func plantedFaultsAreFound() async throws {
            let suite = try await run(["attack.kills.selftest"])
            #expect(suite.status == 0, "\(suite.text.suffix(6_000))")
        }

        @Test("whose arguments are wrong say so", .needsPython("h2", "hpack", "hyperframe"))
        func usage() async throws {
            let program = ["--program", GatewayUnderTest.program]
            for (flags, words) in [
                (["--minutes", "x"], "--minutes: must be a number from 0.1 to 600, not 'x'"),
                (["--minutes", "nan"], "--minutes: must be a number from 0.1 to 600, not 'nan'"),
                (["--kills", "1.5"], "--kills: must be a whole number, not '1.5'"),
            ] {
                let suite = try await run(["attack"] + flags + program)
                #expect(suite.status == 2)
                #expect(suite.text == "ops/attack: argument \(words); --help explains.\n")
            }
        }

        /// Runs a Python module to its end; its exit status, and all that it wrote.
        private func run(_ module: [String]) async throws -> (status: Int32, text: String) {
            let python = try #require(PythonInterpreter.path)
            let directory =
                FileManager.default.temporaryDirectory.path
                + "/langqiao-attack-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let child = try ChildProgram(
                python, ["-B", "-m"] + module, in: directory, name: "attack",
                environment: ["PYTHONPATH": Self.folder.appendingPathComponent("Python").path])
            let status = try await child.end(within: 600)
            return (status, child.outputText + child.errorText)
        }

        private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    }
}
