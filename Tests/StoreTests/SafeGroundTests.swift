import Consensus
import Domain
import Foundation
import PostgresForTests
import Store
import Testing

/// A PostgreSQL of its own, since its settings and files are changed.
@Suite("A node does not start where what it acknowledged may be missing")
struct SafeGroundTests {
    @Test("Not on a server that can lose what it stored")
    func unsafeSettings() async throws {
        let ground = try Ground()
        defer { ground.remove() }
        try Migrations.apply(to: ground.address)
        _ = try LogStore(ground.address)
        for setting in ["fsync", "full_page_writes"] {
            try await ground.set(setting, "off")
            let error = #expect(throws: StoreError.self) { try LogStore(ground.address) }
            #expect(error?.code == .unsafeGround)
            #expect(error?.message.contains("\(setting) = off") == true)
            try await ground.set(setting, "on")
        }
        _ = try LogStore(ground.address)
    }

    @Test("Not on another server, nor on a later timeline, unless it is told to")
    func otherServer() throws {
        let (first, second) = (try Ground(), try Ground())
        defer {
            first.remove()
            second.remove()
        }
        try Migrations.apply(to: first.address)
        try LogStore(first.address).append(LogStoreTests.entries(after: .start, count: 3))
        try first.run("pg_dump", "-d", first.address.connectionString, "-f", first.file("dump"))
        try second.run(
            "psql", "-q", "-d", second.address.connectionString, "-f", first.file("dump"))
        let error = #expect(throws: StoreError.self) { try LogStore(second.address) }
        #expect(error?.code == .unsafeGround)
        #expect(error?.message.contains("system identifier") == true)
        try LogStore.takeOver(second.address, LogSettings())
        #expect(try LogStore(second.address).last.index == 3)

        try second.promote()
        let later = #expect(throws: StoreError.self) { try LogStore(second.address) }
        #expect(later?.message.contains("timeline 1") == true)
        #expect(later?.message.contains("timeline 2") == true)
        try LogStore.takeOver(second.address, LogSettings())
        #expect(try LogStore(second.address).last.index == 3)

        var other = LogSettings()
        other.node = 2
        #expect(errorCode { _ = try LogStore(second.address, other) } == .unsafeGround)
        #expect(errorCode { try LogStore.takeOver(second.address, other) } == .unsafeGround)
    }

    @Test("Not on an older copy that a file outside the database knows of")
    func olderCopy() throws {
        let ground = try Ground()
        defer { ground.remove() }
        let settings = LogSettings(memory: ground.file("memory"))
        try Migrations.apply(to: ground.address)
        #expect(errorCode { _ = try LogStore(ground.address, settings) } == .unsafeGround)
        try FileManager.default.createDirectory(
            atPath: ground.file("memory"), withIntermediateDirectories: false)
        var entries = LogWriteTests.entries(after: .start, count: 3)
        var log: LogStore? = try LogStore(ground.address, settings)
        try log?.append(entries)
        log = nil
        let older = try ground.copyDatabase("older")
        // The file knows what is durable before anybody else does.
        log = try LogStore(ground.address, settings)
        let more = LogWriteTests.entries(after: LogPosition(of: entries[2]), count: 2)
        entries += more
        try log?.append(more)
        #expect(try ground.memory.contains("last-index 5"))
        let error = #expect(throws: StoreError.self) { try LogStore(older, settings) }
        #expect(error?.code == .unsafeGround)
        #expect(error?.message.contains("batch 5 of term 3") == true)
        #expect(error?.message.contains("ends at batch 3 of term 3") == true)
        // Nothing else would have said so.
        #expect(try LogStore(older).last.index == 3)

        // A shorter tail of a later term is no older copy.
        let tail = LogWriteTests.entries(after: LogPosition(of: entries[2]), count: 1, term: 4)
        try log?.write(LogWrite(hardState: HardState(term: 4, vote: 1), entries: tail))
        log = nil
        let voteless = try ground.copyDatabase("voteless")
        log = try LogStore(ground.address, settings)
        #expect(log?.last.index == 4)
        try log?.write(LogWrite(hardState: HardState(term: 6, vote: 2)))
        log = nil
        #expect(try ground.memory.contains("term 6\nvote 2\nlast-index 4\nlast-term 4"))
        #expect(errorCode { _ = try LogStore(voteless, settings) } == .unsafeGround)
        // Taken over, it gives up entries but no vote.
        try LogStore.takeOver(older, settings)
        log = try LogStore(older, settings)
        #expect(log?.recovered.hardState == HardState(term: 6, vote: 2, commit: 0))
        #expect(log?.last.index == 3)
        log = nil

        try FileManager.default.removeItem(atPath: ground.file("memory/langqiao.memory"))
        #expect(errorCode { _ = try LogStore(older, settings) } == .unsafeGround)
        try Data("else".utf8).write(to: URL(filePath: ground.file("memory/langqiao.memory")))
        #expect(errorCode { _ = try LogStore(older, settings) } == .unsafeGround)
    }
}

