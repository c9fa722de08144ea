extension RecentPayments {
    /// Some of the payments of a list, the newest first, as of one moment.
    public struct Page: Sendable {
        public var payments: [RecentPayment] = []
        /// What the next page takes as `below`.
        public var next: PaymentID = 0
    }

    /// Payments that a page looks at; whoever seeks longer reads the tables.
    static let mostWalked = 4_096

    /// The newest payments of a list; nil unless more of them are here than the page takes, so that
    /// it is whole, and known not to be the last one.
    ///
    /// - Parameters:
    ///   - below: only payments with smaller numbers.
    ///   - isWanted: asked about the last state of each.
    /// - Complexity: O(payments walked × (shelves + changes of a payment)); a shelf whose lists
    ///   nobody has asked for before O(its rows).
    public func page(
        _ list: PaymentList, below: PaymentID = .max, limit: Int,
        where isWanted: (PaymentRow) -> Bool = { _ in true }
    ) -> Page? {
        let (shelves, moment) = contents
        var page = Page()
        var below = below
        var walked = 0
        for shelf in shelves {
            while walked < RecentPayments.mostWalked {
                let listed = shelf.listed(list, below: below, upTo: moment, limit: limit + 1)
                guard let last = listed.last else { break }
                for new in listed {
                    guard let payment = payment(new, in: shelves, upTo: moment) else { return nil }
                    guard isWanted(payment.row) else { continue }
                    guard page.payments.count < limit else {
                        page.next = page.payments.last?.row.id ?? below
                        return page
                    }
                    page.payments.append(payment)
                }
                below = last.id
                walked += listed.count
            }
        }
        return nil
    }

    /// A payment that these shelves put on record; nil for one with very many changes.
    private func payment(
        _ new: PaymentRow, in shelves: [Shelf], upTo moment: UInt64
    ) -> RecentPayment? {
        var gathering = RecentPayment.Gathering()
        for shelf in shelves {
            shelf.find(new.uetr) { applied, row in
                if let row, row.id == new.id, applied.logIndex <= moment {
                    gathering.take(applied, row)
                }
            }
            if let payment = gathering.only { return payment }
            if gathering.isOver { return nil }
        }
        brokenInvariant("a payment is on the shelf that lists it", file: #fileID, line: #line)
    }
}
