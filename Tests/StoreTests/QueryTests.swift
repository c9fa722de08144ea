import Domain
import PostgresForTests
import Store
import Testing

@Suite("Pages show every row once")
struct QueryTests {
    @Test("Payments: every row once, newest first, while new ones arrive")
    func paymentPages() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 31)
        let writer = try LedgerWriter(address)
        try LedgerRoundTripTests.write(&ledger, batches: 10, to: writer)
        let expected = ledger.payments.keys.sorted(by: >)
        let reader = try LedgerReader(address)
        for list in [PaymentList.all, .paid(by: 2), .received(by: 3)] {
            let onRecord = ledger.payments
            let belongs = { (id: PaymentID) in
                switch list {
                case .all: true
                case .paid(let payer): onRecord[id]?.payer == payer
                case .received(let payee): onRecord[id]?.creditor == payee
                }
            }
            var seen: [PaymentID] = []
            var token: PaymentID? = (expected.first ?? 0) + 1
            while let before = token {
                let page = try reader.payments(list, before: before, limit: 7)
                seen += page.payments.map(\.row.id)
                token = page.next
                try writer.write([ledger.nextGroup()])
            }
            #expect(seen == expected.filter(belongs))
        }
    }

    /// Numbers lead to UETRs, and these to the rows: no index has the numbers, and a walk through
    /// a segment for each message to a bank would take as long as there are payments.
    @Test("Payments by their numbers: those, each once, and nothing else")
    func paymentsByNumber() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 36)
        try LedgerRoundTripTests.write(&ledger, batches: 10, to: LedgerWriter(address))
        let reader = try LedgerReader(address)
        let some = ledger.payments.keys.filter { $0 % 3 != 0 }
        let found = try reader.payments(numbers: some + some.prefix(3))
        #expect(found.map(\.row.id) == some.sorted(by: >))
        #expect(found.allSatisfy { ledger.payments[$0.row.id]?.uetr == $0.row.uetr })
        #expect(try reader.payment(some[0])?.row.id == some[0])
        #expect(try reader.payments(numbers: [PaymentID]()).isEmpty)
        let unknown = (some.max() ?? 0) + 1_000
        #expect(throws: StoreError.self) { try reader.payment(unknown) }
        // Without the numbers' place in `batches` nothing is found.
        try TestCluster.execute("UPDATE batches SET uetrs = ''", at: address)
        #expect(throws: StoreError.self) { try reader.payment(some[0]) }
    }

    @Test("Payments: filters")
    func paymentFilters() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 32)
        try LedgerRoundTripTests.write(&ledger, batches: 10, to: LedgerWriter(address))
        let reader = try LedgerReader(address)
        let from = ledger.payments[40]!.acceptedAt
        let filter = PaymentFilter(
            status: .pending, onlyOpen: true, foreign: .thb, acceptedFrom: from,
            acceptedBefore: ledger.position.timestamp)
        let found = try reader.payments(.paid(by: 1), filter, limit: 1_000).payments.map(\.row)
        let expected = ledger.payments.values.filter {
            $0.payer == 1 && $0.status == .pending && $0.foreign == .thb && $0.acceptedAt >= from
                && $0.acceptedAt < ledger.position.timestamp
        }.sorted { $0.id > $1.id }
        #expect(found == expected)
        let open = try reader.payments(.all, PaymentFilter(onlyOpen: true), limit: 1_000)
        #expect(open.payments.count == ledger.payments.values.filter { !$0.status.isFinal }.count)
    }

    @Test("Payments: a page that finds little ends early and says where the next one begins")
    func shortPages() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 35)
        try LedgerRoundTripTests.write(&ledger, batches: 40, to: LedgerWriter(address))
        let reader = try LedgerReader(address)
        reader.mostWalked = 500
        for list in [PaymentList.all, .paid(by: 2)] {
            for status in [PaymentStatus.settled, .cancelled, .received] {
                var seen: [PaymentRow] = []
                var pages = 0
                var before: PaymentID?
                repeat {
                    let page = try reader.payments(
                        list, PaymentFilter(status: status), before: before, limit: 3)
                    #expect(page.payments.count <= 3)
                    seen += page.payments.map(\.row)
                    before = page.next
                    pages += 1
                } while before != nil && pages < 10_000
                let expected = ledger.payments.values.filter {
                    $0.status == status && (list == .all || $0.payer == 2)
                }.sorted { $0.id > $1.id }
                #expect(seen == expected)
                // Nothing stands at this status, and yet the walk pauses.
                if status == .received, list == .all { #expect(pages > 1) }
            }
        }
    }

    @Test("Transfers of every account: each once, newest first, as in the double-entry view")
    func transferPages() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 33)
        try LedgerRoundTripTests.write(&ledger, batches: 8, to: LedgerWriter(address))
        let reader = try LedgerReader(address)
        for account in ledger.image.accounts {
            var seen: [TransferRecord] = []
            var token: TransferToken?
            repeat {
                let page = try reader.transfers(of: account.id, before: token, limit: 5)
                seen += page
                token = page.count == 5 ? page.last?.token : nil
            } while token != nil
            let balance = seen.reduce(Int64(0)) { sum, transfer in
                sum + (transfer.creditAccount == account.id ? transfer.amount : 0)
                    - (transfer.debitAccount == account.id ? transfer.amount : 0)
            }
            #expect(balance == account.balance)
            #expect(seen.map(\.timestamp) == seen.map(\.timestamp).sorted(by: >))
            let whole = try reader.transfers(of: account.id, limit: 10_000)
            #expect(whole == seen)
            let entries = try reader.connection.query(
                """
                SELECT DISTINCT transfer_id FROM account_entries WHERE account_id = $1
                """, [.int4(Int32(account.id))])
            #expect(entries.rowCount == seen.count)
            let recent = try reader.transfers(
                of: account.id, from: ledger.position.timestamp, limit: 10_000)
            #expect(recent == whole.filter { $0.timestamp >= ledger.position.timestamp })
        }
    }
}
