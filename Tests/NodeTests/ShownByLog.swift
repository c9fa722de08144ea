internal import Domain
internal import Node
internal import Scenarios

/// What a log holds, and what comes of it.
struct ShownByLog {
    private(set) var rules: Set<RuleVersion> = []
    private var kinds: Set<CommandKind> = []
    private(set) var actors: Set<OperatorName> = []
    private var timesInForce: Set<TimeInForce> = []
    private var fillPolicies: Set<FillPolicy> = []
    private var selfMatches: Set<SelfMatch> = []
    private var endReasons: Set<EndReason> = []
    private(set) var refusals: Set<ResultCode> = []
    private var repetitions = 0
    private(set) var namedCancellations = 0
    /// The most that have a payment with the same UETR.
    private(set) var payersOfOneUETR = 0
    /// How ``NewestLog/filledAtBound`` ends.
    private(set) var filledAtBound: PaymentRow?

    /// - Throws: what following a log throws.
    init(_ log: StoredLog) throws {
        var ledger = LedgerFollower()
        var payers: [UETR: Set<ParticipantID>] = [:]
        for entry in log.entries {
            let applied = try ledger.follow(entry)
            rules.insert(applied.batch.rules)
            applied.batch.forEachCommand { _, item in take(item.command) }
            for outcome in applied.effects.outcomes { take(outcome) }
            for row in applied.effects.payments {
                endReasons.insert(row.endReason)
                payers[row.uetr, default: []].insert(row.payer)
                if row.uetr == NewestLog.filledAtBound { filledAtBound = row }
            }
        }
        payersOfOneUETR = payers.values.map(\.count).max() ?? 0
    }

    /// What rules of this version do and the log does not show.
    func missing(under rules: RuleVersion) -> [String] {
        let declared = DeclaredCommands.all.filter { $0.since <= rules }.map { $0.kind }
        let dated = rules < .v4 ? [] : [CommandKind.submitDatedPayment]
        let wanted = Set(declared + [.submitPayment, .cancelPayment] + dated)
        // Raising, and taking operators on record before it, is shown by a log that is raised.
        let later = rules < .v3 ? [RaiseRules.kind, SetOperator.kind] : [RaiseRules.kind]
        var missing = wanted.subtracting(kinds.union(later)).map { "\($0)" }
        missing += lacking(timesInForce) + lacking(fillPolicies) + lacking(selfMatches)
        // The fill limit takes thousands of orders.
        let laterReasons: Set<EndReason> = rules < .v4 ? [.entryRefused] : []
        missing += lacking(endReasons.union([.fillLimit]).union(laterReasons))
        if refusals.count < 20 { missing.append("20 kinds of refusals") }
        if repetitions == 0 { missing.append("repetitions") }
        return missing
    }

    private func lacking<Value: CaseIterable & Hashable>(_ values: Set<Value>) -> [String] {
        Value.allCases.filter { !values.contains($0) }.map { "\(Value.self).\($0)" }
    }

    private mutating func take(_ command: Command) {
        kinds.insert(command.kind)
        switch command {
        case .submitPayment(let order):
            timesInForce.insert(order.timeInForce)
            fillPolicies.insert(order.fillPolicy)
        case .cancelPayment(let wish):
            if wish.payer != .none { namedCancellations += 1 }
        case .declared(let declared, by: let actor):
            if actor != .none { actors.insert(actor.name) }
            guard let change = declared as? ConfigureCorridor else { return }
            selfMatches.insert(change.corridor.selfMatch)
        }
    }

    private mutating func take(_ outcome: Outcome) {
        if outcome.code != .accepted { refusals.insert(outcome.code) }
        if outcome.isRepetition { repetitions += 1 }
    }
}
