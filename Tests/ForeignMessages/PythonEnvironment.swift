package import Foundation

/// The Python interpreter that has `cbpr-usage-rules`, `pyiso20022` and `lxml`: the one named by
/// `LANGQIAO_PYTHON`, or `.build/python/bin/python` of the package.
package enum PythonEnvironment {
    package static let missing = """
        no Python environment: set LANGQIAO_PYTHON to an interpreter with cbpr-usage-rules==0.6.0, \
        pyiso20022==1.6.2 and lxml
        """

    package static let interpreter: String? = {
        if let named = ProcessInfo.processInfo.environment["LANGQIAO_PYTHON"] { return named }
        let standard = packageRoot.appending(path: ".build/python/bin/python").path
        return FileManager.default.isExecutableFile(atPath: standard) ? standard : nil
    }()

    /// Says once on standard output that tests are left out.
    package static let isAvailable: Bool = {
        if interpreter == nil {
            print("SKIPPED: tests against foreign messages and schemas: \(missing)")
        }
        return interpreter != nil
    }()

    private static let testFolder = URL(filePath: #filePath).deletingLastPathComponent()

    private static var packageRoot: URL {
        testFolder.deletingLastPathComponent().deletingLastPathComponent()
    }

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Runs one of our scripts and gives back what it wrote to standard output.
    package static func run(_ script: String, input: Data = Data()) throws -> Data {
        guard let interpreter else { throw Failure(description: "\(missing)") }
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "bank-messages-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Files instead of pipes: neither side can block on a full buffer.
        let (source, result) = (folder.appending(path: "in"), folder.appending(path: "out"))
        try input.write(to: source)
        try Data().write(to: result)
        let process = Process()
        process.executableURL = URL(filePath: interpreter)
        process.arguments = ["-B", testFolder.appending(path: "Python/\(script)").path]
        process.standardInput = try FileHandle(forReadingFrom: source)
        process.standardOutput = try FileHandle(forWritingTo: result)
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(description: "\(script) ended with \(process.terminationStatus)")
        }
        return try Data(contentsOf: result)
    }

    /// The verdict of the schemas on each document: `ok` and their names, or the first error.
    package static func verdicts(on documents: [String]) throws -> [String] {
        let input = Data(documents.joined(separator: "\0").utf8)
        let lines = String(decoding: try run("validate.py", input: input), as: UTF8.self)
        return lines.split(separator: "\n").map(String.init)
    }
}
