internal import Domain
internal import LogsForTests
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

    /// R2.18 An order that was hashed without the key does not come behind it: its sender is told
    /// to form it anew.
    @Test func noOrderComesBehindTheKeyWithoutIt() async throws {
        let address = try TestCluster.makeSchema()
        try Self.begin(address)
        let run = try Running(address, givesContentKey: true)
        let orders = (1...400 as ClosedRange<UInt128>).map { Self.unkeyed(UETR(bits: $0)) }
        let taken = await withTaskGroup(of: Bool.self) { group in
            for (number, order) in orders.enumerated() {
                group.addTask {
                    if number == 200 {
                        _ = await run.submit([
                            EncodedCommand(.declared(RaiseRules(version: 3)))
                        ])
                    }
                    return await run.submit(order).isSuccess
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(run.directory.contentKey != .none)
        #expect(await run.submit(Self.unkeyed(UETR(bits: 1_000))).isSuccess == false)
        var keyed = Self.unkeyed(UETR(bits: 1_001))
        keyed.hashedWith = run.directory.contentKey
        #expect(await run.submit(keyed).isSuccess)
        #expect(try await run.replica.waitForTables())
        #expect(await run.stop() == nil)
        let key = try #require(try LedgerReader(address).rows(ContentKeyRow.self).first)
        #expect(key.paymentCount == UInt64(taken), "\(taken) were taken")
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    /// Refused for good: there is no corridor.
    private static func unkeyed(_ uetr: UETR) -> EncodedCommands {
        let order = PaymentOrder(
            uetr: uetr, submitter: Banks.beijing, payer: Banks.beijing, creditor: Banks.bangkok,
            foreign: .thb, side: .payRenminbi, fixed: .pay, amount: 1_000_000)
        var commands = EncodedCommands(EncodedCommand(.submitPayment(order.sealed)))
        commands.hashedWith = ContentKey.none
        return commands
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
