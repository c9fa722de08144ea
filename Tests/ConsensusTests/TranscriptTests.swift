internal import Consensus
internal import Foundation
internal import Testing

/// Whole files of recorded behaviour: our own, and those of etcd's Raft where they can be found.
///
/// Our own are a promise, not a recording: with LANGQIAO_TRANSCRIPTS_REWRITE=1 the test writes what
/// happens over what they expect, and every line of the difference is then judged by hand against
/// what Raft demands before it is committed. A new case needs its command and the line `----`.
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

    private static var rewrites: Bool {
        ProcessInfo.processInfo.environment["LANGQIAO_TRANSCRIPTS_REWRITE"] == "1"
    }

    @Test func ownTranscripts() throws {
        if Self.rewrites { try Self.rewrite(Self.own) }
        try run(Self.own, title: "own")
    }

    @Test func outsideTranscripts() throws {
        guard let directory = Self.outside else {
            print("transcripts of etcd's Raft: skipped, LANGQIAO_RAFT_TRANSCRIPTS names none")
            return
        }
        try run(directory, title: "etcd")
    }

    private static func files(in directory: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: directory.path)
            .filter { $0.hasSuffix(".txt") }.sorted()
    }

    private static func rewrite(_ directory: URL) throws {
        for path in try files(in: directory) {
            let place = directory.appending(path: path)
            let text = try String(contentsOf: place, encoding: .utf8)
            let file = TranscriptFile(text)
            let new = file.rewriting(text, outputs: outputs(of: file))
            try new.write(to: place, atomically: true, encoding: .utf8)
        }
    }

    private func run(_ directory: URL, title: String) throws {
        let files = try Self.files(in: directory)
        #expect(!files.isEmpty, "no transcripts in \(directory.path)")
        var passedCases = 0
        var allCases = 0
        for path in files {
            let text = try String(contentsOf: directory.appending(path: path), encoding: .utf8)
            let file = TranscriptFile(text)
            let failures = Self.failures(of: file)
            let passed = file.cases.count - failures.count
            passedCases += passed
            allCases += file.cases.count
            print("transcript \(title)/\(path): \(passed)/\(file.cases.count)")
            if let failure = failures.first { Issue.record("\(path):\(failure)") }
            #expect(!file.cases.isEmpty, "\(path) holds no cases")
        }
        print("transcripts \(title): \(passedCases)/\(allCases) cases in \(files.count) files")
    }

    /// What every failed case expected and got.
    private static func failures(of file: TranscriptFile) -> [String] {
        zip(file.cases, outputs(of: file)).compactMap { entry, actual in
            if TranscriptComparison.holds(expected: entry.expected, actual: actual) { return nil }
            return "\(entry.line): \(entry.command.name)\n"
                + TranscriptComparison.difference(expected: entry.expected, actual: actual)
        }
    }

    /// What every case gives. A file's first command tells its kind.
    private static func outputs(of file: TranscriptFile) -> [String] {
        var quorum = QuorumTranscript()
        var change = ChangeTranscript()
        var cluster = ClusterRig()
        let first = file.cases.first?.command.name ?? ""
        return file.cases.map { entry in
            switch first {
            case "committed", "vote": quorum.run(entry.command)
            case "simple", "enter-joint", "leave-joint": change.run(entry.command)
            default: cluster.run(entry.command)
            }
        }
    }
}
