internal import Domain
internal import Node
internal import PostgresForTests
internal import Replica
internal import Scenarios
internal import Store
internal import Testing

/// R1.11 A batch has the rules of its place in the log, also where others wait behind the command
/// that raises them.
@Suite struct RaisedRulesTests {
    @Test func rulesAreRaisedUnderLoad() async throws {
        let address = try TestCluster.makeSchema()
        try Self.begin(address)
        let run = try Running(address)
        let filler = EncodedCommand(
            .declared(SetParticipantState(bic: Banks.beijing, state: .active)))
        let raise = EncodedCommand(.declared(RaiseRules(version: RuleVersion.current.rawValue)))
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<600 {
                let command = number == 300 ? raise : filler
                group.addTask {
                    for _ in 0..<3 { _ = await run.submit([command]) }
                }
            }
        }
        #expect(await run.stop() == nil)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
        let rows = try LedgerReader(address).rows(RuleVersionRow.self)
        #expect(rows.map(\.version) == [RuleVersion.current.rawValue])
    }

    /// A ledger of the oldest rules.
    private static func begin(_ address: DatabaseAddress) throws {
        var builder = BatchBuilder(after: .start, term: 1)
        var opening = EncodedCommands()
        for registration in Banks.registrations {
            opening.append(.declared(RegisterParticipant(registration)))
        }
        let first = builder.makeEntry(
            [SealedCommands(sealing: opening)], rules: .oldest, now: 1_767_574_800_000_000_000,
            stating: LedgerPosition())
        try LogStore(address).append([first.entry])
    }
}
