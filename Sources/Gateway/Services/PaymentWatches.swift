internal import Domain
internal import Synchronization

/// Brings every change of a payment to those who watch it.
///
/// One subscription to the node feeds one list of changes for each participant that is watched, and
/// one for operators. A watcher is a place in a list: however many watchers an owner has, a change
/// is kept once, until the slowest has taken it. A list is bounded, and all lists together; who
/// falls behind what is kept has lost his place and is told so.
final class PaymentWatches: Sendable {
    /// Whose changes: a participant's, or everybody's for operators.
    enum Subject: Hashable, Sendable {
        case everybody
        case participant(ParticipantID)
    }

    /// What a watcher gets next.
    enum Step: Sendable {
        case changes([Change])
        /// Changes were dropped because this watcher was too slow.
        case lost
        /// The node has stopped, or stands still, or the gateway stops; or the watcher is another
        /// participant now.
        case ended
    }

    /// A payment as a batch left it.
    struct Change: Sendable {
        let row: PaymentRow
        private let stated: CivilDate
        private let state: DatedState
        private let refusal: ResultCode

        init(_ row: PaymentRow, _ date: DatedPaymentRow?) {
            self.row = row
            stated = date?.date ?? .none
            state = date?.state ?? .ended
            refusal = date?.code ?? .accepted
        }

        /// The settlement date that it states, as far as an answer shows it.
        var date: DatedPaymentRow? {
            stated == .none
                ? nil
                : DatedPaymentRow(row.id, row.foreign, stated, .atAcceptance, state, code: refusal)
        }
    }

    fileprivate struct Watcher {
        var next: UInt64
        /// As its certificate says; nil of operators.
        let bank: BIC?
        var isStopped = false
        var waiting: CheckedContinuation<Step, Never>?
    }

    fileprivate struct Feed {
        var changes: [Change] = []
        /// Those before this place in `changes` are taken by all.
        var head = 0
        /// The number of the change at `head`.
        var first: UInt64 = 0
        var watchers: [UInt64: Watcher] = [:]

        var count: Int { changes.count - head }
        var end: UInt64 { first + UInt64(count) }

        mutating func dropFirst(_ number: Int) {
            head += number
            first += UInt64(number)
            guard head * 2 > changes.count else { return }
            changes.removeFirst(head)
            head = 0
        }
    }

    fileprivate struct Shared {
        var feeds: [Subject: Feed] = [:]
        /// Changes in all feeds.
        var kept = 0
        var lastWatcher: UInt64 = 0
        var subscription: Int?
    }

    /// Changes kept for one subject, and for all together: 3 and 55 MB.
    static let keptPerSubject = 16_384
    static let kept = 262_144
    /// Changes that a watcher takes at a time.
    private static let step = 256

    private let shared = Mutex(Shared())
    private let node: any SettlementNode

    init(_ node: any SettlementNode) {
        self.node = node
    }

    // MARK: Watchers

    /// Begins to watch; what changes from now on is kept for the watcher.
    ///
    /// - Parameter bank: of the watcher's certificate. When a branch is registered that was its
    ///   head office until then (R3.14), its watches end: it asks again, as itself.
    func begin(_ subject: Subject, of bank: BIC?) -> UInt64 {
        let (watcher, subscribes) = shared.withLock { shared -> (UInt64, Bool) in
            shared.lastWatcher += 1
            var feed = shared.feeds[subject] ?? Feed()
            feed.watchers[shared.lastWatcher] = Watcher(next: feed.end, bank: bank)
            shared.feeds[subject] = feed
            defer { if shared.subscription == nil { shared.subscription = 0 } }
            return (shared.lastWatcher, shared.subscription == nil)
        }
        if subscribes {
            let number = node.watch { [weak self] in self?.receive($0) }
            // Everybody may have gone meanwhile.
            let isWanted = shared.withLock {
                guard $0.subscription == 0 else { return false }
                $0.subscription = number
                return true
            }
            if !isWanted { node.unwatch(number) }
        }
        return watcher
    }

    /// The next changes; waits for one. One task at a time.
    func next(_ subject: Subject, _ watcher: UInt64) async -> Step {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let known: Step? = shared.withLock {
                    if Task.isCancelled { return .ended }
                    return $0.take(subject, watcher, else: continuation)
                }
                if let known { continuation.resume(returning: known) }
            }
        } onCancel: {
            wake(subject, watcher)
        }
    }

    /// Ends the watch: its next step is the last.
    func stop(_ subject: Subject, _ watcher: UInt64) {
        shared.withLock { $0.feeds[subject]?.watchers[watcher]?.isStopped = true }
        wake(subject, watcher)
    }

    /// The same for all that there are now.
    func stopAll() {
        let waiting = shared.withLock { $0.stopAll() }
        for waiting in waiting { waiting.resume(returning: .ended) }
    }

    /// Ends a wait for changes, if there is one.
    func wake(_ subject: Subject, _ watcher: UInt64) {
        let waiting = shared.withLock { shared in
            let waiting = shared.feeds[subject]?.watchers[watcher]?.waiting
            shared.feeds[subject]?.watchers[watcher]?.waiting = nil
            return waiting
        }
        waiting?.resume(returning: .ended)
    }

    func end(_ subject: Subject, _ watcher: UInt64) {
        wake(subject, watcher)
        let subscription: Int? = shared.withLock { shared in
            shared.feeds[subject]?.watchers[watcher] = nil
            shared.tidy(subject)
            guard shared.feeds.isEmpty else { return nil }
            defer { shared.subscription = nil }
            return shared.subscription
        }
        if let subscription { node.unwatch(subscription) }
    }

    // MARK: The node's side

    /// Called on the replica's thread.
    private func receive(_ applied: AppliedBatch?) {
        guard let applied else { return endAll() }
        let dates = applied.datesOfPayments
        let woken = shared.withLock { shared -> [(CheckedContinuation<Step, Never>, Step)] in
            for row in applied.effects.payments {
                let change = Change(row, dates.isEmpty ? nil : dates[row.id])
                shared.add(change, .everybody)
                for subject in subjects(of: row) { shared.add(change, subject) }
            }
            for row in applied.effects.declared[ParticipantRow.self] { shared.end(row) }
            return shared.feeds.keys.flatMap { shared.wakeable($0) }
        }
        for (waiting, step) in woken { waiting.resume(returning: step) }
    }

    /// Both banks, and those through which they settle; each once.
    private func subjects(of row: PaymentRow) -> [Subject] {
        var subjects: [Subject] = []
        for id in [row.payer, row.creditor] {
            guard let participant = node.directory.participant(id) else { continue }
            for id in [id, participant.settlementParticipant] {
                let subject = Subject.participant(id)
                if !subjects.contains(subject) { subjects.append(subject) }
            }
        }
        return subjects
    }

    /// A watch that went on after a restart of the node would have a gap.
    private func endAll() {
        let waiting = shared.withLock { shared in
            defer {
                shared.feeds = [:]
                shared.kept = 0
                shared.subscription = nil
            }
            return shared.feeds.values.flatMap { $0.watchers.values.compactMap(\.waiting) }
        }
        for waiting in waiting { waiting.resume(returning: .ended) }
    }
}

