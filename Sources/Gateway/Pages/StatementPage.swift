internal import BankMessages
internal import Domain
internal import SwiftProtobuf

/// A bank's statement of a business day as a page.
struct StatementPage {
    private let statement: ProtoStatement
    private let gateway: String

    /// - Parameter gateway: BIC of the servicer.
    init(_ statement: ProtoStatement, from gateway: String) {
        self.statement = statement
        self.gateway = gateway
    }

    var html: String {
        let (day, balance) = (statement.day, statement.balance)
        let account = "Account \(balance.accountID) of \(balance.participant), \(day.currency)"
        let body = [
            "<h1>Statement of account, \(day.date.escaped)</h1>",
            "<p>\(account.escaped)</p>", facts.html, "<h2>\(heading.escaped)</h2>", table.html,
            parts, "<footer>\(foot.escaped)</footer>",
        ]
        return PageFrame(
            title: "Statement \(balance.accountID) \(day.date)",
            body: body.filter { !$0.isEmpty }.joined(separator: "\n")
        ).html
    }

    private var facts: PageFacts {
        let (day, balance) = (statement.day, statement.balance)
        var facts = PageFacts()
        facts.add("Opening balance", balance.opening.grouped, isSum: true)
        facts.add("Credits (\(statement.credits.entries))", statement.credits.sum.grouped)
        facts.add("Debits (\(statement.debits.entries))", statement.debits.sum.grouped)
        facts.add("Closing balance", balance.closing.grouped, isSum: true)
        facts.add("Business day", "\(day.number)")
        facts.add("From", day.beganAt.shown)
        facts.add("To", day.endedAt.shown)
        facts.add("Kept by", gateway)
        return facts
    }

    private var heading: String {
        statement.parts > 1 ? "Entries, part \(statement.part) of \(statement.parts)" : "Entries"
    }

    private var foot: String {
        "Amounts in \(statement.day.currency), times in UTC. Opening balance and entries make the "
            + "closing balance."
    }

    private var table: PageTable {
        var balance = MinorUnits(statement.partOpening)
        var rows = [["", "", "", "Balance brought forward", "", "", balance.grouped]]
        for entry in statement.entries {
            let isDebit = entry.direction == "DBIT"
            balance.add(entry.amount, isDebit: isDebit)
            rows.append([
                entry.time.timeOfDay, entry.reference, entry.word,
                [entry.uetr, entry.endToEndID].filter { !$0.isEmpty }.joined(separator: " "),
                isDebit ? entry.amount.grouped : "", isDebit ? "" : entry.amount.grouped,
                balance.grouped,
            ])
        }
        let words = statement.part < statement.parts ? "Balance carried forward" : "Balance"
        return PageTable(
            columns: [
                .init(name: "Time", style: "t"), .init(name: "Reference", style: "id"),
                .init(name: "Entry"), .init(name: "Payment", style: "words"),
                .init(name: "Debit", style: "n"), .init(name: "Credit", style: "n"),
                .init(name: "Balance", style: "n"),
            ], rows: rows, totals: [["", "", "", words, "", "", statement.partClosing.grouped]])
    }

    /// Ways to the parts beside this one.
    private var parts: String {
        guard statement.parts > 1 else { return "" }
        func link(_ part: UInt32, _ name: String) -> String {
            "<a href=\"?part=\(part)\">\(name)</a>"
        }
        let before = statement.part > 1 ? link(statement.part - 1, "Part before") : ""
        let next = statement.part < statement.parts ? link(statement.part + 1, "Next part") : ""
        return "<nav>\(before)\(next)</nav>"
    }
}

/// A bank's fees of a business day as a page.
struct FeePage {
    private let statement: ProtoFeeStatement
    private let gateway: String

    /// - Parameter gateway: BIC of who charged them.
    init(_ statement: ProtoFeeStatement, from gateway: String) {
        self.statement = statement
        self.gateway = gateway
    }

