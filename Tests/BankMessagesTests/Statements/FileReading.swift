import BankMessages
import Foundation

/// What a reader made of a file.
struct FileReading {
    private(set) var events: [StatementEvent] = []
    private(set) var tally = StatementTally()
    private(set) var refusal: StatementRefusal?

    /// - Parameter piece: how many bytes come at a time.
    init(
        _ bytes: [UInt8], options: StatementReadingOptions = StatementReadingOptions(),
        piece: Int = .max
    ) {
        var reader = StatementFileReader(options: options)
        tally = StatementTally(limits: options.limits)
        do throws(StatementRefusal) {
            var rest = bytes[...]
            while !rest.isEmpty {
                try reader.read(rest.prefix(piece)) { event throws(StatementRefusal) in
                    try self.take(event)
                }
                rest = rest.dropFirst(piece)
            }
            try reader.finish { event throws(StatementRefusal) in try self.take(event) }
            tally.finish()
        } catch { refusal = error }
    }

    init(_ text: String) { self.init(Array(text.utf8)) }

    private mutating func take(_ event: StatementEvent) throws(StatementRefusal) {
        events.append(event)
        try tally.take(event)
    }

    var lines: [StatementLine] {
        events.compactMap { event in if case .line(let line) = event { line } else { nil } }
    }

    var codes: [StatementFinding.Code] { tally.findings.map(\.code) }

    /// Of the first finding.
    var difference: String? { tally.findings.first?.difference.map { "\($0)" } }

    /// What counts of it, as one text.
    var figures: [String] {
        tally.statements.map {
            let sums = $0.sums.map { "\($0.currency ?? "") \($0.credits) \($0.debits)" }
            let balances = [$0.opening, $0.closing].map { $0?.amount.description ?? "none" }
            return "\($0.head.account ?? "") \($0.lines) \(sums) \(balances)"
        }
    }

    /// Read to its end, and nothing to be said of it.
    var isClean: Bool { refusal == nil && tally.findings.isEmpty }
}

/// What a decimal number is in a test.
func decimal(_ text: String, point: Character = ".") -> ExactDecimal? {
    ExactDecimal(Array(text.utf8)[...], point: point.asciiValue ?? 0)
}

/// A camt.053 of our own, each of whose parts a test may change.
struct CamtSample {
    var message = "camt.053.001.08"
    var account = "DE89370400440532013000"
    var currency = "EUR"
    /// With the sign.
    var opening: String? = "100.00"
    var closing: String? = "150.25"
    /// Before the entries.
    var summary = ""
    var entries = [
        CamtSample.entry("75.50", "CRDT"), CamtSample.entry("25.25", "DBIT"),
    ]

    static func entry(
        _ amount: String, _ direction: String, currency: String = "EUR", status: String? = "BOOK",
        inside: String = "<BookgDt><Dt>2026-08-03</Dt></BookgDt><ValDt><Dt>2026-08-04</Dt></ValDt>"
    ) -> String {
        let status = status.map { "<Sts><Cd>\($0)</Cd></Sts>" } ?? ""
        return "<Ntry><Amt Ccy=\"\(currency)\">\(amount)</Amt><CdtDbtInd>\(direction)</CdtDbtInd>"
            + "\(status)\(inside)</Ntry>\n"
    }

    private func balance(_ code: String, _ amount: String?) -> String {
        guard let amount else { return "" }
        let isDebit = amount.hasPrefix("-")
        return "<Bal><Tp><CdOrPrtry><Cd>\(code)</Cd></CdOrPrtry></Tp>"
            + "<Amt Ccy=\"\(currency)\">\(isDebit ? String(amount.dropFirst()) : amount)</Amt>"
            + "<CdtDbtInd>\(isDebit ? "DBIT" : "CRDT")</CdtDbtInd>"
            + "<Dt><Dt>2026-08-03</Dt></Dt></Bal>\n"
    }

    /// The part that several of may stand in a message.
    var statement: String {
        "<\(names.1)><Id>S1</Id><ElctrncSeqNb>17</ElctrncSeqNb>"
            + "<CreDtTm>2026-08-03T18:00:00+08:00</CreDtTm>"
            + "<Acct><Id><IBAN>\(account)</IBAN></Id><Ccy>\(currency)</Ccy></Acct>\n"
            + balance("OPBD", opening) + balance("CLBD", closing) + summary + entries.joined()
            + "</\(names.1)>\n"
    }

    private var names: (String, String) {
        switch message.prefix(8) {
        case "camt.052": ("BkToCstmrAcctRpt", "Rpt")
        case "camt.054": ("BkToCstmrDbtCdtNtfctn", "Ntfctn")
        default: ("BkToCstmrStmt", "Stmt")
        }
    }

    func document(_ statements: [String]) -> String {
        "<Document xmlns=\"urn:iso:std:iso:20022:tech:xsd:\(message)\"><\(names.0)>"
            + "<GrpHdr><MsgId>M1</MsgId><CreDtTm>2026-08-03T18:00:00+08:00</CreDtTm></GrpHdr>\n"
            + statements.joined() + "</\(names.0)></Document>\n"
    }

    var text: String { document([statement]) }
    var reading: FileReading { FileReading(text) }
}
