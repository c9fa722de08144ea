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

    @Test("Changes made ready ahead of the write before are the same, and refused out of turn")
    func changesAhead() throws {
        let address = try TestCluster.makeSchema()
        var ledger = RandomLedger(seed: 24)
        let writer = try LedgerWriter(address)
        var pair = [LedgerChanges(), LedgerChanges()]
        try pair[0].take([ledger.nextGroup(), ledger.nextGroup()], after: writer.position)
        for _ in 0..<12 {
            try pair[1].take([ledger.nextGroup(), ledger.nextGroup()], after: pair[0].newest)
            #expect(errorCode { try writer.write(pair[1]) } == .positionMismatch)
            try writer.write(pair[0])
            pair.swapAt(0, 1)
        }
        try writer.write(pair[0])
        #expect(try LedgerReader(address).position() == ledger.position)
        #expect(try LedgerReader(address).loadImage().payments == ledger.image.payments)
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
