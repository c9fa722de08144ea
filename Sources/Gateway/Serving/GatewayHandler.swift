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
            try await request.share.calls.pass(body)
        case .lookup, .list:
            try await request.share.calls.pass {
                try await request.inTurn(isList: method.weight == .list, body)
            }
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
        case .malformed, .tooLarge, .overloaded, .over: logger.debug("call ended", metadata: metadata)
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
            let (method, route, variables) = try methods.route(
                request.head.method, request.head.path)
            name = method.path
            try admit(method, caller, request.peer)
            try ContentCoding.check(request.head.headers)
            if method.hasLargeBodies { request.widenBody() }
            let query = try Query.parse(request.head.query)
            let call = JSONCall(
                request: request, response: response, variables: variables, query: query)
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

    /// Health for anyone, metrics for operators; true when the request was for them.
    private func serveInfrastructure(
        _ request: Request, _ response: Response, _ caller: Caller?
    ) async -> Bool {
        guard request.head.method == "GET" || request.head.method == "HEAD" else { return false }
        switch request.head.path {
        case "/healthz":
            await text(response, 200, "alive\n")
        case "/readyz":
            let isServing = services.node.isServing && !services.drain.hasBegun
            await text(response, isServing ? 200 : 503, isServing ? "serving\n" : "not serving\n")
        case "/metrics":
            do {
                try Access.operators.check(caller, request.peer)
                await text(response, 200, metrics.text(services.node), "text/plain; version=0.0.4")
            } catch {
                await refuse(error, request, response)
            }
        default:
            return false
        }
        return true
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
        await response.send(
            status: problem.status, headers: headers, body: ByteBuffer(bytes: problem.json))
    }
}

/// The query of a URL.
package enum Query {
    /// Names and values, percent-decoded; a name that comes twice is an error.
    package static func parse(_ query: String?) throws(GatewayError) -> [String: String] {
        guard let query else { return [:] }
        var values: [String: String] = [:]
        for pair in query.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(parts[0]), let value = decode(parts.count > 1 ? parts[1] : "")
            else { throw GatewayError(.malformedRequest, "the query is not percent-encoded UTF-8") }
            guard values.updateValue(value, forKey: name) == nil else {
                throw GatewayError(.malformedRequest, "\(name) stands twice in the query")
            }
        }
        return values
    }

    private static func decode(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "+"): bytes.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.popFirst(), let low = rest.popFirst(),
                    let value = UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16)
                else { return nil }
                bytes.append(value)
            default: bytes.append(byte)
            }
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
