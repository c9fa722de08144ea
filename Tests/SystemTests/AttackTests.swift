internal import Foundation
internal import Testing

extension SystemTests {
    @Suite("Hostile clients")
    struct AttackTests {
        /// All attacks for a second or two each: memory, counts and processor time decide.
        @Test(
            "cost a bounded amount, which is given back",
            .enabled(if: AttackTests.python != nil))
        func attackBriefly() async throws {
            let python = try #require(Self.python)
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

        /// The interpreter with h2, hpack and hyperframe; says once when there is none.
        private static let python: String? = {
            let root = folder.deletingLastPathComponent().deletingLastPathComponent()
            let named = ProcessInfo.processInfo.environment["LANGQIAO_PYTHON"]
            let path = named ?? root.appendingPathComponent(".build/python/bin/python").path
            let probe = Process()
            probe.executableURL = URL(fileURLWithPath: path)
            probe.arguments = ["-c", "import h2, hpack, hyperframe"]
            probe.standardError = FileHandle.nullDevice
            if (try? probe.run()) != nil {
                probe.waitUntilExit()
                if probe.terminationStatus == 0 { return path }
            }
            print("SKIPPED: hostile clients: no Python with h2, hpack and hyperframe at \(path)")
            return nil
        }()
    }
}
