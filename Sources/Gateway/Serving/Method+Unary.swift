internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

extension Method {
    /// A method with one request and one response, over gRPC and JSON alike.
    ///
    /// Where the verb is GET, the fields of the request that the path does not hold are parameters
    /// of the query.
    ///
    /// - Parameters:
    ///   - bind: copies path variables and query parameters into the request.
    ///   - status: of an answer in JSON.
    static func unary<Input: Message & Sendable, Output: Message & Sendable>(
        _ path: String, _ access: Access, _ weight: Weight, _ verb: String, _ template: String,
        largestMessage: Int = CallTerms.largestMessage,
        bind: @escaping @Sendable (inout Input, BindingSource) throws -> Void = { _, _ in },
        status: @escaping @Sendable (Output) -> Int = { _ in 200 },
        _ call: @escaping @Sendable (Services, Input, Caller) async throws -> Output
    ) -> Method {
        unary(
            path, access, weight, verb, template, largestMessage: largestMessage, bind: bind
        ) { services, input, caller in
            let content = try await call(services, input, caller)
            return ProtoAnswer(content, httpStatus: status(content))
        }
    }

    /// The same whose response is written by hand.
    static func unary<Input: Message & Sendable, Output: Answer>(
        _ path: String, _ access: Access, _ weight: Weight, _ verb: String, _ template: String,
        largestMessage: Int = CallTerms.largestMessage,
        bind: @escaping @Sendable (inout Input, BindingSource) throws -> Void = { _, _ in },
        _ call: @escaping @Sendable (Services, Input, Caller) async throws -> Output
    ) -> Method {
        let answer = verb == "GET" ? MessageShapes.all.method(path)?.answer : nil
        let list = answer.flatMap { CSVList($0) }
        return Method(
            path, CallTerms(access, weight).taking(largestMessage)
        ) { services, caller, grpc in
            let input: Input = try await services.message(of: grpc)
            let output = try await call(services, input, try caller.known)
            await grpc.reply(try await services.rendering(weight) { try output.protobuf })
        }.at(
            verb, template,
            parameters: verb == "GET"
                ? parameters(of: Input.self, template)
                    + (list == nil ? [] : [HTTPCall.formatParameter]) : []
        ) { services, caller, http in
            var input: Input =
                verb == "GET" ? try await http.noMessage() : try await http.message(services)
            try bind(&input, BindingSource(variables: http.variables, query: http.query))
            if let list, let answer, try http.wantsCSV {
                let (asked, caller) = (input, try caller.known)
                let totals = CSVTotals(ofAccount: account(asked))
                return try await http.reply(list, as: answer, totals, services) { token in
                    (try await call(services, asked.page(token), caller).protobuf, nil)
                }
            }
            let output = try await call(services, input, try caller.known)
            await http.reply(
                try await services.rendering(weight) { try output.json },
                status: output.httpStatus)
        }
    }

    /// The account that a request names by its number; nil when it names none.
    private static func account(_ request: some Message) -> UInt64? {
        let said = MessageFields(request)
        return said.shape["account_id"].map { said.number($0) }
    }

    /// The fields of a request that do not stand in the path.
    static func parameters<Input: Message>(of type: Input.Type, _ template: String) -> [String] {
        let inPath = PathTemplate(template).variables
        return MessageShapes.all.shape(of: type).fieldNames.filter { !inPath.contains($0) }
    }
}

extension Services {
    /// The only message of a unary call.
    func message<Input: Message & Sendable>(of grpc: GRPCServerCall) async throws -> Input {
        let bytes = try await grpc.messages.single()
        return try await compute(ifLong: bytes.readableBytes) { try decode(bytes) }
    }

    /// Writes an answer: at once where it is short, on the threads for it where it may be long.
    func rendering(
        _ weight: Weight, _ body: @escaping @Sendable () throws -> ByteBuffer
    ) async throws -> ByteBuffer {
        switch weight {
        case .list, .batch: try await compute(.long, body)
        case .command, .lookup, .open: try body()
        }
    }
}

extension Message {
    /// The same request for the largest page behind a token.
    func page(_ token: String) -> Self {
        var writer = MessageWriter(Self.self)
        if !token.isEmpty { writer.say(token, "page_token") }
        writer.say(UInt64(Page.largestSize), "page_size")
        var request = self
        request.take(writer)
        return request
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

    /// A number of 64 bits; nil when it is missing.
    func wideNumber(_ name: String) throws(GatewayError) -> UInt64? {
        let text = self[name]
        guard !text.isEmpty else { return nil }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt64(text) else {
            throw Field.malformed(name, "must be a whole number from 0 to \(UInt64.max)", text)
        }
        return number
    }

    /// A flag that may also stand alone, without a value.
    func isGiven(_ name: String) throws(GatewayError) -> Bool {
        guard query[name] != "" else { return true }
        return try flag(name)
    }

    func flag(_ name: String) throws(GatewayError) -> Bool {
        switch self[name] {
        case "", "false": return false
        case "true": return true
        default: throw Field.malformed(name, "must be true or false", self[name])
        }
    }
}

extension GRPCServerCall {
    /// Sends the only message of a unary call and ends it.
    func reply(_ message: some Message) async throws {
        let bytes: [UInt8] = try message.serializedBytes()
        await reply(ByteBuffer(bytes: bytes))
    }

    /// Sends one of many messages.
    func send(_ message: some Message) async throws {
        let bytes: [UInt8] = try message.serializedBytes()
        try await send(ByteBuffer(bytes: bytes))
    }
}
