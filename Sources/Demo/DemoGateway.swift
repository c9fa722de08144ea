package import Clients
package import Domain

/// The gateway that the demonstration shows. The program makes it; all else goes through its API.
package protocol DemoGateway: Sendable {
    /// Where it serves.
    var port: Int { get }
    /// False once it has failed.
    var isServing: Bool { get }
    /// How `psql` reaches its tables.
    var database: String { get }

    /// Stops it and its PostgreSQL.
    ///
    /// - Returns: the node's failure, if it had one.
    func stop() async -> (any Error)?
}

extension Demonstration {
    /// Starts a gateway: with a private PostgreSQL in the directory, the certificates of the files,
    /// and the BIC under which it sends messages.
    package typealias Start =
        @Sendable (_ data: String, CertificateFiles, BIC) async throws -> any DemoGateway
}
