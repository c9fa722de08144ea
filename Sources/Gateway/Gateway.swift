package import Domain
package import HTTP2
package import Logging
package import NIOCore

/// The gateway's API on one port: gRPC and JSON over HTTP/2.
package final class Gateway: Sendable {
    private let server: Server
    private let drain: Drain
    private let keys: RegisteredKeys
    private let reminder: CalendarReminder

    private init(
        _ server: Server, _ drain: Drain, _ keys: RegisteredKeys, _ reminder: CalendarReminder
    ) {
        self.server = server
        self.keys = keys
        self.drain = drain
        self.reminder = reminder
    }

    /// Binds and serves.
    ///
    /// - Parameters:
    ///   - configuration: address, TLS and limits.
    ///   - reliance: how far the keys on record count.
    ///   - logger: told of failures; never of party names, account numbers or amounts.
    /// - Throws: an I/O error when the address cannot be bound.
    package static func start(
        _ configuration: Server.Configuration, services: Services,
        relyingOn reliance: KeyReliance = .full, group: any EventLoopGroup,
        logger: Logger
    ) async throws -> Gateway {
        let handler = GatewayHandler(services: services, router: .all, logger: logger)
        var configuration = configuration
        // A certificate alone makes nobody a participant, and nobody's share is small.
        configuration.owner = { [node = services.node] peer in
            guard let caller = Caller(peer) else { return nil }
            if let bank = caller.bank, node.isServing, node.directory.participant(bank) == nil {
                return nil
            }
            return caller.uri
        }
        configuration.decorate = { [node = services.node] headers in
            guard let applied = node.progress?.applied else { return }
            headers.add(ReadFreshness.appliedHeader, String(applied))
        }
        let keys = RegisteredKeys(directory: services.directory, reliance: reliance)
        configuration.tls = configuration.tls?.judged(atLastBy: keys.judge)
        configuration.onHandshakeFailure = { reason in
            logger.debug("handshake failed", metadata: ["reason": "\(reason)"])
        }
        let server = try await Server.start(
            configuration: configuration, group: group, handler: handler)
        services.metrics.setConnections { server.counters }
        services.directory.watchKeys { [weak server] in server?.reconsider(asking: .last) }
        // Who came in between was judged by what was known then.
        server.reconsider(asking: .last)
        let reminder = CalendarReminder({ services.directory }, logger: logger)
        return Gateway(server, services.drain, keys, reminder)
    }

    /// Bytes that requests and answers hold in memory now, and the most since the last call.
    package func takeHeldBytes() -> (now: Int, peak: Int) {
        let counters = server.counters
        return (counters.requestBytes + counters.outputBytes, server.takePeakBytes())
    }

    /// Connections that are open.
    package var connectionsOpen: Int { server.counters.connectionsOpen }

    /// The port listened on.
    package var localPort: Int { server.localPort }

    /// Uses other certificates from now on. Open connections whose client certificate is not
    /// believed any more end within a second.
    package func replaceTLS(_ tls: ServerTLS) {
        server.replaceTLS(tls.judged(atLastBy: keys.judge))
    }

    /// Refuses new calls in words for a moment, then takes no more, and closes when those under way
    /// have finished; all that within `grace`, whatever the peers do.
    ///
    /// The moment lets busy callers, and whatever balances load by `/readyz`, learn of the stop
    /// from an answer and not from a lost connection.
    package func shutDown(gracefulFor grace: Duration) async {
        let end = ContinuousClock.now + grace
        drain.begin()
        reminder.end()
        if server.counters.connectionsOpen > 0 {
            // Half of a short time is left for the calls under way.
            try? await Task.sleep(for: min(grace / 2, Gateway.refusalPeriod))
        }
        await server.shutDown(gracefulFor: max(.zero, end - ContinuousClock.now))
    }

    private static let refusalPeriod = Duration.seconds(1)
}
