internal import Domain

/// Operators' commands that wait for a second person, each with its place in the heap of due times,
/// and those that were decided of late.
///
/// Invariant: while batch P is applied the decided ones are those of P and of the `span` − 1
/// batches before it. So who repeats a command that the ledger still knows as proposed finds its
/// proposal; later the tables answer for both.
struct Proposals: ~Copyable {
    private struct Entry: BitwiseCopyable {
        var row: ProposalRow
        /// Position in the heap of due times.
        var duePosition: UInt32 = 0
    }

    /// What a command says, whoever gives it.
    private struct Content: Hashable {
        let kind: CommandKind
        let body: CommandBody

        init(_ row: ProposalRow) {
            kind = row.kind
            body = row.body
        }
    }

    private let span: Int
    private var entries = Slab<Entry>(capacity: Limits.openProposals)
    private var free: [UInt32] = []
    /// Of the open ones.
    private var places: [ProposalID: UInt32] = [:]
    /// What came with their commands, where anything did.
    private var attachments: [ProposalID: [UInt8]] = [:]
    private var byContent: [Content: ProposalID] = [:]
    private var openOf: [OperatorID: Int] = [:]
    /// Open ones and known decided ones, by their proposers' commands.
    private var known: [OperatorCommandRow.Identity: ProposalRow] = [:]
    /// Decided ones in the order of their batches, from `first` on.
    private var decided: [(decidedIn: UInt64, command: OperatorCommandRow.Identity)] = []
    private var first = 0
    private var changed = ChangedRows<ProposalRow>()
    /// The last number given.
    private(set) var last: ProposalID = 0

    /// - Parameter span: batches during which a decided one is known, its own included.
    init(span: Int) { self.span = span }

    var openCount: Int { places.count }
    var isFull: Bool { places.count == Limits.openProposals || last == .max }

    /// How many of an operator's are open.
    func openCount(of proposer: OperatorID) -> Int { openOf[proposer] ?? 0 }

    /// The place of an open one, below 2²⁴; nil of any other.
    func place(_ id: ProposalID) -> UInt32? { places[id] }

    func row(at place: UInt32) -> ProposalRow { entries.pointer(place).pointee.row }

    /// What came with the command of an open one.
    func attachment(_ id: ProposalID) -> [UInt8] { attachments[id] ?? [] }

    func duePosition(_ place: UInt32) -> UInt32 { entries.pointer(place).pointee.duePosition }

    func keep(_ duePosition: UInt32, at place: UInt32) {
        entries.pointer(place).pointee.duePosition = duePosition
    }

    /// The open one of the same command, whoever gave it.
    func waiting(_ row: ProposalRow) -> ProposalID? { byContent[Content(row)] }

    /// What became of an operator's command that was proposed.
    func find(_ command: OperatorCommandRow.Identity) -> ProposalRow? { known[command] }

    /// Opens a proposal under the next number; gives its place.
    ///
    /// - Precondition: there is room, and none of the same command is open.
    mutating func open(_ row: ProposalRow, with attachment: [UInt8]) -> UInt32 {
        require(row.id == last + 1 && !isFull, "proposals are numbered in a row")
        last = row.id
        changed.put(row, before: nil)
        return take(row, attachment)
    }

    /// Decides an open one, once and for all.
    mutating func decide(at place: UInt32, as row: ProposalRow) {
        let before = self.row(at: place)
        require(row.id == before.id && before.state == .open, "a decided proposal stays as it is")
        require(row.state != .open && row.decidedIn > 0, "a decision says so")
        changed.put(row, before: before)
        places[row.id] = nil
        attachments[row.id] = nil
        byContent[Content(row)] = nil
        let left = openCount(of: row.proposer) - 1
        openOf[row.proposer] = left == 0 ? nil : left
        free.append(place)
        remember(row)
    }

    private mutating func take(_ row: ProposalRow, _ attachment: [UInt8]) -> UInt32 {
        let entry = Entry(row: row.withoutDetails())
        let place: UInt32
        if let used = free.popLast() {
            place = used
            entries.pointer(place).pointee = entry
        } else {
            place = entries.take(entry)
        }
        places[row.id] = place
        if !attachment.isEmpty { attachments[row.id] = attachment }
        let waiting = byContent.updateValue(row.id, forKey: Content(row))
        require(waiting == nil, "a command waits once")
        openOf[row.proposer, default: 0] += 1
        known[row.proposersCommand] = entry.row
        return place
    }

    private mutating func remember(_ row: ProposalRow) {
        known[row.proposersCommand] = row.withoutDetails()
        decided.append((row.decidedIn, row.proposersCommand))
    }

    /// Begins the batch at this index: forgets what was decided too long ago.
    ///
    /// - Complexity: O(proposals forgotten), amortized.
    mutating func begin(_ logIndex: UInt64) {
        while first < decided.count, decided[first].decidedIn + UInt64(span) <= logIndex {
            known[decided[first].command] = nil
            first += 1
        }
        if first > 1_024, first * 2 > decided.count {
            decided.removeFirst(first)
            first = 0
        }
    }

    /// Ends the batch: gives the changed rows, and the change of the state hash.
    mutating func takeChanges(into effects: inout Effects) -> UInt64 {
        changed.take(into: &effects)
    }

    /// Takes in what the tables hold, in the order of decisions: open ones, those decided of late,
    /// and the last one. Gives the place of an open one.
    mutating func load(_ row: ProposalRow, with attachment: [UInt8]) -> UInt32? {
        last = max(last, row.id)
        guard row.state == .open else {
            remember(row)
            return nil
        }
        return take(row, attachment)
    }
}

extension ProposalRow {
    /// By which its proposer's command is known.
    var proposersCommand: OperatorCommandRow.Identity {
        OperatorCommandRow.Identity(operatorID: proposer, commandID: commandID)
    }
}
