internal import Domain
internal import HTTP2

/// The gRPC health service.
package enum HealthCalls {
    /// The services whose health is told; no name stands for the gateway as a whole.
    package static let services = Set([""] + Method.api.map(\.service))

    static func check(_ services: Services, _ call: GRPCServerCall) async throws {
        let request: HealthHealthCheckRequest = try decode(try await call.messages.single())
        guard HealthCalls.services.contains(request.service) else {
            throw GatewayError(.notFound, "service \(request.service)")
        }
        try await call.reply(response(services))
    }

    /// Sends the status, and again whenever it changes. Costs nothing in between.
    static func watch(_ services: Services, _ call: GRPCServerCall) async throws {
        let request: HealthHealthCheckRequest = try decode(try await call.messages.single())
        let isKnown = HealthCalls.services.contains(request.service)
        let place = try services.openCall()
        defer { withExtendedLifetime(place) {} }
        // Changes that come while an answer is on its way are one change.
        let (changes, signal) = AsyncStream.makeStream(
            of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let watcher = services.node.watchCondition { signal.yield() }
        let drain = services.drain.onBegin { signal.yield() }
        defer {
            services.node.unwatchCondition(watcher)
            services.drain.remove(drain)
        }
        signal.yield()
        var sent: HealthHealthCheckResponse?
        for await _ in changes {
            let isStopping = services.drain.hasBegun
            var current = response(services)
            if !isKnown { current.status = .serviceUnknown }
            if current != sent {
                try await call.send(current)
                sent = current
            }
            if isStopping { return call.finish() }
        }
        try Task.checkCancellation()
    }

    private static func response(_ services: Services) -> HealthHealthCheckResponse {
        var response = HealthHealthCheckResponse()
        response.status = services.isReady ? .serving : .notServing
        return response
    }
}
