package import Clients
package import Domain

/// The gateway that the demonstration shows. The program makes it; all else goes through its API.
package protocol DemoGateway: Sendable {
    /// Where it serves: at one node, or at each of a cluster's.
    var nodes: [DemoNode] { get }
    /// False once a node has failed by itself.
    var isServing: Bool { get }
    /// By what a node is lost and comes back; nil where the demonstration is its process.
    var incidents: (any DemoIncidents)? { get }

    /// Stops it and its PostgreSQLs.
    ///
    /// - Returns: the first node's failure, if one had one.
    func stop() async -> (any Error)?
}

/// Where one node serves.
package struct DemoNode: Sendable {
    package let number: UInt32
    package let port: Int
    /// How `psql` reaches its tables.
    package let database: String

    package init(number: UInt32, port: Int, database: String) {
        self.number = number
        self.port = port
        self.database = database
    }
}

/// What happens to the nodes of a cluster on purpose.
package protocol DemoIncidents: Sendable {
    /// Ends a node with SIGKILL.
    ///
    /// - Returns: when the signal was sent.
    func kill(_ node: UInt32) async throws -> ContinuousClock.Instant

    /// Starts a killed node again, and waits until it serves.
    func bringBack(_ node: UInt32) async throws
}

extension Demonstration {
    /// Starts a gateway: all its files in the directory, the certificates of the files, and the BIC
    /// under which it sends messages.
    package typealias Start =
        @Sendable (_ directory: String, CertificateFiles, BIC) async throws -> any DemoGateway
}
