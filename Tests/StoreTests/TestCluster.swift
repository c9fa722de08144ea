import Domain
import Foundation
import Store
import Synchronization
import Testing

/// One PostgreSQL for all tests of the process; every test works in a schema of its own.
enum TestCluster {
    private static let shared = Result { try startShared() }
    private static let schemaCount = Atomic<Int>(0)

    /// A fresh schema with all tables.
    static func makeSchema() throws -> DatabaseAddress {
        let address = try makeAddress()
        try Migrations.apply(to: address)
        return address
    }

    /// An address whose schema does not exist yet.
    static func makeAddress() throws -> DatabaseAddress {
        let number = schemaCount.add(1, ordering: .relaxed).newValue
        return try DatabaseAddress(
            connectionString: shared.get().connectionString, schema: "test_\(number)")
    }

    /// Ends a session the hard way and waits until it is gone.
    static func kill(_ serverProcess: Int32, at address: DatabaseAddress) throws {
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

    static func makeDirectory() throws -> String {
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
            read -r _; kill -QUIT \(cluster.postmasterPID) 2>/dev/null && sleep 1
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

/// A small generator with a stated seed, so that a failure can be repeated (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// The code of the ``StoreError`` that `body` throws.
func errorCode(_ body: () throws -> Void) -> StoreError.Code? {
    do {
        try body()
        return nil
    } catch {
        return (error as? StoreError)?.code
    }
}
