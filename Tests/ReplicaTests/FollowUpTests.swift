import Chance
import Domain
import Foundation
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

/// R15 What follows a payment that the engine has forgotten, with the record that the tables have.
@Suite(.serialized) struct FollowUpTests {
    @Test func whatIsForgottenIsFollowed() async throws {
        let address = try TestCluster.makeSchema()
        var run = try Running(address)
        let uetr = try await settle(run)
        let early = try await record(uetr, run, address)
        try await letBatchesPass(run)
        #expect(try await code(giveBack(early, 1), run) == .recordOutdated)
        let late = try await record(uetr, run, address)
        #expect(late.row == early.row && !late.row.isOnRecord && late.row.received > 0)
        #expect(try await code(giveBack(late, 1), run) == .accepted)
        #expect(try await code(giveBack(late, 2), run) == .accepted)
        // What has changed meanwhile counts, and not what the record says.
        #expect(
            try await code(giveBack(late, 3, of: late.row.received), run) == .returnAboveReceived)

        try await letBatchesPass(run)
        #expect(await run.stop() == nil)
        run = try Running(address)
        let returned = try await record(uetr, run, address)
        #expect(returned.row.returned == 2 && returned.row.returns == 2)
        let ask = RequestCancellation(
            speaking(returned, Banks.beijing), requestKey: 7, reason: reason)
        #expect(try await code(ask, run) == .accepted)
        #expect(await run.stop() == nil)
        run = try Running(address)
        try await letBatchesPass(run)
        // A case may be open for longer than its last change is recent.
        #expect(await run.stop() == nil)
        run = try Running(address)
        let open = try await record(uetr, run, address)
        #expect(open.row.caseID == 1 && open.row.caseState == .open)
        let answer = AnswerCancellation(open, caseID: 1, isRefused: true, reason: reason)
        #expect(try await code(answer, run) == .accepted)
        #expect(try await code(answer, run) == .accepted)
        #expect(try await run.replica.waitForTables())
        #expect(await run.stop() == nil)
        try expectRows(address)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    /// R15.13, R15.15 An order that returns a payment rests over restarts while everything about
    /// the payment would be forgotten, and what it brings is on record all the same.
    @Test func returnOrdersOutliveRestarts() async throws {
        let address = try TestCluster.makeSchema()
        var run = try Running(address)
        let uetr = try await settle(run)
        let before = try await record(uetr, run, address)
        let order = ReturnByOrder(
            before, returnKey: 9, contentHash: 9, amount: 39_440, reason: reason,
            limit: Rate(scaled: 493_000_000))
        #expect(try await code(order, run) == .accepted)
        try await letBatchesPass(run)
        #expect(await run.stop() == nil)
        run = try Running(address)
        let open = try await record(uetr, run, address)
        #expect(open.row.returned == 0 && open.row.returns == 1)
        let rest = open.row.received - 39_440
        #expect(try await code(giveBack(open, 1, of: rest + 1), run) == .returnAboveReceived)
        #expect(try await code(giveBack(open, 1, of: rest), run) == .accepted)
        var random = SplitMix64(seed: 16)
        let other = PaymentOrder(
            uetr: random.uetr(), submitter: Banks.beijing, payer: Banks.beijing,
            creditor: Banks.bangkok, foreign: .thb, side: .payRenminbi, fixed: .pay, amount: 5_000,
            limit: Rate(scaled: 493_000_000)
        ).sealed
        try await run.submitInTurn([.submitPayment(other)])
        try await letBatchesPass(run)
        #expect(await run.stop() == nil)
        run = try Running(address)
        let partly = try await record(uetr, run, address)
        #expect(partly.row.returned == rest + 24_650 && partly.row.returns == 2)
        let cancellation = Cancellation(
            uetr: order.orderUETR, submitter: Banks.bangkok, payer: .none)
        try await run.submitInTurn([.cancelPayment(cancellation)])
        let late = try await record(uetr, run, address)
        let left = late.row.left
        #expect(left == 39_440 - 24_650)
        #expect(try await code(giveBack(late, 2, of: left), run) == .accepted)
        #expect(try await run.replica.waitForTables())
        #expect(await run.stop() == nil)
        let reader = try LedgerReader(address)
        let returns = try reader.returns(of: late.row.payment)
        #expect(returns.map { $0.row.order > 0 } == [true, false, false])
        let orders = try reader.orders(of: returns)
        #expect(orders.values.map(\.paid) == [24_650] && orders.values.map(\.received) == [5_000])
        #expect(try reader.returns(byOrders: Array(orders.keys)).map(\.row.returnKey) == [9])
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    private func expectRows(_ address: DatabaseAddress) throws {
        let reader = try LedgerReader(address)
        let shown = try reader.case(1)?.row
        #expect(shown?.state == .refused && shown?.answer == reason && shown?.closedAt ?? 0 > 0)
        let payment = try #require(shown).payment
        #expect(try reader.returns(of: payment).map(\.row.amount) == [1, 1])
        let parties = try [#require(shown).payer, #require(shown).creditor]
        for party in parties {
            #expect(
                try reader.cases(of: [party], onlyOpen: false, before: nil, limit: 9).count == 1)
        }
        #expect(try reader.cases(of: nil, onlyOpen: true, before: nil, limit: 9).isEmpty)
        #expect(try reader.cases(of: [99], onlyOpen: false, before: nil, limit: 9).isEmpty)
    }

    private let reason = ReasonCode("CUST") ?? .none

    /// Two payments that settle each other; gives the one to Bangkok.
    private func settle(_ run: Running) async throws -> UETR {
        var random = SplitMix64(seed: 15)
        let uetrs = (random.uetr(), random.uetr())
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 493_000_000),
            collarBasisPoints: 500, minimumSize: 100, maximumSize: 1_000_000_000)
        let rate = Rate(scaled: 493_000_000)
        let pay = PaymentOrder(
            uetr: uetrs.0, submitter: Banks.beijing, payer: Banks.beijing,
            creditor: Banks.bangkok, foreign: .thb, side: .payRenminbi, fixed: .pay,
            amount: 10_000, limit: rate
        ).sealed
        let other = PaymentOrder(
            uetr: uetrs.1, submitter: Banks.bangkok, payer: Banks.bangkok,
            creditor: Banks.beijing, foreign: .thb, side: .payForeign, fixed: .receive,
            amount: 10_000, limit: rate
        ).sealed
        let funds = [(Banks.beijing, Currency.cny), (Banks.bangkok, .thb)].map { bank, currency in
            Command.given(
                Fund(
                    reference: random.uetr(), participant: bank, currency: currency,
                    amount: 1_000_000))
        }
        let banks = Banks.registrations.prefix(3).map { Command.given(RegisterParticipant($0)) }
        let orders = [Command.submitPayment(pay), .submitPayment(other)]
        try await run.submitInTurn(banks + [.given(ConfigureCorridor(corridor))] + funds + orders)
        return uetrs.0
    }

    /// What a gateway reads.
    private func record(
        _ uetr: UETR, _ run: Running, _ address: DatabaseAddress
    ) async throws -> RecordedFollowUp {
        #expect(try await run.replica.waitForTables(showing: uetr))
        let reader = try LedgerReader(address)
        return try reader.snapshot {
            let payment = try #require(try reader.payments(uetr).first).row
            return RecordedFollowUp(
                submitter: Banks.bangkok, payer: Banks.beijing,
                row: try reader.followUp(of: payment.id) ?? FollowUpRow(payment),
                asOf: try reader.position().logIndex)
        }
    }

    private func speaking(_ about: RecordedFollowUp, _ bank: BIC) -> RecordedFollowUp {
        RecordedFollowUp(submitter: bank, payer: about.payer, row: about.row, asOf: about.asOf)
    }

    private func giveBack(
        _ about: RecordedFollowUp, _ key: UInt128, of amount: Int64 = 1
    ) -> ReturnPayment {
        ReturnPayment(
            about, returnKey: key, contentHash: UInt128(amount), amount: amount, reason: reason)
    }

    private func code(_ command: any DeclaredCommand, _ run: Running) async throws -> ResultCode {
        try await run.submit([EncodedCommand(.declared(command))]).get()[0].outcome.code
    }

    private func letBatchesPass(_ run: Running) async throws {
        let filler = EncodedCommand(.declared(SetParticipantState(bic: .none, state: .active)))
        for _ in 0..<Limits.finalBatches + 3 { _ = try await run.submit([filler]).get() }
    }
}
