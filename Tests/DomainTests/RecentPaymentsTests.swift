import Domain
import Testing

/// What stays in the memory of recent payments, and what it says.
@Suite struct RecentPaymentsTests {
    private let recent = RecentPayments()

    @Test func theNewestRowWinsAndFillsComeInTheirOrder() throws {
        recent.begin(after: 0)
        recent.put(batch(1, [row(7, new: true)], fills: [1, 2]))
        recent.put(batch(2, [row(7, new: false, paid: 20)], fills: [5]))
        recent.put(batch(3, [row(8, new: true)]))
        let found = try #require(recent.payments(uetr(7)))
        #expect(found.count == 1)
        #expect(found[0].row.paid == 20 && !found[0].row.isNew)
        #expect(found[0].fills(limit: 10).map(\.id) == [1, 2, 5])
        #expect(found[0].fills(after: 1, limit: 1).map(\.id) == [2])
        #expect(recent.payments(uetr(9)) == nil)
        #expect(recent.lastChange(of: uetr(7)) == 2)
        #expect(recent.lastChange(of: uetr(9)) == 0)
        #expect(recent.counts.hits == 1 && recent.counts.misses == 1)
    }

    /// Of a payment that came before, earlier fills and details are not here.
    @Test func whatCameBeforeIsNotKnown() {
        recent.begin(after: 5)
        recent.put(batch(6, [row(7, new: false)]))
        #expect(recent.payments(uetr(7)) == nil)
        #expect(recent.lastChange(of: uetr(7)) == 6)
        #expect(recent.lastChange(of: uetr(8)) == 5)
    }

    /// Another bank may have paid under the UETR long ago: only who names the payer is answered.
    @Test func anotherPaymentOfTheUETRMayBeOnRecord() {
        recent.begin(after: 0)
        recent.put(batch(1, [row(7, new: true)], knownBefore: [7]))
        #expect(recent.payments(uetr(7)) == nil)
        #expect(recent.payments(uetr(7), of: 1)?.count == 1)
        #expect(recent.payments(uetr(7), of: 2) == nil)
        var twin = row(9, new: true)
        twin.uetr = uetr(8)
        twin.payer = 2
        recent.put(batch(2, [twin, row(8, new: true)], knownBefore: [9]))
        #expect(recent.payments(uetr(8))?.map(\.row.id) == [8, 9])
    }

    @Test func whatFollowsAPaymentStandsInTheTables() {
        recent.begin(after: 0)
        recent.put(batch(1, [row(7, new: true)]))
        var effects = Effects()
        effects.position.logIndex = 2
        effects.declared[FollowUpRow.self] = [FollowUpRow(row(7, new: false))]
        recent.put(AppliedBatch(batch: Batch([], timestamp: 1), effects: effects))
        #expect(recent.payments(uetr(7)) == nil)
        #expect(recent.lastChange(of: uetr(7)) == 2)
    }

    /// What the tables do not show stays, whatever it takes; what they show leaves oldest first.
    @Test func roomIsBounded() {
        recent.begin(after: 0)
        let size = 10_000
        let batches = UInt64(RecentPayments.mostRows / size + 10)
        for index in 1...batches {
            let first = index * 100_000
            recent.put(
                batch(index, (0..<UInt64(size)).map { row(first + $0, new: true) }))
        }
        #expect(recent.counts.rows == Int(batches) * size)
        #expect(recent.payments(uetr(100_000)) != nil)
        recent.setShown(batches - 1)
        #expect(recent.counts.rows <= RecentPayments.mostRows)
        #expect(recent.counts.rows > RecentPayments.mostRows - 2 * size)
        #expect(recent.payments(uetr(100_000)) == nil)
        #expect(recent.payments(uetr(batches * 100_000)) != nil)
        #expect(recent.lastChange(of: uetr(100_000)) < batches)
        #expect(recent.lastChange(of: uetr(batches * 100_000)) == batches)
    }

    /// Many ask while batches come; nobody sees an older state than he was told of.
    @Test func whoeverAsksSeesWhatWasPut() async {
        recent.begin(after: 0)
        recent.put(batch(1, [row(7, new: true)]))
        await withTaskGroup(of: Bool.self) { tasks in
            for task in 0..<4 {
                tasks.addTask { [recent] in
                    var last: Int64 = 0
                    for _ in 0..<3_000 {
                        // What has changed very often the tables tell.
                        let told = recent.payments(uetr(7))?.first?.row.paid
                        if let told, told < last { return false }
                        last = told ?? last
                        _ = recent.payments(uetr(UInt64(task) + 1_000))
                    }
                    return true
                }
            }
            for index in 2...20_000 as ClosedRange<UInt64> {
                recent.put(batch(index, [row(7, new: false, paid: Int64(index))]))
                if index % 64 == 0, index <= 512 {
                    #expect(recent.payments(uetr(7))?[0].row.paid == Int64(index))
                }
                recent.setShown(index - min(index, 50))
            }
            for await isRight in tasks { #expect(isRight) }
        }
    }

    private func batch(
        _ index: UInt64, _ rows: [PaymentRow], fills: [FillID] = [], knownBefore: [PaymentID] = []
    ) -> AppliedBatch {
        var effects = Effects()
        effects.position.logIndex = index
        effects.payments = rows
        effects.fills = fills.map { FillRow.of(7, $0) }
        return AppliedBatch(
            batch: Batch([], timestamp: Timestamp(index)), effects: effects,
            knownBefore: knownBefore)
    }

    private func row(_ id: PaymentID, new isNew: Bool, paid: Int64 = 10) -> PaymentRow {
        let order = PaymentOrder(
            uetr: uetr(id), submitter: .none, payer: .none, creditor: .none, foreign: .thb,
            side: .payRenminbi, fixed: .pay, amount: 100)
        var row = PaymentRow(id: id, order: order, payer: 1, creditor: 2, acceptedAt: 1)
        row.paid = paid
        row.isNew = isNew
        return row
    }
}

private func uetr(_ number: UInt64) -> UETR { UETR(bits: UInt128(number)) }

extension FillRow {
    fileprivate static func of(_ payment: PaymentID, _ id: FillID) -> FillRow {
        FillRow(
            id: id, timestamp: 1, foreign: .thb, restingSide: .payForeign,
            renminbiPayment: payment, foreignPayment: 99, renminbiAmount: 1, foreignAmount: 1,
            rate: .none, renminbiFee: 0, foreignFee: 0, renminbiDebit: 0, renminbiCredit: 0,
            foreignDebit: 0, foreignCredit: 0)
    }
}
