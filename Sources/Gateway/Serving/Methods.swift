internal import Domain
internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

/// All methods of the API, found by gRPC path or by JSON route.
package struct Methods: Sendable {
    private let byPath: [String: Method]
    private let routes: [(method: Method, route: Route)]

    package static let all = Methods(payments + ledger + operators + infrastructure)

    init(_ methods: [Method]) {
        byPath = Dictionary(uniqueKeysWithValues: methods.map { ($0.path, $0) })
        routes = methods.compactMap { method in method.route.map { (method, $0) } }
    }

    func method(_ path: String) -> Method? { byPath[path] }

    /// The route of a JSON request. HEAD is served wherever GET is.
    ///
    /// - Throws: `METHOD_NOT_ALLOWED` when the path exists with other verbs only, `METHOD_UNKNOWN`
    ///   when it does not, `MALFORMED_REQUEST` when it is no path.
    package func route(
        _ verb: String, _ path: String
    ) throws(GatewayError) -> (method: Method, route: Route, variables: [String: String]) {
        let found = matches(try RequestPath(path))
        for match in found where match.route.serves(verb) { return match }
        guard found.isEmpty else {
            let verbs = Methods.verbs(found.map(\.route))
            throw GatewayError(
                .methodNotAllowed,
                "use \(verbs.dropLast().joined(separator: ", ")) or \(verbs.last ?? "")")
        }
        throw GatewayError(.methodUnknown, "\(verb) \(path)")
    }

    /// Whatever stands at a path, with its variables.
    func matches(
        _ path: RequestPath
    ) -> [(method: Method, route: Route, variables: [String: String])] {
        routes.compactMap { method, route in
            route.template.match(path).map { (method, route, $0) }
        }
    }

    /// The verbs of a path for the header `Allow`, in alphabetical order; empty when there is no
    /// such path.
    package func verbs(_ path: String) -> [String] {
        guard let path = try? RequestPath(path) else { return [] }
        return Methods.verbs(matches(path).map(\.route))
    }

    /// GET brings HEAD with it, and anything OPTIONS.
    private static func verbs(_ routes: [Route]) -> [String] {
        guard !routes.isEmpty else { return [] }
        let own = routes.map(\.verb)
        return (own + (own.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]).sorted()
    }
}

