/// A CSV file with a heading: rows as fields by name.
struct CalendarTable {
    struct Row {
        let line: Int
        private let fields: [String: String]

        init(_ row: CSVReader.Row, _ heading: [String]) {
            line = row.line
            fields = Dictionary(zip(heading, row.fields)) { first, _ in first }
        }

        /// Empty for a column that there is not.
        subscript(_ name: String) -> String { fields[name] ?? "" }
    }

    let rows: [Row]

    /// - Throws: ``CalendarFault`` naming file and line, also when a column is missing.
    init(_ text: [UInt8], of file: String, columns: [String]) throws(CalendarFault) {
        var reader = CSVReader(text)
        var rows: [Row] = []
        do throws(CSVReader.Malformed) {
            let heading = try reader.next()?.fields ?? []
            for column in columns where !heading.contains(column) {
                throw CSVReader.Malformed(line: 1, reason: "there is no column \(column)")
            }
            while let row = try reader.next() { rows.append(Row(row, heading)) }
        } catch {
            throw CalendarFault("\(file), line \(error.line): \(error.reason)")
        }
        self.rows = rows
    }
}

/// What is wrong with a file of hours or holidays, in a sentence.
package struct CalendarFault: Error, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
