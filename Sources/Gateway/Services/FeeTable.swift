/// A fee statement as CSV (RFC 4180): a line for each payment, then one for each corridor and one
/// for all. No field comes from a bank's texts, so none is a formula.
enum FeeTable {
    static let header = "line,uetr,payer,foreign_currency,payments,fills,paid,fee,currency\r\n"

    static func lines(_ statement: ProtoFeeStatement) -> String {
        statement.lines.map { line in
            CSVText.line([
                "payment", line.uetr, line.payer, line.foreignCurrency, "1", "\(line.fills)",
                line.paid, line.fee, statement.currency,
            ])
        }.joined()
    }

    static func totals(_ statement: ProtoFeeStatement) -> String {
        let corridors = statement.corridors.map { ("corridor", $0) }
        return (corridors + [("total", statement.total)]).map { name, total in
            CSVText.line([
                name, "", "", total.foreignCurrency, "\(total.payments)", "\(total.fills)",
                total.paid, total.fee, statement.currency,
            ])
        }.joined()
    }

    static func fileName(_ statement: ProtoFeeStatement) -> String {
        "fees-\(statement.accountID)-\(statement.day.date).csv"
    }
}
