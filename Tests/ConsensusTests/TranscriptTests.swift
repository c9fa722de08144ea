internal import Consensus
internal import Foundation
internal import Testing

/// Whole files of recorded behaviour: our own, and those of etcd's Raft where they can be found.
@Suite struct Transcripts {
    /// Directories of transcripts that outlive this repository's opinion of itself.
    private static var outside: URL? {
        if let named = ProcessInfo.processInfo.environment["LANGQIAO_RAFT_TRANSCRIPTS"] {
            return URL(filePath: named)
        }
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let shared = root.deletingLastPathComponent().appending(path: "shared/data/etcd-raft")
        return FileManager.default.fileExists(atPath: shared.path) ? shared : nil
    }

    private static var own: URL {
        URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Transcripts")
    }

    @Test func ownTranscripts() throws {
        try run(Self.own, title: "own")
    }

    @Test func outsideTranscripts() throws {
        guard let directory = Self.outside else {
            print("transcripts of etcd's Raft: skipped, LANGQIAO_RAFT_TRANSCRIPTS names none")
            return
        }
        try run(directory, title: "etcd", asksEarly: true)
    }

    private func run(_ directory: URL, title: String, asksEarly: Bool = false) throws {
        let files = try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            .filter { $0.hasSuffix(".txt") }.sorted()
        #expect(!files.isEmpty, "no transcripts in \(directory.path)")
        var passedCases = 0
        var allCases = 0
        for path in files {
            let text = try String(contentsOf: directory.appending(path: path), encoding: .utf8)
            let file = TranscriptFile(text)
            let failures = Self.failures(of: file, asksEarly: asksEarly)
            let passed = file.cases.count - failures.count
            passedCases += passed
            allCases += file.cases.count
            print("transcript \(title)/\(path): \(passed)/\(file.cases.count)")
            if let failure = failures.first { Issue.record("\(path):\(failure)") }
            #expect(!file.cases.isEmpty, "\(path) holds no cases")
        }
        print("transcripts \(title): \(passedCases)/\(allCases) cases in \(files.count) files")
    }

    /// What every failed case expected and got. A file's first command tells its kind.
    private static func failures(of file: TranscriptFile, asksEarly: Bool) -> [String] {
        var quorum = QuorumTranscript()
        var change = ChangeTranscript()
        var cluster = ClusterRig()
        cluster.asksEarly = asksEarly
        let first = file.cases.first?.command.name ?? ""
        return file.cases.compactMap { entry in
            let actual =
                switch first {
                case "committed", "vote": quorum.run(entry.command)
                case "simple", "enter-joint", "leave-joint": change.run(entry.command)
                default: cluster.run(entry.command)
                }
            if TranscriptComparison.holds(expected: entry.expected, actual: actual) { return nil }
            return "\(entry.line): \(entry.command.name)\n"
                + TranscriptComparison.difference(expected: entry.expected, actual: actual)
        }
    }
}
