internal import Domain
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// One method of the API: how it is called over gRPC, and over JSON where it is.
package struct Method: Sendable {
    /// The path of the gRPC call, `/package.Service/Method`.
    package let path: String
    let access: Access
    let serve: @Sendable (Services, Caller?, GRPCServerCall) async throws -> Void
    /// Requests may come far apart; other methods have to send theirs without long pauses.
    var isStreaming = false
    /// Bytes of one request message, over gRPC and as the body of a JSON request.
    package var largestMessage = Method.largestMessage
    /// A body may fill the window of its connection, so that large messages flow without waiting.
    var hasLargeBodies = false
    var route: Route?
}

/// How a method is called over JSON.
package struct Route: Sendable {
    let verb: String
    let template: PathTemplate
    /// What may stand in the query.
    var parameters: [String] = []
    let serve: @Sendable (Services, Caller?, JSONCall) async throws -> Void

    /// Whether a request with this verb is for the route: HEAD is GET without a body.
    func serves(_ verb: String) -> Bool {
        self.verb == verb || self.verb == "GET" && verb == "HEAD"
    }
}

/// A JSON request with the variables of its path, and its response.
package struct JSONCall: Sendable {
    let request: Request
    let response: Response
    let variables: [String: String]
    let query: [String: String]
    /// Bytes of the body.
    let largestMessage: Int
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
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt32(text) else {
            throw Field.malformed(name, "must be a whole number from 0 to \(UInt32.max)", text)
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

    /// The names of the variables.
    var variables: [String] {
        segments.compactMap {
            switch $0 {
            case .literal: nil
            case .variable(let name, _): name
            }
        }
    }

    /// The variables of a path that fits, or nil.
    package func match(_ path: String) -> [String: String]? {
        (try? RequestPath(path)).flatMap(match)
    }

    /// The variables of a path that fits, or nil.
    func match(_ path: RequestPath) -> [String: String]? {
        guard path.segments.count == segments.count else { return nil }
        var variables: [String: String] = [:]
        for (segment, part) in zip(segments, path.segments) {
            switch segment {
            case .literal(let text):
                guard part == text else { return nil }
            case .variable(let name, let suffix):
                let value = part.utf8.dropLast(suffix.utf8.count)
                guard !value.isEmpty, !value.contains(UInt8(ascii: ":")),
                    part.utf8[value.endIndex...].elementsEqual(suffix.utf8)
                else { return nil }
                variables[name] = String(Substring(value))
            }
        }
        return variables
    }
}

extension Method {
    /// Bytes of most requests. The largest of them is an order whose details fill their bound with
    /// every character written as `\uXXXX` in JSON: six times 16,384 bytes, and the other fields.
    static let largestMessage = 128 << 10

    /// Bytes of many orders in one request.
    static let largestBatch = 4 << 20

    /// Bytes of a gRPC message of a bank message, with its field's tag and length.
    static let largestDocument = MessageRoute.largestDocument + 6

    /// Bytes of a gRPC message of payment records, with its field's tag and length.
    static let largestRecords = OrderRecord.largestMessage + 6

    /// A method with one request and one response, over gRPC and JSON alike.
    ///
    /// Where the verb is GET, the fields of the request that the path does not hold are parameters
    /// of the query.
    ///
    /// - Parameter bind: copies path variables and query parameters into the request.
    static func unary<Input: Message & Sendable, Output: Message & Sendable>(
        _ path: String, _ access: Access, _ verb: String, _ template: String,
        largestMessage: Int = Method.largestMessage,
        bind: @escaping @Sendable (inout Input, BindingSource) throws -> Void = { _, _ in },
        _ call: @escaping @Sendable (Services, Input, Caller) async throws -> Output
    ) -> Method {
        let template = PathTemplate(template)
        let parameters = verb == "GET" ? parameters(of: Input.self, template) : []
        let route = Route(verb: verb, template: template, parameters: parameters) {
            services, caller, json in
            var input: Input =
                verb == "GET" ? try await json.noMessage() : try await json.message()
            try bind(&input, BindingSource(variables: json.variables, query: json.query))
            let output = try await call(services, input, try known(caller))
            await json.reply(try output.jsonUTF8Bytes())
        }
        return Method(
            path: path, access: access,
            serve: { services, caller, grpc in
                let input: Input = try decode(try await grpc.messages.single())
                try await grpc.reply(try await call(services, input, try known(caller)))
            }, largestMessage: largestMessage, route: route)
    }

    /// The fields of a request that do not stand in the path.
    static func parameters<Input: Message>(
        of type: Input.Type, _ template: PathTemplate
    ) -> [String] {
        let inPath = template.variables
        return MessageShapes.all.shape(of: type).fieldNames.filter { !inPath.contains($0) }
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
    /// - Throws: `MALFORMED_REQUEST` naming the field that is wrong, `REQUEST_TOO_LARGE`.
    func message<Input: Message>(
        usually readUsual: (UnsafeRawBufferPointer) -> Input? = { _ in nil }
    ) async throws -> Input {
        let body = try await self.body(upTo: largestMessage)
        guard body.readableBytes > 0 else { return Input() }
        guard MediaType.isMissing(or: JSONCall.contentType, request.head.headers) else {
            throw GatewayError(.mediaTypeUnsupported, "this path takes \(JSONCall.contentType)")
        }
        if let usual = body.withUnsafeReadableBytes(readUsual) { return usual }
        if let fault = body.withUnsafeReadableBytes({
            JSONCheck.fault(in: $0, of: Input.self, stated: variables)
        }) {
            throw fault
        }
        do {
            return try Input(jsonUTF8Bytes: Array(body.readableBytesView))
        } catch {
            throw GatewayError.unreadable(Input.self, error)
        }
    }

    /// The empty message of a request that has its parameters in path and query.
    ///
    /// - Throws: `MALFORMED_REQUEST` when the body says anything.
    func noMessage<Input: Message>() async throws -> Input {
        let body = try await self.body(upTo: largestMessage)
        let saysNothing = String(buffer: body).filter { !$0.isWhitespace }
        guard saysNothing.isEmpty || saysNothing == "{}" else {
            throw GatewayError(
                .malformedRequest, "a GET takes no body; its parameters stand in the query")
        }
        return Input()
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
