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
            try method.access.check(caller, request.peer)
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
            let (method, route, variables) = try methods.route(
                request.head.method, request.head.path)
            name = method.path
            try method.access.check(caller, request.peer)
            try admit(method)
            if method.hasLargeBodies { request.widenBody() }
            let query = try Query.parse(request.head.query)
            try await route.serve(
                services, caller,
                JSONCall(
                    request: request, response: response, variables: variables, query: query))
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
        guard !response.isFinished else { return }
        let problem = error.problem(instance: request.head.path)
        var headers: Headers = ["content-type": "application/problem+json"]
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
