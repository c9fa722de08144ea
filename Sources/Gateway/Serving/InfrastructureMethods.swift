internal import HTTP2

extension Method {
    /// What gRPC expects of any server.
    static let infrastructure: [Method] = [
        Method("/grpc.health.v1.Health/Check", .aboutGateway(.anyone)) {
            try await HealthCalls.check($0, $2)
        },
        Method("/grpc.health.v1.Health/Watch", .aboutGateway(.anyone)) {
            try await HealthCalls.watch($0, $2)
        },
        Method(
            "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            CallTerms(.readLedger, .open).taking(16_384), isStreaming: true
        ) { try await ReflectionCalls.serve($0, $2) },
    ]
}

extension Route {
    /// What those who run the gateway expect of any server.
    static let infrastructure: [Route] = [
        page("/healthz", .anyone) { _, http in await http.reply("alive\n") },
        page("/readyz", .anyone, parameters: ["verbose"]) { services, http in
            let isReady = services.isReady
            var text = isReady ? "serving\n" : "not serving\n"
            if try BindingSource(variables: [:], query: http.query).isGiven("verbose") {
                text += services.node.standing?.lines ?? ""
            }
            await http.reply(text, status: isReady ? 200 : 503)
        },
        page("/metrics", .readMetrics) { services, http in
            await http.reply(
                services.metrics.text(services), type: "text/plain; version=0.0.4")
        },
    ]

    /// A page about the gateway itself. Machines ask for it all the time, so it is not counted.
    private static func page(
        _ path: String, _ access: Access, parameters: [String]? = nil,
        serve: @escaping @Sendable (Services, HTTPCall) async throws -> Void
    ) -> Route {
        Route(
            "GET", PathTemplate(path), .aboutGateway(access), name: nil, parameters: parameters
        ) { services, _, http in try await serve(services, http) }
    }
}
