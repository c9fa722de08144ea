internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// R14, R15 at their bounds, to the last entry, batch, return and case.
@Suite struct SettledBoundTests {
    /// Entries, and the parts in which they are told.
    static let messages: [(Int, [UInt32])] = [
        (999, []), (1_000, [1]), (1_001, [1, 2]), (2_000, [1, 2]),
    ]

    /// R14.7 Untold are 999; 1,000 are one message, 1,001 are two parts, 2,000 are two.
    @Test(arguments: messages)
    func aMessageHasAThousandEntries(entries: Int, parts: [UInt32]) {
        var market = Market()
        market.apply([.given(SetMessaging(participant: Banks.beijing, wishes: .notifications))])
        market.fund(Banks.beijing, .cny, times: entries)
        let (told, now) = (market.effects.declared[BankMessageRow.self], market.now)
        #expect(told.map(\.part) == parts)
        #expect(told.allSatisfy { $0.kind == .notification && $0.parts == UInt32(parts.count) })
        #expect(told.allSatisfy { $0.until == now && $0.since == now - 1 })
        let untold = market.effects.declared[NotificationRow.self]
        #expect(untold.map(\.entries) == [UInt32(parts.isEmpty ? entries : 0)])
        #expect(untold.map(\.since) == [parts.isEmpty ? now - 1 : 0])
    }

    /// R15.7 Sixty-four returns of a payment, and no more.
    @Test func aPaymentHasSixtyFourReturns() {
        var market = Market()
        let about = market.settled(1)[0]
        var codes: [ResultCode] = []
        for number in 1...Limits.returnsPerPayment + 2 {
            codes.append(market.send(market.giveBack(about, UInt128(number), 1)))
        }
        #expect(codes.dropLast(2).allSatisfy { $0 == .accepted })
        #expect(codes.suffix(2) == [.returnsExhausted, .returnsExhausted])
    }

    /// R15.2 A record is good for as many batches as the engine knows what changed: in the last of
    /// them it still knows that all was returned in the first, and one batch later nothing is
    /// believed.
    @Test func aRecordIsGoodToTheLastBatch() {
        var market = Market(span: 5)
        let about = market.settled(1)[0]
        let record = market.record(about)
        let all = market.giveBack(record, 1, record.row.received)
        let first = market.send(all)
        while market.logIndex < record.asOf + 4 { market.apply([]) }
        market.apply([.declared(all), .declared(market.giveBack(record, 2, 1))])
        let last = market.effects.outcomes
        let late = market.send(all)
        #expect(record.asOf > 0 && first == .accepted && late == .recordOutdated)
        #expect(last.map(\.code) == [.accepted, .returnAboveReceived])
        #expect(last.map(\.isRepetition) == [true, false])
    }

    /// R15.10 As many cases as there may be are open. They expire together, and make room again.
    @Test func thereMayBeSoManyOpenCases() {
        var market = Market()
        let most = Limits.openCases
        var payments: [RecordedFollowUp] = []
        while payments.count <= most {
            payments += market.settled(min(8_000, most + 1 - payments.count))
        }
        var accepted = 0
        for start in stride(from: 0, to: most, by: 16_000) {
            let part = payments[start..<min(most, start + 16_000)]
            market.apply(part.map { Command.declared(market.ask($0)) })
            accepted += market.effects.outcomes.count { $0.code == .accepted }
        }
        #expect(accepted == most)
        let last = payments[most]
        let rejection = ConfirmCredit(last, .rejected, reason: market.reason)
        // One too many; then one goes, and one comes.
        let codes = [
            market.send(market.ask(last)), market.send(rejection),
            market.send(market.giveBack(payments[7], 1, 1)), market.send(market.ask(last)),
            market.send(market.ask(payments[7], 2)),
        ]
        #expect(codes == [.casesFull, .casesFull, .accepted, .accepted, .casesFull])
        market.now += Limits.caseDeadline
        market.apply([])
        let (expired, now) = (market.effects.declared[CaseRow.self], market.now)
        #expect(expired.count == most)
        #expect(expired.allSatisfy { $0.state == .expired && $0.closedAt == now })
        #expect(expired.map(\.id) == expired.map(\.id).sorted())
        let again = market.send(market.ask(payments[7], 2))
        #expect(again == .accepted)
    }

