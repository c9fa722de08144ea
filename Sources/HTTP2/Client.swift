package import NIOCore
internal import NIOPosix
internal import NIOSSL

/// A complete response.
package struct ClientResponse: Sendable, Hashable {
    package var head: ResponseHead
    package var body: ByteBuffer
    package var trailers: Headers

    package init(head: ResponseHead, body: ByteBuffer = ByteBuffer(), trailers: Headers = Headers())
    {
        self.head = head
        self.body = body
        self.trailers = trailers
    }
}

/// One HTTP/2 connection to a server, shared by any number of tasks.
package final class Client: Sendable {
    private let channel: any Channel
    private let port: ConnectionPort
    private let shown: NIOLoopBound<ShownServer>
    private let metrics: Metrics
    private let authority: String
    private let scheme: String
    /// Whom the server's certificate names; nil without TLS.
    package let peer: PeerIdentity?
    /// Linux' TCP_NOTSENT_LOWAT, for which NIO has no name.
    private static let notSentLowWater = NIOBSDSocket.Option(rawValue: 25)

    private init(
        _ channel: any Channel, _ port: ConnectionPort, _ shown: NIOLoopBound<ShownServer>,
        _ metrics: Metrics, authority: String, scheme: String, peer: PeerIdentity?
    ) {
        self.channel = channel
        self.port = port
        self.shown = shown
        self.metrics = metrics
        self.authority = authority
        self.scheme = scheme
        self.peer = peer
    }

    /// Connects and waits until the server's settings are known.
    /// - Parameter tls: nil means cleartext with prior knowledge.
    /// - Throws: `HTTP2Error` with code `connectFailed`; its message says why a judge did not take
    ///   the server.
    package static func connect(
        host: String, port: Int, tls: ClientTLS?, group: any EventLoopGroup,
        limits: Limits = Limits()
    ) async throws -> Client {
        limits.check()
        let loop = group.next()
        let ready = loop.makePromise(of: PeerIdentity?.self)
        let metrics = Metrics()
        var attempt = ClientBootstrap(group: loop)
            .channelOption(.tcpOption(.tcp_nodelay), value: 1)
            .channelOption(.writeBufferWaterMark, value: .init(low: 65_536, high: 131_072))
            .connectTimeout(limits.handshakeTimeout)
        if let bytes = limits.unsentBytes {
            attempt = attempt.channelOption(
                .tcpOption(Client.notSentLowWater), value: .init(bytes))
        }
        do {
            let (channel, face, shown) = try await attempt.connect(host: host, port: port) {
                channel in
                channel.eventLoop.makeCompletedFuture {
                    let server = ShownServer(tls)
                    let connection = Connection(
                        loop: loop, isServer: false, expectsTLS: tls != nil, limits: limits,
                        metrics: metrics, role: ClientRole(ready: ready, server: server))
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(tls.handler(host: host, server)) }
                    try pipeline.addHandler(connection)
                    return (channel, connection.port, NIOLoopBound(server, eventLoop: loop))
                }
            }
            let peer = try await ready.futureResult.get()
            return Client(
                channel, face, shown, metrics, authority: "\(host):\(port)",
                scheme: tls == nil ? "http" : "https", peer: peer)
        } catch {
            ready.fail(error)
            throw error as? HTTP2Error ?? HTTP2Error(.connectFailed, "\(error)")
        }
    }

    /// False once the connection has ended; every further request then fails with `refused`.
    package var isOpen: Bool { channel.isActive }

    package var counters: Counters { metrics.counters }

    /// Why the server's certificate would not be believed now by these, which have a judge; nil
    /// when it would. Nobody else looks at it again while the connection lasts.
    package func objection(by tls: ClientTLS) async -> String? {
        let found = channel.eventLoop.submit { [shown] in shown.value.objection(by: tls) }
        // An event loop that takes nothing has ended, and with it the connection.
        return try? await found.get()
    }

    /// Sends a complete request and returns the complete response.
    ///
    /// Waits while the server's limit of concurrent streams is reached, and while the connection's
    /// output is full. Cancelling the task resets the stream.
    /// - Parameters:
    ///   - head: an empty `authority` means the host and port connected to.
    ///   - timeout: from now to the last byte of the response; nil means no limit.
    /// - Throws: `HTTP2Error` (`malformed` for a head that must not be sent); `CancellationError`.
    package func request(
        _ head: RequestHead, body: ByteBuffer? = nil, timeout: Duration? = nil
    ) async throws -> ClientResponse {
        let body = body ?? ByteBuffer()
        let request = OpenRequest(
            try complete(head, length: body.readableBytes), body: body,
            timeout: timeout.map { TimeAmount(min($0, GRPC.longest)) }, isWhole: true)
        guard let whole = request.whole else { preconditionFailure("a whole exchange") }
        try await submit(request)
        return try await awaiting(request) { try await whole.get(onCancel: $0) }
    }

    /// Starts a request whose body is written piece by piece.
    /// - Parameter timeout: from now to the last byte of the response; nil means no limit.
    /// - Throws: `HTTP2Error`; `CancellationError`.
    package func open(_ head: RequestHead, timeout: Duration? = nil) async throws -> ClientStream {
        let request = OpenRequest(
            try complete(head, length: nil), body: nil,
            timeout: timeout.map { TimeAmount(min($0, GRPC.longest)) },
            isWhole: false)
        guard let streaming = request.streaming else { preconditionFailure("pieces") }
        try await submit(request)
        let face = try await awaiting(request) { try await streaming.face.get(onCancel: $0) }
        return ClientStream(request, face, streaming.head)
    }

    /// Closes the connection; open streams fail with `connectionClosed`.
    package func close() async {
        port.post(.close)
        try? await channel.closeFuture.get()
    }

    private func submit(_ request: OpenRequest) async throws {
        let count = request.body?.readableBytes ?? 0
        do {
            if count > 0 {
                try await port.postWhole(0, count, .open(request))
            } else if !port.post(.open(request)) {
                throw HTTP2Error.unsent
            }
        } catch let error as HTTP2Error where error == .closed {
            throw HTTP2Error.unsent
        }
    }

    private func awaiting<Value: Sendable>(
        _ request: OpenRequest,
        _ wait: (@escaping @Sendable () -> Void) async throws -> Value
    ) async throws -> Value {
        let port = port
        do {
            return try await wait { port.post(.withdraw(request)) }
        } catch let error as HTTP2Error {
            if error.code != .deadlineExceeded { try Task.checkCancellation() }
            throw error
        }
    }

    private func complete(_ head: RequestHead, length: Int?) throws -> RequestHead {
        var head = head
        guard head.isLegal else {
            throw HTTP2Error(.malformed, "method, path, query or authority is not legal")
        }
        if head.authority.isEmpty { head.authority = authority }
        head.scheme = scheme
        let sizes = length.map { $0 > 0 || head.method == "POST" || head.method == "PUT" }
        if let length, sizes == true, head.headers["content-length"] == nil {
            head.headers.addTrusted("content-length", String(length))
        }
        return head
    }
}