extension PaymentWatches.Shared {
    /// Keeps a change for those who watch the subject; the oldest goes when there is no room.
    fileprivate mutating func add(
        _ change: PaymentWatches.Change, _ subject: PaymentWatches.Subject
    ) {
        guard let count = feeds[subject]?.count else { return }
        if count >= PaymentWatches.keptPerSubject {
            feeds[subject]?.dropFirst(1)
            kept -= 1
        } else if kept >= PaymentWatches.kept,
            let largest = feeds.max(by: { $0.value.count < $1.value.count })?.key
        {
            // Whoever is furthest behind makes room, not whoever comes last. Half of it at once, so
            // that it is seldom looked for.
            let half = (feeds[largest]?.count ?? 0) / 2
            feeds[largest]?.dropFirst(half)
            kept -= half
        }
        feeds[subject]?.changes.append(change)
        kept += 1
    }

    /// What the watcher gets now; nil when it has to wait.
    fileprivate mutating func take(
        _ subject: PaymentWatches.Subject, _ watcher: UInt64,
        else waiting: CheckedContinuation<PaymentWatches.Step, Never>
    ) -> PaymentWatches.Step? {
        guard let step = take(subject, watcher) else {
            feeds[subject]?.watchers[watcher]?.waiting = waiting
            return nil
        }
        return step
    }

    private mutating func take(
        _ subject: PaymentWatches.Subject, _ watcher: UInt64
    ) -> PaymentWatches.Step? {
        guard let feed = feeds[subject], let place = feed.watchers[watcher]?.next,
            feed.watchers[watcher]?.isStopped == false
        else { return .ended }
        guard place >= feed.first else { return .lost }
        guard place < feed.end else { return nil }
        let start = feed.head + Int(place - feed.first)
        let changes = Array(feed.changes[start...].prefix(PaymentWatches.step))
        feeds[subject]?.watchers[watcher]?.next += UInt64(changes.count)
        tidy(subject)
        return .changes(changes)
    }

    /// Gives those that wait for a change.
    fileprivate mutating func stopAll() -> [CheckedContinuation<PaymentWatches.Step, Never>] {
        var waiting: [CheckedContinuation<PaymentWatches.Step, Never>] = []
        for subject in feeds.keys {
            for watcher in feeds[subject]?.watchers.keys.sorted() ?? [] {
                feeds[subject]?.watchers[watcher]?.isStopped = true
                if let found = feeds[subject]?.watchers[watcher]?.waiting { waiting.append(found) }
                feeds[subject]?.watchers[watcher]?.waiting = nil
            }
        }
        return waiting
    }

    /// Ends the watches that a participant began while it was another one.
    fileprivate mutating func end(_ participant: ParticipantRow) {
        for subject in feeds.keys where subject != .participant(participant.id) {
            for (watcher, state) in feeds[subject]?.watchers ?? [:]
            where state.bank == participant.registration.bic {
                feeds[subject]?.watchers[watcher]?.isStopped = true
            }
        }
    }

    /// The subject's watchers that wait and need not any more.
    fileprivate mutating func wakeable(
        _ subject: PaymentWatches.Subject
    ) -> [(CheckedContinuation<PaymentWatches.Step, Never>, PaymentWatches.Step)] {
        guard let feed = feeds[subject],
            feed.count > 0 || feed.watchers.values.contains(where: \.isStopped)
        else { return [] }
        return feed.watchers.keys.compactMap { watcher in
            guard let waiting = feeds[subject]?.watchers[watcher]?.waiting,
                let step = take(subject, watcher)
            else { return nil }
            feeds[subject]?.watchers[watcher]?.waiting = nil
            return (waiting, step)
        }
    }

    /// Forgets changes that all have taken, and a subject that nobody watches.
    fileprivate mutating func tidy(_ subject: PaymentWatches.Subject) {
        guard let feed = feeds[subject] else { return }
        guard let slowest = feed.watchers.values.map(\.next).min() else {
            kept -= feed.count
            feeds[subject] = nil
            return
        }
        guard slowest > feed.first else { return }
        let taken = min(feed.count, Int(slowest - feed.first))
        feeds[subject]?.dropFirst(taken)
        kept -= taken
    }
}
