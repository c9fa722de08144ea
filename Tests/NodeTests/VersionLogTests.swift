internal import Domain
internal import Foundation
internal import Node
internal import Scenarios
internal import Testing

/// Logs of all rules that this build reads lead to the states that the programs of their time
/// reached (R1.11). Version 2 was written by such a program. Version 3 is still being written:
/// `LANGQIAO_REWRITE=1` writes its log anew, until a release freezes it.
@Suite("Logs of older programs lead to their old states", .serialized)
struct VersionLogTests {
    @Test func theNewestLogIsWrittenWhenAsked() throws {
        guard ProcessInfo.processInfo.environment["LANGQIAO_REWRITE"] == "1" else { return }
        try NewestLog.make().write(version: RuleVersion.current.rawValue)
    }

    /// Two followers, the second some batches behind, as on another node.
    @Test(arguments: [.v2, .v3] as [RuleVersion])
    func leadsToItsState(rules: RuleVersion) throws {
        let log = try StoredLog(version: rules.rawValue)
        var first = LedgerFollower()
        var second = LedgerFollower()
        var hashes: [UInt64] = []
        for (number, entry) in log.entries.enumerated() {
            hashes.append(try first.follow(entry).effects.position.stateHash)
            guard number >= 10 else { continue }
            let late = try second.follow(log.entries[number - 10])
            #expect(late.effects.position.stateHash == hashes[number - 10])
        }
        #expect(hashes.last == log.stateHash)
        let uncompared = first.uncomparedHashes
        #expect(uncompared == 0)
    }

    /// A log that shows little proves little.
    @Test(arguments: [.v2, .v3] as [RuleVersion])
    func showsWhatItsRulesDo(rules: RuleVersion) throws {
        let shown = try ShownByLog(StoredLog(version: rules.rawValue))
        #expect(shown.missing(under: rules) == [])
    }

    /// What version 3 changed, from the batch behind the one that raised the ledger to it.
    @Test func theNewestLogIsRaisedInTheMiddle() throws {
        let shown = try ShownByLog(StoredLog(version: 3))
        #expect(shown.rules == [.v2, .v3])
        #expect(shown.namedCancellations > 0)
        #expect(
            shown.refusals.isSuperset(
                of: [.paymentAmbiguous, .commandConflict, .attemptsExhausted]))
        #expect(shown.actors.isSuperset(of: [People.wang, People.li]))
        #expect(shown.payersOfOneUETR > 1)
        let last = try #require(shown.filledAtBound)
        #expect(last.endReason == .filled && last.remaining > 0)
    }
}
