/// A table of plain text: columns as wide as they need, numbers to the right.
package struct TextTable {
    package enum Alignment {
        case left
        case right
    }

    private let columns: [(title: String, alignment: Alignment)]
    private var rows: [[String]] = []

    package init(_ columns: [(title: String, alignment: Alignment)]) {
        self.columns = columns
    }

    /// - Parameter cells: as many as there are columns.
    package mutating func add(_ cells: [String]) {
        rows.append(cells)
    }

    /// The lines of the table, its heading first.
    package var text: String {
        let heading = columns.map(\.title)
        let widths = columns.indices.map { column in
            ([heading] + rows).map { $0[column].count }.max() ?? 0
        }
        let lines = ([heading] + rows).map { cells in
            columns.indices.map { column in
                let space = String(repeating: " ", count: widths[column] - cells[column].count)
                return columns[column].alignment == .left
                    ? cells[column] + space : space + cells[column]
            }.joined(separator: "  ").trimmingTrailingSpaces
        }
        return lines.joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmingTrailingSpaces: String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
