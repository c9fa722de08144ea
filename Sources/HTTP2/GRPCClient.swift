package import NIOCore

/// gRPC calls over one HTTP/2 connection.
package struct GRPCClient: Sendable {
    private let client: Client
    private let maxMessageBytes: Int

    /// - Parameter maxMessageBytes: the most bytes of one received message.
    package init(_ client: Client, maxMessageBytes: Int = 4_194_304) {
        self.client = client
        self.maxMessageBytes = maxMessageBytes
    }

    /// One message out, one message back.
    /// - Parameters:
    ///   - path: `/package.Service/Method`.
    ///   - timeout: sent as `grpc-timeout` and enforced here too; nil means no limit.
    /// - Returns: the message and the trailing metadata.
    /// - Throws: `GRPCStatus` with any code but OK; `CancellationError`.
    package func unary(
        _ path: String, _ message: ByteBuffer, timeout: Duration? = nil,
        metadata: Headers = Headers()
    ) async throws -> (message: ByteBuffer, trailers: Headers) {
        let response: ClientResponse
        do {
            response = try await client.request(
                head(path, timeout, metadata), body: GRPC.frame(message), timeout: timeout)
        } catch let error as HTTP2Error {
            throw GRPCStatus(error)
        }
        try Self.check(response.head, response.trailers)
        var reader = GRPCMessageReader(maxMessageBytes: maxMessageBytes, malformed: .internal)
        reader.append(response.body)
        guard let reply = try reader.next() else {
            throw GRPCStatus(.internal, "the reply carries no message")
        }
        guard try reader.next() == nil else {
            throw GRPCStatus(.internal, "the reply carries more than one message")
        }
        try reader.finish()
        return (reply, response.trailers)
    }

    /// Starts a call with any number of messages each way.
    /// - Throws: `GRPCStatus`; `CancellationError`.
    package func open(
        _ path: String, timeout: Duration? = nil, metadata: Headers = Headers()
    ) async throws -> GRPCClientCall {
        do {
            let stream = try await client.open(head(path, timeout, metadata), timeout: timeout)
            return GRPCClientCall(stream, maxMessageBytes)
        } catch let error as HTTP2Error {
            throw GRPCStatus(error)
        }
    }

    private func head(_ path: String, _ timeout: Duration?, _ metadata: Headers) -> RequestHead {
        var headers = metadata
        headers.set("content-type", GRPC.contentType)
        headers.set("te", "trailers")
        if let timeout { headers.set("grpc-timeout", GRPC.format(timeout: timeout)) }
        return RequestHead(method: "POST", path: path, headers: headers)
    }

    /// Throws unless head and trailers say OK.
    static func check(_ head: ResponseHead, _ trailers: Headers) throws(GRPCStatus) {
        if head.status != 200 || !GRPC.accepts(contentType: head.headers["content-type"]) {
            if let status = GRPCStatus(trailers: head.headers), status.code != .ok { throw status }
            throw GRPCStatus(
                GRPCStatusCode(httpStatus: head.status),
                "the server answered HTTP \(head.status), not gRPC")
        }
        guard let status = GRPCStatus(trailers: trailers) ?? GRPCStatus(trailers: head.headers)
        else { throw GRPCStatus(.internal, "the response carries no grpc-status") }
        if status.code != .ok { throw status }
    }
}

/// A gRPC call in progress. Write from one task and read from one task at a time.
package final class GRPCClientCall: Sendable {
    private let stream: ClientStream
    private let maxMessageBytes: Int

    init(_ stream: ClientStream, _ maxMessageBytes: Int) {
        self.stream = stream
        self.maxMessageBytes = maxMessageBytes
    }

    /// Sends one message, suspending while the output buffer is full.
    /// - Throws: `CancellationError`; `GRPCStatus` when the stream failed. Its `transport` is
    ///   `alreadyFinished` when the server has ended the call: `messages` and `status()` tell why.
    package func send(_ message: ByteBuffer) async throws {
        do {
            try await stream.write(GRPC.frame(message))
        } catch let error as HTTP2Error {
            throw GRPCStatus(error)
        }
    }

    /// No more messages follow.
    package func finishSending() {
        stream.finishWriting()
    }

    /// The server's messages. After the last, `status()` tells how the call ended.
    package var messages: GRPCMessages {
        GRPCMessages(
            body: stream.body, maxMessageBytes: maxMessageBytes, malformed: .internal)
    }

    /// How the call ended; call it once `messages` has ended or thrown.
    /// - Throws: `CancellationError`.
    package func status() async throws -> GRPCStatus {
        do {
            let head = try await stream.responseHead()
            try GRPCClient.check(head, stream.trailers)
            return .ok
        } catch let error as CancellationError {
            throw error
        } catch {
            return GRPCStatus(error)
        }
    }

    /// The trailing metadata, complete once `messages` has ended.
    package var trailers: Headers { stream.trailers }

    /// Resets the call.
    package func cancel() {
        stream.cancel()
    }
}
