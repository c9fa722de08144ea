internal import BankMessages
internal import Domain
internal import HTTP2
internal import Logging
internal import Store
internal import SwiftProtobuf

// Statements of business days that have ended, for whom they are about and for operators.
extension Services {
    func getStatement(
        _ request: ProtoGetStatementRequest, _ caller: Caller
    ) async throws -> ProtoStatement {
        try await statement(request, caller) { try $0.statementPart($1, part: $2) }
    }

    /// `GET /v1/accounts/{account_id}/statements/{day}`: JSON, a camt.053 or a page to print.
    func serveStatement(_ http: HTTPCall, _ caller: Caller) async throws {
        var request: ProtoGetStatementRequest = try await http.noMessage()
        let source = BindingSource(variables: http.variables, query: http.query)
        request.accountID = try source.number("account_id")
        request.day = source["day"]
        request.part = try source.number("part")
        switch http.form(among: .html, .xml) {
        case .html:
            let answer = try await getStatement(request, caller)
            let gateway = ownBIC.description
            await http.reply(
                try await compute(.long) { StatementPage(answer, from: gateway).html }, as: .html)
        case .xml:
            let xml = try await statement(request, caller) { renderer, outline, part in
                var row = BankMessageRow(
                    .statement, about: UInt64(outline.account.id), at: outline.day.end)
                row.day = outline.day.row.number
                return try renderer.statement(outline, part: part, row).1
            }
            await http.reply(xml, as: .xml)
        case .json, .csv:
            let answer = try await getStatement(request, caller)
            await http.reply(try await compute(.long) { try answer.jsonUTF8Bytes() as [UInt8] })
        }
    }

    /// Reads a part of a statement, in the version of messages that the account's bank wants.
    private func statement<Value: Sendable>(
        _ request: ProtoGetStatementRequest, _ caller: Caller,
        _ body: @escaping @Sendable (MessageRenderer, StatementOutline, Int) throws -> Value
    ) async throws -> Value {
        let name = try Field.day(request.day, "day")
        let part = max(1, Int(request.part))
        return try await read(.list) { [self] reader in
            let (account, day) = try endedDay(request.accountID, name, caller, reader)
            return try adding {
                let outline = try outlines.outline(of: account.id, on: day.row.number, by: reader)
                guard part <= outline.parts.count else {
                    throw GatewayError(.notFound, "part \(part) of \(outline.parts.count)")
                }
                let renderer = MessageRenderer(
                    reader: reader, directory: directory, gateway: ownBIC,
                    bank: directory.bic(of: account.owner),
                    versions: try reader.messaging(account.owner)?.versions ?? .usual,
                    requestIdentification: "\(outline.identification)-\(part)",
                    outlines: outlines, logger: logger)
                return try body(renderer, outline, part)
            }
        }
    }

    /// A settlement account that the caller may see, and a business day of its currency.
    ///
    /// - Throws: `NOT_FOUND`, also while the day runs.
    private func endedDay(
        _ id: AccountID, _ name: DayName, _ caller: Caller, _ reader: LedgerReader
    ) throws -> (AccountRow, BusinessDay) {
        guard let account = try reader.account(id), account.kind == .settlement,
            mayRead(account, caller)
        else { throw GatewayError(.notFound, "account \(id)") }
        guard let day = try reader.businessDay(account.currency, name) else {
            throw GatewayError(.notFound, "no such business day of \(account.currency.code)")
        }
        guard day.next != nil else {
            throw GatewayError(.notFound, "day \(day.row.number) has not ended")
        }
        return (account, day)
    }

    /// A statement that does not add up is nobody's but the operator's to see.
    private func adding<Value>(_ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as StatementError {
            logger.error("statement withheld", metadata: ["error": "\(error)"])
            throw GatewayError(.internalError, "the statement does not add up and is withheld")
        } catch let error as MessageWritingError {
            throw GatewayError(.internalError, "\(error.path): \(error.sentence)")
        }
    }

    // MARK: Fees