extension Methods {
    private static let payments: [Method] = [
        Method(
            path: "/langqiao.v1.PaymentService/SubmitPayment", access: .participants,
            weight: .command,
            serve: { services, caller, grpc in
                let order: ProtoPaymentOrder = try decode(try await grpc.messages.single())
                let answer = try await services.submitPayment(order, try Method.known(caller))
                try await grpc.reply(answer.proto)
            },
            route: Route(verb: "PUT", template: PathTemplate("/v1/payments/{uetr}")) {
                services, caller, json in
                let order = try await json.order(json.variables["uetr"] ?? "", services)
                let answer = try await services.submitPayment(order, try Method.known(caller))
                await json.reply(try answer.json)
            }),
        .unary(
            "/langqiao.v1.PaymentService/SubmitPayments", .participants, .batch, "POST",
            "/v1/payments:batch", largestMessage: Method.largestBatch,
            { try await $0.submitPayments($1, $2) }),
        Method(
            path: "/langqiao.v1.PaymentService/StreamPayments", access: .participants,
            weight: .open,
            serve: { try await $0.streamPayments($2, try Method.known($1)) }, isStreaming: true),
        Method(
            path: "/langqiao.v1.PaymentService/UploadPayments", access: .participants,
            weight: .open,
            serve: { try await $0.uploadPayments($2, try Method.known($1)) }, isStreaming: true),
        Method(
            path: "/langqiao.v1.PaymentService/SubmitRecords", access: .participants,
            weight: .command,
            serve: { try await $0.submitRecords($2, try Method.known($1)) },
            largestMessage: Method.largestRecords, hasLargeBodies: true,
            route: Route(verb: "POST", template: PathTemplate("/v1/payments:records")) {
                try await RecordRoute.serve($0, try Method.known($1), $2)
            }),
        Method(
            path: "/langqiao.v1.PaymentService/StreamRecords", access: .participants, weight: .open,
            serve: { try await $0.streamRecords($2, try Method.known($1)) }, isStreaming: true,
            largestMessage: Method.largestRecords, hasLargeBodies: true),
        Method(
            path: "/langqiao.v1.PaymentService/UploadRecords", access: .participants, weight: .open,
            serve: { try await $0.uploadRecords($2, try Method.known($1)) }, isStreaming: true,
            largestMessage: Method.largestRecords, hasLargeBodies: true),
        .unary(
            "/langqiao.v1.PaymentService/GetPayment", .participantsAndOperators, .lookup, "GET",
            "/v1/payments/{uetr}",
            bind: { (input: inout ProtoGetPaymentRequest, source) in input.uetr = source["uetr"] },
            { try await $0.getPayment($1, $2) }),
        .unary(
            "/langqiao.v1.PaymentService/ListPayments", .participantsAndOperators, .list, "GET",
            "/v1/payments",
            bind: { (input: inout ProtoListPaymentsRequest, source) in
                input.status = source["status"]
                input.foreignCurrency = source["foreign_currency"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
                input.asCreditor = try source.flag("as_creditor")
                input.participant = source["participant"]
            }, { try await $0.listPayments($1, $2) }),
        .unary(
            "/langqiao.v1.PaymentService/CancelPayment", .participants, .command, "POST",
            "/v1/payments/{uetr}:cancel",
            bind: { (input: inout ProtoCancelPaymentRequest, source) in
                input.uetr = source["uetr"]
            }, { try await $0.cancelPayment($1, $2) }),
        watchPayments,
        Method(
            path: "/langqiao.v1.PaymentService/SubmitMessage", access: .participants,
            weight: .command,
            serve: { services, caller, call in
                let input: ProtoBankMessage = try decode(try await call.messages.single())
                let output = try await services.submitMessage(input, try Method.known(caller))
                let bytes: [UInt8] = try output.serializedBytes()
                await call.reply(ByteBuffer(bytes: bytes))
            }, largestMessage: Method.largestDocument,
            route: Route(verb: "POST", template: PathTemplate("/v1/messages")) {
                try await MessageRoute.serve($0, try Method.known($1), $2)
            }),
    ]

    private static var watchPayments: Method {
        let path = "/langqiao.v1.PaymentService/WatchPayments"
        let template = PathTemplate("/v1/payments:watch")
        return Method(
            path: path, access: .participantsAndOperators, weight: .open,
            serve: { services, caller, call in
                let request: ProtoWatchPaymentsRequest = try decode(
                    try await call.messages.single())
                let caller = try Method.known(caller)
                let watch = try services.beginWatch(request, caller)
                try await services.deliver(watch, caller) {
                    try await call.send(ByteBuffer(bytes: try $0.serializedBytes() as [UInt8]))
                }
            },
            route: Route(
                verb: "GET", template: template,
                parameters: Method.parameters(of: ProtoWatchPaymentsRequest.self, template)
            ) { services, caller, json in
                var request: ProtoWatchPaymentsRequest = try await json.noMessage()
                request.uetr = json.query["uetr"] ?? ""
                let caller = try Method.known(caller)
                // Once the response has begun, nothing but its end can be told.
                let watch = try services.beginWatch(request, caller)
                json.response.start(
                    status: 200, headers: ["content-type": "application/jsonl"])
                if json.request.head.method == "HEAD" { return json.response.finish() }
                do {
                    try await services.deliver(watch, caller) {
                        try await json.writeLine(try $0.jsonUTF8Bytes())
                    }
                } catch let error as GatewayError {
                    // The last line says why there are no more.
                    try await json.writeLine(error.problem(instance: json.request.head.path).json)
                    json.response.finish()
                    throw error
                }
            })
    }

    private static let ledger: [Method] = [
        .unary(
            "/langqiao.v1.LedgerService/ListCorridors", .participantsAndOperators, .lookup, "GET",
            "/v1/corridors", { try await $0.listCorridors($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/GetBook", .participantsAndOperators, .lookup, "GET",
            "/v1/corridors/{foreign_currency}/book",
            bind: { (input: inout ProtoGetBookRequest, source) in
                input.foreignCurrency = source["foreign_currency"]
                input.levels = try source.number("levels")
            }, { try await $0.getBook($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/ListAccounts", .participantsAndOperators, .list, "GET",
            "/v1/accounts",
            bind: { (input: inout ProtoListAccountsRequest, source) in
                input.participant = source["participant"]
            }, { try await $0.listAccounts($1, $2) }),
        .unary(
            "/langqiao.v1.LedgerService/ListTransfers", .participantsAndOperators, .list, "GET",
            "/v1/accounts/{account_id}/transfers",
            bind: { (input: inout ProtoListTransfersRequest, source) in
                input.accountID = try source.number("account_id")
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listTransfers($1, $2) }),
    ]

    private static let operators: [Method] = [
        .unary(
            "/langqiao.v1.OperatorService/RegisterParticipant", .operators, .command, "PUT",
            "/v1/participants/{bic}",
            bind: { (input: inout ProtoParticipant, source) in input.bic = source["bic"] },
            { try await $0.registerParticipant($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/ListParticipants", .participantsAndOperators, .list,
            "GET",
            "/v1/participants", { try await $0.listParticipants($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetParticipantState", .operators, .command, "POST",
            "/v1/participants/{bic}:setState",
            bind: { (input: inout ProtoSetParticipantStateRequest, source) in
                input.bic = source["bic"]
            }, { try await $0.setParticipantState($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/ConfigureCorridor", .operators, .command, "PUT",
            "/v1/corridors/{foreign_currency}",
            bind: { (input: inout ProtoCorridor, source) in
                input.foreignCurrency = source["foreign_currency"]
            }, { try await $0.configureCorridor($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetCorridorState", .operators, .command, "POST",
            "/v1/corridors/{foreign_currency}:setState",
            bind: { (input: inout ProtoSetCorridorStateRequest, source) in
                input.foreignCurrency = source["foreign_currency"]
            }, { try await $0.setCorridorState($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetReferenceRate", .operators, .command, "POST",
            "/v1/corridors/{foreign_currency}:setReferenceRate",
            bind: { (input: inout ProtoSetReferenceRateRequest, source) in
                input.foreignCurrency = source["foreign_currency"]
            }, { try await $0.setReferenceRate($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/Fund", .operators, .command, "PUT",
            "/v1/fundings/{reference}",
            bind: { (input: inout ProtoFundRequest, source) in
                input.reference = source["reference"]
            }, { try await $0.fund($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/SetCreditLimit", .operators, .command, "PUT",
            "/v1/participants/{bic}/limits/{currency}",
            bind: { (input: inout ProtoSetCreditLimitRequest, source) in
                input.bic = source["bic"]
                input.currency = source["currency"]
            }, { try await $0.setCreditLimit($1, $2) }),
        .unary(
            "/langqiao.v1.OperatorService/GetSummary", .operators, .list, "GET", "/v1/summary",
            { try await $0.getSummary($1, $2) }),
    ]

    private static let infrastructure: [Method] = [
        Method(
            path: "/grpc.health.v1.Health/Check", access: .anyone, weight: .open,
            serve: { try await HealthCalls.check($0, $2) }, largestMessage: 1_024),
        Method(
            path: "/grpc.health.v1.Health/Watch", access: .anyone, weight: .open,
            serve: { try await HealthCalls.watch($0, $2) }, largestMessage: 1_024),
        Method(
            path: "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
            access: .participantsAndOperators, weight: .open,
            serve: { try await ReflectionCalls.serve($0, $2) }, isStreaming: true,
            largestMessage: 16_384),
    ]
}

/// `POST /v1/messages`: the body is an ISO 20022 document.
enum MessageRoute {
    /// The bound of a received message, in bytes.
    static let largestDocument = 2 << 20

    static func serve(_ services: Services, _ caller: Caller, _ json: JSONCall) async throws {
        let headers = json.request.head.headers
        guard MediaType.isAny(of: ["application/xml", "text/xml"], headers) else {
            throw GatewayError(.mediaTypeUnsupported, "this path takes application/xml")
        }
        let body = try await json.body(upTo: largestDocument)
        let answer = try await services.submitMessage(xml: Array(body.readableBytesView), caller)
        await json.response.send(
            status: 200, headers: ["content-type": "application/xml; charset=utf-8"],
            body: ByteBuffer(string: answer))
    }
}
