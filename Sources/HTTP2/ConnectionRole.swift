/// What differs between the two ends of a connection. Called on the event loop.
protocol ConnectionRole: AnyObject {
    /// The transport (and TLS) is ready.
    func connected(_ connection: Connection, peer: PeerIdentity?)
    func settingsReceived(_ connection: Connection)
    func headersEnded(_ connection: Connection, _ stream: Stream, _ category: HeaderCategory)
    func bodyReceived(
        _ connection: Connection, _ stream: Stream, _ bytes: UnsafeRawBufferPointer)
    func remoteEnded(_ connection: Connection, _ stream: Stream)
    /// The stream ended; `error` is nil when both sides finished properly.
    func streamClosed(_ connection: Connection, _ stream: Stream, _ error: HTTP2Error?)
    func goAwayReceived(_ connection: Connection, lastStream: Int32)
    /// All bytes of one read are processed.
    func readCompleted(_ connection: Connection)
    func timedOut(_ connection: Connection, _ stream: Stream)
    func carryOut(_ connection: Connection, _ command: Command)
    /// The connection is gone; `unserved` are commands nobody will carry out.
    func closed(_ connection: Connection, unserved: [Command])
}
