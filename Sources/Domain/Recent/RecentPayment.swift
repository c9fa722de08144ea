/// A payment as of the last batch, with all of its fills and what came with its order.
public struct RecentPayment: Sendable {
    /// As the tables will show it: not new, without a place in a batch.
    public let row: PaymentRow
    /// The batches that changed it, the oldest first; the first put it on record.
    private let batches: [AppliedBatch]
    private let attachment: AttachmentRange

    /// - Parameters:
    ///   - row: in its last state.
    ///   - first: the row that put it on record, in the first of the batches.
    fileprivate init(_ row: PaymentRow, first: PaymentRow, _ batches: [AppliedBatch]) {
        var row = row
        row.attachment = .none
        row.isNew = false
        self.row = row
        self.batches = batches
        attachment = first.attachment
    }

    /// What came with the order.
    public var details: RecordedDetails {
        guard attachment.length > 0, let batch = batches.first?.batch else { return .absent }
        guard let bytes = batch.attachment(attachment) else { return .erased }
        return .text(AttachmentText.shown(bytes))
    }

    /// The settlement date that it states, and what became of it.
    ///
    /// - Complexity: O(batches that changed it + dates of payments that these changed).
    public var date: DatedPaymentRow? {
        for applied in batches.reversed() {
            if let row = applied.date(of: row.id) { return row }
        }
        return nil
    }

    /// Its fills in their order.
    ///
    /// - Parameters:
    ///   - after: the last one that is not wanted; 0 for all.
    ///   - limit: at most so many.
    /// - Complexity: O(batches that changed it × log fills + fills of the payment), and the index
    ///   of a batch as for ``AppliedBatch/payment(_:)``.
    public func fills(after: FillID = 0, limit: Int) -> [FillRow] {
        guard row.paid > 0 || row.received > 0 else { return [] }
        var found: [FillRow] = []
        for applied in batches where applied.effects.fills.last.map({ $0.id > after }) ?? false {
            found += applied.fills(ofPayment: row.id).lazy.filter { $0.id > after }
            if found.count >= limit { return Array(found.prefix(limit)) }
        }
        return found
    }
}

extension RecentPayment {
    /// Takes the changes of payments with one UETR, the newest batch first, until no older one can
    /// be of interest.
    struct Gathering {
        private struct Found {
            /// In its last state.
            let row: PaymentRow
            /// The row that put it on record, once that is found.
            var first: PaymentRow?
            /// The newest first.
            var batches: [AppliedBatch]
        }

        private var found: [Found] = []
        private var hasFollowUp = false
        private var isComplete = false
        private var changes = 0

        /// Batches that are gathered for one answer; what changed more often the tables tell.
        private static let mostChanges = 512

        private var isTooLong: Bool { changes > Gathering.mostChanges }

        /// Whether nothing older has to be looked at.
        var isOver: Bool { isComplete || hasFollowUp || isTooLong }

        mutating func take(_ applied: AppliedBatch, _ row: PaymentRow?) {
            guard let row else {
                hasFollowUp = true
                return
            }
            changes += 1
            guard !isTooLong else { return }
            let place: Int
            if let known = found.firstIndex(where: { $0.row.id == row.id }) {
                place = known
                found[place].batches.append(applied)
            } else {
                place = found.count
                found.append(Found(row: row, first: nil, batches: [applied]))
            }
            guard row.isNew else { return }
            found[place].first = row
            if !applied.knownBefore.contains(row.id) { isComplete = true }
        }

        /// The only payment taken, if it is known whole.
        var only: RecentPayment? {
            guard !isTooLong, let found = found.first, let first = found.first else { return nil }
            return RecentPayment(found.row, first: first, found.batches.reversed())
        }

        /// The payments, the oldest first; nil unless all on record are known whole, or the one of
        /// this payer. What follows a payment stands in the tables.
        func payments(of payer: ParticipantID?) -> [RecentPayment]? {
            guard !hasFollowUp, !isTooLong else { return nil }
            let whole = found.compactMap { found in
                found.first.map {
                    RecentPayment(found.row, first: $0, found.batches.reversed())
                }
            }
            guard isComplete || whole.contains(where: { $0.row.payer == payer }) else { return nil }
            return whole.sorted { $0.row.id < $1.row.id }
        }
    }
}
