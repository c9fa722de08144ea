import Domain
import Foundation
import PostgresForTests
import Store
import Testing

@Suite("A private PostgreSQL")
struct PrivateClusterTests {
    @Test("Is adopted after its gateway is gone, restarted after a crash, and leaves nothing")
    func lifeCycle() throws {
        let directory = try TestCluster.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        var first: PrivateCluster? = try PrivateCluster.start(directory: directory)
        let process = try #require(first?.postmasterPID)
        #expect(first?.wasAdopted == false)
        #expect(
            errorCode { _ = try PrivateCluster.start(directory: directory) }
                == .clusterUnavailable)
        let address = try DatabaseAddress(connectionString: #require(first?.connectionString))
        try Migrations.apply(to: address)
        try LogStore(address).append(LogStoreTests.entries(after: .start, count: 3))

        // The gateway disappears without a word: the server goes on and is found again.
        first = nil
        let second = try PrivateCluster.start(directory: directory)
        #expect(second.wasAdopted)
        #expect(second.postmasterPID == process)
        #expect(second.connectionString == address.connectionString)
        #expect(try LogReader(address).lastPosition().index == 3)
        try second.stop()
        try second.stop()
        #expect(errorCode { _ = try LogReader(address) } == .connectionLost)
        #expect(!FileManager.default.fileExists(atPath: "\(directory)/data/postmaster.pid"))

        // A file left by a crash names a process that is something else by now.
        let stale = "\(getpid())\n\(directory)/data\n0\n5432\n\(directory)/nowhere\n\n"
        try stale.write(
            toFile: "\(directory)/data/postmaster.pid", atomically: false, encoding: .utf8)
        let third = try PrivateCluster.start(directory: directory)
        #expect(!third.wasAdopted)
        let again = try DatabaseAddress(connectionString: third.connectionString)
        #expect(try LogReader(again).lastPosition().index == 3)
        let socketDirectory = String(third.connectionString.split(separator: " ")[0].dropFirst(5))
        #expect(FileManager.default.fileExists(atPath: socketDirectory))
        try third.stop()
        #expect(!FileManager.default.fileExists(atPath: socketDirectory))
        #expect(errorCode { _ = try LogReader(again) } == .connectionLost)
    }

    @Test("A directory that cannot be used is refused in words")
    func unusableDirectory() {
        let error = #expect(throws: StoreError.self) {
            try PrivateCluster.start(directory: "/dev/null/data")
        }
        #expect(error?.code == .clusterUnavailable)
    }
}
