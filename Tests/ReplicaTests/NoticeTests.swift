import Chance
import Domain
import Foundation
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

/// R16 Notices that the engine has forgotten, with the record that the tables have; and that their
/// details go with an erasure.
@Suite(.serialized) struct NoticeTests {
    private static let identification = "N-SOMCHAI-1"

    @Test func whatIsForgottenIsOnRecordOnce() async throws {
        let address = try TestCluster.makeSchema()
        var run = try Running(address)
        let banks = Banks.registrations.prefix(3).map { Command.given(RegisterParticipant($0)) }
        try await run.submitInTurn(banks + [.declared(SetContentKey(number: 1))])
        let uetr = UETR(bits: 0x4 << 76 | 0x2 << 62 | 9)
        let (own, others) = (notice(Banks.beijing, uetr), notice(Banks.bangkok, uetr))
        let early = try await asOf(run, address)
        let first = try await outcome(own, early, run)
        #expect(first.code == .accepted && !first.isRepetition && first.kind == RecordNotice.kind)
        #expect(try await outcome(own, early, run).isRepetition)
        #expect(try await outcome(others, early, run).code == .accepted)
        try await letBatchesPass(run)
        // Whoever read too long ago has to read again, and finds it.
        #expect(try await outcome(own, early, run).code == .recordOutdated)
        let reader = try LedgerReader(address)
        #expect(try await run.replica.waitForTables())
        let sender = try #require(run.directory.participant(Banks.beijing)?.id)
        let contents = [own.contentHash, own.contentHash &+ 1]
        #expect(try reader.notices(of: sender, contents: contents) == [own.contentHash])
        #expect(try reader.notices(of: sender &+ 9, contents: contents).isEmpty)

        #expect(await run.stop() == nil)
        run = try Running(address)
        var next = own
        next.contentHash += 1
        let late = try await asOf(run, address)
        #expect(try await outcome(next, late, run).isRepetition == false)
        #expect(await run.stop() == nil)
        // What is known of the last batches survives a start.
        run = try Running(address)
        #expect(try await outcome(next, late, run).isRepetition)
        #expect(try await run.replica.waitForTables())
        let all = try reader.notices(uetr: uetr, of: nil, after: 0, limit: 9)
        #expect(all.map(\.row.contentHash) == [own, others, next].map(\.contentHash))
        #expect(all.map(\.row.message.description) == Array(repeating: "pacs.009.001.08", count: 3))
        #expect(
            try reader.notices(uetr: uetr, of: [sender], after: all[0].row.id, limit: 9).map(
                \.row.id) == [all[2].row.id])

        try await erase(uetr, run, address)
        #expect(await run.stop() == nil)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
        #expect(report.erasedContents > 3)
        run = try Running(address)
        #expect(await run.stop() == nil)
    }

    private func notice(_ bank: BIC, _ uetr: UETR) -> RecordNotice {
        var notice = RecordNotice()
        (notice.submitter, notice.uetr) = (bank, uetr)
        notice.contentHash = bank == Banks.beijing ? 70 : 90
        (notice.amount, notice.currency) = (4_930, .thb)
        notice.message = MessageName("pacs.009.001.08") ?? .none
        notice.settlementDate = StatedDate(year: 2_026, month: 11, day: 30)
        return notice
    }

    /// How far the tables are.
    private func asOf(_ run: Running, _ address: DatabaseAddress) async throws -> UInt64 {
        #expect(try await run.replica.waitForTables())
        return try LedgerReader(address).position().logIndex
    }

    private func outcome(
        _ notice: RecordNotice, _ asOf: UInt64, _ run: Running
    ) async throws -> Outcome {
        var notice = notice
        notice.asOf = asOf
        let details = #"{"messageID":"\#(Self.identification)"}"#
        let command = EncodedCommand(.declared(notice), attachment: details.utf8)
        return try await run.submit([command]).get()[0].outcome
    }

    private func letBatchesPass(_ run: Running) async throws {
        let filler = EncodedCommand(.declared(SetParticipantState(bic: .none, state: .active)))
        for _ in 0..<Limits.finalBatches + 3 { _ = try await run.submit([filler]).get() }
    }

    /// The details of one bank's notices go, on both sides; those of the other bank stay.
    private func erase(_ uetr: UETR, _ run: Running, _ address: DatabaseAddress) async throws {
        let wish = EncodedCommand(.given(EraseContent(uetr: uetr, payer: Banks.beijing)))
        #expect(try await run.submit([wish]).get()[0].outcome.code == .accepted)
        #expect(try await run.replica.waitForTables())
        let connection = try PostgresConnection(to: address, applicationName: "test")
        for _ in 0..<600 {
            let isDone = try connection.query(
                "SELECT 1 FROM erased WHERE erasure_id = (SELECT max(erasure_id) FROM erasures)"
            ).rowCount
            if isDone == 1 { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        let left = try LedgerReader(address).notices(uetr: uetr, of: nil, after: 0, limit: 9)
            .map { $0.details?.contains(Self.identification) ?? false }
        #expect(left == [false, true, false])
    }
}
