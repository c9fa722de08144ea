package import Domain

/// The settlement engine: order book and ledger in one value, changed only by batches.
///
/// Owned by one thread and mutated in place. The same batches give the same outcomes, rows and
/// state hash on every node and build.
package struct Engine: ~Copyable {
    var ledger: LedgerEngine<LadderBook>

    /// An empty ledger, before the first batch.
    ///
    /// - Parameter seed: of the hash tables; random numbers keep banks from choosing UETRs that
    ///   meet in one place. It has no part in any result.
    package init(seed: UInt64 = 0) {
        ledger = LedgerEngine(seed: seed)
    }

    /// The ledger as the tables hold it.
    ///
    /// - Throws: ``LoadError`` when the rows contradict each other or their state hash.
    /// - Complexity: O(rows).
    package init(loading image: LedgerImage, seed: UInt64 = 0) throws(LoadError) {
        ledger = try LedgerEngine(loading: image, seed: seed)
    }

    /// Takes the engine down within this module: a caller would compile that in, field by field,
    /// and look up each field's type at the first one.
    deinit {}

    /// Takes the memory that so many more payments need, so that carrying out their commands does
    /// not wait for it; without, it is taken as they come. Changes no result.
    ///
    /// - Complexity: O(payments that it knows, and will know).
    package mutating func makeRoom(payments: Int) {
        ledger.makeRoom(payments: payments)
    }

    /// Applies the next batch of the log; `output` is emptied and filled with what happened.
    ///
    /// - Precondition: `logIndex` is one more than the last and the batch's timestamp is later.
    /// - Complexity: per command O(1), plus the fills it causes and the resting orders it passes.
    package mutating func apply(_ batch: Batch, at logIndex: UInt64, into output: inout Effects) {
        ledger.apply(batch, at: logIndex, into: &output)
    }

    /// How far the ledger has come, with the hash of its whole state.
    package var position: LedgerPosition { ledger.position }

    /// When something happens next without a command, or ``Swift/Int64/never``: then a batch has to
    /// come, be it an empty one.
    package var nextDue: Timestamp { ledger.nextDue }

    /// The best levels of one side of a corridor's book, best first.
    ///
    /// - Complexity: O(orders on those levels).
    package func depth(_ foreign: Currency, _ side: Side, levels: Int) -> [BookLevel] {
        ledger.depth(foreign, side, levels: levels)
    }

    /// What the ledger takes in memory now.
    ///
    /// - Complexity: O(pages that a book can have).
    package var memory: Memory {
        Memory(
            orders: ledger.orders.byteCount, identifiers: ledger.ordersByUETR.byteCount,
            levels: ledger.book.byteCount,
            dueTimes: ledger.expiries.byteCount + ledger.dueTimes.byteCount,
            bytesPerAccount: MemoryLayout<Account>.stride + MemoryLayout<AccountID>.stride)
    }

    /// Bytes of everything that grows with the payments that the ledger knows. What is set aside
    /// without having been used is left out, but for cells and entries of its tables, which are
    /// doubled.
    package struct Memory: Sendable {
        /// Orders and records, in the slots that were ever used.
        package let orders: Int
        /// The table that finds them by UETR, its free cells included.
        package let identifiers: Int
        /// Price levels of all books, by pages, with their bit trees.
        package let levels: Int
        /// The heaps of what falls due, in the positions that were ever used.
        package let dueTimes: Int
        /// Of an account, with its place by participant and currency.
        package let bytesPerAccount: Int

        package var total: Int { orders + identifiers + levels + dueTimes }
    }

    /// Whether the ledger will still know the payment that a cancellation is about, or that has the
    /// content of an order, when it applies the batch at `logIndex`: an open one, or a final one
    /// that ended less than ``Limits/finalBatches`` batches before.
    ///
    /// - Complexity: O(1).
    package func remembers(_ command: CommandView, at logIndex: UInt64) -> Bool {
        ledger.remembers(command, at: logIndex)
    }

    /// What a command leads to whose payment is final and forgotten, or that was itself given and
    /// forgotten: the answer of the record. It changes nothing, so it has no place in the log.
    ///
    /// - Parameters:
    ///   - command: submits or cancels the payment, or is the operator's.
    ///   - record: what the tables show with its key.
    /// - Returns: nil when that is not what the command is about.
    package func answer(_ command: CommandView, _ record: RecordedPayments) -> Outcome? {
        ledger.answer(command, record)
    }

    /// Whether the ledger will still know the same attempt when it applies the batch at `logIndex`.
    package func remembersAttempt(_ order: PaymentOrderView, at logIndex: UInt64) -> Bool {
        ledger.remembersAttempt(order, at: logIndex)
    }

    /// How many attempts at the order's payment the ledger will have forgotten when it applies the
    /// batch at `logIndex`.
    ///
    /// - Parameter rows: attempts on record with the UETR, at least those that it will have
    ///   forgotten.
    package func forgottenAttempts(
        at order: PaymentOrderView, among rows: [AttemptRow], in logIndex: UInt64
    ) -> Int {
        ledger.forgottenAttempts(at: order, among: rows, in: logIndex)
    }

    /// Whether the ledger will still know the same operator's command when it applies the batch at
    /// `logIndex`.
    package func remembersCommand(_ command: CommandView, at logIndex: UInt64) -> Bool {
        ledger.remembersCommand(command, at: logIndex)
    }

    /// The rules by which the next batch has to be formed; an empty ledger takes any.
    package var nextRules: RuleVersion { ledger.nextRules }

    /// Whether the next batch may be one of these rules.
    package func follows(_ rules: RuleVersion) -> Bool { ledger.follows(rules) }

    /// All accounts in order of id.
    package var accounts: [AccountRow] { ledger.allAccounts }

    /// The corridor as configured now, or nil.
    package func corridor(_ foreign: Currency) -> CorridorRow? {
        ledger.corridors[foreign].pointee.row
    }

    /// The BIC of a participant on record; ``BIC/none`` for 0 and unknown numbers.
    package func bic(of participant: ParticipantID) -> BIC {
        Int(participant) < ledger.participants.count ? ledger.participants.bic(participant) : .none
    }
}

