internal import Domain
internal import Hexadecimal
internal import Store

// Operators' commands are carried out by ``OperatorCommand``; here is what they read.
extension Services {
    func listParticipants(
        _ request: ProtoListParticipantsRequest, _ caller: Caller
    ) async throws -> ProtoListParticipantsResponse {
        let page = Page(request.pageSize, default: Page.largestSize)
        let after = try Services.participant(before: request.pageToken)
        let meant = try directory.participants(identifiedBy: request.identifier)
        return try await read(.list) { reader in
            let found =
                try meant?.filter { $0 > after }.prefix(page.size + 1)
                .flatMap { try reader.participants(after: $0 - 1, limit: 1) }
                ?? reader.participants(after: after, limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoListParticipantsResponse()
            response.participants = records.map { participant($0) }
            if hasMore, let last = records.last {
                response.nextPageToken = String(last.row.id)
            }
            return response
        }
    }

    private func participant(_ record: DeclaredRecord<ParticipantRow>) -> ProtoParticipant {
        let name = OperatorRecord(json: record.details)?.name
        var participant = ProtoParticipant(record.row, name: name)
        participant.identifiers = directory.codes(of: record.row.id).map(\.description)
        return participant
    }

    /// The last participant of the page before; 0 for the first page.
    ///
    /// - Throws: `MALFORMED_REQUEST`.
    private static func participant(before token: String) throws(GatewayError) -> ParticipantID {
        guard !token.isEmpty else { return 0 }
        guard let last = ParticipantID(token), last < .max else {
            throw Field.malformed("page_token", "must come from an earlier page", token)
        }
        return last
    }

    func listOperators(
        _ request: ProtoListOperatorsRequest, _ caller: Caller
    ) async throws -> ProtoListOperatorsResponse {
        try await read(.list) { reader in
            var response = ProtoListOperatorsResponse()
            response.operators = try reader.records(OperatorRow.self).map { ProtoOperator($0) }
            return response
        }
    }

    /// Counts and sums of the whole ledger, all as of one log index.
    func getSummary(
        _ request: ProtoGetSummaryRequest, _ caller: Caller
    ) async throws -> ProtoSummary {
        try await read(.list) { reader in
            var summary = ProtoSummary()
            let position = try reader.position()
            summary.logIndex = position.logIndex
            summary.stateHash = hexadecimal(position.stateHash)
            summary.ruleVersion = UInt32(directory.rules.rawValue)
            let totals = try reader.corridorTotals()
            let open = try reader.openPaymentCounts()
            summary.statuses = statusCounts(totals, open)
            summary.corridors = try reader.rows(CorridorRow.self).map {
                ProtoCorridorSummary($0.corridor.foreign, totals, open)
            }
            summary.currencies = try reader.totals().map { ProtoCurrencySummary($0) }
            return summary
        }
    }
}

/// Payments by status, in the order of a payment's life; a status at which none stands is left out.
private func statusCounts(
    _ totals: [CorridorTotals], _ open: [OpenPaymentCount]
) -> [ProtoStatusCount] {
    PaymentStatus.allCases.compactMap { status in
        let ended: KeyPath<CorridorTotals, Int>? =
            switch status {
            case .settled: \.settled
            case .cancelled: \.cancelled
            case .rejected: \.rejected
            case .received, .technicallyAccepted, .fundsHeld, .pending, .blocked, .partlySettled:
                nil
            }
        let payments =
            ended.map { key in totals.reduce(0) { $0 + $1[keyPath: key] } }
            ?? open.reduce(0) { $0 + ($1.status == status ? $1.count : 0) }
        guard payments > 0 else { return nil }
        var count = ProtoStatusCount()
        count.status = status.code
        count.payments = UInt64(payments)
        return count
    }
}

extension ProtoCorridorSummary {
    fileprivate init(
        _ foreign: Currency, _ totals: [CorridorTotals], _ open: [OpenPaymentCount]
    ) {
        self.init()
        let own = totals.first { $0.foreign == foreign }
        let stillOpen = open.reduce(0) { $0 + ($1.foreign == foreign ? $1.count : 0) }
        foreignCurrency = foreign.code
        payments = UInt64((own?.ended ?? 0) + stillOpen)
        settled = UInt64(own?.settled ?? 0)
        fills = UInt64(own?.fills ?? 0)
        renminbi = Currency.cny.decimal(own?.renminbi ?? 0)
        self.foreign = foreign.decimal(own?.foreignAmount ?? 0)
    }
}

extension ProtoCurrencySummary {
    init(_ total: CurrencyTotal) {
        self.init()
        func decimal(_ minorUnits: Int64) -> String {
            Money(minorUnits: minorUnits, currency: total.currency).decimal
        }
        currency = total.currency.code
        participants = decimal(total.settlement)
        own = decimal(total.sum - total.settlement)
        sum = decimal(total.sum)
    }
}
