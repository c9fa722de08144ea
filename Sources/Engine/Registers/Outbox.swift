internal import CMemory
internal import Domain

/// What banks want to be told of without asking, and how far they have been (R14).
struct Outbox: ~Copyable {
    private let rows: Registry<MessagingRow>
    private let untold: Registry<NotificationRow>
    /// Wishes by participant; empty while nobody has any.
    private var wishes: [MessageWishes] = []
    /// All wishes together; what nobody wants costs nothing.
    private(set) var wanted: MessageWishes = []
    /// The accounts of the entries of this batch that are no fill's, in their order.
    private(set) var booked: [AccountID] = []
    /// What this batch tells behind its payments.
    private(set) var postponed: [(bank: ParticipantID, message: BankMessageRow)] = []
    /// Where the notifications of an account, and the reports of a participant, stand among what
    /// falls due; 0 where they do not. There from the first wish on.
    private var positions:
        (
            notifications: UnsafeMutablePointer<UInt32>, reports: UnsafeMutablePointer<UInt32>
        )?

    /// - Parameters:
    ///   - rows: the register, which is changed here alone.
    ///   - untold: likewise.
    init(_ rows: Registry<MessagingRow>, _ untold: Registry<NotificationRow>) {
        self.rows = rows
        self.untold = untold
    }

    deinit {
        guard let positions else { return }
        give_back_memory(positions.notifications)
        give_back_memory(positions.reports)
    }

    private static func zeros(_ count: Int) -> UnsafeMutablePointer<UInt32> {
        guard let memory = zeroed_memory(count * MemoryLayout<UInt32>.stride) else {
            // As with all memory of the engine: without it the node cannot go on.
            fatalError("no memory for positions")
        }
        return memory.bindMemory(to: UInt32.self, capacity: count)
    }

    // MARK: Banks

    func row(_ participant: ParticipantID) -> MessagingRow {
        rows.find(UInt128(participant)) ?? MessagingRow(participant: participant)
    }

    @inline(__always)
    func wishes(of participant: ParticipantID) -> MessageWishes {
        Int(participant) < wishes.count ? wishes[Int(participant)] : []
    }

    mutating func put(_ row: MessagingRow) {
        rows.put(row)
        note(row)
    }

    private mutating func note(_ row: MessagingRow) {
        if positions == nil {
            positions = (Outbox.zeros(Limits.accounts + 1), Outbox.zeros(Limits.participants + 1))
        }
        let missing = Int(row.participant) + 1 - wishes.count
        if missing > 0 { wishes.append(contentsOf: repeatElement([], count: missing)) }
        wishes[Int(row.participant)] = row.wishes
        wanted = wishes.reduce([]) { $0.union($1) }
    }

    /// The next number of the bank's messages.
    func takeNumber(of participant: ParticipantID) -> UInt64 {
        var row = row(participant)
        row.newest += 1
        rows.put(row)
        return row.newest
    }

    // MARK: Accounts

    func untold(_ account: AccountID) -> NotificationRow? { untold.find(UInt128(account)) }

    func put(_ row: NotificationRow) { untold.put(row) }

    /// Notes an entry that is no fill's.
    mutating func book(_ account: AccountID) { booked.append(account) }

    /// Keeps a message until the payments of the batch are told.
    mutating func postpone(_ message: BankMessageRow, to bank: ParticipantID) {
        postponed.append((bank, message))
    }

    /// Begins a batch.
    mutating func begin() {
        if !booked.isEmpty { booked.removeAll(keepingCapacity: true) }
        if !postponed.isEmpty { postponed.removeAll() }
    }

    // MARK: What falls due

    /// Where an entry of the heap stands now.
    @inline(__always)
    func keep(_ position: UInt32, of due: Due) {
        if due.kind == .notification {
            positions?.notifications[Int(due.place)] = position
        } else {
            positions?.reports[Int(due.place)] = position
        }
    }

    func notificationPosition(_ account: AccountID) -> UInt32 {
        positions?.notifications[Int(account)] ?? 0
    }

    func reportPosition(_ participant: ParticipantID) -> UInt32 {
        positions?.reports[Int(participant)] ?? 0
    }

    // MARK: Start

    /// Takes over what the registers were loaded with; gives what falls due.
    ///
    /// - Throws: ``LoadError/inconsistent(_:)`` for a bank or an account that there is not.
    mutating func adoptLoaded(
        participants: Int, accounts: Int
    ) throws(LoadError) -> [Due] {
        var due: [Due] = []
        for number in 0..<UInt32(rows.count) {
            let row = rows[number + 1]
            guard row.participant > 0, Int(row.participant) < participants else {
                throw .inconsistent("\(MessagingRow.table) \(row.participant)")
            }
            note(row)
            if let report = row.due { due.append(report) }
        }
        for number in 0..<UInt32(untold.count) {
            let row = untold[number + 1]
            guard row.account > 0, Int(row.account) <= accounts else {
                throw .inconsistent("\(NotificationRow.table) \(row.account)")
            }
            if let notification = row.due { due.append(notification) }
        }
        return due
    }
}

extension MessagingRow {
    /// When its next reports fall due.
    var due: Due? {
        guard nextReport != .never else { return nil }
        return Due(.report, participant, at: nextReport, place: participant)
    }
}

extension NotificationRow {
    /// When what is untold is told at the latest.
    var due: Due? {
        guard entries > 0 else { return nil }
        let (time, overflows) = first.addingReportingOverflow(Limits.notificationDelay)
        return Due(.notification, account, at: overflows ? .never : time, place: account)
    }
}
