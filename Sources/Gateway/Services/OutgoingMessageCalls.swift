internal import Domain
internal import HTTP2
internal import NIOCore
internal import Store
internal import SwiftProtobuf

/// What banks are told without asking (R14): pulled by number, made of what is on record.
extension Services {
    private static let largestMessagePage = 100
    private static let usualMessagePage = 20
    /// Bytes of a page: the message that goes beyond is its last. Of a stream only the message that
    /// waits to be sent, and few behind it, are in memory: a caller may hold many streams.
    private static let messagePageBytes = (list: 1_500_000, stream: 65_536)

    /// What a bank is told of: its own, or any for who sees every bank.
    func getMessaging(
        _ request: ProtoGetMessagingRequest, _ caller: Caller
    ) async throws -> ProtoMessaging {
        let bic: BIC
        if caller.may(.seeEveryBank) {
            bic = try Field.bic(request.participant, "participant")
        } else {
            bic = try participant(caller)
            guard request.participant.isEmpty || isSame(request.participant, as: bic) else {
                throw GatewayError(.permissionDenied, "participants see their own")
            }
        }
        let bank = try registered(bic)
        return try await read(.lookup) { reader in
            ProtoMessaging(
                try reader.messaging(bank.id) ?? MessagingRow(participant: bank.id),
                of: bank.registration.bic)
        }
    }

    func listMessages(
        _ request: ProtoListMessagesRequest, _ caller: Caller
    ) async throws -> ProtoListMessagesResponse {
        let size = request.pageSize == 0 ? Services.usualMessagePage : Int(request.pageSize)
        let after = try MessagePlace(
            request.hasAfter ? request.after : nil, part: request.afterPart)
        return try await messages(
            of: try registered(try participant(caller)), after: after,
            limit: min(size, Services.largestMessagePage), bytes: Services.messagePageBytes.list)
    }

    /// - Parameters:
    ///   - after: nil for the last that the bank has acknowledged.
    ///   - bytes: no more messages than make so many, and the one that goes beyond.
    private func messages(
        of bank: ParticipantRow, after: MessagePlace?, limit: Int, bytes most: Int
    ) async throws -> ProtoListMessagesResponse {
        // The directory is asked when the tables are read, for it knows whom they know.
        try await read(.list) { reader in
            var response = ProtoListMessagesResponse()
            guard let row = try reader.messaging(bank.id) else { return response }
            response.newest = row.newest
            let renderer = MessageRenderer(
                reader: reader, directory: directory, gateway: ownBIC,
                bank: bank.registration.bic, versions: row.versions, outlines: outlines,
                logger: logger)
            let after = after ?? MessagePlace(whole: row.acknowledged)
            // Of a message whose parts the bank does not all have, the rest is read as well.
            let found = try reader.messages(
                of: bank.id, after: after.lastWhole, limit: limit + (after.part > 0 ? 1 : 0))
            var bytes = 0
            for row in found {
                var part = row.number == after.number ? after.part : 0
                while response.messages.count < limit, bytes < most {
                    part += 1
                    guard let message = try renderer.message(row, part: part) else { break }
                    bytes += message.xml.utf8.count
                    response.messages.append(message)
                    if message.part == message.parts { break }
                }
            }
            return response
        }
    }

    func acknowledgeMessages(
        _ request: ProtoAcknowledgeMessagesRequest, _ caller: Caller
    ) async throws -> ProtoAcknowledgeMessagesAnswer {
        let bank = try participant(caller)
        guard AcknowledgeMessages.since <= directory.rules else {
            throw GatewayError(.rulesTooOld, "needs rules of version \(AcknowledgeMessages.since)")
        }
        let command = AcknowledgeMessages(request, by: bank)
        let outcome = try await submit(EncodedCommand(.declared(command))).outcome
        guard outcome.code == .accepted else { throw GatewayError(outcome.code) }
        var answer = ProtoAcknowledgeMessagesAnswer()
        answer.result = ProtoResult(outcome.code)
        answer.repetition = outcome.isRepetition
        return answer
    }

    /// Sends a bank's messages behind a number, and then every new one, until the caller goes or
    /// the gateway stops, or the node stands still.
    func streamMessages(
        _ request: ProtoStreamMessagesRequest, _ caller: Caller,
        _ send: (ProtoOutgoingMessage) async throws -> Void
    ) async throws {
        let bank = try registered(try participant(caller))
        let place = try openCall()
        defer { withExtendedLifetime(place) {} }
        let (number, rings) = bells.listen(to: bank.id)
        defer { bells.end(number) }
        if contact.isLost { throw unavailable }
        let drained = drain.onBegin { [bells] in bells.end(number) }
        defer { drain.remove(drained) }
        var after = try MessagePlace(
            request.hasAfter ? request.after : nil, part: request.afterPart)
        var ringing = rings.makeAsyncIterator()
        repeat {
            // A branch that is registered meanwhile is told no more of what is its head office's.
            guard try registered(try participant(caller)).id == bank.id else { break }
            var page: ProtoListMessagesResponse
            repeat {
                page = try await messages(
                    of: bank, after: after, limit: Services.usualMessagePage,
                    bytes: Services.messagePageBytes.stream)
                for message in page.messages {
                    try await send(message)
                    after = MessagePlace(of: message)
                }
            } while after?.isBefore(page.newest) ?? true && !page.messages.isEmpty
        } while await ringing.next() != nil
        try Task.checkCancellation()
        throw drain.hasBegun ? GatewayError(.unavailable) : unavailable
    }

