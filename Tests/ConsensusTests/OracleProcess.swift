internal import Foundation

/// ``OracleProgram`` while it runs.
final class OracleProcess {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var unread: [UInt8] = []

    init() throws {
        process.executableURL = try OracleProgram.path.get()
        process.standardInput = input
        process.standardOutput = output
        try process.run()
    }

    func stop() {
        try? input.fileHandleForWriting.write(contentsOf: Array("quit\n".utf8))
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    /// Sends commands and returns the lines of the answer, without their ends. The program reads
    /// everything before it answers, so that neither side waits for the other.
    func run(_ commands: [UInt8], answers: Int) throws -> [ArraySlice<UInt8>] {
        try input.fileHandleForWriting.write(contentsOf: commands)
        var lines: [Range<Int>] = []
        var start = 0
        var seen = 0
        unread.removeAll(keepingCapacity: true)
        while lines.count < answers {
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { throw OracleProgram.Unavailable.broken("it ended") }
            unread.append(contentsOf: data)
            while seen < unread.count {
                if unread[seen] == UInt8(ascii: "\n") {
                    lines.append(start..<seen)
                    start = seen + 1
                }
                seen += 1
            }
        }
        return lines.map { unread[$0] }
    }
}
