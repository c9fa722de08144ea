package import Domain
internal import Foundation

/// A log that stays in the tests, with the state to which it leads.
///
/// Comments, a line `state HASH`, then a line for each entry: index, term, timestamp, commands,
/// checksum and payload, the last two in Base64. The previous hash of an entry is the checksum of
/// the one before.
package struct StoredLog: Equatable {
    /// The lines above it, each with its `#`.
    package var comments: [String]
    package var stateHash: UInt64
    package var entries: [LogEntry]

    package init(comments: [String], stateHash: UInt64, entries: [LogEntry]) {
        self.comments = comments
        self.stateHash = stateHash
        self.entries = entries
    }

    /// The log that a program with rules of this version wrote.
    package init(version: UInt16) throws {
        let text = try String(contentsOf: StoredLog.file(version), encoding: .utf8)
        let lines = text.split(separator: "\n").map(String.init)
        comments = lines.filter { $0.hasPrefix("#") }
        stateHash = 0
        entries = []
        for line in lines.dropFirst(comments.count) {
            let words = line.split(separator: " ").map(String.init)
            if words.count == 2, words[0] == "state", let hash = UInt64(words[1], radix: 16) {
                stateHash = hash
            } else if let entry = LogEntry(words, after: entries.last) {
                entries.append(entry)
            } else {
                throw UnreadableLog(line: line)
            }
        }
    }

    /// Writes it in the place of the one with this version.
    package func write(version: UInt16) throws {
        let lines = comments + ["state " + String(stateHash, radix: 16)] + entries.map(\.line)
        try (lines.joined(separator: "\n") + "\n")
            .write(to: StoredLog.file(version), atomically: true, encoding: .utf8)
    }

    private static func file(_ version: UInt16) -> URL {
        URL(filePath: #filePath)
            .appending(path: "../../NodeTests/Logs/version-\(version).txt").standardizedFileURL
    }
}

/// A line of a stored log that is none.
private struct UnreadableLog: Error {
    let line: String
}

extension LogEntry {
    fileprivate init?(_ words: [String], after last: LogEntry?) {
        guard words.count == 6, let index = UInt64(words[0]), let term = UInt64(words[1]),
            let timestamp = Timestamp(words[2]), let commandCount = Int32(words[3]),
            let checksum = Data(base64Encoded: words[4]),
            let payload = Data(base64Encoded: words[5])
        else { return nil }
        self.init(
            index: index, term: term, timestamp: timestamp, commandCount: commandCount,
            previousHash: last?.checksum ?? [UInt8](repeating: 0, count: checksum.count),
            checksum: Array(checksum), payload: Array(payload))
    }

    fileprivate var line: String {
        let bytes = [checksum, payload].map { Data($0).base64EncodedString() }
        return "\(index) \(term) \(timestamp) \(commandCount) \(bytes[0]) \(bytes[1])"
    }
}
