internal import HTTP2

extension Method {
    /// `MessageService`.
    static let messages: [Method] = [
        listMessages, streamMessages,
        .unary(
            "/langqiao.v1.MessageService/AcknowledgeMessages", .submitPayments, .command, "POST",
            "/v1/messages:acknowledge", { try await $0.acknowledgeMessages($1, $2) }),
        .unary(
            "/langqiao.v1.MessageService/GetMessaging", .readLedger, .lookup, "GET",
            "/v1/participants/{participant}/messaging",
            bind: { (input: inout ProtoGetMessagingRequest, source) in
                input.participant = source["participant"]
            }, { try await $0.getMessaging($1, $2) }),
        .unary(
            "/langqiao.v1.MessageService/ListNotices", .readLedger, .list, "GET", "/v1/notices",
            bind: { (input: inout ProtoListNoticesRequest, source) in
                input.uetr = source["uetr"]
                input.pageSize = try source.number("page_size")
                input.pageToken = source["page_token"]
            }, { try await $0.listNotices($1, $2) }),
    ]

    private static var listMessages: Method {
        let template = "/v1/messages"
        return Method(
            "/langqiao.v1.MessageService/ListMessages", CallTerms(.submitPayments, .list)
        ) { services, caller, grpc in
            let request: ProtoListMessagesRequest = try decode(try await grpc.messages.single())
            try await grpc.reply(try await services.listMessages(request, try caller.known))
        }.at(
            "GET", template,
            parameters: parameters(of: ProtoListMessagesRequest.self, template)
                + [HTTPCall.formatParameter]
        ) {
            try await $0.serveMessages($2, try $1.known)
        }
    }

    private static var streamMessages: Method {
        Method(
            "/langqiao.v1.MessageService/StreamMessages", CallTerms(.submitPayments, .open)
        ) { services, caller, grpc in
            let request: ProtoStreamMessagesRequest = try decode(try await grpc.messages.single())
            try await services.streamMessages(request, try caller.known) {
                try await grpc.send($0)
            }
        }
    }
}
