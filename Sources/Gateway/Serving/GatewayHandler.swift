internal import Domain
internal import HTTP2
internal import Logging
internal import NIOCore

/// Brings every request to its method: gRPC by its content type, everything else as JSON.
struct GatewayHandler: RequestHandler {
    let services: Services
    let methods: Methods
    let metrics: Metrics
    let logger: Logger

    func handle(_ request: Request, _ response: Response) async {
        let caller = Caller(request.peer)
        if GRPC.accepts(contentType: request.head.headers["content-type"]) {
            await serveGRPC(request, response, caller)
        } else {
            await serveHTTP(request, response, caller)
        }
    }

    /// A gateway that is asked to stop finishes calls and begins none; it still tells its health.
    private func admit(_ method: Method) throws(GatewayError) {
        guard services.drain.hasBegun, method.access != .anyone else { return }
        throw GatewayError(.unavailable, "the gateway is stopping")
    }

    // MARK: gRPC

    private func serveGRPC(_ request: Request, _ response: Response, _ caller: Caller?) async {
        let method = methods.method(request.head.path)
        guard
            let call = await GRPCServerCall(
                request, response,
                maxMessageBytes: method?.largestMessage ?? Method.largestMessage,
                allowsIdleStream: method?.isStreaming ?? false)
        else { return }
        guard let method else {
            metrics.count("unknown", .methodUnknown)
            return call.finish(GatewayError(.methodUnknown, request.head.path).grpcStatus)
        }
        do {
            try method.access.check(caller)
            try admit(method)
            if method.hasLargeBodies { request.widenBody() }
            try await method.serve(services, caller, call)
            metrics.count(method.path, .accepted)
        } catch let error as GatewayError {
            metrics.count(method.path, error.code)
            call.finish(error.grpcStatus)
        } catch {
            if let status = error as? GRPCStatus, let error = GatewayError(tooLarge: status) {
                metrics.count(method.path, error.code)
                return call.finish(error.grpcStatus)
            }
            metrics.count(method.path, .internalError)
            finish(call, error, method.path)
        }
    }

    /// Errors of the transport keep their own status; anything else is the gateway's fault.
    private func finish(_ call: GRPCServerCall, _ error: any Error, _ path: String) {
        let status = GRPCStatus(error)
        if error is GRPCStatus || error is HTTP2Error || error is CancellationError {
            // The peer broke the protocol or is gone.
            logger.debug("call ended", metadata: ["method": "\(path)", "error": "\(error)"])
        } else {
            logger.error("call failed", metadata: ["method": "\(path)", "error": "\(error)"])
        }
        call.finish(
            status.code == .unknown ? GatewayError(.internalError).grpcStatus : status)
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
            try method.access.check(caller)
            try admit(method)
            if method.hasLargeBodies { request.widenBody() }
            let query = try Query.parse(request.head.query)
            try Query.check(query, for: route)
            try await route.serve(
                services, caller,
                JSONCall(
                    request: request, response: response, variables: variables, query: query,
                    largestMessage: method.largestMessage))
            metrics.count(name, .accepted)
        } catch let error as GatewayError {
            metrics.count(name, error.code)
            await refuse(error, request, response)
        } catch is CancellationError {
            metrics.count(name, .deadlineExceeded)
        } catch let error as HTTP2Error {
            // The peer is gone or broke the protocol: nobody is there to be answered.
            metrics.count(name, .malformedRequest)
            logger.debug("request ended", metadata: ["error": "\(error)"])
        } catch {
            metrics.count(name, .internalError)
            logger.error("call failed", metadata: ["method": "\(name)", "error": "\(error)"])
            await refuse(GatewayError(.internalError), request, response)
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
        if !methods.contains(where: { (try? $0.access.check(caller)) != nil }) {
            try method.access.check(caller)
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
                try Access.operators.check(caller)
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
        guard !response.isFinished else { return }
        let problem = error.problem(instance: request.head.path)
        var headers: Headers = ["content-type": "application/problem+json"]
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
