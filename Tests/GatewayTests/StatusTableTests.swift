internal import BankMessages
internal import Domain
internal import Gateway
internal import Scenarios
internal import Testing

/// What pacs.002 says of a payment is what the tables of `docs/messages.md` show, cell by cell.
/// Each cell goes through the document that a bank gets.
@Suite("What messages say of a payment stands in the docs")
struct StatusTableTests {
    private struct Unexpected: Error {}

    private static let received = Money(minorUnits: 493_120, currency: .thb)
    private let page: DocumentedPage

    init() throws { page = try DocumentedPage("messages.md") }

    /// A report as its reader sees it: codes, and the words behind them.
    private struct Said {
        var codes: String
        var words: [String] = []
        var isEffective: Bool

        /// - Parameter payment: as it is on record.
        init(_ stand: ReportedStatus, _ payment: PaymentRow? = nil) throws {
            let original = OriginalTransaction(uetr: UETR(bits: 4 << 76 | 2 << 62 | 7))
            let xml = try PaymentStatusReport(
                messageIdentification: "S-1", creationDateTime: 0, sender: BIC(packed: 1),
                original: OriginalMessage(messageIdentification: "M-1"),
                transactions: [stand.report(on: original, of: payment)]
            ).xml()
            guard case .statusReport(let read) = try BankMessage(xml: Array(xml.utf8)),
                let said = read.transactions.first
            else { throw Unexpected() }
            #expect(!xml.contains("CANC"), "no message says it")
            codes = "`\(said.status.rawValue)`"
            isEffective = said.effectiveSettlement != nil
            for reason in said.reasons {
                if case .code(let code)? = reason.reason { codes += " `\(code)`" }
                words += reason.additionalInformation
            }
        }

        /// As a cell of the docs shows it.
        var cell: String {
            let shown = words.map { $0 == "SETTLED THB 4931.20" ? "SETTLED" : $0 }
            return ([codes] + [shown.joined(separator: ", ")]).filter { !$0.isEmpty }
                .joined(separator: " ")
        }
    }

    private func payment(
        _ status: PaymentStatus, _ reason: EndReason, _ received: Int64,
        _ code: ResultCode = .accepted
    ) -> PaymentRow {
        let order = PaymentOrder(
            uetr: UETR(bits: 7), submitter: BIC(packed: 1), payer: BIC(packed: 1),
            creditor: BIC(packed: 2), foreign: .thb, side: .payRenminbi, fixed: .receive,
            amount: 1_000_000)
        var row = PaymentRow(id: 1, order: order, payer: 1, creditor: 2, acceptedAt: 1)
        (row.status, row.endReason, row.received, row.code) = (status, reason, received, code)
        return row
    }

    /// What the three messages say of a payment.
    private func cells(
        _ status: PaymentStatus, _ reason: EndReason, _ received: Int64,
        credit: CreditStatus = .none, _ why: ReasonCode = .none
    ) throws -> [String] {
        let row = payment(status, reason, received)
        let outcome = Outcome(
            code: .accepted, kind: .submitPayment, status: status, endReason: reason,
            payment: 1, received: received)
        // What follows a payment is told without how it ended.
        let isLater = credit != .none
        var told = BankMessageRow(
            .statusReport, about: 1, at: 2, status: isLater ? .settled : status,
            reason: isLater ? .none : reason)
        (told.received, told.credit, told.code) = (received, credit, why)
        // R22.7 why it could not enter, for example for want of funds.
        var date: DatedPaymentRow?
        if reason == .entryRefused {
            told.code = ReasonCode("AM04") ?? .none
            date = DatedPaymentRow(
                1, .thb, .none, .atEntry, .ended, code: .insufficientFunds)
        }
        var followUp = FollowUpRow(row)
        (followUp.credit, followUp.creditReason) = (credit, why)
        let asked = try Said(ReportedStatus(row, followUp, date), row)
        let isWhole = status == .settled && ["`ACSC`", "`ACCC`"].contains(asked.codes)
        #expect(asked.isEffective == isWhole, "only then is the time of the last part known")
        return [
            try Said(ReportedStatus(outcome, receiving: .thb, date)).cell,
            try Said(ReportedStatus(told, of: row), row).cell, asked.cell,
        ]
    }

