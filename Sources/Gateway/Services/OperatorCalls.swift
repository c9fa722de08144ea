internal import Domain
internal import Store

extension Services {
    /// Submits one operator command.
    private func outcome(_ command: EncodedCommand) async throws(GatewayError) -> Outcome {
        try await submit(command).outcome
    }

    /// The answer to a command that was carried out.
    ///
    /// - Parameter words: what is special about the refusal, if it is one.
    /// - Throws: the refusal.
    private func answer(
        _ outcome: Outcome, words: String
    ) throws(GatewayError) -> ProtoCommandAnswer {
        guard outcome.code == .accepted else { throw GatewayError(outcome.code, words) }
        var answer = ProtoCommandAnswer()
        answer.result = ProtoResult(outcome.code)
        answer.repetition = outcome.isRepetition
        return answer
    }

    private func record(
        _ caller: Caller, name: String? = nil
    ) throws(GatewayError) -> [UInt8] {
        try Access.operate.check(caller)
        return try OperatorRecord(operator: caller.name, name: name).bounded("name")
    }

    func registerParticipant(
        _ request: ProtoParticipant, _ caller: Caller
    ) async throws -> ProtoParticipant {
        let registration = try ParticipantMapping.registration(from: request)
        let attachment = try record(caller, name: request.name.isEmpty ? nil : request.name)
        let outcome = try await outcome(
            EncodedCommand(.registerParticipant(registration), attachment: attachment))
        _ = try answer(outcome, words: words(registration, refusedWith: outcome.code))
        // A name is no part of a registration: under which one it was made, only the tables know.
        let name = outcome.isRepetition ? nil : request.name
        return directory.participant(registration.bic).map { ProtoParticipant($0, name: name) }
            ?? request
    }

    private func words(
        _ registration: ParticipantRegistration, refusedWith code: ResultCode
    ) -> String {
        switch code {
        case .registrationInvalid: return RefusalWords.registration(registration)
        case .directParticipantInvalid:
            let direct = directory.participant(registration.settlesThrough)
            return RefusalWords.directParticipant(registration, direct)
        case .participantConflict: return "bic \(registration.bic)"
        default: return ""
        }
    }

    func listParticipants(
        _ request: ProtoListParticipantsRequest, _ caller: Caller
    ) async throws -> ProtoListParticipantsResponse {
        try await read(.list) { reader in
            var response = ProtoListParticipantsResponse()
            response.participants = try reader.participantRecords().map {
                ProtoParticipant($0.row, name: OperatorRecord(json: $0.details)?.name)
            }
            return response
        }
    }

    func setParticipantState(
        _ request: ProtoSetParticipantStateRequest, _ caller: Caller
    ) async throws -> ProtoCommandAnswer {
        let outcome = try await outcome(
            EncodedCommand(
                .setParticipantState(
                    bic: try Field.bic(request.bic, "bic"),
                    state: try ParticipantMapping.state(request.state)),
                attachment: try record(caller)))
        let isUnknown = outcome.code == .participantUnknown
        return try answer(
            outcome, words: isUnknown ? "bic \(request.bic) is not registered" : "")
    }

    func configureCorridor(
        _ request: ProtoCorridor, _ caller: Caller
    ) async throws -> ProtoCorridor {
        let corridor = try CorridorMapping.corridor(from: request)
        let outcome = try await outcome(
            EncodedCommand(.configureCorridor(corridor), attachment: try record(caller)))
        _ = try answer(outcome, words: words(corridor, refusedWith: outcome.code))
        return directory.corridor(corridor.foreign).map { ProtoCorridor($0) } ?? request
    }

    private func words(_ corridor: Corridor, refusedWith code: ResultCode) -> String {
        switch code {
        case .corridorInvalid: return RefusalWords.corridor(corridor)
        case .corridorHasOpenOrders:
            let known = directory.corridor(corridor.foreign)?.corridor
            return known.map { "tick must stay \($0.tick.decimal), not \(corridor.tick.decimal)" }
                ?? ""
        default: return ""
        }
    }

    func setCorridorState(
        _ request: ProtoSetCorridorStateRequest, _ caller: Caller
    ) async throws -> ProtoCommandAnswer {
        let outcome = try await outcome(
            EncodedCommand(
                .setCorridorState(
                    foreign: try Field.foreign(request.foreignCurrency, "foreign_currency"),
                    state: try CorridorMapping.state(request.state)),
                attachment: try record(caller)))
        let isUnknown = outcome.code == .corridorUnknown
        return try answer(
            outcome, words: isUnknown ? "foreign_currency \(request.foreignCurrency)" : "")
    }

    func setReferenceRate(
        _ request: ProtoSetReferenceRateRequest, _ caller: Caller
    ) async throws -> ProtoCommandAnswer {
        let foreign = try Field.foreign(request.foreignCurrency, "foreign_currency")
        let rate = try Field.rate(request.rate, "rate")
        let outcome = try await outcome(
            EncodedCommand(
                .setReferenceRate(foreign: foreign, rate: rate), attachment: try record(caller)))
        return try answer(
            outcome, words: words(rate, of: foreign, refusedWith: outcome.code))
    }

    private func words(
        _ rate: Rate, of foreign: Currency, refusedWith code: ResultCode
    ) -> String {
        switch code {
        case .corridorUnknown: return "foreign_currency \(foreign.code)"
        case .corridorInvalid:
            guard var corridor = directory.corridor(foreign)?.corridor else { return "" }
            corridor.referenceRate = rate
            let words = RefusalWords.corridor(corridor)
            return words.isEmpty ? "" : "rate \(rate.decimal): \(words)"
        default: return ""
        }
    }

    func fund(_ request: ProtoFundRequest, _ caller: Caller) async throws -> ProtoCommandAnswer {
        try Access.operate.check(caller)
        let (funding, command) = try OrderMapping.funding(from: request, by: caller.name)
        let outcome = try await outcome(command)
        return try answer(
            outcome, words: RefusalWords.funding(funding, refusedWith: outcome.code))
    }

    func setCreditLimit(
        _ request: ProtoSetCreditLimitRequest, _ caller: Caller
    ) async throws -> ProtoCommandAnswer {
        let currency = try Field.currency(request.currency, "currency")
        let limit = Money(
            minorUnits: try Field.amount(request.limit, currency, "limit"), currency: currency)
        let bic = try Field.bic(request.bic, "bic")
        let outcome = try await outcome(
            EncodedCommand(.setCreditLimit(bic: bic, limit: limit), attachment: try record(caller)))
        return try answer(
            outcome,
            words: RefusalWords.creditLimit(limit, of: bic, refusedWith: outcome.code))
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
            let totals = try reader.corridorTotals()
            let open = try reader.openPaymentCounts()
            summary.statuses = statusCounts(totals, open)
            summary.corridors = try reader.corridors().map {
                ProtoCorridorSummary($0.corridor.foreign, totals, open)
            }
            summary.currencies = try reader.totals().map { ProtoCurrencySummary($0) }
            return summary
        }
    }
}

/// 16 hexadecimal digits.
func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

/// Payments by status, in the order of a payment's life; a status at which none stands is left out.
private func statusCounts(
    _ totals: [CorridorTotals], _ open: [OpenPaymentCount]
) -> [ProtoStatusCount] {
    PaymentStatus.allCases.sorted().compactMap { status in
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
        own = decimal(total.nostro + total.feeIncome + total.suspense)
        sum = decimal(total.sum)
    }
}