    /// `GET /v1/messages`: a page of JSON, all of them as CSV, or for who accepts XML alone the
    /// next message.
    func serveMessages(_ http: HTTPCall, _ caller: Caller) async throws {
        var request: ProtoListMessagesRequest = try await http.noMessage()
        let source = BindingSource(variables: http.variables, query: http.query)
        if let after = try source.wideNumber("after") { request.after = after }
        request.afterPart = try source.number("after_part")
        request.pageSize = try source.number("page_size")
        if try http.wantsCSV { return try await sendMessages(request, http, caller) }
        guard http.form(among: .xml) == .xml else {
            let response = try await listMessages(request, caller)
            return await http.reply(
                try await compute(.long) { try response.jsonUTF8Bytes() as [UInt8] })
        }
        request.pageSize = 1
        guard let message = try await listMessages(request, caller).messages.first else {
            return await http.response.send(status: 204, headers: [:], body: ByteBuffer())
        }
        // One that cannot be made any more has its number too, so that it can be acknowledged.
        let isMade = !message.name.isEmpty
        var headers: Headers = [
            "content-type": isMade ? "application/xml; charset=utf-8" : "text/plain",
            "langqiao-message-number": "\(message.number)",
        ]
        if message.parts > 0 {
            headers.add("langqiao-message-part", "\(message.part)")
            headers.add("langqiao-message-parts", "\(message.parts)")
        }
        await http.response.send(
            status: isMade ? 200 : 410, headers: headers,
            body: ByteBuffer(string: isMade ? message.xml : message.note))
    }

    /// Which messages there are, each page behind the last one of the page before.
    private func sendMessages(
        _ request: ProtoListMessagesRequest, _ http: HTTPCall, _ caller: Caller
    ) async throws {
        let shape = MessageShapes.all.shape(of: ProtoListMessagesResponse.self)
        guard let list = CSVList(shape) else { throw GatewayError(.internalError) }
        let bank = try registered(try participant(caller))
        let first = try MessagePlace(
            request.hasAfter ? request.after : nil, part: request.afterPart)
        try await http.reply(
            list, as: shape, CSVTotals(), self, from: first?.token ?? ""
        ) { token in
            let page = try await messages(
                of: bank, after: try MessagePlace(token: token),
                limit: Services.largestMessagePage, bytes: Services.messagePageBytes.list)
            let last = page.messages.last.map { MessagePlace(of: $0) }
            let next = last.flatMap { $0.isBefore(page.newest) ? $0.token : nil } ?? ""
            return (try ProtoAnswer(page).protobuf, next)
        }
    }
}

/// The last message that a caller has.
private struct MessagePlace {
    let number: UInt64
    /// The last of its parts that he has; 0 for all of them.
    let part: Int

    /// Nil for no number.
    ///
    /// - Throws: `MALFORMED_REQUEST` for the part of no message.
    init?(_ number: UInt64?, part: UInt32) throws(GatewayError) {
        guard let number else {
            guard part == 0 else {
                throw Field.malformed("after_part", "needs the number in after", "\(part)")
            }
            return nil
        }
        self.number = number
        self.part = number == 0 ? 0 : Int(part)
    }

    /// - Parameter token: as ``token``; nil for an empty one.
    init?(token: String) throws(GatewayError) {
        guard !token.isEmpty else { return nil }
        let numbers = token.split(separator: ".").map { UInt64($0) }
        guard numbers.count == 2, let number = numbers[0], let part = numbers[1] else {
            throw Field.malformed("page_token", "must come from an earlier page", token)
        }
        self.number = number
        self.part = Int(clamping: part)
    }

    /// For the next page.
    var token: String { "\(number).\(part)" }

    init(whole number: UInt64) {
        self.number = number
        part = 0
    }

    init(of message: ProtoOutgoingMessage) {
        number = message.number
        part = message.part < message.parts ? Int(message.part) : 0
    }

    /// The last message that he has whole.
    var lastWhole: UInt64 { part > 0 ? number - 1 : number }

    /// Whether there is anything behind it.
    func isBefore(_ newest: UInt64) -> Bool { number < newest || part > 0 }
}
