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
        var endedIn: [UETR: UInt64] = [:]
        var effects = (Effects(), Effects(), Effects())
        for (number, timed) in history.batches.enumerated() {
            let index = UInt64(number + 1)
            let commands = timed.commands.filter { command in
                guard let uetr = command.uetr, let ended = endedIn[uetr] else { return true }
                return ended + UInt64(Self.span) > index
            }
            for (uetr, ended) in endedIn {
                let remembered = ended + UInt64(Self.span) > index
                try check(
                    "R2.10", forgetful.remembers(uetr, at: index) == remembered,
                    "\(uetr) at \(index)")
            }
            let batch = TimedCommands(timestamp: timed.timestamp, commands: commands).batch
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
            for row in effects.0.payments where row.status.isFinal { endedIn[row.uetr] = index }
            try check("R2.10", effects.0.outcomes == effects.1.outcomes, "outcomes at \(index)")
            try check("R2.10", effects.0.payments == effects.1.payments, "rows at \(index)")
            try check("R2.10", effects.0.position == effects.1.position, "position at \(index)")
            try check("R2.10", effects.1.outcomes == effects.2.outcomes, "restarted at \(index)")
            try check("R2.10", effects.1.position == effects.2.position, "restarted at \(index)")
            let known = tables.payments.count {
                !$0.status.isFinal || endedIn[$0.uetr]! + UInt64(Self.span) > index
            }
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
        let rows = Dictionary(uniqueKeysWithValues: tables.payments.map { ($0.uetr, $0) })
        let commands = history.batches.flatMap(\.commands).filter { command in
            command.uetr.flatMap { rows[$0] }?.status.isFinal == true
        }
        let batch = TimedCommands(
            timestamp: tables.position.timestamp + 1, commands: commands
        ).batch
        var effects = Effects()
        complete.apply(batch, at: tables.position.logIndex + 1, into: &effects)
        var answers: [Outcome] = []
        batch.withCommands { views in
            var views = views
            while let view = views.next() {
                guard let row = view.uetr.flatMap({ rows[$0] }) else { continue }
                answers.append(forgetful.answer(view, onRecord: row))
            }
        }
        for (said, meant) in zip(answers, effects.outcomes) {
            var meant = meant
            meant.firstFill = 0
            try check("R2.10", said == meant, "record \(said)\nengine \(meant)")
        }
        try check("R2.10", answers.count == effects.outcomes.count, "\(answers.count) answers")
    }
}

extension Command {
    /// The payment that the command is about.
    fileprivate var uetr: UETR? {
        switch self {
        case .submitPayment(let order): order.uetr
        case .cancelPayment(let cancellation): cancellation.uetr
        case .declared: nil
        }
    }
}
