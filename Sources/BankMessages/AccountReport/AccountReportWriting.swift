internal import Domain

extension AccountReport {
    /// Writes the message in its version, an entry at a time.
    ///
    /// - Parameters:
    ///   - entries: in the order of booking, at most ``entriesPerPage``; they are asked for one by
    ///     one.
    ///   - sink: gets the text piece by piece; a piece is about one entry.
    /// - Throws: ``MessageWritingError`` when a text is too long, empty or has control characters,
    ///   an amount is negative, there are too many entries, a camt.054 has balances, or the version
    ///   is not written. What the sink has got by then is no message.
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

    private var elementName: String { isNotification ? "Ntfctn" : "Rpt" }

    fileprivate var isNotification: Bool { frame.definition.message == .accountNotification }
}

extension XMLWriter {
    fileprivate mutating func groupHeader(
        of report: AccountReport
    ) throws(MessageWritingError) {
        try element("GrpHdr") { writer throws(MessageWritingError) in
            try writer.leaf("MsgId", report.messageIdentification, max: 35)
            try writer.time("CreDtTm", report.creationDateTime)
            try writer.element("MsgPgntn") { writer throws(MessageWritingError) in
                try writer.leaf("PgNb", String(report.page.number), max: 5)
                try writer.indicator("LastPgInd", report.page.isLast)
            }
            guard let query = report.query else { return }
            try writer.element("OrgnlBizQry") { writer throws(MessageWritingError) in
                try writer.leaf("MsgId", query.messageIdentification, max: 35)
                try writer.leaf("MsgNmId", query.messageNameIdentification, max: 35)
                try writer.time("CreDtTm", query.creationDateTime)
            }
        }
    }

    /// What stands before the entries.
    fileprivate mutating func head(of report: AccountReport) throws(MessageWritingError) {
        try leaf("Id", report.identification, max: 35)
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
        for balance in report.balances {
            try self.balance(balance)
        }
    }

    private mutating func balance(_ balance: AccountBalance) throws(MessageWritingError) {
        try element("Bal") { writer throws(MessageWritingError) in
            try writer.element("Tp") { writer throws(MessageWritingError) in
                try writer.choice("CdOrPrtry", balance.type, max: 4)
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
