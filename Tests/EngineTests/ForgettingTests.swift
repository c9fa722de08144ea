internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R2.10 Old final payments leave the engine's memory, and nothing else changes by that.
@Suite struct ForgettingTests {
    static let span = 5

    /// One engine never forgets, one knows final payments for five batches, and one of those starts
    /// again and again from the tables. What the forgetful ones would not know is not sent, as the
    /// replica does not send it.
    @Test(arguments: [1, 11, 21, 31])
    func forgettingChangesNothing(first: Int) throws {
        var followed = 0
        for seed in first..<first + 10 { followed += try forgettingChangesNothing(in: seed) }
        #expect(followed > 0)
    }

    /// One history; gives how much followed payments in it.
    private func forgettingChangesNothing(in seed: Int) throws -> Int {
        let history = RandomHistory(seed: UInt64(seed) &* 77, commands: 1_500, namings: 30)
        var random = SplitMix64(seed: UInt64(seed))
        var complete = LedgerEngine<LadderBook>(finalBatches: 1_000_000)
        var forgetful = LedgerEngine<LadderBook>(finalBatches: Self.span, seed: random.next())
        var restarted = LedgerEngine<LadderBook>(finalBatches: Self.span)
        var tables = Tables()
        var past = RecordedPast(span: Self.span)
        var followed = 0
        var endedIn: [PaymentID: UInt64] = [:]
        var effects = (Effects(), Effects(), Effects())
        for (number, timed) in history.batches.namesApart.enumerated() {
            let index = UInt64(number + 1)
            let isKept = { (row: PaymentRow) in
                !row.status.isFinal || endedIn[row.id]! + UInt64(Self.span) > index
            }
            let formed = timed.commands.compactMap { past.formed($0, timed.rules, &random) }
            let commands = try formed.filter { command in
                let rows = tables.payments(of: command, timed.rules)
                let given = tables.row(of: command.actor)
                let remembered =
                    rows.contains(where: isKept)
                    || given.map { $0.logIndex + UInt64(Self.span) > index } ?? false
                let asked = ask(command, forgetful, tables, index)
                try check("R2.10", asked.remembers == remembered, "\(command) at \(index)")
                return asked.answer == nil
            }
            let batch = TimedCommands(
                rules: timed.rules, timestamp: timed.timestamp, commands: commands
            ).batch
            var counted = SealedCommands(
                fake: commands.map { EncodedCommand($0, attachment: $0.words) })
            counted.countForgottenAttempts {
                forgetful.forgottenAttempts(
                    at: $0, among: tables.record(of: $0.uetr).attempts, in: index)
            }
            let told = Batch(packed: [counted], rules: timed.rules, timestamp: timed.timestamp)
            if random.percent(15) {
                restarted = try LedgerEngine(
                    loading: tables.image(finalBatches: Self.span), finalBatches: Self.span)
            }
            let before = tables
            complete.apply(batch, at: index, into: &effects.0)
            forgetful.apply(told, at: index, into: &effects.1)
            restarted.apply(told, at: index, into: &effects.2)
            try tables.absorb(effects.0)
            past.keep(tables)
            followed += effects.0.declared[FollowUpRow.self].count
            try Audit(before: before, after: tables, effects: effects.0).run()
            for row in effects.0.payments where row.status.isFinal { endedIn[row.id] = index }
            for (place, (known, asked)) in zip(effects.0.outcomes, effects.1.outcomes).enumerated()
            where known != asked {
                try check(
                    "R2.10", false, "\(commands[place]) at \(index)\n\(known)\n\(asked)")
            }
            try check("R2.10", effects.0.payments == effects.1.payments, "rows at \(index)")
            try check("R2.10", effects.0.position == effects.1.position, "position at \(index)")
            try check("R2.10", effects.1.outcomes == effects.2.outcomes, "restarted at \(index)")
            try check("R2.10", effects.1.position == effects.2.position, "restarted at \(index)")
            let recent = tables.declared[AttemptRow.self].count {
                $0.logIndex + UInt64(Self.span) > index
            }
            let known = tables.payments.count(where: isKept) + recent
            try check("R2.10", forgetful.paymentsInMemory == known, "\(known) known at \(index)")
            try check("R2.10", restarted.paymentsInMemory == known, "\(known) known at \(index)")
            try check("R15.3", forgetful.followUpsInMemory == tables.known(Self.span), "\(index)")
            let notices = tables.declared[NoticeRow.self].count {
                $0.logIndex + UInt64(Self.span) > index
            }
            try check("R16.4", forgetful.noticesInMemory == notices, "notices at \(index)")
            try check("R16.4", restarted.noticesInMemory == notices, "notices at \(index)")
        }
        #expect(forgetful.paymentsInMemory < complete.paymentsInMemory / 2)
        try expectAnswersOfTheRecord(history, tables, &complete, forgetful)
        return followed
    }

