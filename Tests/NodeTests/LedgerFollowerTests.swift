internal import Domain
internal import Engine
internal import LogsForTests
import Node
internal import Scenarios
internal import Testing

/// A log made by a builder beside the ledger that applied it, so that entries state true hashes.
private struct MadeLog {
    var entries: [LogEntry] = []
    var hashes: [UInt64] = []

    /// Batches of a random history, and empty ones behind it; each states the state after the one
    /// `distance` before it.
    init(batches: Int, distance: Int = 1) throws {
        let history = RandomHistory(seed: 14).batches
        var builder = BatchBuilder(after: .start, term: 1)
        var ledger = LedgerFollower()
        var positions = [LedgerPosition()]
        for number in 0..<batches {
            let timed = number < history.count ? history[number] : nil
            var commands = EncodedCommands()
            for command in timed?.commands ?? [] { commands.append(command) }
            let stated = positions[max(0, positions.count - distance)]
            let (batch, entry) = builder.makeEntry(
                [SealedCommands(sealing: commands)],
                rules: number == 0 ? history[0].rules : ledger.engine.nextRules,
                now: timed?.timestamp ?? 0, stating: stated)
            let applied = try ledger.apply(batch, at: LogPosition(of: entry))
            positions.append(applied.effects.position)
            entries.append(entry)
            hashes.append(applied.effects.position.stateHash)
        }
    }
}

@Suite("A ledger that follows its log")
struct LedgerFollowerTests {
    @Test func reachesTheSameStatesAgain() throws {
        let log = try MadeLog(batches: 40)
        var ledger = LedgerFollower()
        for (entry, hash) in zip(log.entries, log.hashes) {
            let applied = try ledger.follow(entry)
            #expect(applied.effects.position.stateHash == hash)
            let end = ledger.end
            #expect(end == LogPosition(of: entry))
            for row in applied.effects.payments {
                let isKnown = ledger.recorded.mayContain(row.uetr)
                #expect(isKnown)
            }
        }
        let uncompared = ledger.uncomparedHashes
        #expect(uncompared == 0)
    }

    @Test func refusesWhatDoesNotFollowAndAppliesNothing() throws {
        let log = try MadeLog(batches: 5)
        var ledger = LedgerFollower()
        _ = try ledger.follow(log.entries[0])
        let before = ledger.engine.position
        var rotten = log.entries[1]
        rotten.payload[rotten.payload.count - 1] ^= 1
        var foreign = log.entries[1]
        foreign.previousHash[0] ^= 1
        for entry in [rotten, foreign, log.entries[0], log.entries[2]] {
            do {
                _ = try ledger.follow(entry)
                Issue.record("an entry that does not follow was applied")
            } catch let damage as LogDamage {
                #expect(damage.index == 2 || damage.index == 1)
            }
            let position = ledger.engine.position
            #expect(position == before)
        }
        _ = try ledger.follow(log.entries[1])
    }

    @Test func stopsAtAnotherState() throws {
        var builder = BatchBuilder(after: .start, term: 1)
        var ledger = LedgerFollower()
        let none = [SealedCommands]()
        let first = builder.makeEntry(none, rules: .current, now: 1, stating: LedgerPosition())
        _ = try ledger.follow(first.entry)
        var wrong = ledger.engine.position
        wrong.stateHash ^= 1
        let second = builder.makeEntry(none, rules: .current, now: 2, stating: wrong)
        do {
            _ = try ledger.follow(second.entry)
            Issue.record("another state was passed")
        } catch let divergence as StateDivergence {
            #expect(divergence.index == 1)
        }
        let end = ledger.end
        #expect(end == LogPosition(of: first.entry))
    }

    /// What is too old to be compared is counted: 128 states are kept at most, 64 at least.
    @Test func countsHashesThatItCannotCompare() throws {
        let log = try MadeLog(batches: 400, distance: 200)
        var ledger = LedgerFollower()
        for entry in log.entries { _ = try ledger.follow(entry) }
        // The first 200 state the empty ledger, that is nothing.
        let uncompared = ledger.uncomparedHashes
        #expect(uncompared == 200)
    }

    /// Batches are kept for a while, by the tables' writer and for reads: those of refusals must
    /// not keep room for payments that there are none of.
    @Test func aBatchOfRefusalsKeepsNoRoomForRows() throws {
        var commands = EncodedCommands()
        for number in 1...4_096 as ClosedRange<UInt128> {
            let wish = Cancellation(uetr: UETR(bits: number), submitter: Banks.bic("YTZGCNB0"))
            commands.append(EncodedCommand(.cancelPayment(wish)))
        }
        var builder = BatchBuilder(after: .start, term: 1)
        let entry = builder.makeEntry(
            [SealedCommands(sealing: commands)], rules: .current, now: 1, stating: LedgerPosition()
        ).entry
        var ledger = LedgerFollower()
        let effects = try ledger.follow(entry).effects
        #expect(effects.outcomes.count == 4_096)
        #expect(effects.payments.isEmpty && effects.payments.capacity < 256)
        #expect(effects.fills.isEmpty && effects.fills.capacity < 256)
    }
}
