internal import Chance
import Domain
import Foundation
import Node
import PostgresForTests
import Replica
import Scenarios
import Store
import Testing

/// R2.5, R2.10 A payment is answered for the life of its record, though the engine forgets it.
@Suite(.serialized) struct OldPaymentTests {
    @Test func forgottenPaymentsAreAnsweredFromTheRecord() async throws {
        let address = try TestCluster.makeSchema()
        var run = try Running(address)
        let history = RandomHistory(seed: 31, commands: 1_500, rules: .first)
        var first: [PaymentID: (order: PaymentOrder, outcome: Outcome)] = [:]
        var attempts: [(order: PaymentOrder, code: ResultCode)] = []
        var given = GivenCommands()
        for timed in history.batches {
            let answers = try await run.submitInTurn(timed.commands)
            for (command, answer) in zip(timed.commands, answers) {
                given.note(command, answer.outcome)
                guard case .submitPayment(let order) = command, !answer.outcome.isRepetition,
                    Banks.payers.contains(order.payer)
                else {
                    continue
                }
                if answer.outcome.payment != 0 {
                    first[answer.outcome.payment] = (order, answer.outcome)
                } else if answer.outcome.code.isPassing {
                    attempts.append((order, answer.outcome.code))
                }
            }
        }
        try await letBatchesPass(Limits.finalBatches + 3, run)
        try await expectAnswers(first, attempts, run, address)
        try await given.expectAnswers(run)
        #expect(await run.stop() == nil)
        // The same after a restart, which does not load them.
        run = try Running(address)
        try await expectAnswers(first, attempts, run, address)
        try await given.expectAnswers(run)
        #expect(await run.stop() == nil)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    private func letBatchesPass(_ count: Int, _ run: Running) async throws {
        for _ in 0..<count { _ = try await run.submit([Self.filler]).get() }
    }

    /// All in one submission, between two new orders that nobody will confuse with them.
    private func expectAnswers(
        _ first: [PaymentID: (order: PaymentOrder, outcome: Outcome)],
        _ attempts: [(order: PaymentOrder, code: ResultCode)], _ run: Running,
        _ address: DatabaseAddress
    ) async throws {
        #expect(try await run.replica.waitForTables())
        let before = run.replica.progress.applied
        let reader = try LedgerReader(address)
        // One whose time ran out meanwhile may still be known to the engine.
        let known = try #require(try reader.loadImage().recentTimestamps.first)
        let uetrs = Array(Set(first.values.map(\.order.uetr)))
        let rows = try reader.payments(uetrs: uetrs).map(\.row)
            .filter { $0.status.isFinal && $0.updatedAt < known && first[$0.id] != nil }
        #expect(rows.count > 200)
        var random = SplitMix64(seed: before)
        var fresh = try #require(first.values.first).order
        var commands: [Command] = []
        for row in rows {
            let order = try #require(first[row.id]).order
            var other = order
            other.contentHash ^= 1
            other.amount &+= 1
            commands.append(.submitPayment(order))
            commands.append(.submitPayment(other))
            commands.append(
                .cancelPayment(
                    Cancellation(
                        uetr: order.uetr, submitter: order.submitter, payer: order.payer)))
        }
        // Another attempt may have been made since, and paid; the same one is refused for ever.
        #expect(attempts.count > 10)
        commands += attempts.map { .submitPayment($0.order) }
        fresh.uetr = random.uetr()
        commands.insert(.submitPayment(fresh), at: 0)
        fresh.uetr = random.uetr()
        commands.append(.submitPayment(fresh))
        let answers = try await run.submit(commands.map { EncodedCommand($0) }).get()
        for (number, row) in rows.enumerated() {
            let repeated = answers[1 + number * 3].outcome
            let outcome = try #require(first[row.id]).outcome
            #expect(repeated.isRepetition && repeated.code == outcome.code)
            #expect(repeated.payment == outcome.payment && repeated.status == row.status)
            #expect(repeated.paid == row.paid && repeated.received == row.received)
            #expect(answers[2 + number * 3].outcome.code == .uetrConflict)
            let cancelled = answers[3 + number * 3].outcome
            let wasCancelled = row.endReason == .cancelledByBank
            #expect(cancelled.code == (wasCancelled ? .accepted : .paymentFinal))
        }
        for (number, attempt) in attempts.enumerated() {
            let answer = answers[1 + rows.count * 3 + number].outcome
            #expect(answer.isRepetition && answer.code == attempt.code && answer.payment == 0)
        }
        let news = [answers[0].outcome, answers[commands.count - 1].outcome]
        #expect(news.allSatisfy { !$0.isRepetition })
        // What the record answers is in no batch: the new ones share a single one.
        #expect(run.replica.progress.applied == before + 1)
        #expect(answers.applied?.batch.commandCount == 2)
    }

