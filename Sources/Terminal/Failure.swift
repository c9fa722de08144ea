internal import Foundation

/// Prints why a command failed, to standard error.
package enum Failure {
    /// - Parameters:
    ///   - code: for programs; printed with `json` only.
    package static func print(_ message: String, code: String, json: Bool) {
        // As the argument parser writes what it finds itself.
        var line = "Error: \(message)"
        if json {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let data = try? encoder.encode(["error": message, "code": code])
            line = data.map { String(decoding: $0, as: UTF8.self) } ?? line
        }
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
