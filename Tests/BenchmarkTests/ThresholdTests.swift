import Benchmark
import ForeignPrograms
import Foundation
import Testing

/// Counts that repeat exactly, held against `ops/thresholds/engine.json`. Times are only reported.
@Suite struct ThresholdTests {
    /// What a short W1 may cost.
    private struct Thresholds: Decodable {
        /// The work that was counted; a different hash means a different stream or other rules, and
        /// then the thresholds are to be set anew.
        let stateHash: String
        /// Upper bound; a better count is a reason to lower it.
        let instructionsPerCommand: Int
        let objectsAllocated: Int
        let retains: Int
        /// Calls for memory of the C library.
        let memoryCalls: Int
        /// Of a million open orders, in the structures that grow with them.
        let bytesPerOpenOrder: Double
        /// The same of orders that end by themselves.
        let bytesPerExpiringOrder: Double
    }

    private static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static func thresholds() throws -> Thresholds {
        let file = packageRoot.appending(path: "ops/thresholds/engine.json")
        return try JSONDecoder().decode(Thresholds.self, from: Data(contentsOf: file))
    }

    /// The steady state asks for no object, no retain and no memory. In a process of its own, for
    /// the hooks bear no other threads.
    @Test(.needsShortWorkload)
    func theEngineAllocatesAndRetainsNothing() throws {
        let allowed = try Self.thresholds()
        let output = try Self.run(try #require(Self.program), ["count"])
        let counts = output.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
        try #require(counts.count == 4, "\(output)")
        print(
            "engine: \(counts[1]) objects, \(counts[2]) retains, \(counts[3]) calls for memory "
                + "over \(counts[0]) commands")
        #expect(counts[0] > 40_000)
        #expect(counts[1] <= allowed.objectsAllocated)
        #expect(counts[2] <= allowed.retains)
        #expect((0...allowed.memoryCalls).contains(counts[3]))
    }

    /// A million open orders take no more memory than they may.
    @Test(.needsShortWorkload)
    func openOrdersTakeNoMoreMemory() throws {
        let allowed = try Self.thresholds()
        let output = try Self.run(try #require(Self.program), ["memory"])
        let bytes = output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
        try #require(bytes.count == 2, "\(output)")
        print("engine: \(bytes[0]) bytes an open order, \(bytes[1]) when it ends by itself")
        #expect((144...allowed.bytesPerOpenOrder).contains(bytes[0]))
        #expect((bytes[0] + 15.99...allowed.bytesPerExpiringOrder).contains(bytes[1]))
    }

    /// Callgrind counts instructions, whatever else the machine does.
    @Test(.needsShortWorkload, .needs("valgrind", "strip"))
    func theEngineNeedsNoMoreInstructions() throws {
        let program = try #require(Self.program)
        let valgrind = try #require(Installed.path(of: "valgrind"))
        let strip = try #require(Installed.path(of: "strip"))
        let allowed = try Self.thresholds()
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "thresholds-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Valgrind 3.19 does not read this compiler's debug information.
        let bare = folder.appending(path: "ShortWorkload").path
        _ = try Self.run(strip, ["--strip-debug", "-o", bare, program])
        let output = try Self.run(
            valgrind,
            [
                "--tool=callgrind", "--callgrind-out-file=\(folder.path)/counts",
                "--toggle-collect=*9timedPass*", bare,
            ])
        #expect(output.contains(allowed.stateHash), "other work was counted: \(output)")
        let line = try #require(output.split(separator: "\n").first { $0.contains("Collected :") })
        let collected = try #require(line.split(separator: " ").last.flatMap { Int($0) })
        let perCommand = collected / EngineBenchmark.shortWorkload
        let bound = allowed.instructionsPerCommand
        print("engine: \(perCommand) instructions a command, \(bound) allowed")
        #expect(perCommand <= allowed.instructionsPerCommand)
        #expect(perCommand > 500, "the counter counts")
    }

    /// The short workload, built beside this test program.
    static let program: String? = {
        let file = packageRoot.appending(path: ".build/release/ShortWorkload").path
        return FileManager.default.isExecutableFile(atPath: file) ? file : nil
    }()

    static func run(_ program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: output, as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(program): \(text.suffix(2_000))")
        return text
    }
}

extension Trait where Self == ConditionTrait {
    /// Needs the program that counts.
    static var needsShortWorkload: Self {
        .enabled(if: ThresholdTests.program != nil, "the product ShortWorkload is not built")
    }
}
