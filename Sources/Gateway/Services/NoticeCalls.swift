internal import BankMessages
internal import Domain
internal import Store
internal import SwiftProtobuf

/// What banks only announce (R16): put on record, and read again.
extension Services {
    /// Puts on record what a message announces. It is acknowledged when all of it is there; else a
    /// report says of each transaction what became of it.
    ///
    /// - Throws: failures of the gateway itself, which say nothing of the message.
    func note(
        _ message: BankMessage, _ kind: NoticeKind, _ submitter: BIC
    ) async throws -> MessageAnswer {
        let announced = message.announced
        let drafts = try drafts(announced, kind, of: message, submitter)
        let codes =
            RecordNotice.since <= directory.rules
            ? try await record(drafts, of: submitter) : drafts.map { _ in .rulesTooOld }
        var next = codes.makeIterator()
        let reports = announced.map { payment in
            switch payment {
            case .failure(let rejection): TransactionStatusReport(rejecting: rejection)
            case .success(let payment): payment.report(next.next() ?? .internalError)
            }
        }
        let isAll = reports.allSatisfy { $0.status != .rejected }
        return isAll ? .acknowledgement(kind.reason, reports) : .statusReport(reports)
    }

    /// Of those that could be read, in their order.
    private func drafts(
        _ announced: [Result<AnnouncedPayment, MessageRejection>], _ kind: NoticeKind,
        of message: BankMessage, _ submitter: BIC
    ) throws(GatewayError) -> [DraftedNotice] {
        let hashing = try directory.hashing
        let identification = message.original.messageIdentification
        var drafts: [DraftedNotice] = []
        for case .success(let payment) in announced {
            let details = try NoticeDetails(
                payment.original, messageIdentification: identification
            ).bounded()
            let command = RecordNotice(payment, kind, message.definition, by: submitter)
            drafts.append(
                DraftedNotice(command: command.hashed(hashing, details: details), details: details))
        }
        return drafts
    }

    private struct DraftedNotice: Sendable {
        var command: RecordNotice
        let details: [UInt8]
    }

    /// Puts notices on record; gives what became of each. Those that the tables show are there
    /// already, of the others the engine says whether it knows them (R16.4). Reads again where it
    /// finds the record outdated.
    private func record(
        _ drafts: [DraftedNotice], of submitter: BIC
    ) async throws -> [ResultCode] {
        guard let sender = directory.participant(submitter)?.id else {
            return drafts.map { _ in .participantUnknown }
        }
        var codes = [ResultCode](repeating: .recordOutdated, count: drafts.count)
        for _ in 0..<3 {
            let asked = codes.indices.filter { codes[$0] == .recordOutdated }
            guard !asked.isEmpty else { break }
            let contents = asked.map { drafts[$0].command.contentHash }
            let (known, asOf) = try await read(.lookup) { reader in
                (
                    try reader.notices(of: sender, contents: contents),
                    try reader.position().logIndex
                )
            }
            var commands = EncodedCommands()
            var sent: [Int] = []
            for place in asked {
                var draft = drafts[place]
                guard !known.contains(draft.command.contentHash) else {
                    codes[place] = .accepted
                    continue
                }
                draft.command.asOf = asOf
                commands.append(.declared(draft.command), attachment: draft.details)
                sent.append(place)
            }
            guard !sent.isEmpty else { break }
            for (place, answer) in zip(sent, try await submit(commands)) {
                codes[place] = answer.outcome.code
            }
        }
        return codes
    }

    // MARK: Reading

    /// Notices about a payment: of the caller and those that settle through it, or of all banks for
    /// who sees every bank.
    func listNotices(
        _ request: ProtoListNoticesRequest, _ caller: Caller
    ) async throws -> ProtoListNoticesResponse {
        let uetr = try Field.uetr(request.uetr, "uetr")
        let page = Page(request.pageSize)
        let after = try noticeNumber(request.pageToken)
        let senders = try senders(caller)
        return try await read(.list) { [directory] reader in
            let found = try reader.notices(
                uetr: uetr, of: senders, after: after, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListNoticesResponse()
            response.notices = records.map { ProtoNotice($0, in: directory) }
            if hasMore, let last = records.last { response.nextPageToken = String(last.row.id) }
            return response
        }
    }

    private func noticeNumber(_ token: String) throws(GatewayError) -> UInt64 {
        guard !token.isEmpty else { return 0 }
        guard let number = Int64(token), number > 0 else {
            throw Field.malformed("page_token", "must come from an earlier page", token)
        }
        return UInt64(number)
    }

    /// Whose notices the caller sees; nil for every bank's.
    private func senders(_ caller: Caller) throws(GatewayError) -> [ParticipantID]? {
        guard !caller.may(.seeEveryBank) else { return nil }
        return directory.participant(try participant(caller))
            .map { directory.participants(settlingThrough: $0.id) } ?? []
    }
}

extension AnnouncedPayment {
    /// What became of it.
    fileprivate func report(_ code: ResultCode) -> TransactionStatusReport {
        guard code != .accepted else {
            return TransactionStatusReport(
                original: original, status: .acceptedTechnicalValidation)
        }
        return TransactionStatusReport(
            original: original, status: .rejected,
            reason: StatusReason(
                code: StatusReasonCode(rawValue: code.isoReason) ?? .narrative,
                texts: ["\(code.name): \(code.sentence)"]))
    }
}