/// A PostgreSQL and a directory for one test.
private final class Ground {
    private let directory: String
    private var cluster: PrivateCluster
    private(set) var address: DatabaseAddress

    init() throws {
        directory = try TestCluster.makeDirectory()
        cluster = try PrivateCluster.start(directory: "\(directory)/database")
        address = try DatabaseAddress(connectionString: cluster.connectionString)
    }

    func remove() {
        try? cluster.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    func file(_ name: String) -> String { "\(directory)/\(name)" }

    /// What the node has written down outside.
    var memory: String {
        get throws {
            try String(contentsOfFile: file("memory/langqiao.memory"), encoding: .utf8)
        }
    }

    func set(_ setting: String, _ value: String) async throws {
        let session = try PostgresConnection(to: address, applicationName: "test")
        try session.execute("ALTER SYSTEM SET \(setting) = \(value)")
        try session.execute("SELECT pg_reload_conf()")
        for _ in 0..<500 {
            let now = try PostgresConnection(to: address, applicationName: "test").query(
                "SELECT FROM pg_settings WHERE name = '\(setting)' AND setting = '\(value)'")
            if now.rowCount == 1 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Has the server recover to the end of its log, as a restored one does.
    func promote() throws {
        try cluster.stop()
        let data = "\(cluster.directory)/data"
        try Data().write(to: URL(filePath: "\(data)/recovery.signal"))
        let settings = try FileHandle(forWritingTo: URL(filePath: "\(data)/postgresql.conf"))
        try settings.seekToEnd()
        try settings.write(contentsOf: Data("restore_command = '/bin/false'\n".utf8))
        try settings.close()
        cluster = try PrivateCluster.start(directory: "\(directory)/database")
        address = try DatabaseAddress(connectionString: cluster.connectionString)
        // Connections are taken while the old WAL is still being read.
        let session = try PostgresConnection(to: address, applicationName: "test")
        for _ in 0..<1_000 {
            let done = try session.query("SELECT WHERE NOT pg_is_in_recovery()")
            if done.rowCount == 1 { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        Issue.record("the server stays in recovery")
    }

    /// The database as it is, under another name on the same server.
    func copyDatabase(_ name: String) throws -> DatabaseAddress {
        let address = try DatabaseAddress(
            connectionString: address.connectionString.replacing(
                "dbname=postgres", with: "dbname=template1"))
        try PostgresConnection(to: address, applicationName: "test")
            .execute("CREATE DATABASE \(name) TEMPLATE postgres")
        return try DatabaseAddress(
            connectionString: address.connectionString.replacing(
                "dbname=template1", with: "dbname=\(name)"))
    }

    /// Runs a program of PostgreSQL.
    func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/\(program)")
        process.arguments = arguments
        process.standardOutput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(program)")
    }
}
