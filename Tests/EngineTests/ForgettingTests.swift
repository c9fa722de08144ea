internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
internal import Testing

/// R2.10 Old final payments leave the engine's memory, and nothing else changes by that.
@Suite struct ForgettingTests {
    static let span = 5

    /// One engine never forgets, one knows final payments for five batches, and one of those starts
    /// again and again from the tables. What the forgetful ones would not know is not sent, as the
    /// replica does not send it.
    @Test(arguments: 1...40)
    func forgettingChangesNothing(seed: Int) throws {
        let history = RandomHistory(seed: UInt64(seed) &* 77, commands: 1_500)
        var random = SplitMix64(seed: UInt64(seed))
        var complete = LedgerEngine<LadderBook>(finalBatches: 1_000_000)
        var forgetful = LedgerEngine<LadderBook>(finalBatches: Self.span, seed: random.next())
        var restarted = LedgerEngine<LadderBook>(finalBatches: Self.span)
        var tables = Tables()
        var endedIn: [PaymentID: UInt64] = [:]
        var effects = (Effects(), Effects(), Effects())
        for (number, timed) in history.batches.enumerated() {
            let index = UInt64(number + 1)
            let isKept = { (row: PaymentRow) in
                !row.status.isFinal || endedIn[row.id]! + UInt64(Self.span) > index
            }
            let commands = try timed.commands.filter { command in
                let rows = tables.payments(of: command, timed.rules)
                let remembered = rows.contains(where: isKept)
                let said = EncodedCommands(EncodedCommand(command)).withCommands { views in
                    var views = views
                    return views.next().map {
                        $0.uetr != nil && forgetful.remembers($0, at: index)
                    }
                }
                // Rules are raised behind the batch.
                try check("R2.10", said == remembered, "\(command) at \(index)")
                return rows.isEmpty || remembered
            }
            let batch = TimedCommands(
                rules: timed.rules, timestamp: timed.timestamp, commands: commands
            ).batch
            if random.percent(15) {
                restarted = try LedgerEngine(
                    loading: tables.image(finalBatches: Self.span), finalBatches: Self.span)
            }
            let before = tables
            complete.apply(batch, at: index, into: &effects.0)
            forgetful.apply(batch, at: index, into: &effects.1)
            restarted.apply(batch, at: index, into: &effects.2)
            try tables.absorb(effects.0)
            try Audit(before: before, after: tables, effects: effects.0).run()
            for row in effects.0.payments where row.status.isFinal { endedIn[row.id] = index }
            try check("R2.10", effects.0.outcomes == effects.1.outcomes, "outcomes at \(index)")
            try check("R2.10", effects.0.payments == effects.1.payments, "rows at \(index)")
            try check("R2.10", effects.0.position == effects.1.position, "position at \(index)")
            try check("R2.10", effects.1.outcomes == effects.2.outcomes, "restarted at \(index)")
            try check("R2.10", effects.1.position == effects.2.position, "restarted at \(index)")
            let known = tables.payments.count(where: isKept)
            try check("R2.10", forgetful.paymentsInMemory == known, "\(known) known at \(index)")
            try check("R2.10", restarted.paymentsInMemory == known, "\(known) known at \(index)")
        }
        #expect(forgetful.paymentsInMemory < complete.paymentsInMemory / 2)
        try expectAnswersOfTheRecord(history, tables, &complete, forgetful)
    }

    /// Whoever repeats or cancels a forgotten payment hears what an engine that remembers says.
    private func expectAnswersOfTheRecord(
        _ history: RandomHistory, _ tables: Tables, _ complete: inout LedgerEngine<LadderBook>,
        _ forgetful: borrowing LedgerEngine<LadderBook>
    ) throws {
        let commands = history.batches.flatMap(\.commands).filter { command in
            let rows = tables.payments(of: command, history.rules)
            return !rows.isEmpty && rows.allSatisfy { $0.status.isFinal }
        }
        let batch = TimedCommands(
            rules: history.rules, timestamp: tables.position.timestamp + 1, commands: commands
        ).batch
        var effects = Effects()
        complete.apply(batch, at: tables.position.logIndex + 1, into: &effects)
        let answers = batch.withCommands { views in
            var views = views
            var answers: [Outcome?] = []
            while let view = views.next() {
                let rows = tables.payments.filter {
                    $0.uetr == view.uetr && $0.status.isFinal
                }
                answers.append(forgetful.answer(view, onRecord: rows))
            }
            return answers
        }
        for (said, meant) in zip(answers, effects.outcomes) {
            var meant = meant
            meant.firstFill = 0
            guard let said else {
                // The ladder names this before it asks what is on record.
                try check("R3.2", meant.code == .submitterNotPayer, "\(meant)")
                continue
            }
            try check("R2.10", said == meant, "record \(said)\nengine \(meant)")
        }
        let answered = answers.count { $0 != nil }
        try check("R2.10", answered * 10 > answers.count * 9, "\(answered) answers")
    }
}

extension Tables {
    /// R3.14 The participant that a BIC means.
    private func meant(_ bic: BIC, _ rules: RuleVersion) -> BIC? {
        let known = participants.map(\.registration.bic)
        let office = BIC(String(bic.characters.prefix(8))) ?? bic
        return known.contains(bic) ? bic : rules >= .v3 && known.contains(office) ? office : nil
    }

    /// R3.16 The participant that pays.
    private func paying(_ bank: BIC, _ submitter: BIC, _ rules: RuleVersion) -> BIC? {
        if let found = meant(bank, rules) { return found }
        guard rules >= .v3, let own = meant(submitter, rules) else { return nil }
        let office = BIC(String(bank.characters.prefix(8))) ?? bank
        let isNamed = declared[CorrespondentRow.self].contains {
            $0.isActive && $0.correspondence.correspondent == own
                && [bank, office].contains($0.correspondence.bank)
        }
        return isNamed ? own : nil
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
                    && (rules < .v3 || order.contentHash == row.contentHash
                        || paying(order.payer, order.submitter, rules) == payer.registration.bic)
            case .cancelPayment(let wish):
                return wish.uetr == row.uetr
                    && [payer.registration.bic, direct].contains(meant(wish.submitter, rules))
                    && [BIC.none, payer.registration.bic].contains(
                        wish.payer == .none
                            ? .none : paying(wish.payer, wish.submitter, rules) ?? Banks.unknown)
            case .declared: return false
            }
        }
    }
}
