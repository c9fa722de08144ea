internal import Domain
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// One method of the API: how it is called over gRPC, and over JSON where it is.
package struct Method: Sendable {
    /// The path of the gRPC call, `/package.Service/Method`.
    package let path: String
    let access: Access
    let weight: Weight
    let serve: @Sendable (Services, Caller?, GRPCServerCall) async throws -> Void
    /// Requests may come far apart; other methods have to send theirs without long pauses.
    var isStreaming = false
    /// Bytes of one request message.
    var largestMessage = Method.largestMessage
    /// A body may fill the window of its connection, so that large messages flow without waiting.
    var hasLargeBodies = false
    var route: Route?
}

/// What a call takes of what all share; calls of a kind do not wait for other kinds.
enum Weight: Sendable {
    /// One command.
    case command
    /// Many commands, whose request takes long to read.
    case batch
    /// One record, or few.
    case lookup
    /// A page of records, which takes long to find and to write.
    case list
    /// Stands open by nature: streams, watches, and what costs nothing.
    case open
}

/// How a method is called over JSON.
package struct Route: Sendable {
    let verb: String
    let template: PathTemplate
    let serve: @Sendable (Services, Caller?, JSONCall) async throws -> Void
}

/// A JSON request with the variables of its path, and its response.
package struct JSONCall: Sendable {
    let request: Request
    let response: Response
    let variables: [String: String]
    let query: [String: String]
}

/// What a binding may copy into the message of a JSON request.
struct BindingSource {
    let variables: [String: String]
    let query: [String: String]

    subscript(_ name: String) -> String { variables[name] ?? query[name] ?? "" }

    /// A number in the query or path; zero when it is missing.
    func number(_ name: String) throws(GatewayError) -> UInt32 {
        let text = self[name]
        guard !text.isEmpty else { return 0 }
        guard let number = UInt32(text) else {
            throw Field.malformed(name, "must be a whole number", text)
        }
        return number
    }

    func flag(_ name: String) throws(GatewayError) -> Bool {
        switch self[name] {
        case "", "false": return false
        case "true": return true
        default: throw Field.malformed(name, "must be true or false", self[name])
        }
    }
}

/// A path with variables: `/v1/payments/{uetr}:cancel`.
package struct PathTemplate: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        /// A variable, and what must follow it in the same segment (`:cancel` or nothing).
        case variable(String, suffix: String)
    }

    private let segments: [Segment]

    package init(_ template: String) {
        segments = template.split(separator: "/").map { segment in
            guard segment.hasPrefix("{"), let end = segment.firstIndex(of: "}") else {
                return .literal(String(segment))
            }
            return .variable(
                String(segment[segment.index(after: segment.startIndex)..<end]),
                suffix: String(segment[segment.index(after: end)...]))
        }
    }

    /// The variables of a path that fits, or nil.
    package func match(_ path: String) -> [String: String]? {
        var rest = path.utf8[...]
        var variables: [String: String] = [:]
        for segment in segments {
            guard rest.popFirst() == UInt8(ascii: "/") else { return nil }
            let part = rest.prefix { $0 != UInt8(ascii: "/") }
            rest = rest[part.endIndex...]
            switch segment {
            case .literal(let text):
                guard part.elementsEqual(text.utf8) else { return nil }
            case .variable(let name, let suffix):
                let value = part.dropLast(suffix.utf8.count)
                guard !value.isEmpty, !value.contains(UInt8(ascii: ":")),
                    part[value.endIndex...].elementsEqual(suffix.utf8)
                else { return nil }
                variables[name] = String(Substring(value))
            }
        }
        return rest.isEmpty ? variables : nil
    }
}

extension Method {
    /// Bytes of one gRPC message, and of one JSON body.
    static let largestMessage = 4 << 20

    /// Bytes of a gRPC message of payment records, with its field's tag and length.
    static let largestRecords = OrderRecord.largestMessage + 6

    /// A method with one request and one response, over gRPC and JSON alike.
    ///
    /// - Parameter bind: copies path variables and query parameters into the request.
    static func unary<Input: Message & Sendable, Output: Message & Sendable>(
        _ path: String, _ access: Access, _ weight: Weight, _ verb: String, _ template: String,
        bind: @escaping @Sendable (inout Input, BindingSource) throws -> Void = { _, _ in },
        _ call: @escaping @Sendable (Services, Input, Caller) async throws -> Output
    ) -> Method {
        let route = Route(verb: verb, template: PathTemplate(template)) { services, caller, json in
            var input: Input = try await json.message()
            try bind(&input, BindingSource(variables: json.variables, query: json.query))
            let output = try await call(services, input, try known(caller))
            await json.reply(try output.jsonUTF8Bytes())
        }
        return Method(
            path: path, access: access, weight: weight,
            serve: { services, caller, grpc in
                let input: Input = try decode(try await grpc.messages.single())
                try await grpc.reply(try await call(services, input, try known(caller)))
            }, route: route)
    }

    /// The caller of a method whose access has been checked.
    static func known(_ caller: Caller?) throws(GatewayError) -> Caller {
        guard let caller else { throw GatewayError(.unauthenticated) }
        return caller
    }
}

extension JSONCall {
    /// The message in the body; an empty body is an empty message.
    ///
    /// - Parameter readUsual: a faster reader; it gives nil for what it does not know.
    /// - Throws: `MALFORMED_REQUEST` with the parser's words, `REQUEST_TOO_LARGE`.
    func message<Input: Message>(
        usually readUsual: (UnsafeRawBufferPointer) -> Input? = { _ in nil }
    ) async throws -> Input {
        let body = try await self.body(upTo: Method.largestMessage)
        guard body.readableBytes > 0 else { return Input() }
        if let type = request.head.headers["content-type"],
            type != JSONCall.contentType, !type.lowercased().hasPrefix(JSONCall.contentType)
        {
            throw GatewayError(.mediaTypeUnsupported, "this path takes \(JSONCall.contentType)")
        }
        if let usual = body.withUnsafeReadableBytes(readUsual) { return usual }
        do {
            return try Input(jsonUTF8Bytes: Array(body.readableBytesView))
        } catch {
            throw GatewayError.unreadable(Input.self, error)
        }
    }

    /// The payment order in the body, whose UETR stands in the path.
    func order(_ uetr: String) async throws -> ProtoPaymentOrder {
        var order = try await message(usually: OrderJSON.read)
        guard order.uetr.isEmpty || order.uetr.lowercased() == uetr.lowercased() else {
            throw Field.malformed("uetr", "must be that of the path", order.uetr)
        }
        order.uetr = uetr
        return order
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
            } else if size > limit + JSONCall.drainedBytes {
                break
            }
        }
        guard size <= limit else {
            throw GatewayError(.requestTooLarge, "at most \(limit) bytes")
        }
        return body
    }

    private static let drainedBytes = 32 << 20

    /// Writes one line of a response that goes on.
    func writeLine(_ json: [UInt8]) async throws {
        try await response.write(ByteBuffer(bytes: json + [UInt8(ascii: "\n")]))
    }

    func reply(_ json: [UInt8]) async {
        await response.send(
            status: 200, headers: JSONCall.replyHeaders, body: ByteBuffer(bytes: json))
    }

    private static let contentType = "application/json"
    private static let replyHeaders: Headers = ["content-type": contentType]
}

extension GRPCServerCall {
    /// Sends the only message of a unary call and ends it.
    func reply(_ message: some Message) async throws {
        let bytes: [UInt8] = try message.serializedBytes()
        await reply(ByteBuffer(bytes: bytes))
    }
}
