internal import Domain

/// A register whatever its rows are.
protocol Register: AnyObject {
    /// Ends the batch: gives its changed rows, each once in its last state, and the change of the
    /// state hash.
    ///
    /// - Complexity: O(changed rows).
    func takeChanges(into effects: inout Effects) -> UInt64

    /// Takes in what the tables hold; gives its part of the state hash.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` for a key that is there twice, or without room.
    func load(_ image: LedgerImage) throws(LoadError) -> UInt64
}

/// A register for each kind of row that is declared.
struct Registers: ~Copyable {
    private let all: [any Register]
    /// Whether any of them has changed in this batch: nearly always none has, and the way of a
    /// payment touches no reference.
    private let anyChange: UnsafeMutablePointer<Bool>

    init(seed: UInt64) {
        let anyChange = UnsafeMutablePointer<Bool>.allocate(capacity: 1)
        anyChange.initialize(to: false)
        self.anyChange = anyChange
        all = DeclaredRows.all.filter { !$0.isForgotten }.map {
            Registers.register($0, seed, anyChange)
        }
    }

    deinit { anyChange.deallocate() }

    private static func register<Row: DeclaredRow>(
        _ type: Row.Type, _ seed: UInt64, _ anyChange: UnsafeMutablePointer<Bool>
    ) -> any Register {
        Registry<Row>(seed: seed, anyChange: anyChange)
    }

    /// - Complexity: O(kinds). Who asks often keeps it.
    func of<Row: DeclaredRow>(_ type: Row.Type) -> Registry<Row> {
        for register in all {
            if let found = register as? Registry<Row> { return found }
        }
        preconditionFailure("\(Row.table) is not among the declared rows")
    }

    func takeChanges(into effects: inout Effects) -> UInt64 {
        guard anyChange.pointee else { return 0 }
        anyChange.pointee = false
        return all.reduce(0) { $0 &+ $1.takeChanges(into: &effects) }
    }

    func load(_ image: LedgerImage) throws(LoadError) -> UInt64 {
        var hash: UInt64 = 0
        for register in all { hash &+= try register.load(image) }
        return hash
    }
}
