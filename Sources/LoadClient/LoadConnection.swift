/// One connection of a load. Belongs to one thread.
package final class LoadConnection {
    private let socket: TLSSocket
    private let session = LoadSession()

    /// Connects, with TLS.
    ///
    /// - Parameter host: an IPv4 address.
    /// - Throws: ``LoadError``.
    package init(_ host: String, port: Int, _ identity: LoadIdentity) throws {
        socket = try TLSSocket(host, port: port, identity)
        try flush()
    }

    var descriptor: Int32 { socket.descriptor }
    /// The system did not take all that is to be sent.
    var wantsToSend: Bool { !session.output.isEmpty }
    var underWay: [Exchange] { session.underWay }

    /// Begins a call, which ``flush()`` sends.
    func begin(_ request: LoadRequest, number: Int, due: UInt64) throws {
        try session.begin(request, number: number, due: due)
    }

    /// Takes what has arrived and hands over the calls that it ends.
    func receive(_ ended: (Exchange) -> Void) throws {
        defer { session.takeEnded(ended) }
        try socket.receive { try session.receive($0) }
    }

    /// Sends what the system takes.
    func flush() throws {
        try session.pull()
        guard !session.output.isEmpty else { return }
        let sent = try session.output.withUnsafeBytes { try socket.send($0) }
        if sent == session.output.count {
            session.output.removeAll(keepingCapacity: true)
        } else {
            session.output.removeFirst(sent)
        }
    }
}
