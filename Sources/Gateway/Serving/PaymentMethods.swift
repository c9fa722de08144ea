internal import HTTP2
internal import NIOCore
internal import SwiftProtobuf

extension Method {
    /// The methods that the API is made of.
    static let api = payments + messages + ledger + calendars + followUps + operators + nodes

    /// `PaymentService`.
    private static let payments: [Method] =
        orders + records + [
            getPayment,
            listPayments,
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
            let order: ProtoPaymentOrder = try await services.message(of: grpc)
            let answer = try await services.submitPayment(
                try services.read(order), try caller.known)
            try await grpc.reply(answer.proto)
        }.at("PUT", "/v1/payments/{uetr}") { services, caller, http in
            let order = try await http.order(http.variables["uetr"] ?? "", services)
            let answer = try await services.submitPayment(order, try caller.known)
            await http.reply(try answer.json)
        },
        .unary(
            "/langqiao.v1.PaymentService/SubmitPayments", .submitPayments, .batch, "POST",
            "/v1/payments:batch", largestMessage: CallTerms.largestBatch,
            { try await $0.submitPayments($1, $2) }),
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

    /// JSON of recent payments is written by hand.
    private static var getPayment: Method {
        let template = "/v1/payments/{uetr}"
        return Method(
            "/langqiao.v1.PaymentService/GetPayment", CallTerms(.readLedger, .lookup)
        ) { services, caller, grpc in
            let request: ProtoGetPaymentRequest = try await services.message(of: grpc)
            let answer = try await services.getPayment(request, try caller.known)
            try await grpc.reply(answer.proto)
        }.at(
            "GET", template, parameters: parameters(of: ProtoGetPaymentRequest.self, template)
        ) { services, caller, http in
            var request: ProtoGetPaymentRequest = try await http.noMessage()
            let source = BindingSource(variables: http.variables, query: http.query)
            request.uetr = source["uetr"]
            request.fillsPageSize = try source.number("fills_page_size")
            request.fillsPageToken = source["fills_page_token"]
            request.payer = source["payer"]
            let answer = try await services.getPayment(request, try caller.known)
            await http.reply(try answer.json)
        }
    }

    /// JSON of pages is written by hand.
    private static var listPayments: Method {
        let template = "/v1/payments"
        return Method(
            "/langqiao.v1.PaymentService/ListPayments", CallTerms(.readLedger, .list)
        ) { services, caller, grpc in
            let request: ProtoListPaymentsRequest = try await services.message(of: grpc)
            let page = try await services.listPayments(request, try caller.known)
            let bytes = try await services.compute(.long) {
                try page.proto.serializedBytes() as [UInt8]
            }
            await grpc.reply(ByteBuffer(bytes: bytes))
        }.at(
            "GET", template, parameters: parameters(of: ProtoListPaymentsRequest.self, template)
        ) { services, caller, http in
            var request: ProtoListPaymentsRequest = try await http.noMessage()
            let source = BindingSource(variables: http.variables, query: http.query)
            request.status = source["status"]
            request.foreignCurrency = source["foreign_currency"]
            request.pageSize = try source.number("page_size")
            request.pageToken = source["page_token"]
            request.asCreditor = try source.flag("as_creditor")
            request.participant = source["participant"]
            request.day = source["day"]
            request.currency = source["currency"]
            let page = try await services.listPayments(request, try caller.known)
            await http.reply(try await services.compute(.long) { try page.json })
        }
    }

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
            try await services.deliver(watch, caller) { try await grpc.send($0) }
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
            try await deliver(watch, caller) { try await http.writeLine(try $0.jsonUTF8Bytes()) }
        } catch let error as GatewayError {
            // The last line says why there are no more.
            try await http.writeLine(error.problem(instance: http.request.head.path).json)
            http.response.finish()
            throw error
        }
    }
}