    var html: String {
        let day = statement.day
        let account = "Account \(statement.accountID) of \(statement.participant)"
        var facts = PageFacts()
        facts.add("Fees", "\(statement.total.fee.grouped) \(statement.currency)", isSum: true)
        facts.add("Payments", "\(statement.total.payments)")
        facts.add("Business day", "\(day.number)")
        facts.add("From", day.beganAt.shown)
        facts.add("To", day.endedAt.shown)
        facts.add("Charged by", gateway)
        let body = [
            "<h1>Statement of fees, \(day.date.escaped)</h1>",
            "<p>\((account + ", \(statement.currency)").escaped)</p>", facts.html,
            "<h2>Corridors</h2>", corridors.html, "<h2>Payments</h2>", payments.html, next,
            "<footer>Amounts in \(statement.currency.escaped), times in UTC.</footer>",
        ]
        return PageFrame(
            title: "Fees \(statement.accountID) \(day.date)",
            body: body.filter { !$0.isEmpty }.joined(separator: "\n")
        ).html
    }

    private var corridors: PageTable {
        func row(_ name: String, _ total: ProtoFeeTotal) -> [String] {
            [
                name, "\(total.payments)", "\(total.fills)", total.paid.grouped,
                total.fee.grouped,
            ]
        }
        return PageTable(
            columns: [
                .init(name: "Corridor"), .init(name: "Payments", style: "n"),
                .init(name: "Fills", style: "n"), .init(name: "Paid", style: "n"),
                .init(name: "Fee", style: "n"),
            ],
            rows: statement.corridors.map { row("CNY/\($0.foreignCurrency)", $0) },
            totals: [row("All", statement.total)])
    }

    private var payments: PageTable {
        PageTable(
            columns: [
                .init(name: "UETR", style: "words"), .init(name: "Payer"), .init(name: "Corridor"),
                .init(name: "Fills", style: "n"), .init(name: "Paid", style: "n"),
                .init(name: "Fee", style: "n"),
            ],
            rows: statement.lines.map {
                [
                    $0.uetr, $0.payer, "CNY/\($0.foreignCurrency)", "\($0.fills)",
                    $0.paid.grouped, $0.fee.grouped,
                ]
            })
    }

    private var next: String {
        guard !statement.nextPageToken.isEmpty else { return "" }
        let token = statement.nextPageToken.escaped
        return "<nav><a href=\"?page_token=\(token)\">More payments</a></nav>"
    }
}

/// A balance that decimal strings of one currency, each with all its digits, add to.
private struct MinorUnits {
    private var amount: Int128
    private let digits: Int

    init(_ decimal: String) {
        amount = MinorUnits.amount(decimal)
        digits = decimal.split(separator: ".").dropFirst().first?.count ?? 0
    }

    mutating func add(_ decimal: String, isDebit: Bool) {
        amount += isDebit ? -MinorUnits.amount(decimal) : MinorUnits.amount(decimal)
    }

    var grouped: String {
        let text = String(amount.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - text.count)) + text
        let sign = amount < 0 ? "-" : ""
        let fraction = digits > 0 ? "." + padded.suffix(digits) : ""
        return (sign + padded.dropLast(digits) + fraction).grouped
    }

    private static func amount(_ decimal: String) -> Int128 {
        Int128(decimal.filter { $0 != "." }) ?? 0
    }
}

extension ProtoStatementEntry {
    /// What people call it.
    fileprivate var word: String {
        switch kind {
        case "leg": "Payment"
        case "fee": "Fee"
        case "funding": direction == "DBIT" ? "Withdrawal" : "Funding"
        case "return": "Return"
        default: kind
        }
    }
}

extension Google_Protobuf_Timestamp {
    private var text: String {
        (Timestamp(seconds) * 1_000_000_000 + Timestamp(nanos)).isoDateTime
    }

    /// `2026-11-30 10:00:00`, by UTC.
    fileprivate var shown: String {
        String(text.prefix(19)).replacing("T", with: " ")
    }

    /// `10:00:00`, by UTC.
    fileprivate var timeOfDay: String { String(text.dropFirst(11).prefix(8)) }
}
