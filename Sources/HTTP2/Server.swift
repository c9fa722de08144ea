package import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import Shares

/// An HTTP/2 server on one listening socket.
package final class Server: Sendable {
    package struct Configuration: Sendable {
        package var host = "127.0.0.1"
        /// 0 lets the system choose; see `localPort`.
        package var port = 0
        /// Nil means cleartext HTTP/2 with prior knowledge, for tests and trusted loopback only.
        package var tls: ServerTLS?
        package var limits = Limits()
        /// How many connections there may be, and of whom.
        package var connections = ConnectionBounds()
        /// What requests and answers may hold in memory, and whose.
        package var memory = MemoryBounds()
        /// Names the owner of a peer's connections; nil is a caller whom nobody knows. Without this
        /// function, or without TLS, callers are not told apart and only the total is bounded.
        package var owner: (@Sendable (PeerIdentity) -> String?)?
        /// Adds to the head of every answer that a handler gives; called on any thread.
        package var decorate: (@Sendable (inout Headers) -> Void)?
        /// Told why a TLS handshake failed, on an event loop.
        package var onHandshakeFailure: (@Sendable (String) -> Void)?

        package init(host: String = "127.0.0.1", port: Int = 0, tls: ServerTLS? = nil) {
            self.host = host
            self.port = port
            self.tls = tls
        }
    }

    /// The port listened on.
    package let localPort: Int
    private let listener: any Channel
    private let connections: ConnectionSet
    private let tls: CurrentTLS

    private init(_ listener: any Channel, _ connections: ConnectionSet, _ tls: CurrentTLS) {
        self.listener = listener
        self.connections = connections
        self.tls = tls
        localPort = listener.localAddress?.port ?? 0
    }

    /// Binds and serves.
    /// - Throws: an I/O error when the address cannot be bound.
    package static func start(
        configuration: Configuration, group: any EventLoopGroup, handler: any RequestHandler
    ) async throws -> Server {
        configuration.limits.check()
        let connections = ConnectionSet(
            configuration.connections, memory: configuration.memory,
            owner: configuration.tls == nil ? nil : configuration.owner,
            decorate: configuration.decorate)
        connections.metrics.setOnHandshakeFailure(configuration.onHandshakeFailure)
        let tls = CurrentTLS(configuration.tls)
        let turns = LoopTurns(group)
        let listener = try await ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pause = AcceptPause { connections.makeRoom() }
                    try channel.pipeline.syncOperations.addHandler(pause)
                }
            }
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            // What a connection has received waits for its turn, so it is little.
            .childChannelOption(.autoRead, value: false)
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(
                .writeBufferWaterMark, value: .init(low: 65_536, high: 131_072)
            )
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try accept(channel, configuration, tls, turns, connections, handler)
                }
            }
            .bind(host: configuration.host, port: configuration.port).get()
        return Server(listener, connections, tls)
    }

    private static func accept(
        _ channel: any Channel, _ configuration: Configuration, _ tls: CurrentTLS,
        _ turns: LoopTurns, _ connections: ConnectionSet, _ handler: any RequestHandler
    ) throws {
        let turns = ConnectionTurns(turns.turns(of: channel.eventLoop))
        let connection = makeConnection(
            channel.eventLoop, configuration, connections, handler, turns: turns)
        guard connections.insert(connection.port, channel) else {
            channel.close(promise: nil)
            return
        }
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(TurnGate(turns))
        if let current = tls.value {
            let credentials = PeerCredentials(tls)
            connection.credentials = credentials
            let gate = ALPNGate {
                connection.handshakeFailed(because: "the client does not offer HTTP/2 (ALPN h2)")
            }
            try pipeline.addHandlers([gate, current.handler(credentials)])
        }
        try pipeline.addHandler(connection)
    }

    package static func makeConnection(
        _ loop: any EventLoop, _ configuration: Configuration, _ connections: ConnectionSet,
        _ handler: any RequestHandler, turns: ConnectionTurns? = nil
    ) -> Connection {
        let role = ServerRole(
            handler: handler, executor: LoopExecutor(loop, turns),
            metrics: connections.metrics, connections: connections)
        return Connection(
            loop: loop, isServer: true, expectsTLS: configuration.tls != nil,
            limits: configuration.limits, metrics: connections.metrics, role: role,
            turns: turns)
    }

    /// Uses other certificates from the next handshake on, and judges those of open connections
    /// again: whoever is not believed any more loses his connection within a second.
    package func replaceTLS(_ new: ServerTLS) {
        precondition(tls.value != nil, "a server without TLS has none to replace")
        tls.value = new
        reconsider(asking: .all)
    }

    /// Judges the clients of all open connections again.
    package func reconsider(asking judges: JudgesAsked) {
        connections.reconsider(asking: judges)
    }

    /// What was counted since the start.
    package var counters: Counters { connections.counters }

    /// The most bytes that requests and answers held since the last call.
    package func takePeakBytes() -> Int { connections.takePeakBytes() }

    /// The most output bytes any open connection has had buffered at once.
    package var peakBufferedOutput: Int {
        connections.all.map(\.port.peakBufferedOutput).max() ?? 0
    }

    /// Stops accepting connections and streams, lets open streams finish, and closes everything
    /// that is left after `grace`, whatever its peer does. Returns when all connections are gone.
    package func shutDown(gracefulFor grace: Duration) async {
        connections.stopAccepting()
        try? await listener.close().get()
        let open = connections.all
        guard !open.isEmpty else { return }
        for entry in open { entry.port.post(.drain) }
        let deadline = listener.eventLoop.scheduleTask(in: TimeAmount(grace)) {
            // Below TLS: a farewell that nobody answers would keep the connection.
            for entry in open { entry.port.evict(.noError) }
        }
        for entry in open { try? await entry.channel.closeFuture.get() }
        deadline.cancel()
    }
}
