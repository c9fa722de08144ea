import Foundation
import PostgresForTests
import Store
import Testing

@Suite("Room on the database's disk")
struct FreeSpaceTests {
    @Test("Is known of a server on this machine")
    func isFound() throws {
        let address = try TestCluster.makeSchema()
        let space = try #require(try FreeSpace.find(address))
        let bytes = try #require(space.bytes)
        #expect(bytes > 0)
        // What others write meanwhile is less than all there is.
        let attributes = try FileManager.default.attributesOfFileSystem(
            forPath: FileManager.default.temporaryDirectory.path)
        let size = try #require(attributes[.systemSize] as? NSNumber)
        #expect(bytes <= size.uint64Value)
    }

    @Test("Is not known to a role that may not see where the data is")
    func isKeptFromOthers() throws {
        let address = try TestCluster.makeSchema()
        try TestCluster.execute("CREATE ROLE blind LOGIN", at: address)
        let blind = try DatabaseAddress(
            connectionString: address.connectionString
                .replacing("user=langqiao", with: "user=blind"), schema: address.schema)
        #expect(blind != address)
        #expect(try FreeSpace.find(blind) == nil)
    }

    @Test("Is not known of a directory that is not here")
    func isGone() {
        #expect(FreeSpace(dataDirectory: "/nowhere/data").bytes == nil)
    }

    @Test(
        "Shrinks with what is written and ends",
        .enabled(if: SmallDisk.canBeMade, "needs root, mkfs.ext2 and loop devices"))
    func shrinks() throws {
        let disk = try SmallDisk()
        defer { disk.remove() }
        let space = FreeSpace(dataDirectory: disk.path)
        let empty = try #require(space.bytes)
        #expect((1..<SmallDisk.size).contains(empty))
        try Data(count: 1 << 20).write(to: URL(fileURLWithPath: "\(disk.path)/file"))
        let after = try #require(space.bytes)
        #expect(empty - after >= 1 << 20)
        // A log on a disk of its own counts too.
        let elsewhere = try TestCluster.makeDirectory()
        defer { try? FileManager.default.removeItem(atPath: elsewhere) }
        try FileManager.default.createSymbolicLink(
            atPath: "\(elsewhere)/pg_wal", withDestinationPath: disk.path)
        #expect(FreeSpace(dataDirectory: elsewhere).bytes == after)
        // Until nothing fits any more.
        let rest = Data(count: Int(SmallDisk.size))
        #expect(throws: (any Error).self) {
            try rest.write(to: URL(fileURLWithPath: "\(disk.path)/rest"))
        }
        try fill("\(disk.path)/full")
        #expect(try #require(space.bytes) < 64 << 10)
    }

    /// Writes as much as there is room for.
    private func fill(_ path: String) throws {
        #expect(FileManager.default.createFile(atPath: path, contents: nil))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        defer { try? file.close() }
        while (try? file.write(contentsOf: Data(count: 4_096))) != nil {}
        try? file.synchronize()
    }
}

/// A file system of a few megabytes in a file.
private struct SmallDisk {
    static let size: UInt64 = 8 << 20
    let path: String
    private let directory: String

    /// Whether one can be made here: not everybody may mount, and root cannot in every container.
    static let canBeMade: Bool = {
        guard geteuid() == 0, let disk = try? SmallDisk() else { return false }
        disk.remove()
        return true
    }()

    init() throws {
        directory = try TestCluster.makeDirectory()
        path = "\(directory)/disk"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
        let image = "\(directory)/image"
        #expect(FileManager.default.createFile(atPath: image, contents: nil))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: image))
        try file.truncate(atOffset: SmallDisk.size)
        try file.close()
        do {
            try SmallDisk.run("mkfs.ext2", "-q", "-F", image)
            try SmallDisk.run("mount", "-o", "loop", image, path)
        } catch {
            try? FileManager.default.removeItem(atPath: directory)
            throw error
        }
    }

    func remove() {
        try? SmallDisk.run("umount", path)
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func run(_ program: String, _ arguments: String...) throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["PATH=/usr/sbin:/sbin:/usr/bin:/bin", program] + arguments
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileWriteUnknown) }
    }
}
