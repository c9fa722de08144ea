internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// What the ledger has forgotten is answered as what it knows, whoever is found as payer meanwhile.
@Suite struct ForgottenContentTests {
    /// R2.16 A branch repeats what its head office paid, and has a payment of its own by now.
    @Test func contentComesBeforeThePayer() throws {
        let node = try ForgetfulNode()
        let first = "pay U1 BKCHCNBJ300 -> BKKBTHBK 10.00 CNY for THB limit=9"
        let other = "pay U1 BKCHCNBJ300 -> BKKBTHBK 11.00 CNY for THB limit=4.93"
        #expect(try node.submit(first).code == .rateOutsideCollar)
        try node.run("participant BKCHCNBJ300")
        try node.run("fund BKCHCNBJ300 CNY 100.00")
        #expect(try node.submit(other).status == .pending)
        for _ in 0..<2 {
            let again = try node.submit(first)
            #expect(again.isRepetition && again.code == .rateOutsideCollar && again.payment == 1)
            #expect(try node.submit(other).isRepetition)
            let third = "pay U1 BKCHCNBJ300 -> BKKBTHBK 12.00 CNY for THB limit=4.93"
            #expect(try node.submit(third).code == .uetrConflict)
            try node.forget()
        }
        try node.run("cancel U1 by=BKCHCNBJ300")
        try node.forget()
        let again = try node.submit(first)
        #expect(again.isRepetition && again.payment == 1)
    }

    /// R2.15 Eight attempts on record keep off an order only where it would be the ninth.
    @Test func onlyANinthAttemptIsOneTooMany() throws {
        let node = try ForgetfulNode()
        let order = "pay U1 BKCHCNBJ -> BKKBTHBK 10.00 CNY for THB limit=4.93 attempt="
        try node.run("halt THB")
        for number in 1...8 { #expect(try node.submit(order + "\(number)").code.isPassing) }
        #expect(try node.submit(order + "9").code == .attemptsExhausted)
        try node.forget()
        #expect(try node.answer(order + "9") == nil)
        #expect(try node.submit(order + "9").code == .attemptsExhausted)
        #expect(try node.submit(order + "3").isRepetition)
        try node.run("open THB")
        let lasting = "pay U1 BKCHCNBJ -> BKKBTHBK 10.00 CNY for THB limit=9 attempt=10"
        #expect(try node.answer(lasting) == nil)
        #expect(try node.submit(order + "3").code == .corridorHalted)
        #expect(try node.submit(order + "9").status == .pending)
    }

    /// R2.14 An attempt of another bank, forgotten or not, is none at this order.
    @Test func attemptsOfOthersRefuseNobody() throws {
        let node = try ForgetfulNode()
        try node.run("participant BKCHCNBJ300")
        try node.run("fund BKCHCNBJ300 CNY 100.00")
        try node.run("halt THB")
        let own = "pay U1 BKCHCNBJ -> BKKBTHBK 10.00 CNY for THB limit=4.93 attempt=1"
        let branchs = "pay U1 BKCHCNBJ300 -> BKKBTHBK 10.00 CNY for THB limit=4.93 attempt=1"
        #expect(try node.submit(own).code == .corridorHalted)
        try node.run("open THB")
        try node.forget()
        #expect(try node.submit(branchs).status == .pending)
        #expect(try node.submit(own).code == .corridorHalted)
    }
}

/// An engine with its tables, asked as a node asks them.
private final class ForgetfulNode {
    private static let span = 5
    private var ledger = LedgerEngine<LadderBook>(finalBatches: span)
    private var tables = Tables()
    private var script = Script()
    private var effects = Effects()
    /// Monday, 5 January 2026, 10:00 in Beijing.
    private var now: Timestamp = 1_767_578_400_000_000_000

    init() throws {
        try run("participant BKCHCNBJ")
        try run("participant BKKBTHBK")
        try run("corridor THB tick=0.0001 reference=4.93 collar=500")
        try run("fund BKCHCNBJ CNY 1000.00")
    }

    private func command(_ line: String) throws -> Command {
        guard case .command(let command) = try script.read(line) else {
            throw Violation(description: "no command: \(line)")
        }
        return script.given(command, line)
    }

    /// A batch of these commands.
    private func apply(_ commands: [Command]) throws {
        now += 60_000_000_000
        let index = tables.position.logIndex + 1
        var sealed = SealedCommands(fake: commands.map { EncodedCommand($0) })
        sealed.countForgottenAttempts {
            ledger.forgottenAttempts(
                at: $0, among: tables.record(of: $0.uetr).attempts, in: index)
        }
        ledger.apply(Batch(packed: [sealed], timestamp: now), at: index, into: &effects)
        try tables.absorb(effects)
    }

    func run(_ line: String) throws {
        try apply([try command(line)])
        #expect(effects.outcomes[0].code == .accepted, "\(line)")
    }

    /// Lets so many batches pass that what is final is forgotten.
    func forget() throws {
        for _ in 0...Self.span { try apply([]) }
    }

    /// What the record says, where it is asked.
    func answer(_ line: String) throws -> Outcome? {
        let command = EncodedCommands(EncodedCommand(try command(line)))
        let index = tables.position.logIndex + 1
        return command.withCommands { views in
            var views = views
            guard let view = views.next(), let key = view.recordKey else { return nil }
            let record = tables.record(of: key)
            let knowsAttempts =
                record.attempts.isEmpty || ledger.remembersAttempt(view.order, at: index)
            guard !knowsAttempts || !ledger.remembers(view, at: index) else { return nil }
            return ledger.answer(view, record)
        }
    }

    func submit(_ line: String) throws -> Outcome {
        if let answer = try answer(line) { return answer }
        try apply([try command(line)])
        return effects.outcomes[0]
    }
}
