internal import Domain
internal import HTTP2
internal import Logging
internal import NIOCore
internal import Shares

/// Brings every request to its method or its route: gRPC by its content type, everything else by
/// verb and path.
struct GatewayHandler: RequestHandler {
    let services: Services
    let router: Router
    let logger: Logger

    private var metrics: Metrics { services.metrics }

    func handle(_ request: Request, _ response: Response) async {
        let caller = Caller(request.peer)
        let type = request.head.headers["content-type"]
        if !GRPC.claims(contentType: type) {
            await serveHTTP(request, response, caller)
        } else if GRPC.accepts(contentType: type) {
            await serveGRPC(request, response, caller)
        } else {
            metrics.count("unknown", .mediaTypeUnsupported)
            await refuse(
                MediaType.unsupported(
                    request.head.headers,
                    "gRPC comes as \(GRPC.contentType) or \(GRPC.contentType)+proto, JSON as "
                        + HTTPCall.contentType),
                request, response)
        }
    }

    /// Lets a call begin, before anything is done for it.
    ///
    /// A gateway that is asked to stop finishes calls and begins none; it still tells of itself.
    /// A certificate makes nobody a participant: a bank that is not registered may do only what
    /// anyone may.
    private func admit(
        _ terms: CallTerms, _ caller: Caller?, _ peer: PeerIdentity?
    ) async throws {
        try terms.access.check(caller, peer)
        guard !terms.isAboutGateway else { return }
        guard !services.drain.hasBegun else {
            throw GatewayError(.unavailable, "the gateway is stopping")
        }
        guard terms.access != .anyone, let bank = caller?.bank else { return }
        // A node that does not serve yet may not know everybody.
        guard services.node.isServing else { throw GatewayError(.unavailable) }
        if services.directory.participant(bank) != nil { return }
        // It may have been registered at another node a moment ago.
        try await services.refresh()
        _ = try services.registered(bank)
    }

    /// What serves a call: for a caller, and for reads as fresh as he asks, whatever of the node
    /// they look at first.
    private func serving(
        _ terms: CallTerms, _ caller: Caller?, _ request: Request
    ) async throws -> Services {
        let services = try services.serving(caller, request.share, request.head)
        let isRead = terms.weight == .lookup || terms.weight == .list
        return isRead && !terms.isAboutGateway ? try await services.refreshed() : services
    }

    /// Runs a call in its caller's turn.
    private func inTurn(
        _ weight: Weight, _ request: Request, _ body: () async throws -> Void
    ) async throws {
        switch weight {
        case .open:
            try await body()
        case .command, .batch:
            try await request.share.commands.pass(body)
        case .lookup, .list:
            try await request.inTurn(isList: weight == .list, body)
        }
    }

    // MARK: gRPC

    private func serveGRPC(_ request: Request, _ response: Response, _ caller: Caller?) async {
        let method = router.method(request.head.path)
        guard
            let call = await GRPCServerCall(
                request, response,
                maxMessageBytes: method?.terms.largestMessage ?? CallTerms.largestMessage,
                allowsIdleStream: method?.isStreaming ?? false)
        else { return metrics.count(method?.path ?? "unknown", .malformedRequest) }
        guard let method else {
            metrics.count("unknown", .methodUnknown)
            return call.finish(GatewayError(.methodUnknown, request.head.path).grpcStatus)
        }
        do {
            try await admit(method.terms, caller, request.peer)
            if method.terms.hasLargeBodies { request.widenBody() }
            try await inTurn(method.terms.weight, request) {
                try await method.serve(
                    try await serving(method.terms, caller, request), caller, call)
            }
            metrics.count(method.path, call.isPastDeadline ? .deadlineExceeded : .accepted)
        } catch let error as GatewayError where error.code != .internalError {
            metrics.count(method.path, call.isPastDeadline ? .deadlineExceeded : error.code)
            call.finish(error.grpcStatus)
        } catch {
            finish(call, error, method.path)
        }
    }

    private func finish(_ call: GRPCServerCall, _ error: any Error, _ path: String) {
        let blamed = blame(error, path, isOver: call.isPastDeadline)
        // Compression has a status of its own in gRPC, and a header with what to use instead.
        let status = error as? GRPCStatus
        call.finish(status?.code == .unimplemented ? status ?? .ok : blamed.grpcStatus)
    }

    /// Counts and logs what ended a call unexpectedly; the error to answer with.
    private func blame(_ error: any Error, _ name: String?, isOver: Bool) -> GatewayError {
        let blame = Blame(error, isOver: isOver || Task.isCancelled)
        metrics.count(name, blame.error.code)
        let metadata: Logger.Metadata = ["method": "\(name ?? "page")", "error": "\(error)"]
        switch blame {
        case .malformed, .tooLarge, .overloaded, .over:
            logger.debug("call ended", metadata: metadata)
        case .fault: logger.error("call failed", metadata: metadata)
        }
        if case .fault = blame, let error = error as? GatewayError { return error }
        return blame.error
    }

    // MARK: Plain HTTP

    private func serveHTTP(_ request: Request, _ response: Response, _ caller: Caller?) async {
        var name: String? = "unknown"
        do {
            if try await answerOptions(request, response, caller) { return }
            let (route, variables) = try router.route(request.head.method, request.head.path)
            name = route.name
            try await admit(route.terms, caller, request.peer)
            let call = HTTPCall(
                request: request, response: response, variables: variables,
                query: try route.query(of: request), largestMessage: route.terms.largestMessage)
            if route.terms.hasLargeBodies { request.widenBody() }
            try await inTurn(route.terms.weight, request) {
                try await route.serve(
                    try await serving(route.terms, caller, request), caller, call)
            }
            metrics.count(name, .accepted)
        } catch let error as GatewayError where error.code != .internalError {
            metrics.count(name, error.code)
            await refuse(error, request, response)
        } catch {
            await refuse(blame(error, name, isOver: false), request, response)
        }
    }

    /// Tells which verbs a path has; true when the request was for that.
    private func answerOptions(
        _ request: Request, _ response: Response, _ caller: Caller?
    ) async throws -> Bool {
        guard request.head.method == "OPTIONS" else { return false }
        let path = request.head.path
        let terms = router.matches(try RequestPath(path)).map(\.terms)
        guard let first = terms.first else {
            throw GatewayError(.methodUnknown, "OPTIONS \(path)")
        }
        // Whoever may use one of the verbs may know of them, and anyone of the gateway's own pages.
        var isKnown = terms.contains { $0.isAboutGateway }
        for term in terms where !isKnown {
            isKnown = (try? await admit(term, caller, request.peer)) != nil
        }
        if !isKnown { try await admit(first, caller, request.peer) }
        metrics.count("OPTIONS", .accepted)
        await response.send(
            status: 204, headers: ["allow": router.verbs(path).joined(separator: ", ")])
        return true
    }

    private func refuse(_ error: GatewayError, _ request: Request, _ response: Response) async {
        // A stream that has begun cannot change its status any more; it ends short instead.
        guard !response.hasBegun else { return }
        let problem = error.problem(instance: request.head.path)
        var headers: Headers = ["content-type": "application/problem+json"]
        // RFC 9110 §12.5.3: what a 415 for the coding of a body has to say.
        if error.code == .mediaTypeUnsupported { headers.add("accept-encoding", "identity") }
        if let seconds = error.retryAfterSeconds { headers.add("retry-after", String(seconds)) }
        if error.code == .methodNotAllowed {
            headers.add("allow", router.verbs(request.head.path).joined(separator: ", "))
        }
        await response.send(
            status: problem.status, headers: headers, body: ByteBuffer(bytes: problem.json))
    }
}
