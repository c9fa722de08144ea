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
    /// Bytes of one request message, over gRPC and as the body of a JSON request.
    package var largestMessage = Method.largestMessage
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
    /// What may stand in the query.
    var parameters: [String] = []
    let serve: @Sendable (Services, Caller?, JSONCall) async throws -> Void

    /// Whether a request with this verb is for the route: HEAD is GET without a body.
    func serves(_ verb: String) -> Bool {
        self.verb == verb || self.verb == "GET" && verb == "HEAD"
    }
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
        _ path: String, _ access: Access, _ weight: Weight, _ verb: String, _ template: String,
        largestMessage: Int = Method.largestMessage,
        bind: @escaping @Sendable (inout Input, BindingSource) throws -> Void = { _, _ in },
        _ call: @escaping @Sendable (Services, Input, Caller) async throws -> Output
    ) -> Method {
        let template = PathTemplate(template)
        let parameters = verb == "GET" ? parameters(of: Input.self, template) : []
        let route = Route(verb: verb, template: template, parameters: parameters) {
            services, caller, json in
            var input: Input =
                verb == "GET" ? try await json.noMessage() : try await json.message(services)
            try bind(&input, BindingSource(variables: json.variables, query: json.query))
            let output = try await call(services, input, try known(caller))
            if weight == .list {
                await json.reply(try await services.compute(.long) { try output.jsonUTF8Bytes() })
            } else {
                await json.reply(try output.jsonUTF8Bytes())
            }
        }
        return Method(
            path: path, access: access, weight: weight,
            serve: { services, caller, grpc in
                let bytes = try await grpc.messages.single()
                let input: Input = try await services.compute(ifLong: bytes.readableBytes) {
                    try decode(bytes)
                }
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

extension GRPCServerCall {
    /// Sends the only message of a unary call and ends it.
    func reply(_ message: some Message) async throws {
        let bytes: [UInt8] = try message.serializedBytes()
        await reply(ByteBuffer(bytes: bytes))
    }
}
