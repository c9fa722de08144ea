internal import ForeignPrograms
internal import Foundation
internal import Testing

/// A test suite in Python, below the folder of this file.
enum PythonSuite {
    /// Runs a module to its end; its exit status, and all that it wrote.
    static func run(_ module: [String]) async throws -> (status: Int32, text: String) {
        let python = try #require(PythonInterpreter.path)
        let directory =
            FileManager.default.temporaryDirectory.path
            + "/langqiao-\(module[0])-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: directory, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let child = try ChildProgram(
            python, ["-B", "-m"] + module, in: directory, name: module[0],
            environment: ["PYTHONPATH": folder.appendingPathComponent("Python").path])
        let status = try await child.end(within: 600)
        return (status, child.outputText + child.errorText)
    }

    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
}
