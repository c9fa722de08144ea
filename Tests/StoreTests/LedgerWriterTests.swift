import Domain
import PostgresForTests
import Store
import Testing

@Suite("A write happens whole or not at all")
struct LedgerWriterTests {
    @Test("A session that dies before its commit leaves nothing behind")
    func killedBeforeCommit() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 21)
        let writer = try LedgerWriter(address)
        try writer.write([ledger.nextGroup()])
        let before = ledger.image
        let group = ledger.nextGroup()
        let changes = LedgerChanges()
        try changes.take([group], after: writer.position)
        try writer.stage(changes)
        try TestCluster.kill(writer.serverProcess, at: address)
        #expect(errorCode { try writer.commitStaged() } == .connectionLost)

        let reader = try LedgerReader(address)
        #expect(try reader.loadImage().payments == before.payments)
        #expect(try reader.fills(limit: 1_000).count == Int(before.position.fillCount))
        let successor = try LedgerWriter(address)
        #expect(successor.position == before.position)
        try successor.write([group])
        #expect(try reader.loadImage().payments == ledger.image.payments)
    }

    @Test("Batches that do not follow the stored position are refused")
    func gapRefused() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 22)
        let first = ledger.nextGroup()
        let second = ledger.nextGroup()
        let third = ledger.nextGroup()
        let writer = try LedgerWriter(address)
        let stale = try LedgerWriter(address)
        #expect(errorCode { try writer.write([second]) } == .positionMismatch)
        #expect(errorCode { try writer.write([first, third]) } == .positionMismatch)
        try writer.write([first, second])
        // This one believes that nothing is applied: the table knows better.
        #expect(errorCode { try stale.write([first]) } == .positionMismatch)
        #expect(errorCode { try writer.write([second]) } == .positionMismatch)
        try writer.write([third])
        #expect(try LedgerReader(address).position() == ledger.position)
    }

    @Test("Fills of many small writes come to stand many to a row")
    func joinedFills() throws {
        let (address, atOnce) = (try TestCluster.makeSchema(), try TestCluster.makeSchema())
        var ledger = RandomLedger(seed: 26)
        let groups = (0..<60).map { ledger.nextGroup(fills: [1, 0, 22, 1, 1][$0 % 5]) }
        let writer = try LedgerWriter(address)
        for group in groups { try writer.write([group]) }
        try LedgerWriter(atOnce).write(groups)
        #expect(try LedgerReader(address).fills(limit: 1_000) == ledger.fills)
        let report = try LedgerComparison.compare(expected: atOnce, found: address)
        #expect(report.isEqual, "\(report.differences)")
        // Three full ones, those across their ends, and what has not filled a row.
        try TestCluster.execute(
            "DO $$ BEGIN ASSERT (SELECT count(*) FROM fill_rows) < 20; END $$", at: address)
    }

    @Test("Changes made ready ahead, in small parts, are the same, and refused out of turn")
    func changesAhead() throws {
        let (address, plain) = (try TestCluster.makeSchema(), try TestCluster.makeSchema())
        var ledger = RandomLedger(seed: 24)
        let groups = (0..<13).map { _ in [ledger.nextGroup(), ledger.nextGroup()] }
        let writer = try LedgerWriter(address)
        var pair = [LedgerChanges(), LedgerChanges()]
        for changes in pair { changes.endedAtOnce = 3 }
        try pair[0].take(groups[0], after: writer.position)
        for next in groups.dropFirst() {
            try pair[1].take(next, after: pair[0].newest)
            #expect(errorCode { try writer.write(pair[1]) } == .positionMismatch)
            try writer.write(pair[0])
            pair.swapAt(0, 1)
        }
        try writer.write(pair[0])
        let other = try LedgerWriter(plain)
        for group in groups { try other.write(group) }
        let report = try LedgerComparison.compare(expected: plain, found: address)
        #expect(report.isEqual, "\(report.differences)")
        #expect(other.position == ledger.position)
    }

    @Test("The writer's own tables do not hold back what PostgreSQL calls old")
    func stagedTablesAreFrozen() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 25)
        let writer = try LedgerWriter(address)
        for _ in 0..<20 { try writer.write([ledger.nextGroup()]) }
        for comparison in [">= 20", "< 20"] {
            // The locks of an open transaction tell whose tables they are.
            let changes = LedgerChanges()
            try changes.take([ledger.nextGroup()], after: writer.position)
            try writer.stage(changes)
            try TestCluster.execute(
                """
                DO $$ BEGIN ASSERT (
                    SELECT max(age(relfrozenxid)) FROM pg_class WHERE relkind = 'r'
                    AND relnamespace = (
                        SELECT relnamespace FROM pg_locks JOIN pg_class ON pg_class.oid = relation
                        WHERE pid = \(writer.serverProcess) AND relname LIKE 'staged_%' LIMIT 1
                    )
                ) \(comparison); END $$
                """, at: address)
            try writer.commitStaged()
            try writer.freezeStagedTables()
        }
    }

    @Test("A change of a payment that is not on record undoes the whole write")
    func unknownPayment() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 23)
        let writer = try LedgerWriter(address)
        try writer.write([ledger.nextGroup()])
        let position = ledger.position
        let group = ledger.nextGroup()
        var broken = group
        broken.effects.payments[0].id = 999_999
        broken.effects.payments[0].isNew = false
        #expect(errorCode { try writer.write([broken]) } == .database)
        #expect(try LedgerReader(address).position() == position)
        try writer.write([group])
        #expect(try LedgerReader(address).loadImage().payments == ledger.image.payments)
    }
}