    /// Orders that arrive twice at once, old and new ones, are on record once.
    @Test(arguments: [false, true])
    func repetitionsAtTheSameTimeAreOnRecordOnce(suspectsAll: Bool) async throws {
        let address = try TestCluster.makeSchema()
        let run = try await opened(address, suspectsAll: suspectsAll)
        let orders = self.orders(300)
        for _ in 0..<2 {
            await withTaskGroup(of: Void.self) { group in
                for order in orders + orders {
                    group.addTask { _ = await run.submit([order]) }
                }
            }
            try await letBatchesPass(Limits.finalBatches + 1, run)
        }
        #expect(await run.stop() == nil)
        #expect(try LedgerReader(address).position().paymentCount == 300)
    }

    /// A message of many orders comes again when some of its payments are forgotten, some are known
    /// for a few batches more, and other batches flow meanwhile.
    @Test(arguments: [false, true])
    func aMessageOnTheEdgeIsPaidOnce(suspectsAll: Bool) async throws {
        let address = try TestCluster.makeSchema()
        let run = try await opened(address, suspectsAll: suspectsAll)
        let orders = self.orders(200)
        for order in orders { _ = try await run.submit([order]).get() }
        for _ in 0..<4 {
            try await letBatchesPass(Limits.finalBatches / 2 - 40, run)
            let answers = await withTaskGroup(of: SubmissionAnswer?.self) { group in
                for number in 0..<240 {
                    group.addTask {
                        guard number % 8 == 0 else {
                            _ = await run.submit([Self.filler])
                            return nil
                        }
                        return try? await run.submit(orders).get()
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            let repeated = answers.compactMap { $0 }
            #expect(repeated.count == 30)
            for answer in repeated {
                #expect(answer.allSatisfy { $0.outcome.isRepetition })
            }
        }
        #expect(await run.stop() == nil)
        #expect(try LedgerReader(address).position().paymentCount == 200)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    /// R2.15 Four attempts are forgotten and three are known, when many more come at once.
    @Test(arguments: [false, true])
    func ordersUnderWayMakeNoNinthAttempt(suspectsAll: Bool) async throws {
        let address = try TestCluster.makeSchema()
        var run = try await opened(address, suspectsAll: suspectsAll)
        let suspension = SetParticipantState(bic: Banks.bangkok, state: .suspended)
        _ = try await run.submit([EncodedCommand(.given(suspension))]).get()
        let orders = (0..<40).map {
            self.order($0 / 2, of: 20, payer: $0 % 2 == 0 ? Banks.beijing : Banks.kunming)
        }
        func attempt(
            _ numbers: ClosedRange<UInt128>, _ run: Running
        ) async -> [ResultCode: Int] {
            await withTaskGroup(of: ResultCode?.self) { group in
                for number in numbers {
                    for var order in orders {
                        order.attempt = number
                        let command = EncodedCommand(.submitPayment(order))
                        group.addTask { try? await run.submit([command]).get()[0].outcome.code }
                    }
                }
                return await group.reduce(into: [:]) { $0[$1 ?? .outcomeUnknown, default: 0] += 1 }
            }
        }
        #expect(await attempt(1...4, run) == [.creditorSuspended: 160])
        try await letBatchesPass(Limits.finalBatches + 1, run)
        #expect(await attempt(5...7, run) == [.creditorSuspended: 120])
        #expect(await attempt(8...19, run) == [.creditorSuspended: 40, .attemptsExhausted: 440])
        #expect(await run.stop() == nil)
        run = try Running(address)
        try await letBatchesPass(Limits.finalBatches + 1, run)
        #expect(await attempt(20...25, run) == [.attemptsExhausted: 240])
        #expect(await run.stop() == nil)
        let rows = try LedgerReader(address).attempts(uetrs: orders.map(\.uetr))
        #expect(rows.count == 8 * orders.count)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    /// R2.16 The tables are asked about an order while nobody pays it. When it comes into a batch,
    /// its submitter is the bank's correspondent, and has another payment with the UETR, which the
    /// engine has forgotten.
    @Test func namesThatChangeBetweenLookupAndBatchPayNothingTwice() async throws {
        let address = try TestCluster.makeSchema()
        let run = try await opened(address, suspectsAll: false)
        let banks = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".map { Banks.bic("LDB\($0)LALA") }
        for order in orders(2 * banks.count)[..<banks.count] {
            _ = try await run.submit([order]).get()
        }
        try await letBatchesPass(Limits.finalBatches + 1, run)
        for (number, bank) in banks.enumerated() {
            let order = order(number, of: banks.count, payer: bank)
            let naming = SetCorrespondent(correspondent: Banks.beijing, bank: bank)
            async let answer = run.submit([EncodedCommand(.submitPayment(order))])
            async let named = run.submit([EncodedCommand(.given(naming))])
            #expect(try await named.get()[0].outcome.code == .accepted)
            let outcome = try await answer.get()[0].outcome
            #expect(outcome.payment == 0, "\(outcome)")
            let refusals: [ResultCode] = [.payerUnknown, .correspondentNotNamed, .uetrConflict]
            #expect(refusals.contains(outcome.code))
        }
        #expect(await run.stop() == nil)
        #expect(try LedgerReader(address).position().paymentCount == banks.count)
        let report = try StoreVerification.run(address, limit: 10)
        #expect(report.comparison.isEqual, "\(report.comparison.differences)")
    }

    /// Whoever changes whom a BIC means does nothing else in a submission, and in its batch.
    @Test func aChangeOfNamesStandsAlone() async throws {
        let address = try TestCluster.makeSchema()
        let run = try Running(address)
        let registrations = Banks.registrations.map {
            EncodedCommand(.declared(RegisterParticipant($0)))
        }
        for others in [[Self.filler], registrations] {
            guard case .failure(.notAlone) = await run.submit([registrations[0]] + others) else {
                Issue.record("it was taken with others")
                continue
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for registration in registrations {
                group.addTask { _ = await run.submit([Self.filler]) }
                group.addTask {
                    let answer = try? await run.submit([registration]).get()
                    #expect(answer?.applied?.batch.commandCount == 1)
                }
            }
        }
        #expect(await run.stop() == nil)
    }

    private static let filler = EncodedCommand(
        .declared(SetParticipantState(bic: .none, state: .active)))

    private func opened(_ address: DatabaseAddress, suspectsAll: Bool) async throws -> Running {
        let run = try Running(address, suspectsAll: suspectsAll)
        let opening = RandomHistory(seed: 5, commands: 60, rules: .first).batches[0]
        try await run.submitInTurn(opening.commands)
        return run
    }

    /// Two banks pay under each UETR, the second ones later.
    private func orders(_ count: Int) -> [EncodedCommand] {
        (0..<count).map { number in
            let payer = number < count / 2 ? Banks.beijing : Banks.kunming
            return EncodedCommand(.submitPayment(order(number, of: count / 2, payer: payer)))
        }
    }

    /// An order with one of so many UETRs that is rejected for good: its rate is off the tick,
    /// whatever day it is.
    private func order(_ number: Int, of count: Int, payer: BIC) -> PaymentOrder {
        var random = SplitMix64(seed: 9)
        let uetrs = (0..<count).map { _ in random.uetr() }
        return PaymentOrder(
            uetr: uetrs[number % count], submitter: Banks.beijing, payer: payer,
            creditor: Banks.bangkok, foreign: .idr, side: .payRenminbi, fixed: .pay,
            amount: 1_000_000, limit: Rate(scaled: 1)
        ).sealed
    }

    @Test func theFilterForgetsNothingAndSeldomErrs() {
        var random = SplitMix64(seed: 77)
        var filter = RecordedUETRs(seed: random.next())
        let known = (0..<1_000_000).map { _ in random.uetr() }
        for uetr in known { filter.insert(uetr) }
        #expect(known.allSatisfy { filter.mayContain($0) })
        let errors = (0..<1_000_000).count { _ in filter.mayContain(random.uetr()) }
        let bytes = Double(filter.byteCount) / Double(known.count)
        print("UETR filter: \(errors) errors in 1,000,000, \(bytes) bytes a payment at 1,000,000")
        #expect(errors < 500 && bytes < 6)
    }
}
