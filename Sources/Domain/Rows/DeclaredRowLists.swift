/// Rows of all kinds that are declared, a list for each.
public struct DeclaredRowLists: Sendable {
    /// Those that are not empty, in order of first appearance.
    private var lists: [any RowListing] = []

    public init() {}

    public var isEmpty: Bool { lists.isEmpty }

    /// The rows of one kind.
    ///
    /// - Complexity: O(kinds).
    public subscript<Row: DeclaredRow>(_ type: Row.Type) -> [Row] {
        get { place(of: type)?.rows ?? [] }
        set {
            if let place = place(of: type)?.place {
                lists[place] = RowList(rows: newValue)
            } else {
                lists.append(RowList(rows: newValue))
            }
        }
    }

    /// Puts a row behind the others of its kind.
    ///
    /// - Complexity: O(kinds), amortised.
    public mutating func append<Row: DeclaredRow>(_ row: Row) {
        guard let (place, known) = place(of: Row.self) else {
            lists.append(RowList(rows: [row]))
            return
        }
        // From here on held nowhere else, so the rows are not copied.
        lists[place] = RowList<Row>(rows: [])
        var rows = consume known
        rows.append(row)
        lists[place] = RowList(rows: rows)
    }

    private func place<Row: DeclaredRow>(of type: Row.Type) -> (place: Int, rows: [Row])? {
        for (place, list) in lists.enumerated() {
            if let known = list as? RowList<Row> { return (place, known.rows) }
        }
        return nil
    }
}

private protocol RowListing: Sendable {}

private struct RowList<Row: DeclaredRow>: RowListing {
    let rows: [Row]
}
