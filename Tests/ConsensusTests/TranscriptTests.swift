internal import Consensus
internal import Foundation
internal import Testing

/// Whole files of recorded behaviour: our own, and those of etcd's Raft.
///
/// Our own are a promise, not a recording: with LANGQIAO_TRANSCRIPTS_REWRITE=1 the test writes what
/// happens over what they expect, and every line of the difference is then judged by hand against
/// what Raft demands before it is committed. A new case needs its command and the line `----`.
@Suite struct Transcripts {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Transcripts")

    /// Those of etcd's Raft lie below, with their licence.
    private static let foreign = "etcd/"
    private static let all = files().filter { $0.hasSuffix(".txt") }.sorted()
    private static let ofEtcd = all.filter { $0.hasPrefix(foreign) }
    private static let own = all.filter { !$0.hasPrefix(foreign) }

    private static func files() -> [String] {
        (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
    }

    /// None is lost, and no case is taken for a comment.
    @Test func allAreThere() throws {
        func cases(_ paths: [String]) throws -> Int {
            try paths.reduce(0) { try $0 + Self.file($1).cases.count }
        }
        #expect(Self.ofEtcd.count == 41)
        #expect(try cases(Self.ofEtcd) == 743)
        #expect(Self.own.count == 12)
        #expect(try cases(Self.own) == 375)
    }

    @Test(arguments: ofEtcd) func everyCaseOfEtcd(_ path: String) throws {
        try expectAsWritten(path)
    }

    @Test(arguments: own) func everyCaseOfOurs(_ path: String) throws {
        if ProcessInfo.processInfo.environment["LANGQIAO_TRANSCRIPTS_REWRITE"] == "1" {
            try Self.rewrite(path)
        }
        try expectAsWritten(path)
    }

    private static func file(_ path: String) throws -> TranscriptFile {
        TranscriptFile(try String(contentsOf: folder.appending(path: path), encoding: .utf8))
    }

    private static func rewrite(_ path: String) throws {
        let place = folder.appending(path: path)
        let text = try String(contentsOf: place, encoding: .utf8)
        let file = TranscriptFile(text)
        let new = file.rewriting(text, outputs: outputs(of: file))
        try new.write(to: place, atomically: true, encoding: .utf8)
    }

    /// The first case that differs is told; those behind it often only follow from it.
    private func expectAsWritten(_ path: String) throws {
        let file = try Self.file(path)
        for (entry, actual) in zip(file.cases, Self.outputs(of: file))
        where !TranscriptComparison.holds(expected: entry.expected, actual: actual) {
            let difference = TranscriptComparison.difference(
                expected: entry.expected, actual: actual)
            Issue.record("\(path):\(entry.line): \(entry.command.name)\n\(difference)")
            return
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
