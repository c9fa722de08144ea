internal import ForeignPrograms
package import Foundation
package import Testing

extension Trait where Self == ConditionTrait {
    /// Needs messages and schemas that somebody else wrote, and what reads them.
    package static var needsForeignMessages: Self {
        .needsPython("cbpr_rules", "lxml", "pyiso20022")
    }
}

/// Runs our scripts that know foreign messages and schemas.
package enum PythonEnvironment {
    private static let testFolder = URL(filePath: #filePath).deletingLastPathComponent()

    package struct Failure: Error, CustomStringConvertible {
        package var description: String
    }

    /// Runs one of our scripts and gives back what it wrote to standard output.
    package static func run(_ script: String, input: Data = Data()) throws -> Data {
        guard let interpreter = PythonInterpreter.path else {
            throw Failure(description: "no interpreter of Python")
        }
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
