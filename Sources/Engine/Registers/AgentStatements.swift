internal import Domain

/// What agents say of our accounts there (R23): the statements of each account in the order of
/// their days, and the lines that are not accounted for.
///
/// Invariants: of one account no two taken ones cover a day, and each says how its opening differs
/// from the closing of the one before it. No two that are received or taken have the same digest,
/// nor the same identity in one year.
struct AgentStatements: ~Copyable {
    /// An account at an agent. The default ones of all currencies have one number.
    struct Account: Hashable {
        let nostro: NostroID
        let currency: Currency
    }

    fileprivate struct Digest: Hashable {
        let account: Account
        let digest: RowsDigest
    }

    fileprivate struct Identity: Hashable {
        let account: Account
        let identity: RowsDigest
        let year: Int
    }

    private let rows: Registry<AgentStatementRow>
    /// Taken ones by account, in the order of their days.
    private var taken: [Account: [AgentStatementID]] = [:]
    private var byDigest: [Digest: AgentStatementID] = [:]
    private var byIdentity: [Identity: AgentStatementID] = [:]
    /// The open lines of what is received and taken, each at its position less one.
    private var lines: [AgentStatementID: [AgentStatementLineRow]] = [:]
    private(set) var receivedCount = 0
    private(set) var openLineCount = 0
    private var changedLines = ChangedRows<AgentStatementLineRow>()

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<AgentStatementRow>) { self.rows = rows }

    var isFull: Bool { rows.isFull || receivedCount == Limits.receivedAgentStatements }

    func find(_ id: AgentStatementID) -> AgentStatementRow? { rows.find(UInt128(id)) }

    // MARK: What is on record

    /// Of the same account and bytes, received or taken.
    func same(as row: AgentStatementRow) -> AgentStatementID? { byDigest[row.bytes] }

    /// Of the same account that the agent calls the same in the same year, received or taken.
    ///
    /// - Precondition: `row` has days.
    func namesake(of row: AgentStatementRow) -> AgentStatementID? {
        row.identification.flatMap { byIdentity[$0] }
    }

    /// Whether any statement of the account counts.
    func isOpened(_ account: Account) -> Bool { taken[account] != nil }

    /// The taken ones of an account between which a statement's days lie; nil where one covers any
    /// of them.
    ///
    /// - Complexity: O(log statements).
    func neighbours(
        of row: AgentStatementRow
    ) -> (before: AgentStatementRow?, behind: AgentStatementRow?)? {
        let place = place(of: row)
        let ids = taken[row.account] ?? []
        let before = place > 0 ? find(ids[place - 1]) : nil
        let behind = place < ids.count ? find(ids[place]) : nil
        guard before?.overlaps(row) != true, behind?.overlaps(row) != true else { return nil }
        return (before, behind)
    }

    /// How many taken ones of its account end before a statement begins.
    private func place(of row: AgentStatementRow) -> Int {
        let ids = taken[row.account] ?? []
        var (low, high) = (0, ids.count)
        while low < high {
            let middle = (low + high) / 2
            let ends = find(ids[middle])?.last ?? .none
            if ends < row.first { low = middle + 1 } else { high = middle }
        }
        return low
    }

    // MARK: Changes

    /// Puts a statement on record under the next number.
    ///
    /// - Precondition: there is room, and none of its bytes or its name is received or taken.
    mutating func begin(_ row: AgentStatementRow) {
        require(Int(row.id) == rows.count + 1 && !isFull, "statements are numbered in a row")
        index(row)
        receivedCount += 1
        lines[row.id] = []
        rows.put(row)
    }

    var nextID: AgentStatementID { AgentStatementID(rows.count + 1) }

    /// Adds the next line of a statement that is received, whose lines then make `sum`.
    mutating func add(_ line: AgentStatementLineRow, to row: AgentStatementRow, sum: Int64) {
        require(line.position == row.received + 1 && row.state == .receiving, "lines come in order")
        var row = row
        row.received += 1
        row.sum = sum
        rows.put(row)
        openLineCount += 1
        lines[row.id, default: []].append(line.withoutDetails())
        changedLines.put(line, before: nil)
    }

    /// Lets a statement count; the one behind it goes on from it then.
    ///
    /// - Precondition: its days lie between its neighbours'.
    mutating func take(_ row: AgentStatementRow, way: StatementWay, at now: Timestamp) {
        guard let (before, behind) = neighbours(of: row) else {
            preconditionFailure("no two statements that count cover a day")
        }
        var row = row
        row.state = .taken
        row.way = way
        row.takenAt = now
        row.difference = row.imbalance
        row.gap = row.gap(behind: before)
        require(way == .exception || row.difference == 0 && row.gap == 0, "others add up")
        taken[row.account, default: []].insert(row.id, at: place(of: row))
        rows.put(row)
        receivedCount -= 1
        guard var behind else { return }
        behind.gap = behind.gap(behind: row)
        rows.put(behind)
    }

    /// Gives up a statement that is received. What has come of it leaves memory.
    mutating func abandon(_ row: AgentStatementRow) {
        var row = row
        row.state = .abandoned
        rows.put(row)
        byDigest[row.bytes] = nil
        if let identification = row.identification { byIdentity[identification] = nil }
        openLineCount -= lines.removeValue(forKey: row.id)?.count ?? 0
        receivedCount -= 1
    }

    private mutating func index(_ row: AgentStatementRow) {
        byDigest[row.bytes] = row.id
        if let identification = row.identification { byIdentity[identification] = row.id }
    }

    /// Ends the batch: gives the changed lines, and the change of the state hash.
    mutating func takeChanges(into effects: inout Effects) -> UInt64 {
        changedLines.take(into: &effects)
    }

    // MARK: Start

    /// Takes over what the register was loaded with, and the lines of what is received or taken.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` for statements that cannot stand beside each other,
    ///   or whose lines are not theirs.
    mutating func adoptLoaded(_ image: LedgerImage) throws(LoadError) {
        for line in image.declared[AgentStatementLineRow.self].sorted(by: { $0.id < $1.id }) {
            guard line.position == UInt32(lines[line.statement]?.count ?? 0) + 1 else {
                throw .inconsistent("\(AgentStatementLineRow.table) \(line.id)")
            }
            lines[line.statement, default: []].append(line.withoutDetails())
            openLineCount += 1
        }
        for number in 0..<UInt32(rows.count) {
            let row = rows[number + 1]
            guard row.id == number + 1, adopt(row) else {
                throw .inconsistent("\(AgentStatementRow.table) \(row.id)")
            }
        }
        guard receivedCount <= Limits.receivedAgentStatements,
            lines.allSatisfy({ find($0.key).map { $0.state != .abandoned } ?? false }),
            areInOrder()
        else { throw .inconsistent(AgentStatementRow.table) }
    }

    /// False where its lines are others, or another statement has its bytes or its name.
    private mutating func adopt(_ row: AgentStatementRow) -> Bool {
        guard row.state != .abandoned else { return true }
        let own = lines[row.id, default: []]
        guard own.count == Int(row.received), own.reduce(0, { $0 &+ $1.amount }) == row.sum,
            same(as: row) == nil, namesake(of: row) == nil
        else { return false }
        lines[row.id] = own
        index(row)
        if row.state == .taken {
            taken[row.account, default: []].append(row.id)
        } else {
            receivedCount += 1
        }
        return true
    }

    /// Puts the taken ones of each account in order; whether none covers a day of another, and each
    /// goes on from the one before as it says.
    private mutating func areInOrder() -> Bool {
        for (account, ids) in taken {
            let ordered = ids.compactMap { find($0) }.sorted { $0.first < $1.first }
            taken[account] = ordered.map(\.id)
            let pairs = zip([nil] + ordered.dropLast().map { Optional($0) }, ordered)
            let isWhole = pairs.allSatisfy { before, row in
                before.map { $0.last < row.first } ?? true && row.gap == row.gap(behind: before)
            }
            guard isWhole else { return false }
        }
        return true
    }
}

extension AgentStatementRow {
    var account: AgentStatements.Account {
        AgentStatements.Account(nostro: nostro, currency: currency)
    }

    fileprivate var bytes: AgentStatements.Digest {
        AgentStatements.Digest(account: account, digest: digest)
    }

    /// Nil where the agent gives it no name.
    fileprivate var identification: AgentStatements.Identity? {
        identity == .none
            ? nil
            : AgentStatements.Identity(
                account: account, identity: identity, year: last.parts.year)
    }

    /// By how much it opens with more than the one before left.
    func gap(behind before: AgentStatementRow?) -> Int64 {
        before.map { opening - $0.closing } ?? 0
    }
}
