internal import Domain

/// How many rows a list had, and the sums of its amounts by currency.
struct CSVTotals: Sendable {
    private struct Sums {
        let currency: Currency
        /// Minor units at the places of the columns; nil where nothing was added.
        var columns: [Int128?]
    }

    /// The account whose transfers are listed: what goes out of it and what comes in are summed
    /// apart. Nil for other lists.
    private let account: UInt64?
    private var sums: [String: Sums] = [:]
    private(set) var rows = 0

    init(ofAccount account: UInt64? = nil) { self.account = account }

    /// Counts a row and adds its amounts.
    ///
    /// - Parameter currency: of amounts that name none.
    mutating func add(
        _ row: MessageFields, _ cells: [String], _ list: CSVList, otherwise currency: String
    ) {
        rows += 1
        guard !list.summed.isEmpty else { return }
        let own = list.currency.map { row.text($0) } ?? currency
        let sides = sides(of: row, list)
        for place in list.summed {
            let code = list.columns[place].sum == .withNext ? cells[place + 1] : own
            guard let currency = Currency(code: code),
                let amount = try? Money(decimal: cells[place], currency: currency)
            else { continue }
            for side in sides {
                add(amount, "\(code)\(side)", place, of: cells.count)
            }
            if let group = list.group {
                add(amount, "\(code) \(row.text(group))", place, of: cells.count)
            }
        }
    }

    private mutating func add(
        _ amount: Money, _ name: String, _ place: Int, of count: Int
    ) {
        let none = Sums(
            currency: amount.currency, columns: [Int128?](repeating: nil, count: count))
        let before = sums[name, default: none].columns[place] ?? 0
        sums[name, default: none].columns[place] = before + Int128(amount.minorUnits)
    }

    /// Under which sums a row counts: a transfer from an account to itself under both.
    private func sides(of row: MessageFields, _ list: CSVList) -> [String] {
        guard let account, let (debit, credit) = list.sides else { return [""] }
        return (row.number(debit) == account ? [" debited"] : [])
            + (row.number(credit) == account ? [" credited"] : [])
    }

    /// The last lines: a line of sums for each currency, how many rows there are, and the entries
    /// of the log as of which they were read.
    ///
    /// - Parameters:
    ///   - columns: cells of a line.
    ///   - filter: as the query has it; empty for none.
    ///   - from: the log index when the first page was read; nothing later is missing from it.
    ///   - through: the same behind the last page.
    func lines(columns: Int, filter: String, from: UInt64, through: UInt64) -> String {
        var lines = sums.sorted { $0.key < $1.key }.map { name, sums in
            var cells = sums.columns.map { $0.map(sums.currency.decimal) ?? "" }
            cells.insert(contentsOf: repeatElement("", count: columns - cells.count), at: 0)
            cells[0] = "# total \(name)"
            return cells
        }
        let index = from == through ? "\(from)" : "\(from) to \(through)"
        let filters = filter.isEmpty ? [] : ["# filter \(filter)"]
        for note in filters + ["# rows \(rows)", "# log index \(index)"] {
            lines.append([note] + [String](repeating: "", count: columns - 1))
        }
        return lines.map(CSVText.line).joined()
    }
}
