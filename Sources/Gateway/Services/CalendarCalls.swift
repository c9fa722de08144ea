internal import Domain
internal import Store

extension Services {
    func listCalendarDays(
        _ request: ProtoListCalendarDaysRequest, _ caller: Caller
    ) async throws -> ProtoListCalendarDaysResponse {
        let currency = try Field.currency(request.currency, "currency")
        let first = try date(request.firstDate, "first_date") ?? .none
        let last = try date(request.lastDate, "last_date") ?? CivilDate(rawValue: .max)
        return try await read(.list) { reader in
            ProtoListCalendarDaysResponse(
                try reader.calendarDays(currency, from: first, through: last))
        }
    }

    private func date(
        _ text: String, _ name: String
    ) throws(GatewayError) -> CivilDate? {
        text.isEmpty ? nil : try CivilDate(stated: text, name)
    }

    func listStagedDays(
        _ request: ProtoListStagedDaysRequest, _ caller: Caller
    ) async throws -> ProtoListCalendarDaysResponse {
        let currency = try Field.currency(request.currency, "currency")
        return try await read(.list) { reader in
            ProtoListCalendarDaysResponse(try reader.stagedDays(currency))
        }
    }

    func listBusinessDays(
        _ request: ProtoListBusinessDaysRequest, _ caller: Caller
    ) async throws -> ProtoListBusinessDaysResponse {
        let currency = try Field.currency(request.currency, "currency")
        let page = Page(request.pageSize)
        let before = try Services.token(request.pageToken, "page_token")
        let found = try await read(.list) { reader in
            try reader.businessDays(
                currency, before: DayNumber(clamping: before ?? .max), limit: page.size + 1)
        }
        let (days, hasMore) = page.cut(found)
        var response = ProtoListBusinessDaysResponse()
        response.days = days.map { ProtoBusinessDay($0) }
        if hasMore, let last = days.last { response.nextPageToken = String(last.row.number) }
        return response
    }

    /// Every account of the currency for operators, a bank's own for that bank.
    func getBusinessDay(
        _ request: ProtoGetBusinessDayRequest, _ caller: Caller
    ) async throws -> ProtoBusinessDayBalances {
        let currency = try Field.currency(request.currency, "currency")
        let name = try Field.day(request.day, "day")
        let page = Page(request.pageSize)
        let after = try Services.token(request.pageToken, "page_token") ?? 0
        let bic = try owner(request.participant, caller)
        let owner = bic.map { directory.participant($0)?.id ?? 0 }
        return try await read(.list) { [self] reader in
            guard let day = try reader.businessDay(currency, name) else {
                throw GatewayError(.notFound, "day \(request.day) of \(currency.code)")
            }
            let found = try reader.balances(
                of: day, owner: owner, after: AccountID(clamping: after), limit: page.size + 1)
            let (balances, hasMore) = page.cut(found)
            var response = ProtoBusinessDayBalances()
            response.day = ProtoBusinessDay(day)
            response.balances = balances.map { shown($0) }
            if hasMore, let last = balances.last {
                response.nextPageToken = String(last.account.id)
            }
            return response
        }
    }

    private func shown(_ balance: DayBalance) -> ProtoDayBalance {
        ProtoDayBalance(balance, participant: directory.bic(of: balance.account.owner))
    }

    /// A bank's account or an agent's on one page: opening, entries, closing.
    func getAccountDay(
        _ request: ProtoGetAccountDayRequest, _ caller: Caller
    ) async throws -> ProtoAccountDay {
        let name = try Field.day(request.day, "day")
        let page = Page(request.pageSize)
        let token = try TransferToken(wire: request.pageToken)
        return try await read(.list) { [self] reader in
            guard let account = try reader.account(request.accountID), mayRead(account, caller)
            else { throw GatewayError(.notFound, "account \(request.accountID)") }
            guard let day = try reader.businessDay(account.currency, name),
                let balance = try reader.balance(of: account.id, on: day)
            else { throw GatewayError(.notFound, "day \(request.day) of \(account.currency.code)") }
            let found = try reader.transfers(
                of: account.id, before: token, from: day.row.began, until: day.end,
                limit: page.size + 1)
            let (records, hasMore) = page.cut(found)
            var response = ProtoAccountDay()
            response.day = ProtoBusinessDay(day)
            response.balance = shown(balance)
            let sums = try entrySums.entries(of: account, on: day, by: reader)
            response.credits = ProtoEntryTotal(sums.credits, account.currency)
            response.debits = ProtoEntryTotal(sums.debits, account.currency)
            response.transfers = shown(records, of: account.id, caller)
            if hasMore, let last = records.last { response.nextPageToken = last.token.wire }
            return response
        }
    }
}
