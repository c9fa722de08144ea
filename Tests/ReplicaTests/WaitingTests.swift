import Chance
import Domain
import Foundation
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

/// Who reads the tables waits until they show what has been answered, and for nothing else.
@Suite(.serialized) struct WaitingTests {
    /// While the tables cannot be written, commands are answered; payments that have not changed
    /// since are shown, and those that have are waited for.
    @Test(.timeLimit(.minutes(1))) func onePaymentWaitsForItsOwnChanges() async throws {
        let address = try TestCluster.makeSchema()
        let run = try await opened(address)
        let (still, changed) = (try await rest(run), try await rest(run))
        #expect(try await run.replica.waitForTables())
        let before = run.replica.progress.inTables
        let lock = try PostgresConnection(to: address, applicationName: "test")
        try lock.execute("BEGIN; LOCK TABLE applied IN EXCLUSIVE MODE")

        let cancellation = Cancellation(uetr: changed, submitter: Banks.beijing)
        let answer = try await run.submit([EncodedCommand(.cancelPayment(cancellation))]).get()
        #expect(answer[0].outcome.status == .cancelled)
        let waiting = try await [changed, rest(run), nil].map { payment in
            Task {
                let isShown = try await run.replica.waitForTables(showing: payment)
                return isShown ? run.replica.progress.inTables : 0
            }
        }
        #expect(try await run.replica.waitForTables(showing: still))
        #expect(try await run.replica.waitForTables(showing: UETR(bits: 1)))
        try await giveUp(run)
        #expect(run.replica.progress.inTables == before)

        try lock.execute("ROLLBACK")
        let shown = try await [waiting[0].value, waiting[1].value, waiting[2].value]
        #expect(shown[0] > before && shown[1] > before + 1)
        #expect(shown[2] == run.replica.progress.applied)
        #expect(await run.stop() == nil)
        #expect(try await run.replica.waitForTables(), "nothing is left to wait for")
    }

    /// Whoever is cancelled, before or while it waits, leaves at once.
    private func giveUp(_ run: Running) async throws {
        let tasks = (0..<200).map { _ in Task { try await run.replica.waitForTables() } }
        for task in tasks {
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    private func opened(_ address: DatabaseAddress) async throws -> Running {
        let run = try Running(address)
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 490_000_000),
            collarBasisPoints: 1_000, minimumSize: 1, maximumSize: 100_000_000)
        let funding = Fund(
            reference: UETR(bits: 7), participant: Banks.beijing, currency: .cny,
            amount: 1_000_000_000)
        let opening =
            Banks.registrations.map { Command.given(RegisterParticipant($0)) }
            + [.given(ConfigureCorridor(corridor)), .given(funding)]
        let answers = try await run.submitInTurn(opening)
        #expect(answers.allSatisfy { $0.outcome.code == .accepted })
        return run
    }

    /// An order that nobody meets.
    private func rest(_ run: Running) async throws -> UETR {
        var random = SplitMix64(seed: run.replica.progress.applied)
        let order = PaymentOrder(
            uetr: random.uetr(), submitter: Banks.beijing, payer: Banks.beijing,
            creditor: Banks.bangkok, foreign: .thb, side: .payRenminbi, fixed: .pay,
            amount: 1_000_000, timeInForce: .goodTillCancelled)
        let answer = try await run.submit([EncodedCommand(.submitPayment(order))]).get()
        #expect(answer[0].outcome.status == .pending)
        return order.uetr
    }
}