/// One request and response in progress. Write from one task and read from one task at a time.
/// Letting go of it before the response is complete resets the stream.
package final class ClientStream: Sendable {
    private let request: OpenRequest
    private let face: StreamFace
    private let head: Once<ResponseHead>

    init(_ request: OpenRequest, _ face: StreamFace, _ head: Once<ResponseHead>) {
        self.request = request
        self.face = face
        self.head = head
    }

    deinit {
        // For a finished stream this finds nothing to reset.
        face.port.post(.withdraw(request))
    }

    /// The body of the response.
    package var body: Body { Body(inbound: face.inbound) }

    /// The trailers, complete once `body` has ended.
    package var trailers: Headers { face.inbound.trailers }

    /// Sends body bytes, suspending while the stream's bounded output buffer is full.
    /// - Throws: `HTTP2Error` when the stream or connection has ended; `CancellationError`.
    package func write(_ bytes: ByteBuffer) async throws {
        try await face.port.write(face, bytes)
    }

    /// Ends the request body.
    package func finishWriting() {
        face.port.post(.end(face.id, nil))
    }

    /// The head of the response; await it from one task at a time.
    /// - Throws: `HTTP2Error` when the stream or connection ended without one; `CancellationError`,
    ///   and then the stream is reset.
    package func responseHead() async throws -> ResponseHead {
        let port = face.port
        let request = request
        do {
            return try await head.get { port.post(.withdraw(request)) }
        } catch let error as HTTP2Error {
            if error.code != .deadlineExceeded { try Task.checkCancellation() }
            throw error
        }
    }

    /// Resets the stream.
    package func cancel(_ code: ErrorCode = .cancel) {
        face.port.post(.reset(face.id, code))
    }
}
