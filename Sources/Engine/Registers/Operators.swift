internal import Domain

/// Who gives commands to the ledger (R13).
struct Operators: ~Copyable {
    private let rows: Registry<OperatorRow>
    private var numbers: [OperatorName: OperatorID] = [:]

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<OperatorRow>) { self.rows = rows }

    var count: Int { rows.count }
    var isFull: Bool { rows.isFull }

    /// - Complexity: O(1).
    func find(_ name: OperatorName) -> OperatorRow? {
        numbers[name].map { rows[$0] }
    }

    subscript(_ number: OperatorID) -> OperatorRow { rows[number] }

    /// - Complexity: O(operators).
    var all: [OperatorRow] { (0..<OperatorID(rows.count)).map { rows[$0 + 1] } }

    /// The roles that active operators have together, one of them left out.
    ///
    /// - Complexity: O(operators).
    func activeRoles(without left: OperatorID = 0) -> OperatorRoles {
        (1...OperatorID(rows.count + 1)).dropLast().reduce(into: []) { roles, number in
            let row = rows[number]
            if row.state == .active, number != left { roles.formUnion(row.roles) }
        }
    }

    /// Puts an operator on record under the next number.
    @discardableResult
    mutating func add(
        _ name: OperatorName, _ roles: OperatorRoles, _ state: OperatorState = .active,
        _ attachment: AttachmentRange = .none
    ) -> OperatorID {
        let number = OperatorID(rows.count + 1)
        put(
            OperatorRow(
                id: number, name: name, roles: roles, state: state, attachment: attachment))
        return number
    }

    mutating func put(_ row: OperatorRow) {
        rows.put(row)
        numbers[row.name] = row.id
    }

    /// Makes ready what the register was loaded with.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` when numbers or names do not fit.
    mutating func adoptLoaded() throws(LoadError) {
        for number in 0..<OperatorID(rows.count) {
            let row = rows[number + 1]
            guard row.id == number + 1, numbers.updateValue(row.id, forKey: row.name) == nil else {
                throw .inconsistent("\(OperatorRow.table) \(row.id)")
            }
        }
    }
}
