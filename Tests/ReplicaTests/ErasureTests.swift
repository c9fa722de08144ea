internal import Domain
internal import Foundation
internal import Node
internal import PostgresForTests
internal import Replica
internal import Scenarios
internal import Store
internal import Testing

/// R2.17, R2.19 What no rule reads stands beside the chain, and can be erased.
@Suite(.serialized) struct ErasureTests {
    private static let name = "Somchai Jaidee"
    private static let other = "Li Wei"

    /// The payment is refused for good, whatever day it is; it is repeated, and another bank has a
    /// payment of the same UETR with a name of its own.
    @Test func whatIsErasedIsGoneAndTheChainHolds() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        _ = try await run.submitInTurn(opening())
        let (own, others) = (order(Banks.beijing), order(Banks.bangkok))
        let twice = [own, own].map { command($0, Self.name) }
        _ = try await run.submit(twice + [command(others, Self.other)]).get()
        #expect(try await run.replica.waitForTables())
        #expect(try occurrences(of: Self.name, in: address) == Places(contents: 2, details: 1))
        let chain = try checksums(address)

        let wish = EraseContent(uetr: own.uetr, payer: Banks.beijing)
        let answer = try await run.submit([EncodedCommand(.given(wish))]).get()
        #expect(answer[0].outcome.code == .accepted)
        #expect(try await run.replica.waitForTables())
        try await letTheNodeErase(address)
        #expect(try occurrences(of: Self.name, in: address) == Places(contents: 0, details: 0))
        #expect(try occurrences(of: Self.other, in: address) == Places(contents: 1, details: 1))
        #expect(try checksums(address).prefix(chain.count) == chain[...])

        // The payment is what it was: repeated, not paid anew.
        let again = try await run.submit([command(own, "")]).get()
        #expect(again[0].outcome.isRepetition && again[0].outcome.code == .rateOffTick)
        #expect(await run.stop() == nil)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
        #expect(report.erasedContents == 2)
        // And again from the beginning: a node that starts on this log.
        let next = try Running(address)
        #expect(await next.stop() == nil)
    }

    /// What is neither what was sealed nor erased is damage, and named.
    @Test(arguments: [
        "overlay(contents placing '\\x58'::bytea from 20)", "substr(contents, 2)",
        "contents || '\\x00'::bytea",
    ])
    func anotherContentIsDamage(change: String) async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        _ = try await run.submitInTurn(opening())
        _ = try await run.submit([command(order(Banks.beijing), Self.name)]).get()
        #expect(await run.stop() == nil)
        try TestCluster.execute("UPDATE raft_contents SET contents = \(change)", at: address)
        #expect(throws: LogDamage.self) { _ = try StoreVerification.run(address, limit: 1) }
    }

    /// Zeros alone are no erasure: somebody must have asked.
    @Test func erasedWithoutAWishIsDamage() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        _ = try await run.submitInTurn(opening())
        _ = try await run.submit([command(order(Banks.beijing), Self.name)]).get()
        #expect(await run.stop() == nil)
        try TestCluster.execute(
            """
            UPDATE raft_contents
            SET contents = decode(repeat('00', octet_length(contents)), 'hex')
            WHERE log_index = (SELECT max(log_index) FROM raft_contents);
            UPDATE payment_rows SET details = '' WHERE details IS NOT NULL
            """, at: address)
        #expect(throws: LogDamage.self) { _ = try StoreVerification.run(address, limit: 1) }
    }

    private func letTheNodeErase(_ address: DatabaseAddress) async throws {
        let connection = try PostgresConnection(to: address, applicationName: "test")
        for _ in 0..<600 {
            let isDone = try connection.query(
                "SELECT 1 FROM erased WHERE erasure_id = (SELECT max(erasure_id) FROM erasures)"
            ).rowCount
            if isDone == 1 { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the node did not erase")
    }

    // MARK: Looking

    private struct Places: Equatable {
        /// Times that it stands beside the log.
        var contents = 0
        /// Rows of the tables that have it.
        var details = 0
    }

    private func occurrences(of name: String, in address: DatabaseAddress) throws -> Places {
        func count(_ bytes: [UInt8]) -> Int {
            String(decoding: bytes, as: UTF8.self).components(separatedBy: name).count - 1
        }
        var places = Places()
        for entry in try log(address) {
            #expect(count(entry.payload) == 0, "no name is in the chain")
            places.contents += count(entry.contents)
        }
        let records = try LedgerReader(address).payments(order(Banks.beijing).uetr)
        places.details = records.count { count(Array(($0.details ?? "").utf8)) > 0 }
        return places
    }

    private func checksums(_ address: DatabaseAddress) throws -> [[UInt8]] {
        try log(address).map(\.checksum)
    }

    private func log(_ address: DatabaseAddress) throws -> [LogEntry] {
        var entries: [LogEntry] = []
        var cursor = try LogReader(address).entries(from: 1)
        while let entry = try cursor.next() { entries.append(entry) }
        return entries
    }

    // MARK: Commands

    private func opening() -> [Command] {
        RandomHistory(seed: 5, commands: 60, rules: .first).batches[0].commands
            + [.declared(SetContentKey(number: 1))]
    }

    private func order(_ payer: BIC) -> PaymentOrder {
        PaymentOrder(
            uetr: UETR(bits: 0x4 << 76 | 0x2 << 62 | 9), submitter: payer, payer: payer,
            creditor: payer == Banks.beijing ? Banks.bangkok : Banks.beijing, foreign: .idr,
            side: .payRenminbi, fixed: .pay, amount: 1_000_000, limit: Rate(scaled: 1)
        ).sealed
    }

    private func command(_ order: PaymentOrder, _ name: String) -> EncodedCommand {
        let details = #"{"creditor":{"name":"\#(name)"}}"#
        return EncodedCommand(.submitPayment(order), attachment: details.utf8)
    }
}
