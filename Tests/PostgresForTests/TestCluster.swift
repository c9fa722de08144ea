internal import Foundation
package import Store
internal import Synchronization

/// One PostgreSQL for all tests of the process; every test works in a schema of its own.
package enum TestCluster {
    private static let shared = Result { try startShared() }
    private static let schemaCount = Atomic<Int>(0)

    /// A fresh schema with all tables.
    package static func makeSchema() throws -> DatabaseAddress {
        let address = try makeAddress()
        try Migrations.apply(to: address)
        return address
    }

    /// An address whose schema does not exist yet.
    package static func makeAddress() throws -> DatabaseAddress {
        let number = schemaCount.add(1, ordering: .relaxed).newValue
        return try DatabaseAddress(
            connectionString: shared.get().connectionString, schema: "test_\(number)")
    }

    /// Runs statements in the schema of an address.
    package static func execute(_ statements: String, at address: DatabaseAddress) throws {
        try PostgresConnection(to: address, applicationName: "test").execute(statements)
    }

    /// Keeps everybody else from a table until the lock is released.
    package static func lock(_ table: String, at address: DatabaseAddress) throws -> TableLock {
        let connection = try PostgresConnection(to: address, applicationName: "test")
        try connection.execute("BEGIN; LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE")
        return TableLock(connection)
    }

    /// Ends a session the hard way and waits until it is gone.
    package static func kill(_ serverProcess: Int32, at address: DatabaseAddress) throws {
        let connection = try PostgresConnection(to: address, applicationName: "test")
        try connection.query("SELECT pg_terminate_backend($1, 10000)", [.int4(serverProcess)])
    }

    private static func startShared() throws -> PrivateCluster {
        let directory = try makeDirectory()
        let cluster: PrivateCluster
        do {
            cluster = try PrivateCluster.start(directory: directory)
        } catch {
            try? FileManager.default.removeItem(atPath: directory)
            throw error
        }
        try cleanUpWhenThisProcessDies(cluster)
        running.withLock { $0 = cluster }
        atexit { TestCluster.stopShared() }
        return cluster
    }

    private static func stopShared() {
        running.withLock { cluster in
            guard let directory = cluster?.directory else { return }
            try? cluster?.stop()
            try? FileManager.default.removeItem(atPath: directory)
        }
    }

    private static let running = Mutex<PrivateCluster?>(nil)

    package static func makeDirectory() throws -> String {
        let parent = FileManager.default.temporaryDirectory.path
        let path = "\(parent)/langqiao-test-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// A shell waits for the end of its input, which comes however this process ends.
    private static func cleanUpWhenThisProcessDies(_ cluster: PrivateCluster) throws {
        let socketDirectory = cluster.connectionString.split(separator: " ")[0].dropFirst(5)
        let watch = Process()
        watch.executableURL = URL(fileURLWithPath: "/bin/sh")
        watch.arguments = [
            "-c",
            """
            read -r _
            kill -QUIT \(cluster.postmasterPID) 2>/dev/null
            for _ in 1 2 3 4 5 6 7 8 9 10; do
                [ -d /proc/\(cluster.postmasterPID) ] || break
                sleep 0.2
            done
            rm -rf '\(cluster.directory)' '\(socketDirectory)'
            """,
        ]
        watch.standardInput = lifeline
        watch.standardOutput = FileHandle.nullDevice
        watch.standardError = FileHandle.nullDevice
        try watch.run()
    }

    private static let lifeline = Pipe()
}

/// A lock on a table.
package final class TableLock {
    private let connection: PostgresConnection

    init(_ connection: PostgresConnection) { self.connection = connection }

    package func release() throws { try connection.execute("ROLLBACK") }
}
