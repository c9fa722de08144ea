internal import Domain

/// Reads an agent's CSV file as its ``CSVMapping`` describes it: one file is one statement.
///
/// The first row that does not fit refuses the file, with its line (rules 28 and 29). Balances are
/// derived from the column of balances, when there is one: the opening one from the oldest row that
/// has one, the closing one from the newest; rows between them that do not follow are findings.
///
/// It keeps one row, those that may be the last ones, and sums. O(bytes) in all.
package struct CSVStatementReader: StatementLineReader {
    private let mapping: CSVMapping?
    private let limits: StatementLimits
    private var records: CSVRecordReader
    private var linesToSkip: Int
    private var columns: CSVColumns?
    /// Rows that may be among ``CSVMapping/linesAfter``.
    private var held: [CSVRecordReader.Record] = []
    private var balances: CSVBalances
    private var account: String?
    /// Of the first row, where each has its own.
    private var currency: String?
    private var isHeadTold = false
    private var rows = 0

    package init(options: StatementReadingOptions) {
        mapping = options.csv
        limits = options.limits
        linesToSkip = options.csv?.linesBefore ?? 0
        records = CSVRecordReader(
            delimiter: options.csv?.delimiter ?? UInt8(ascii: ","), quote: options.csv?.quote,
            mostBytes: options.limits.lineBytes)
        balances = CSVBalances(isOldestFirst: options.csv?.order != .newestFirst)
        account = options.csv?.account
    }

    package mutating func read(
        _ line: ArraySlice<UInt8>, number: Int, _ take: StatementTake
    ) throws(StatementRefusal) {
        guard linesToSkip == 0 else {
            linesToSkip -= 1
            return
        }
        guard let mapping else {
            throw StatementRefusal(
                "The file is none that tells what it is. If it is CSV, state the mapping of its "
                    + "account.")
        }
        guard let record = try records.read(line, number: number), !record.isBlank else { return }
        guard columns != nil else {
            columns = try CSVColumns(mapping, first: record)
            if !mapping.hasHeader { try hold(record, mapping, take) }
            return
        }
        try hold(record, mapping, take)
    }

    package mutating func finish(_ take: StatementTake) throws(StatementRefusal) {
        guard !records.isOpen else {
            throw StatementRefusal(
                line: records.firstLine, "A quoted field of the row that begins here has no end.")
        }
        guard let mapping, columns != nil else {
            throw StatementRefusal(
                mapping?.hasHeader == true
                    ? "The file has no header." : "The file has no row.")
        }
        guard held.count == mapping.linesAfter else {
            throw StatementRefusal(
                "The file has \(held.count) rows; the last \(mapping.linesAfter) are stated to be "
                    + "none.")
        }
        try tellHead(mapping, take)
        for (code, balance, date) in try balances.found() {
            try take(
                .balance(
                    StatementBalance(
                        code: code, amount: balance, currency: mapping.currency ?? currency,
                        date: date)))
        }
        try take(.end)
    }

    /// Takes in the row that is now followed by enough others.
    private mutating func hold(
        _ record: CSVRecordReader.Record, _ mapping: CSVMapping, _ take: StatementTake
    ) throws(StatementRefusal) {
        held.append(record)
        guard held.count > mapping.linesAfter else { return }
        try takeRow(held.removeFirst(), mapping, take)
    }

    private mutating func takeRow(
        _ record: CSVRecordReader.Record, _ mapping: CSVMapping, _ take: StatementTake
    ) throws(StatementRefusal) {
        rows += 1
        let row = try CSVRow(record, columns!, mapping, limits)
        if let stated = row.account {
            guard account == nil || account == stated else {
                throw StatementRefusal(
                    line: record.line,
                    "The row is of account '\(cut(stated, to: 40))', but the file of "
                        + "'\(cut(account!, to: 40))'.")
            }
            account = stated
        }
        let line = try row.line(position: rows)
        currency = currency ?? line.currency
        try tellHead(mapping, take)
        if let sentence = try balances.add(line, balance: row.balance()) {
            try take(
                .finding(
                    StatementFinding(
                        .doesNotAddUp, position: rows, line: record.line, sentence)))
        }
        try take(.line(line))
    }

    private mutating func tellHead(
        _ mapping: CSVMapping, _ take: StatementTake
    ) throws(StatementRefusal) {
        guard !isHeadTold else { return }
        isHeadTold = true
        var head = StatementHead(kind: mapping.kind, format: .csv)
        head.account = account
        head.currency = mapping.currency ?? currency
        try take(.head(head))
    }
}

/// Where the columns of a mapping stand in a file.
struct CSVColumns {
    private var places: [CSVMapping.Role: [Int]] = [:]
    /// Fields of the header, or of the first row.
    let width: Int

    /// - Parameter first: the header, or the first row of a file without one.
    init(
        _ mapping: CSVMapping, first: CSVRecordReader.Record
    ) throws(StatementRefusal) {
        let names = first.fields.map { $0[...].trimmed.string }
        width = names.count
        for (role, columns) in mapping.columns {
            for column in columns {
                places[role, default: []].append(
                    try CSVColumns.place(column, in: names, line: first.line))
            }
        }
    }

    private static func place(
        _ column: CSVMapping.Column, in names: [String], line: Int
    ) throws(StatementRefusal) -> Int {
        switch column {
        case .numbered(let number):
            guard number <= names.count else {
                throw StatementRefusal(
                    line: line, "There are \(names.count) columns; the mapping has one \(number).")
            }
            return number - 1
        case .named(let name):
            let found = names.indices.filter { names[$0] == name }
            guard found.count == 1 else {
                let header = cut(names.joined(separator: "|"), to: 40)
                throw StatementRefusal(
                    line: line,
                    "The header has \(found.isEmpty ? "no" : "\(found.count)") columns "
                        + "'\(cut(name, to: 40))'; it begins with '\(header)'.")
            }
            return found[0]
        }
    }

    func has(_ role: CSVMapping.Role) -> Bool { places[role] != nil }

    /// Trimmed fields of a role, empty ones left out.
    func fields(_ role: CSVMapping.Role, _ record: CSVRecordReader.Record) -> [ArraySlice<UInt8>] {
        (places[role] ?? []).filter { $0 < record.fields.count }
            .map { record.fields[$0][...].trimmed }
            .filter { !$0.isEmpty }
    }
}
