internal import Domain
internal import HTTP2
internal import NIOCore
internal import Shares
internal import SwiftProtobuf

/// A request that found its route, with the variables of its path, and its response.
package struct HTTPCall: Sendable {
    let request: Request
    let response: Response
    let variables: [String: String]
    let query: [String: String]
    /// Bytes of the body.
    let largestMessage: Int
}

extension HTTPCall {
    /// The message in the body; an empty body is an empty message.
    ///
    /// - Parameter services: where a long one is read.
    /// - Throws: `MALFORMED_REQUEST` naming the field that is wrong, `REQUEST_TOO_LARGE`.
    func message<Input: Message & Sendable>(_ services: Services) async throws -> Input {
        try await message(try await json(), services)
    }

    /// A body of JSON, or nothing.
    private func json() async throws -> ByteBuffer {
        let body = try await self.body(upTo: largestMessage)
        guard
            body.readableBytes == 0
                || MediaType.isMissing(or: HTTPCall.contentType, request.head.headers)
        else {
            throw MediaType.unsupported(
                request.head.headers, "this path takes \(HTTPCall.contentType)")
        }
        return body
    }

    private func message<Input: Message & Sendable>(
        _ body: ByteBuffer, _ services: Services
    ) async throws -> Input {
        guard body.readableBytes > 0 else { return Input() }
        return try await services.compute(ifLong: body.readableBytes) { [variables] in
            let fault = body.withUnsafeReadableBytes {
                JSONCheck.fault(in: $0, of: Input.self, stated: variables)
            }
            if let fault { throw fault }
            do {
                return try Input(jsonUTF8Bytes: Array(body.readableBytesView))
            } catch {
                throw GatewayError.unreadable(Input.self, error)
            }
        }
    }

    /// The empty message of a request that has its parameters in path and query.
    ///
    /// - Throws: `MALFORMED_REQUEST` when the body says anything.
    func noMessage<Input: Message>() async throws -> Input {
        let body = try await self.body(upTo: largestMessage)
        // Blanks as JSON has them (RFC 8259 §2).
        let said = body.readableBytesView.lazy.filter { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard said.isEmpty || said.elementsEqual("{}".utf8) else {
            throw GatewayError(
                .malformedRequest, "a GET takes no body; its parameters stand in the query")
        }
        return Input()
    }

    /// The payment order in the body, whose UETR stands in the path.
    func order(_ uetr: String, _ services: Services) async throws -> ReadOrder {
        let body = try await json()
        let isShort = body.readableBytes <= WorkPlaces.shortRequest
        let usual = isShort ? UETR(uetr) : nil
        let order = usual.flatMap { uetr in
            body.withUnsafeReadableBytes { OrderJSON.read($0, uetr: uetr) }
        }
        if let order { return ReadOrder(order) }
        var message: ProtoPaymentOrder = try await message(body, services)
        guard message.uetr.isEmpty || message.uetr.lowercased() == uetr.lowercased() else {
            throw Field.malformed("uetr", "must be that of the path", message.uetr)
        }
        message.uetr = uetr
        return try services.read(message)
    }

    /// The whole body.
    ///
    /// What is too large is read to its end and thrown away, within a bound: clients that are still
    /// sending would otherwise miss the answer.
    ///
    /// - Throws: `REQUEST_TOO_LARGE`.
    func body(upTo limit: Int) async throws -> ByteBuffer {
        var body = ByteBuffer()
        var size = 0
        for try await chunk in request.body {
            size += chunk.readableBytes
            if size <= limit {
                if body.readableBytes == 0 {
                    body = chunk
                } else {
                    body.writeImmutableBuffer(chunk)
                }
            } else {
                // It is not kept.
                request.memory.shrink(by: chunk.readableBytes)
                if size > limit + HTTPCall.drainedBytes { break }
            }
        }
        guard size <= limit else {
            throw GatewayError(.requestTooLarge, "at most \(limit) bytes")
        }
        return body
    }

    private static let drainedBytes = 32 << 20

    /// Writes one line of a response that goes on.
    func writeLine(_ json: consuming ByteBuffer) async throws {
        json.writeInteger(UInt8(ascii: "\n"))
        try await response.write(json)
    }

    /// A whole answer of text.
    func reply(_ text: String, status: Int = 200, type: String = "text/plain") async {
        await response.send(
            status: status, headers: ["content-type": type], body: ByteBuffer(string: text))
    }

    func reply(_ json: [UInt8]) async { await reply(ByteBuffer(bytes: json)) }

    func reply(_ json: ByteBuffer, status: Int = 200) async {
        await response.send(status: status, headers: HTTPCall.replyHeaders, body: json)
    }

    static let contentType = "application/json"
    private static let replyHeaders: Headers = ["content-type": contentType]
}
