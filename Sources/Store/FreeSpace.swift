internal import Glibc

/// How much room a database has left on its disk, where that can be known: its server is on this
/// machine and says where its data is.
package struct FreeSpace: Equatable, Sendable {
    /// The data, and the server's log where that lies elsewhere.
    private let directories: [String]

    /// - Parameter dataDirectory: of the server; with its link `pg_wal`, where this process may
    ///   look.
    package init(dataDirectory: String) {
        directories = [dataDirectory, "\(dataDirectory)/pg_wal"]
    }

    /// Asks a server where its data is. Blocks.
    ///
    /// - Returns: nil for a server on another machine, for one that does not tell this role, and
    ///   when the directory is not here.
    /// - Throws: ``StoreError`` without a connection.
    package static func find(_ address: DatabaseAddress) throws(StoreError) -> FreeSpace? {
        let connection = try PostgresConnection(to: address, applicationName: "langqiao-space")
        guard connection.isOnThisMachine else { return nil }
        // The view leaves out what the role may not see; SHOW would be an error.
        let answer = try connection.query(
            "SELECT setting FROM pg_settings WHERE name = 'data_directory'")
        guard let directory = answer.first({ $0.text() }), !directory.isEmpty else { return nil }
        let space = FreeSpace(dataDirectory: directory)
        return space.bytes == nil ? nil : space
    }

    /// Bytes that the server may still write, on the fuller disk where there are two; nil when the
    /// directory is not there any more. Does not wait for the disk.
    package var bytes: UInt64? {
        guard let first = directories.first, let room = FreeSpace.room(first) else { return nil }
        return directories.dropFirst().compactMap(FreeSpace.room).reduce(room, min)
    }

    /// What others than root may use.
    private static func room(_ directory: String) -> UInt64? {
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return nil }
        let (bytes, overflow) = UInt64(status.f_bavail)
            .multipliedReportingOverflow(by: UInt64(status.f_frsize))
        return overflow ? .max : bytes
    }
}