    /// R15.12 A case ends in the first batch of its deadline, neither before nor behind it.
    @Test func aCaseEndsInTime() {
        var market = Market()
        let about = market.settled(1)[0]
        let code = market.send(market.ask(about))
        let deadline = market.now + Limits.caseDeadline
        market.now = deadline - 2
        market.apply([])
        let before = market.effects.declared[CaseRow.self]
        market.apply([])
        let (ended, now) = (market.effects.declared[CaseRow.self], market.now)
        #expect(code == .accepted && before.isEmpty)
        #expect(now == deadline && ended.map(\.state) == [.expired])
    }
}

/// A corridor and two banks, one command after the other.
private struct Market: ~Copyable {
    var ledger: LedgerEngine<LadderBook>
    var effects = Effects()
    private(set) var logIndex: UInt64 = 0
    var now: Timestamp = 1_767_578_400_000_000_000
    private var random = SplitMix64(seed: 64)
    let reason = ReasonCode("CUST") ?? .none

    init(span: Int = Limits.finalBatches) {
        ledger = LedgerEngine(finalBatches: span)
        let corridor = Corridor(
            foreign: .thb, tick: Rate(scaled: 10_000), referenceRate: Rate(scaled: 500_000_000),
            collarBasisPoints: 500, minimumSize: 1, maximumSize: 100_000_000)
        apply(
            Banks.registrations.map { .given(RegisterParticipant($0)) }
                + [.given(ConfigureCorridor(corridor))])
        fund(Banks.beijing, .cny, times: 1)
        fund(Banks.bangkok, .thb, times: 1)
    }

    mutating func apply(_ commands: [Command]) {
        now += 1
        logIndex += 1
        let batch = Batch(commands.map { EncodedCommand($0) }, timestamp: now)
        ledger.apply(batch, at: logIndex, into: &effects)
    }

    mutating func send(_ command: any DeclaredCommand) -> ResultCode {
        apply([.declared(command)])
        return effects.outcomes[0].code
    }

    mutating func fund(_ bank: BIC, _ currency: Currency, times: Int) {
        apply(
            (0..<times).map { _ in
                .given(
                    Fund(
                        reference: random.uetr(), participant: bank, currency: currency,
                        amount: 1_000_000_000_000))
            })
    }

    /// Payments to Bangkok that are settled, each of 500 satang.
    mutating func settled(_ count: Int) -> [RecordedFollowUp] {
        let pairs = (0..<count).map { _ in (random.uetr(), random.uetr()) }
        let rate = Rate(scaled: 500_000_000)
        apply(
            pairs.flatMap { own, other in
                [
                    .submitPayment(
                        PaymentOrder(
                            uetr: own, submitter: Banks.beijing, payer: Banks.beijing,
                            creditor: Banks.bangkok, foreign: .thb, side: .payRenminbi,
                            fixed: .pay, amount: 100, limit: rate
                        ).sealed),
                    .submitPayment(
                        PaymentOrder(
                            uetr: other, submitter: Banks.bangkok, payer: Banks.bangkok,
                            creditor: Banks.beijing, foreign: .thb, side: .payForeign,
                            fixed: .pay, amount: 500, limit: rate
                        ).sealed),
                ]
            })
        require(effects.fills.count == count, "each of them is settled")
        return pairs.map {
            RecordedFollowUp(submitter: Banks.bangkok, payer: Banks.beijing, uetr: $0.0)
        }
    }

    /// With the record of now; of what was settled in the last batch.
    func record(_ about: RecordedFollowUp) -> RecordedFollowUp {
        guard let payment = effects.payments.first(where: { $0.uetr == about.row.uetr }) else {
            return about
        }
        return RecordedFollowUp(
            submitter: about.submitter, payer: about.payer, row: FollowUpRow(payment),
            asOf: logIndex)
    }

    func spoken(_ about: RecordedFollowUp, by bank: BIC) -> RecordedFollowUp {
        var spoken = about
        spoken.submitter = bank
        return spoken
    }

    func giveBack(_ about: RecordedFollowUp, _ key: UInt128, _ amount: Int64) -> ReturnPayment {
        ReturnPayment(
            about, returnKey: key, contentHash: UInt128(amount), amount: amount, reason: reason)
    }

    func ask(_ about: RecordedFollowUp, _ key: UInt128 = 1) -> RequestCancellation {
        RequestCancellation(spoken(about, by: Banks.beijing), requestKey: key, reason: reason)
    }
}