    /// Whether the engine will know the payment that a command is about, and what the record says
    /// where it may not.
    private func ask(
        _ command: Command, _ ledger: borrowing LedgerEngine<LadderBook>, _ tables: Tables,
        _ index: UInt64
    ) -> (remembers: Bool, answer: Outcome?) {
        EncodedCommands(EncodedCommand(command)).withCommands { views in
            var views = views
            guard let view = views.next(), let key = view.recordKey else { return (false, nil) }
            let record = tables.record(of: key)
            guard view.isOfPayment else {
                let remembers = ledger.remembersCommand(view, at: index)
                return (remembers, remembers ? nil : ledger.answer(view, record))
            }
            let remembers = ledger.remembers(view, at: index)
            let isForgotten = tables.payments.contains { $0.uetr == key } && !remembers
            let mayBeAttempt =
                view.kind.isOrder && !record.attempts.isEmpty
                && !ledger.remembersAttempt(view.order, at: index)
            return (
                remembers, isForgotten || mayBeAttempt ? ledger.answer(view, record) : nil
            )
        }
    }

    /// Whoever repeats or cancels a forgotten payment, or makes a forgotten attempt again, hears
    /// what an engine that remembers says.
    private func expectAnswersOfTheRecord(
        _ history: RandomHistory, _ tables: Tables, _ complete: inout LedgerEngine<LadderBook>,
        _ forgetful: borrowing LedgerEngine<LadderBook>
    ) throws {
        var answers: [Outcome] = []
        let commands = history.batches.flatMap(\.commands).filter { command in
            let rows = tables.payments(of: command, history.rules)
            guard rows.allSatisfy({ $0.status.isFinal }) else { return false }
            let said = EncodedCommands(EncodedCommand(command)).withCommands { views in
                var views = views
                return views.next().flatMap { view in
                    view.recordKey.flatMap { forgetful.answer(view, tables.record(of: $0)) }
                }
            }
            if let said { answers.append(said) }
            return said != nil
        }
        let batch = TimedCommands(
            rules: history.rules, timestamp: tables.position.timestamp + 1, commands: commands
        ).batch
        var effects = Effects()
        complete.apply(batch, at: tables.position.logIndex + 1, into: &effects)
        for (position, (said, meant)) in zip(answers, effects.outcomes).enumerated() {
            var meant = meant
            meant.firstFill = 0
            try check(
                "R2.10", said == meant, "\(commands[position])\nrecord \(said)\nengine \(meant)")
        }
        try check("R2.10", answers.count > 100, "\(answers.count) answers")
    }
}

extension Tables {
    /// R3.14 The participant that a BIC means.
    func meant(_ bic: BIC, _ rules: RuleVersion) -> BIC? {
        let known = participants.map(\.registration.bic)
        let office = BIC(String(bic.characters.prefix(8))) ?? bic
        return known.contains(bic) ? bic : rules >= .v3 && known.contains(office) ? office : nil
    }

    /// R3.13 The participant that a cancellation names.
    private func meant(_ wish: Cancellation, _ rules: RuleVersion) -> BIC? {
        if let found = meant(wish.payer, rules) { return found }
        guard rules >= .v3, let own = meant(wish.submitter, rules) else { return nil }
        let office = BIC(String(wish.payer.characters.prefix(8))) ?? wish.payer
        let wasNamed = declared[CorrespondentRow.self].contains {
            $0.correspondence.correspondent == own
                && [wish.payer, office].contains($0.correspondence.bank)
        }
        return wasNamed ? own : nil
    }

    /// What a gateway finds with a UETR.
    func record(of uetr: UETR) -> RecordedPayments {
        var record = RecordedPayments()
        record.payments = payments.filter { $0.uetr == uetr && $0.status.isFinal }
        for row in declared[DatedPaymentRow.self]
        where record.payments.contains(where: { $0.id == row.payment }) {
            record.dates[row.payment] = row.date
        }
        record.attempts = declared[AttemptRow.self].filter { $0.uetr == uetr }
        record.commands = declared[OperatorCommandRow.self].filter { $0.commandID == uetr }
        record.proposals = declared[ProposalRow.self].filter { $0.commandID == uetr }
        return record
    }

    /// How many payments' follow-ups an engine knows behind the last batch.
    fileprivate func known(_ span: Int) -> Int {
        let waiting = waiting
        return declared[FollowUpRow.self].count {
            $0.changedIn + UInt64(span) > position.logIndex || waiting.contains($0.payment)
        }
    }

    /// The record of an operator's command.
    fileprivate func row(of actor: CommandActor?) -> OperatorCommandRow? {
        guard let actor,
            let known = declared[OperatorRow.self].first(where: { $0.name == actor.name })
        else { return nil }
        return declared[OperatorCommandRow.self].first {
            $0.operatorID == known.id && $0.commandID.bits == actor.commandID
        }
    }

    /// The payments that a command is about, by the rules of its batch.
    fileprivate func payments(of command: Command, _ rules: RuleVersion) -> [PaymentRow] {
        func bank(_ id: ParticipantID) -> ParticipantRow { participants[Int(id) - 1] }
        return payments.filter { row in
            let payer = bank(row.payer)
            let direct = bank(payer.settlementParticipant).registration.bic
            switch command {
            case .submitPayment(let order):
                return order.uetr == row.uetr
                    && (rules < .v3 || order.contentHash == row.contentHash)
            case .cancelPayment(let wish):
                return wish.uetr == row.uetr
                    && [payer.registration.bic, direct].contains(meant(wish.submitter, rules))
                    && [BIC.none, payer.registration.bic].contains(
                        wish.payer == .none ? .none : meant(wish, rules) ?? Banks.unknown)
            case .declared: return false
            }
        }
    }
}