extension LedgerEngine where Book: ~Copyable {
    mutating func makeRoom(payments: Int) {
        let payments = min(payments, Limits.paymentsInMemory - orders.count)
        orders.takeMemory(for: payments)
        ordersByUETR.makeRoom(for: payments, upTo: orders.highestSlot) { orders.uetr($0) }
    }

    package var allAccounts: [AccountRow] {
        accounts.count == 0
            ? [] : (1...AccountID(accounts.count)).map { accounts.row($0) }
    }

    package var stateHash: UInt64 { position.stateHash }

    /// Payments that the ledger knows: the open ones, and final ones of the last batches.
    package var paymentsInMemory: Int { orders.count }

    /// Payments of which the ledger knows what followed.
    package var followUpsInMemory: Int { followUps.count }

    /// Notices that the engine knows.
    package var noticesInMemory: Int { recentNotices.count }

    package func depth(_ foreign: Currency, _ side: Side, levels: Int) -> [BookLevel] {
        var depth: [BookLevel] = []
        var slot = book.first(side, of: foreign, in: orders)
        while slot != 0 {
            let order = orders.pointer(slot).pointee
            let rate = corridors[foreign].pointee.rate(order.tick)
            if depth.last?.rate != rate {
                guard depth.count < levels else { break }
                depth.append(BookLevel(rate: rate))
            }
            depth[depth.count - 1].add(order)
            slot = book.next(after: slot, in: orders)
        }
        return depth
    }
}

extension BookLevel {
    fileprivate mutating func add(_ order: Order) {
        let fen =
            order.countsRenminbi
            ? order.remaining
            : rate.fen(forForeign: order.remaining, in: order.foreign, .down) ?? .max
        let other =
            order.countsRenminbi
            ? rate.foreign(forFen: order.remaining, in: order.foreign, .down) ?? .max
            : order.remaining
        orders += 1
        renminbi = renminbi.addingReportingOverflow(fen).overflow ? .max : renminbi + fen
        foreign = foreign.addingReportingOverflow(other).overflow ? .max : foreign + other
    }
}
