internal import Domain
internal import HTTP2
internal import Logging
internal import NIOCore
internal import Shares

/// Brings every request to its method: gRPC by its content type, everything else as JSON.
struct GatewayHandler: RequestHandler {
    let services: Services
    let methods: Methods
    let metrics: Metrics
    let logger: Logger

    func handle(_ request: Request, _ response: Response) async {
        let caller = Caller(request.peer)
        let type = request.head.headers["content-type"]
        if GRPC.accepts(contentType: type) {
            await serveGRPC(request, response, caller)
        } else if GRPC.claims(contentType: type) {
            metrics.count("unknown", .mediaTypeUnsupported)
            await refuse(
                GatewayError(.mediaTypeUnsupported, "gRPC comes as \(GRPC.contentType)"),
                request, response)
        } else {
            await serveHTTP(request, response, caller)
        }
    }

    /// Lets a call begin, before anything is done for it.
    ///
    /// A gateway that is asked to stop finishes calls and begins none; it still tells its health.
    /// A certificate makes nobody a participant: who is not registered may ask for health alone.
    private func admit(
        _ method: Method, _ caller: Caller?, _ peer: PeerIdentity?
    ) throws(GatewayError) {
        try method.access.check(caller, peer)
        guard method.access != .anyone else { return }
        guard !services.drain.hasBegun else {
            throw GatewayError(.unavailable, "the gateway is stopping")
        }
        guard case .participant(let bic)? = caller else { return }
        // A node that does not serve yet may not know everybody.
        guard services.node.isServing else { throw GatewayError(.unavailable) }
        _ = try services.registered(bic)
    }

    /// Runs a call in its caller's turn.
    private func inTurn(
        _ method: Method, _ request: Request, _ body: () async throws -> Void
    ) async throws {
        switch method.weight {
        case .open:
            try await body()
        case .command, .batch:
            try await request.share.commands.pass(body)
        case .lookup, .list:
            try await request.inTurn(isList: method.weight == .list, body)
        }
    }

    // MARK: gRPC

    private func serveGRPC(_ request: Request, _ response: Response, _ caller: Caller?) async {
        let method = methods.method(request.head.path)
        guard
            let call = await GRPCServerCall(
                request, response,
                maxMessageBytes: method?.largestMessage ?? Method.largestMessage,
                allowsIdleStream: method?.isStreaming ?? false)
        else { return metrics.count(method?.path ?? "unknown", .malformedRequest) }
        guard let method else {
            metrics.count("unknown", .methodUnknown)
            return call.finish(GatewayError(.methodUnknown, request.head.path).grpcStatus)
        }
        do {
            try admit(method, caller, request.peer)
            if method.hasLargeBodies { request.widenBody() }
            try await inTurn(method, request) {
                try await method.serve(services.serving(caller), caller, call)
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
    private func blame(_ error: any Error, _ name: String, isOver: Bool) -> GatewayError {
        let blame = Blame(error, isOver: isOver || Task.isCancelled)
        metrics.count(name, blame.error.code)
        let metadata: Logger.Metadata = ["method": "\(name)", "error": "\(error)"]
        switch blame {
        case .malformed, .tooLarge, .overloaded, .over:
            logger.debug("call ended", metadata: metadata)
        case .fault: logger.error("call failed", metadata: metadata)
        }
        if case .fault = blame, let error = error as? GatewayError { return error }
        return blame.error
    }

    // MARK: JSON

    private func serveHTTP(_ request: Request, _ response: Response, _ caller: Caller?) async {
        if await serveInfrastructure(request, response, caller) { return }
        var name = "unknown"
        do {
            if try await answerOptions(request, response, caller) { return }
            let (method, route, variables) = try methods.route(
                request.head.method, request.head.path)
            name = method.path
            try admit(method, caller, request.peer)
            try ContentCoding.check(request.head.headers)
            if method.hasLargeBodies { request.widenBody() }
            let query = try Query.parse(request.head.query)
            try Query.check(query, for: route)
            let call = JSONCall(
                request: request, response: response, variables: variables, query: query,
                largestMessage: method.largestMessage)
            try await inTurn(method, request) {
                try await route.serve(services.serving(caller), caller, call)
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
    ) async throws(GatewayError) -> Bool {
        guard request.head.method == "OPTIONS" else { return false }
        let path = request.head.path
        let methods = self.methods.matches(try RequestPath(path)).map(\.method)
        guard let method = methods.first else {
            throw GatewayError(.methodUnknown, "OPTIONS \(path)")
        }
        // Whoever may use one of the verbs may know of them.
        if !methods.contains(where: { (try? admit($0, caller, request.peer)) != nil }) {
            try admit(method, caller, request.peer)
        }
        metrics.count("OPTIONS", .accepted)
        let verbs = self.methods.verbs(path).joined(separator: ", ")
        await response.send(status: 204, headers: ["allow": verbs])
        return true
    }

    /// Health for anyone, metrics for operators; true when the request was for them.
    private func serveInfrastructure(
        _ request: Request, _ response: Response, _ caller: Caller?
    ) async -> Bool {
        guard let page = InfrastructurePage(request.head.path) else { return false }
        switch request.head.method {
        case "GET", "HEAD": await serve(page, request, response, caller)
        case "OPTIONS":
            await response.send(
                status: 204, headers: ["allow": InfrastructurePage.verbs.joined(separator: ", ")])
        default:
            await refuse(
                GatewayError(.methodNotAllowed, "use GET, HEAD or OPTIONS"), request, response)
        }
        return true
    }

    private func serve(
        _ page: InfrastructurePage, _ request: Request, _ response: Response, _ caller: Caller?
    ) async {
        switch page {
        case .alive:
            await text(response, 200, "alive\n")
        case .ready:
            let isServing = services.node.isServing && !services.drain.hasBegun
            await text(response, isServing ? 200 : 503, isServing ? "serving\n" : "not serving\n")
        case .metrics:
            do {
                try Access.operators.check(caller, request.peer)
                await text(response, 200, metrics.text(services.node), "text/plain; version=0.0.4")
            } catch {
                await refuse(error, request, response)
            }
        }
    }

    private func text(
        _ response: Response, _ status: Int, _ text: String, _ type: String = "text/plain"
    ) async {
        await response.send(
            status: status, headers: ["content-type": type], body: ByteBuffer(string: text))
    }

    private func refuse(_ error: GatewayError, _ request: Request, _ response: Response) async {
        // A stream that has begun cannot change its status any more; it ends short instead.
        guard !response.hasBegun else { return }
        let problem = error.problem(instance: request.head.path)
        var headers: Headers = ["content-type": "application/problem+json"]
        if error.code == .mediaTypeUnsupported { headers.add("accept-encoding", "identity") }
        if let seconds = error.retryAfterSeconds { headers.add("retry-after", String(seconds)) }
        if error.code == .methodNotAllowed {
            let path = request.head.path
            let verbs =
                InfrastructurePage(path) == nil ? methods.verbs(path) : InfrastructurePage.verbs
            headers.add("allow", verbs.joined(separator: ", "))
        }
        await response.send(
            status: problem.status, headers: headers, body: ByteBuffer(bytes: problem.json))
    }
}

/// What is served beside the methods of the API.
private enum InfrastructurePage: String {
    case alive = "healthz"
    case ready = "readyz"
    case metrics

    static let verbs = ["GET", "HEAD", "OPTIONS"]

    init?(_ path: String) {
        guard let segments = try? RequestPath(path).segments, segments.count == 1 else {
            return nil
        }
        self.init(rawValue: segments[0])
    }
}