    func getFeeStatement(
        _ request: ProtoGetFeeStatementRequest, _ caller: Caller
    ) async throws -> ProtoFeeStatement {
        try await fees(request, caller, withTotals: true)
    }

    private func fees(
        _ request: ProtoGetFeeStatementRequest, _ caller: Caller, withTotals: Bool
    ) async throws -> ProtoFeeStatement {
        let name = try Field.day(request.day, "day")
        let after = try Services.token(request.pageToken, "page_token") ?? 0
        let size = Page(request.pageSize).size
        return try await read(.list) { [self] reader in
            let (account, day) = try endedDay(request.accountID, name, caller, reader)
            let page = try reader.fees(of: account, on: day, after: FillID(after), limit: size)
            var answer = ProtoFeeStatement()
            answer.day = ProtoBusinessDay(day)
            answer.accountID = account.id
            answer.participant = directory.bic(of: account.owner).description
            answer.currency = account.currency.code
            if withTotals {
                let totals = try feeTotals.totals(of: account, on: day, by: reader)
                answer.corridors = totals.map { ProtoFeeTotal($0, account.currency) }
                answer.total = ProtoFeeTotal(
                    totals.reduce(into: FeeTotal()) { $0 += $1 }, account.currency)
            }
            answer.lines = page.lines.map { line in
                ProtoFeeLine(line, account.currency, payer: directory.bic(of: line.payer))
            }
            answer.nextPageToken = page.next.map { String($0) } ?? ""
            return answer
        }
    }

    /// `GET /v1/accounts/{account_id}/statements/{day}/fees`: JSON, all lines as CSV, or a page to
    /// print.
    func serveFeeStatement(_ http: HTTPCall, _ caller: Caller) async throws {
        var request: ProtoGetFeeStatementRequest = try await http.noMessage()
        let source = BindingSource(variables: http.variables, query: http.query)
        request.accountID = try source.number("account_id")
        request.day = source["day"]
        request.pageSize = try source.number("page_size")
        request.pageToken = source["page_token"]
        if try http.wantsCSV { return try await sendFees(request, http, caller) }
        switch http.form(among: .html) {
        case .html:
            if request.pageSize == 0 { request.pageSize = UInt32(Page.largestSize) }
            let answer = try await getFeeStatement(request, caller)
            let gateway = ownBIC.description
            await http.reply(
                try await compute(.long) { FeePage(answer, from: gateway).html }, as: .html)
        case .json, .xml, .csv:
            let answer = try await getFeeStatement(request, caller)
            await http.reply(try await compute(.long) { try answer.jsonUTF8Bytes() as [UInt8] })
        }
    }

    /// The sums follow from the lines, so no page has them.
    private func sendFees(
        _ request: ProtoGetFeeStatementRequest, _ http: HTTPCall, _ caller: Caller
    ) async throws {
        let shape = MessageShapes.all.shape(of: ProtoFeeStatement.self)
        guard let list = CSVList(shape) else { throw GatewayError(.internalError) }
        try await http.reply(
            list, as: shape, CSVTotals(), self, from: request.pageToken
        ) { token in
            let page = try await fees(request.page(token), caller, withTotals: false)
            return (try ProtoAnswer(page).protobuf, nil)
        }
    }
}

extension ProtoFeeLine {
    fileprivate init(_ line: FeeLine, _ currency: Currency, payer: BIC) {
        self.init()
        uetr = line.uetr.description
        self.payer = payer.description
        foreignCurrency = line.foreign.code
        fills = UInt64(line.fills)
        paid = currency.decimal(line.paid)
        fee = currency.decimal(line.fee)
    }
}

extension ProtoFeeTotal {
    fileprivate init(_ total: FeeTotal, _ currency: Currency) {
        self.init()
        foreignCurrency = total.foreign?.code ?? ""
        payments = UInt64(total.payments)
        fills = UInt64(total.fills)
        paid = currency.decimal(total.paid)
        fee = currency.decimal(total.fee)
    }
}
