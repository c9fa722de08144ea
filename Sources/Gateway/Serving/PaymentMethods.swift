internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

extension Method {
    /// The methods that the API is made of.
    static let api =
        payments + messages + ledger + calendars + statements + agentStatements + followUps
        + operators + nodes

    /// `PaymentService`.
    private static let payments: [Method] =
        orders + records + [
            .unary(
                "/langqiao.v1.PaymentService/GetPayment", .readLedger, .lookup, "GET",
                "/v1/payments/{uetr}",
                bind: { (input: inout ProtoGetPaymentRequest, source) in
                    input.uetr = source["uetr"]
                    input.fillsPageSize = try source.number("fills_page_size")
                    input.fillsPageToken = source["fills_page_token"]
                    input.payer = source["payer"]
                }, { try await $0.getPayment($1, $2) }),
            .unary(
                "/langqiao.v1.PaymentService/ListPayments", .readLedger, .list, "GET",
                "/v1/payments",
                bind: { (input: inout ProtoListPaymentsRequest, source) in
                    input.status = source["status"]
                    input.foreignCurrency = source["foreign_currency"]
                    input.pageSize = try source.number("page_size")
                    input.pageToken = source["page_token"]
                    input.asCreditor = try source.flag("as_creditor")
                    input.participant = source["participant"]
                    input.day = source["day"]
                    input.currency = source["currency"]
                }, { try await $0.listPayments($1, $2) }),
            .unary(
                "/langqiao.v1.PaymentService/CancelPayment", .submitPayments, .command, "POST",
                "/v1/payments/{uetr}:cancel",
                bind: { (input: inout ProtoCancelPaymentRequest, source) in
                    input.uetr = source["uetr"]
                    if input.payer.isEmpty { input.payer = source["payer"] }
                }, { try await $0.cancelPayment($1, $2) }),
            watchPayments,
            submitMessage,
        ]

    /// Orders as friendly messages.
    private static let orders: [Method] = [
        Method(
            "/langqiao.v1.PaymentService/SubmitPayment", CallTerms(.submitPayments, .command)
        ) { services, caller, grpc in
            let bytes = try await grpc.messages.single()
            let order = try await services.compute(ifLong: bytes.readableBytes) {
                try WireOrder(bytes)
            }
            let answer = try await services.submitPayment(
                try services.read(order), try caller.known)
            await grpc.reply(try answer.protobuf)
        }.at("PUT", "/v1/payments/{uetr}") { services, caller, http in
            let order = try await http.order(http.variables["uetr"] ?? "", services)
            let answer = try await services.submitPayment(order, try caller.known)
            await http.reply(try answer.json)
        },
        Method(
            "/langqiao.v1.PaymentService/SubmitPayments",
            CallTerms(.submitPayments, .batch).taking(CallTerms.largestBatch)
        ) { services, caller, grpc in
            let bytes = try await grpc.messages.single()
            let orders = try await services.compute(ifLong: bytes.readableBytes) {
                try WireOrder.batch(bytes)
            }
            let answer = try await services.submitPayments(orders, try caller.known)
            await grpc.reply(try await services.rendering(.batch) { try answer.protobuf })
        }.at("POST", "/v1/payments:batch") { services, caller, http in
            let request: ProtoSubmitPaymentsRequest = try await http.message(services)
            let orders = request.orders.map { WireOrder.other($0) }
            let answer = try await services.submitPayments(orders, try caller.known)
            await http.reply(try await services.rendering(.batch) { try answer.json })
        },
        Method(
            "/langqiao.v1.PaymentService/StreamPayments", CallTerms(.submitPayments, .open),
            isStreaming: true
        ) { try await $0.streamPayments($2, try $1.known) },
        Method(
            "/langqiao.v1.PaymentService/UploadPayments", CallTerms(.submitPayments, .open),
            isStreaming: true
        ) { try await $0.uploadPayments($2, try $1.known) },
    ]

    /// Orders as packed records.
    private static let records: [Method] = [
        Method(
            "/langqiao.v1.PaymentService/SubmitRecords",
            CallTerms(.submitPayments, .command).takingRecords
        ) { try await $0.submitRecords($2, try $1.known) }
        .at("POST", "/v1/payments:records") { try await $0.serveRecords($2, try $1.known) },
        Method(
            "/langqiao.v1.PaymentService/StreamRecords",
            CallTerms(.submitPayments, .open).takingRecords, isStreaming: true
        ) { try await $0.streamRecords($2, try $1.known) },
        Method(
            "/langqiao.v1.PaymentService/UploadRecords",
            CallTerms(.submitPayments, .open).takingRecords, isStreaming: true
        ) { try await $0.uploadRecords($2, try $1.known) },
    ]

    private static var submitMessage: Method {
        Method(
            "/langqiao.v1.PaymentService/SubmitMessage",
            CallTerms(.submitPayments, .command)
                .taking(CallTerms.inField(Services.largestDocument))
        ) { services, caller, grpc in
            let input: ProtoBankMessage = try decode(try await grpc.messages.single())
            try await grpc.reply(try await services.submitMessage(input, try caller.known))
        }.at("POST", "/v1/messages") { try await $0.serveMessage($2, try $1.known) }
    }

    private static var watchPayments: Method {
        let template = "/v1/payments:watch"
        return Method(
            "/langqiao.v1.PaymentService/WatchPayments", CallTerms(.readLedger, .open)
        ) { services, caller, grpc in
            let request: ProtoWatchPaymentsRequest = try decode(try await grpc.messages.single())
            let caller = try caller.known
            let watch = try services.beginWatch(request, caller)
            try await services.deliver(watch, caller) { try await grpc.send(try $0.protobuf) }
        }.at(
            "GET", template,
            parameters: parameters(of: ProtoWatchPaymentsRequest.self, template)
        ) { try await $0.serveWatch($2, try $1.known) }
    }
}

extension CallTerms {
    /// For messages of payment records.
    fileprivate var takingRecords: CallTerms {
        taking(CallTerms.inField(OrderRecord.largestMessage), hasLargeBodies: true)
    }

    /// Bytes of a gRPC message with so many in its only field: its tag and length go before.
    fileprivate static func inField(_ bytes: Int) -> Int { bytes + 6 }
}

extension Services {
    /// `GET /v1/payments:watch`: a line of JSON for each change.
    fileprivate func serveWatch(_ http: HTTPCall, _ caller: Caller) async throws {
        var request: ProtoWatchPaymentsRequest = try await http.noMessage()
        request.uetr = http.query["uetr"] ?? ""
        let watch = try beginWatch(request, caller)
        // Once the response has begun, nothing but its end can be told.
        http.response.start(status: 200, headers: ["content-type": "application/jsonl"])
        if http.request.head.method == "HEAD" { return http.response.finish() }
        do {
            try await deliver(watch, caller) { try await http.writeLine(try $0.json) }
        } catch let error as GatewayError {
            // The last line says why there are no more.
            try await http.writeLine(
                ByteBuffer(bytes: error.problem(instance: http.request.head.path).json))
            http.response.finish()
            throw error
        }
    }
}
