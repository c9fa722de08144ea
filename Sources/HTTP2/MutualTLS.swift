/// TLS of a program that is a server to those to whom it is a client, with one certificate.
package struct MutualTLS: Sendable {
    /// Clients must present a certificate.
    package let server: ServerTLS
    /// Believes whom the server believes, whatever its host is called; give it the URI of the one
    /// that is meant: ``ClientTLS/naming(_:)``.
    package let client: ClientTLS

    package init(server: ServerTLS, client: ClientTLS) {
        self.server = server
        self.client = client
    }
}

/// Where ``MutualTLS`` comes from, and what tells of its changes.
package protocol MutualTLSSource: Sendable {
    /// What is in force.
    var server: ServerTLS { get }
    var client: ClientTLS { get }

    /// Calls `apply`, on any thread, with what is to be used from then on, until ``end()``.
    ///
    /// ``Server/replaceTLS(_:)`` judges the open connections of a server again; those of a client
    /// whoever holds them: ``Client/objection(by:)``, or they are to be opened anew.
    func begin(_ apply: @escaping @Sendable (ServerTLS, ClientTLS) -> Void)

    /// Calls `apply` no more. Waits for a call that is under way.
    func end()
}

/// What never changes.
extension MutualTLS: MutualTLSSource {
    package func begin(_ apply: @escaping @Sendable (ServerTLS, ClientTLS) -> Void) {}
    package func end() {}
}
