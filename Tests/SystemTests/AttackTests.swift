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
            let python = try #require(PythonInterpreter.path)
            let directory =
                FileManager.default.temporaryDirectory.path
                + "/langqiao-attack-\(UUID().uuidString.prefix(8))"
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755])
            defer { try? FileManager.default.removeItem(atPath: directory) }
            let suite = try ChildProgram(
                python,
                ["-B", "-m", "attack", "--short", "--program", GatewayUnderTest.program],
                in: directory, name: "attack",
                environment: ["PYTHONPATH": Self.folder.appendingPathComponent("Python").path])
            // An aim that is missed is named in the last lines; the table is worth seeing as well.
            let status = try await suite.end(within: 600)
            print(suite.outputText)
            #expect(
                status == 0, "\(suite.outputText.suffix(4_000))\(suite.errorText.suffix(2_000))")
        }

        private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    }
}
