internal import Foundation
internal import HTTP2

/// Six fictitious banks settle a morning's payments at a gateway of their own.
package struct Demonstration: Sendable {
    private let directory: String?
    private let seed: UInt64
    private let json: Bool
    private let staysOpen: Bool
    private let opening: String
    private let start: Start

    /// - Parameters:
    ///   - directory: where certificates and database lie; nil makes a temporary one.
    ///   - seed: the same gives the same morning, but for identifiers and times.
    ///   - json: the summary is printed as JSON, else as text for people.
    ///   - staysOpen: it serves after the summary until it is cancelled.
    ///   - opening: what people are told when `start` begins.
    package init(
        directory: String?, seed: UInt64, json: Bool, staysOpen: Bool, opening: String,
        start: @escaping Start
    ) {
        self.directory = directory
        self.seed = seed
        self.json = json
        self.staysOpen = staysOpen
        self.opening = opening
        self.start = start
    }

    /// The whole show; always stops what it started.
    ///
    /// - Returns: whether every check holds.
    package func show() async throws -> Bool {
        do {
            return try await open()
        } catch let status as GRPCStatus {
            throw DemoError(status.message)
        }
    }

    private func open() async throws -> Bool {
        progress(opening)
        let stage = try await DemoStage.open(directory: directory, start)
        let result: Result<Bool, any Error>
        do {
            result = .success(try await perform(stage))
        } catch {
            result = .failure(error)
        }
        progress("stopping")
        if let failure = await stage.close() { throw failure }
        return try result.get()
    }

    private func perform(_ stage: DemoStage) async throws -> Bool {
        progress("six banks submit a morning's payments")
        var run = DemoRun(stage, seed: seed)
        let diary = try await run.morning()
        progress("two banks write to each other through the gateway")
        let letters = try await DemoCorrespondence.happen(at: stage)
        let cluster = try await DemoCluster.read(stage, diary.incident)
        let checks = try DemoChecks.all(diary, letters) + (cluster?.checks ?? [])
        let history = try await DemoHistory.read(diary, stage)
        let report = DemoReport(
            diary: diary, letters: letters, checks: checks, history: history, cluster: cluster,
            commands: DemoCommands(stage, example: history?.payment, serves: staysOpen), seed: seed)
        let text = json ? try DemoDocument(report).text() : try report.text()
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
        if staysOpen { await serve(stage) }
        return checks.allSatisfy(\.holds)
    }

    /// Until Ctrl-C, which is a good end here, or until the node fails.
    private func serve(_ stage: DemoStage) async {
        let places = stage.gateway.nodes.map { "https://localhost:\($0.port)" }
            .joined(separator: ", ")
        progress("serving on \(places); Ctrl-C ends it")
        while stage.gateway.isServing {
            do {
                try await Task.sleep(for: .milliseconds(500))
            } catch {
                return
            }
        }
    }

    /// Tells people what takes time, apart from the summary.
    private func progress(_ text: String) {
        FileHandle.standardError.write(Data("langqiao demo: \(text) …\n".utf8))
    }
}
