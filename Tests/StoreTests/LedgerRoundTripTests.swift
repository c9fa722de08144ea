internal import Chance
import Domain
import PostgresForTests
import Store
import Testing

@Suite("The tables give back what was written")
struct LedgerRoundTripTests {
    /// Writes random batches in random groups.
    static func write(_ ledger: inout RandomLedger, batches: Int, to writer: LedgerWriter) throws {
        var rest = batches
        while rest > 0 {
            let size = min(rest, Int.random(in: 1...4, using: &ledger.random))
            var groups: [Group] = []
            for _ in 0..<size { groups.append(ledger.nextGroup()) }
            try writer.write(groups)
            rest -= size
        }
    }

    @Test("The image read back equals the rows written", arguments: [1, 2, 3])
    func imageRoundTrip(seed: UInt64) throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: seed)
        let writer = try LedgerWriter(address)
        try Self.write(&ledger, batches: 40, to: writer)
        #expect(writer.position == ledger.position)

        let image = try LedgerReader(address).loadImage()
        let expected = ledger.image
        #expect(image.position == expected.position)
        #expect(image.declared[ParticipantRow.self] == expected.declared[ParticipantRow.self])
        let byCurrency = { (a: CorridorRow, b: CorridorRow) in a.key < b.key }
        #expect(
            image.declared[CorridorRow.self].sorted(by: byCurrency)
                == expected.declared[CorridorRow.self].sorted(by: byCurrency))
        #expect(image.accounts == expected.accounts)
        #expect(image.payments == expected.payments)
        let byReference = { (a: FundingRow, b: FundingRow) in a.reference < b.reference }
        #expect(
            image.declared[FundingRow.self].sorted(by: byReference)
                == expected.declared[FundingRow.self].sorted(by: byReference))
        #expect(try LedgerReader(address).fills(limit: 10_000) == ledger.fills)
    }

    @Test("Of final payments only those of the last batches are loaded, and all UETRs are read")
    func leanImage() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 15)
        let writer = try LedgerWriter(address)
        let reader = try LedgerReader(address)
        for count in [1, Limits.finalBatches - 1, 1, 1, 70] {
            try writer.write(
                (0..<count).map { _ in ledger.nextGroup(payments: 4, fills: 2, fundings: 1) })
            let image = try reader.loadImage()
            let expected = ledger.image
            #expect(image.recentTimestamps == expected.recentTimestamps)
            #expect(image.payments == expected.payments)
        }
        #expect(ledger.image.payments.count < ledger.payments.count)
        var uetrs: [UETR] = []
        _ = try reader.loadImage { uetrs.append($0) }
        #expect(uetrs.sorted() == ledger.payments.values.map(\.uetr).sorted())
        let some = ledger.payments.values.prefix(50)
        let found = try reader.payments(uetrs: some.map(\.uetr) + [UETR(bits: 1)])
        let named = Set(some.map(\.uetr))
        let meant = ledger.payments.values.filter { named.contains($0.uetr) }
        #expect(meant.count > named.count)
        #expect(found.map(\.row.id).sorted() == meant.map(\.id).sorted())
        #expect(try reader.payments(uetrs: []).isEmpty)
    }

    @Test("Rows on both sides of a segment's edge are written, changed and found")
    func segmentEdge() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 16, paymentsBefore: 1 << 20 - 20)
        try TestCluster.execute(
            "UPDATE applied SET payment_count = \(ledger.position.paymentCount)", at: address)
        let writer = try LedgerWriter(address)
        for _ in 0..<10 { try writer.write([ledger.nextGroup(), ledger.nextGroup()]) }
        #expect(
            ledger.payments.keys.contains(1 << 20 - 1) && ledger.payments.keys.contains(1 << 20))
        let reader = try LedgerReader(address)
        for row in ledger.payments.values {
            #expect(try reader.payments(row.uetr).contains { $0.row == row })
        }
        let listed = try reader.payments(.paid(by: 1), limit: 1_000).payments.map(\.row)
        #expect(listed == ledger.payments.values.filter { $0.payer == 1 }.sorted { $0.id > $1.id })
        // The earlier payments, so that an engine can start, and so many batches that those of both
        // segments count as old ones.
        try TestCluster.execute(
            """
            INSERT INTO payment_rows (payment_id, uetr, content_hash, accepted_ns, amount, codes,
                payer_id, creditor_id, fee_parts_per_million)
            SELECT n, gen_random_uuid(), gen_random_uuid(), 1, 1, 7, 1, 2, 0
            FROM generate_series(1, \(1 << 20 - 20)) AS n;
            INSERT INTO batches
            SELECT 0, 0, count(*), 0, '{}', string_agg(uuid_send(uetr), '' ORDER BY payment_id)
            FROM payment_rows WHERE payment_id <= \(1 << 20 - 20)
            """, at: address)
        for _ in 0..<Limits.finalBatches { try writer.write([ledger.nextGroup(payments: 1)]) }
        let image = try reader.loadImage()
        #expect(image.payments == ledger.image.payments)
        #expect(image.payments.contains { $0.id < 1 << 20 })
        #expect(image.payments.first.map { $0.id < 1 << 20 } == true)
        let cancelled = PaymentFilter(status: .cancelled)
        var seen: [PaymentRow] = []
        var before: PaymentID?
        repeat {
            let page = try reader.payments(.all, cancelled, before: before, limit: 50)
            seen += page.payments.map(\.row)
            before = page.next
        } while before != nil
        let expected = ledger.payments.values.filter { $0.status == .cancelled }
        #expect(seen == expected.sorted { $0.id > $1.id })
    }

    @Test("The views say every code in its word")
    func viewWords() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 17)
        try Self.write(&ledger, batches: 20, to: LedgerWriter(address))
        let connection = try PostgresConnection(to: address, applicationName: "test")
        for row in ledger.payments.values {
            let found = try connection.query(
                """
                SELECT FROM payments WHERE payment_id = \(row.id)
                    AND status = '\(row.status.code)' AND end_reason = '\(row.endReason.name)'
                    AND side = '\(row.side == .payRenminbi ? "pay-cny" : "pay-foreign")'
                    AND foreign_currency = '\(row.foreign.code)'
                    AND fixed_amount = '\(row.fixed == .pay ? "pay" : "receive")'
                    AND time_in_force = '\(Self.word(row.timeInForce))'
                    AND fill_policy = '\(row.fillPolicy)'
                    AND result_code = \(row.code.rawValue) AND limit_rate = \(row.limit.scaled)
                    AND fee_parts_per_million = \(row.feePartsPerMillion)
                    AND updated_ns = \(row.updatedAt) AND expires_ns = \(row.expiresAt)
                    AND (expires_at = 'infinity') IS NOT DISTINCT FROM
                        \(row.expiresAt == 0 ? "NULL" : "\(row.expiresAt == .never)")
                """)
            #expect(found.rowCount == 1, "\(row)")
        }
        for currency in Currency.allCases {
            let found = try connection.query(
                "SELECT WHERE currency_of(\(currency.rawValue)) = '\(currency.code)'")
            #expect(found.rowCount == 1)
        }
    }

    private static func word(_ timeInForce: TimeInForce) -> String {
        switch timeInForce {
        case .immediateOrCancel: "IOC"
        case .fillOrKill: "FOK"
        case .day: "DAY"
        case .goodTillCancelled: "GTC"
        case .goodTillDate: "GTD"
        }
    }

    @Test("Entries of every account sum to its balance, and every currency to zero")
    func entriesSumToBalances() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 11)
        try Self.write(&ledger, batches: 20, to: LedgerWriter(address))
        let connection = try PostgresConnection(to: address, applicationName: "test")
        let wrong = try connection.query(
            """
            SELECT account_id FROM accounts
            LEFT JOIN account_entries USING (account_id)
            GROUP BY account_id, balance HAVING balance <> coalesce(sum(amount), 0)
            """)
        #expect(wrong.rowCount == 0)
        let reader = try LedgerReader(address)
        let totals = try reader.totals()
        #expect(totals.count == RandomLedger.currencies.count)
        #expect(totals.allSatisfy { $0.sum == 0 })
        #expect(totals.allSatisfy { $0.nostro + $0.settlement + $0.feeIncome == 0 })
        let open = try reader.openPaymentCounts()
        let sums = try reader.corridorTotals()
        for foreign in Currency.allCases {
            let fills = ledger.fills.filter { $0.foreign == foreign }
            let payments = ledger.payments.values.filter { $0.foreign == foreign }
            let own = sums.first { $0.foreign == foreign }
            #expect(own?.fills ?? 0 == fills.count)
            #expect(own?.renminbi ?? 0 == fills.reduce(0) { $0 + Int128($1.renminbiAmount) })
            #expect(own?.foreignAmount ?? 0 == fills.reduce(0) { $0 + Int128($1.foreignAmount) })
            #expect(own?.foreignFees ?? 0 == fills.reduce(0) { $0 + Int128($1.foreignFee) })
            #expect(own?.settled ?? 0 == payments.count { $0.status == .settled })
            #expect(own?.rejected ?? 0 == payments.count { $0.status == .rejected })
            let ended = payments.count { $0.status.isFinal }
            #expect(own?.ended ?? 0 == ended)
            let stillOpen = open.reduce(0) { $0 + ($1.foreign == foreign ? $1.count : 0) }
            #expect(ended + stillOpen == payments.count)
        }
    }

    @Test("A payment is found by its UETR with its details and its own half of its fills")
    func paymentQueries() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 12)
        try Self.write(&ledger, batches: 10, to: LedgerWriter(address))
        let reader = try LedgerReader(address)
        for row in ledger.payments.values {
            let record = try #require(
                try reader.payments(row.uetr).first { $0.row.id == row.id })
            #expect(record.row == row)
            #expect(record.details == ledger.details[row.id])
            let gaveRenminbi = row.side == .payRenminbi
            let own = ledger.fills.filter {
                (gaveRenminbi ? $0.renminbiPayment : $0.foreignPayment) == row.id
            }
            let fills = try reader.fills(of: row, limit: 100)
            #expect(fills.map(\.id) == own.map(\.id))
            #expect(
                fills.map(\.paid)
                    == own.map { gaveRenminbi ? $0.renminbiAmount : $0.foreignAmount })
            #expect(fills.map(\.fee) == own.map { gaveRenminbi ? $0.renminbiFee : $0.foreignFee })
        }
        #expect(try reader.payments(UETR(bits: 1)).isEmpty)
        let banks = try reader.records(ParticipantRow.self)
        #expect(banks.map(\.row) == ledger.image.declared[ParticipantRow.self])
        #expect(banks.map(\.details) == banks.map { "{\"name\":\"银行 \($0.row.id)\"}" })
    }

    @Test("Details that PostgreSQL cannot hold are repaired and stop nothing")
    func unfitDetails() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 13)
        var group = ledger.nextGroup()
        let command = EncodedCommand(
            .cancelPayment(Cancellation(uetr: UETR(bits: 0), submitter: .none)),
            attachment: [0x41, 0, 0xFF, 0x42] + [UInt8](repeating: 0x43, count: 16_000))
        group.batch = Batch([command], rules: .v2, timestamp: group.batch.timestamp)
        let start = UInt32(Batch.headerSize + 8 + 24)
        let place = AttachmentRange(offset: start, length: 16_004)
        for position in group.effects.payments.indices {
            group.effects.payments[position].attachment = place
        }
        let declared = group.effects.declared
        group.effects.declared = DeclaredRowLists()
        group.effects.declared[FundingRow.self] = declared[FundingRow.self].map {
            $0.withoutDetails()
        }
        group.effects.declared[ParticipantRow.self] = declared[ParticipantRow.self].map {
            $0.withoutDetails()
        }
        try LedgerWriter(address).write([group])
        let record = try LedgerReader(address).payments(group.effects.payments[0].uetr).first
        #expect(record?.details?.hasPrefix("A\u{FFFD}\u{FFFD}BCCC") == true)
        #expect(record?.details?.utf8.count == 16_008)
    }

    @Test("A code that no gateway wrote is reported, not guessed")
    func unreadableRow() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 14)
        try LedgerWriter(address).write([ledger.nextGroup()])
        let connection = try PostgresConnection(to: address, applicationName: "test")
        for table in ["payment_rows", "open_payments"] {
            try connection.execute("UPDATE \(table) SET codes = codes | 255 WHERE payment_id = 3")
        }
        let reader = try LedgerReader(address)
        #expect(errorCode { _ = try reader.loadImage() } == .rowUnreadable)
        let other = try #require(ledger.payments[2])
        #expect(try reader.payments(other.uetr).first?.row == other)
    }
}
