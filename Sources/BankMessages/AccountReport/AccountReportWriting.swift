internal import Domain

extension AccountReport {
    /// Writes the message in its version, an entry at a time.
    ///
    /// - Parameters:
    ///   - entries: in the order of booking, at most ``entriesPerPage``; they are asked for one by
    ///     one.
    ///   - sink: gets the text piece by piece; a piece is about one entry.
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   an amount is negative, there are too many entries, a camt.054 has balances or a camt.053
    ///   none, or the version is not written. What the sink has got by then is no message.
    /// - Complexity: O(length of the result); memory for one entry.
    package func write(
        entries: some Sequence<AccountEntry>, to sink: (String) -> Void
    ) throws(MessageWritingError) {
        let rest = try frame.write { writer throws(MessageWritingError) in
            try writer.groupHeader(of: self)
            try writer.element(elementName) { writer throws(MessageWritingError) in
                try writer.head(of: self)
                try writer.entries(entries, frame.definition, to: sink)
            }
        }
        sink(rest)
    }

    /// The whole message at once.
    package func xml(
        entries: some Sequence<AccountEntry>
    ) throws(MessageWritingError) -> String {
        var text = ""
        try write(entries: entries) { text += $0 }
        return text
    }

    private var elementName: String {
        if isStatement { return "Stmt" }
        return isNotification ? "Ntfctn" : "Rpt"
    }

    fileprivate var isNotification: Bool { frame.definition.message == .accountNotification }
    fileprivate var isStatement: Bool { frame.definition.message == .accountStatement }
}

extension XMLWriter {
    fileprivate mutating func groupHeader(
        of report: AccountReport
    ) throws(MessageWritingError) {
        try element("GrpHdr") { writer throws(MessageWritingError) in
            try writer.leaf("MsgId", report.messageIdentification, max: 35)
            try writer.time("CreDtTm", report.creationDateTime)
            if !report.isStatement { try writer.pagination("MsgPgntn", report.page) }
            guard let query = report.query else { return }
            try writer.element("OrgnlBizQry") { writer throws(MessageWritingError) in
                try writer.leaf("MsgId", query.messageIdentification, max: 35)
                try writer.leaf("MsgNmId", query.messageNameIdentification, max: 35)
                try writer.time("CreDtTm", query.creationDateTime)
            }
        }
    }

    private mutating func pagination(
        _ name: String, _ page: Page
    ) throws(MessageWritingError) {
        try element(name) { writer throws(MessageWritingError) in
            try writer.leaf("PgNb", String(page.number), max: 5)
            try writer.indicator("LastPgInd", page.isLast)
        }
    }

    /// What stands before the entries.
    fileprivate mutating func head(of report: AccountReport) throws(MessageWritingError) {
        try leaf("Id", report.identification, max: 35)
        if report.isStatement { try pagination("StmtPgntn", report.page) }
        try leaf("ElctrncSeqNb", report.sequenceNumber.map { String($0) }, max: 18)
        try time("CreDtTm", report.creationDateTime)
        if let period = report.period {
            try element("FrToDt") { writer throws(MessageWritingError) in
                try writer.time("FrDtTm", period.lowerBound)
                try writer.time("ToDtTm", period.upperBound)
            }
        }
        try element("Acct") { writer throws(MessageWritingError) in
            try writer.content(
                of: report.account,
                hasIdentification: report.frame.definition.accountsHaveIdentification)
            if let owner = report.owner {
                try writer.party("Ownr", owner)
            }
            try writer.institution("Svcr", report.servicer)
        }
        guard !report.isNotification || report.balances.isEmpty else {
            throw error(at: "Bal", "A camt.054 has no balances.")
        }
        guard !report.isStatement || !report.balances.isEmpty else {
            throw error(at: "Bal", "A camt.053 has a balance.")
        }
        for balance in report.balances {
            try self.balance(balance)
        }
        if let summary = report.summary { try self.summary(summary) }
    }

    private mutating func summary(
        _ summary: EntrySummary
    ) throws(MessageWritingError) {
        let currency = summary.currency
        try element("TxsSummry") { writer throws(MessageWritingError) in
            try writer.element("TtlNtries") { writer throws(MessageWritingError) in
                let all = EntrySummary.Side(
                    count: summary.count, sum: summary.credits.sum + summary.debits.sum)
                try writer.side(all, currency)
                guard summary.net.magnitude <= EntrySummary.largestSum else { return }
                try writer.element("TtlNetNtry") { writer throws(MessageWritingError) in
                    let net = Int128(summary.net.magnitude)
                    let direction: CreditDebit = summary.net < 0 ? .debit : .credit
                    try writer.leaf("Amt", currency.decimal(net), max: 19)
                    try writer.leaf("CdtDbtInd", direction.rawValue, max: 4)
                }
            }
            try writer.element("TtlCdtNtries") { writer throws(MessageWritingError) in
                try writer.side(summary.credits, currency)
            }
            try writer.element("TtlDbtNtries") { writer throws(MessageWritingError) in
                try writer.side(summary.debits, currency)
            }
        }
    }

    private mutating func side(
        _ side: EntrySummary.Side, _ currency: Currency
    ) throws(MessageWritingError) {
        try leaf("NbOfNtries", String(side.count), max: 15)
        guard side.sum <= EntrySummary.largestSum else { return }
        try leaf("Sum", currency.decimal(side.sum), max: 19)
    }

    private mutating func balance(_ balance: AccountBalance) throws(MessageWritingError) {
        try element("Bal") { writer throws(MessageWritingError) in
            try writer.element("Tp") { writer throws(MessageWritingError) in
                try writer.choice("CdOrPrtry", balance.type, max: 4)
                try writer.choice("SubTp", balance.subType, max: 4)
            }
            try writer.amount("Amt", balance.amount)
            try writer.leaf("CdtDbtInd", balance.direction.rawValue, max: 4)
            try writer.dateOrTime("Dt", balance.date)
        }
    }

    fileprivate mutating func entries(
        _ entries: some Sequence<AccountEntry>, _ definition: MessageDefinition,
        to sink: (String) -> Void
    ) throws(MessageWritingError) {
        var count = 0
        for entry in entries {
            count += 1
            guard count <= AccountReport.entriesPerPage else {
                throw error(
                    at: "Ntry", "A message has at most \(AccountReport.entriesPerPage) entries.")
            }
            try self.entry(entry, definition)
            sink(take())
        }
    }
}