    @Test("R9: each status and reason, of nothing and of a part")
    func states() throws {
        let rows = page.table(
            "on record", "because", "settled", "answer to the order", "told",
            "answer to pacs.028")
        for row in rows {
            let status = try #require(PaymentStatus(code: row[0].filter { $0 != "`" }))
            let reason = EndReason.allCases.first { $0.name == row[1] } ?? .none
            let settled = row[2] == "nothing" ? 0 : Self.received.minorUnits
            #expect(try cells(status, reason, settled) == Array(row[3...]), "\(row[0...2])")
            #expect(row[4] == row[5], "who asks hears what was told")
        }
        // R8.2, R6.8, R22.7 What is killed, or could not enter, has no part, and what has too many
        // fills has one.
        var all: Set = [
            ["`PDNG`", "", "nothing"], ["`ACSP`", "", "a part"], ["`ACSC`", "filled", "all"],
        ]
        for reason in EndReason.allCases where ![.none, .filled].contains(reason) {
            if reason != .fillLimit { all.insert(["`CANC`", reason.name, "nothing"]) }
            if ![.killed, .entryRefused].contains(reason) {
                all.insert(["`CANC`", reason.name, "a part"])
            }
        }
        #expect(rows.count == all.count && Set(rows.map { Array($0[0...2]) }) == all)
    }

    @Test("R15.4: each word of the creditor's bank, on the whole and on a part")
    func credits() throws {
        let rows = page.table(
            "on record", "credit", "answer to the order", "told", "answer to pacs.028")
        var seen: Set<[CreditStatus]> = []
        for row in rows {
            let words = row[1].split(separator: ", ").map { $0.filter { $0 != "`" } }
            let credit = try #require(
                CreditStatus.allCases.first { "\($0)" == words.first ?? "" })
            let why = words.count > 1 ? try #require(ReasonCode(words[1])) : ReasonCode.none
            let isPart = row[0].hasSuffix("a part")
            let found = try cells(
                isPart ? .cancelled : .settled, isPart ? .expired : .filled,
                Self.received.minorUnits, credit: credit, why)
            #expect(found == Array(row[2...]), "\(row[0...1])")
            seen.insert(isPart ? [credit, credit] : [credit])
        }
        #expect(seen.count == 2 * (CreditStatus.allCases.count - 1))
    }

    @Test("R3: each refusal of an order, in the order of the ladders")
    func refusals() throws {
        let rows = page.table(
            "refusal", "on record", "answer to the order", "told", "answer to pacs.028")
        for row in rows {
            let code = try #require(ResultCode.allCases.first { $0.name == row[0] })
            let outcome = Outcome(code: code, kind: .submitPayment, status: .rejected)
            let said = try Said(ReportedStatus(outcome, receiving: .thb))
            #expect(said.codes == row[2])
            #expect(said.words.joined(separator: " ") == "\(code.name): \(code.sentence)")
            #expect(row[3] == "–", "R14.4: the answer tells what the batch of the order did")
            switch row[1] {
            case "`RJCT`":
                let stand = ReportedStatus(payment(.rejected, .none, 0, code), nil, nil)
                #expect(try Said(stand).codes == row[4] && !code.isPassing)
            case "attempt":
                #expect(code.isPassing)
                fallthrough
            default:
                let unknown = try Said(ReportedStatus.unknown(isAmbiguous: false))
                #expect(unknown.words == ["No payment of the sender with this UETR is on record."])
                #expect(row[4] == "–" || row[4] == unknown.codes + " no such payment")
            }
        }
        #expect(rows.map { $0[0] } == (try ladder()) + [ResultCode.unavailable.name])
    }

    /// The codes that R3.2 to R3.4 name, each once.
    private func ladder() throws -> [String] {
        let names = Set(ResultCode.allCases.map(\.name))
        var found: [String] = []
        for line in try DocumentedPage("rulebook.md").text.split(separator: "\n")
        where ["2", "3", "4"].contains(where: { line.hasPrefix("- **R3.\($0)** ") }) {
            for word in line.split(whereSeparator: { !$0.isUppercase && $0 != "_" }) {
                let name = String(word)
                if names.contains(name), !found.contains(name) { found.append(name) }
            }
        }
        return found
    }
}
