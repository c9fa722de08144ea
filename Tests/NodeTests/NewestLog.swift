internal import Domain
internal import Engine
internal import LogsForTests
internal import Node
internal import Scenarios

/// The log of the newest rules: a random life of a ledger that begins under the oldest ones and is
/// raised in the middle, and behind that what only the newest rules allow.
enum NewestLog {
    /// An order that must be filled whole and is so at its fill bound but for dust.
    static let filledAtBound = UETR(bits: 12)

    /// The first of random lives that shows everything.
    static func make() throws -> StoredLog {
        var lacking = NothingShowsAll()
        for seed in 1...2_000 as ClosedRange<UInt64> {
            let log = try make(seed: seed)
            let missing = try ShownByLog(log).missing(under: .current)
            if missing.isEmpty { return log }
            if seed == 1 || missing.count < lacking.missing.count { lacking.missing = missing }
        }
        throw lacking
    }

    private struct NothingShowsAll: Error {
        /// Of the life that shows most.
        var missing: [String] = []
    }

    private static func make(seed: UInt64) throws -> StoredLog {
        var writer = LogWriter()
        let history = RandomHistory(seed: seed, commands: 700, rules: .current).batches
        for (number, batch) in history.enumerated() {
            // Whatever the history itself raises: this ledger is raised once.
            let commands = batch.commands.filter { $0.kind != RaiseRules.kind }
            try writer.add(commands, at: batch.timestamp, atMost: number == 0 ? commands.count : 3)
            guard number == history.count / 2 else { continue }
            for name in [People.wang, People.li] {
                try writer.add([.given(SetOperator(name: name, roles: .all))])
            }
            try writer.add([.given(RaiseRules(version: RuleVersion.current.rawValue))])
            for command in newest { try writer.add([command]) }
        }
        return StoredLog(
            comments: ["# Made by NewestLog.swift: LANGQIAO_REWRITE=1 writes it anew (R1.11)."],
            stateHash: writer.ledger.engine.position.stateHash, entries: writer.entries)
    }

    private static let cny = Banks.bic("YTZGCNB0")
    private static let branch = Banks.bic("YTZGCNB1")
    private static let mmk = Banks.bic("CPLBTHB0")

    /// Banks and a corridor of their own, so that the random life does not matter.
    private static var newest: [Command] {
        let leg = order(1, cny, to: mmk, .payRenminbi, .pay, 100_00, 2_200)
        var whole = order(12, mmk, to: cny, .payForeign, .pay, 22_13, 2_210)
        whole.timeInForce = .fillOrKill
        let moves = [2_200, 2_201].map { units in
            Command.given(SetReferenceRate(foreign: .mmk, rate: rate(units)))
                .given(by: People.li, as: 901)
        }
        return opening + [
            // A command comes again, and another one under its identification (R13.4).
            moves[0], moves[0], moves[1],
            // Two legs of one customer payment, and whom a cancellation means (R2.13, R3.13).
            .submitPayment(leg.sealed),
            .submitPayment(order(1, branch, to: mmk, .payRenminbi, .pay, 50_00, 2_200).sealed),
            .submitPayment(leg.sealed), cancel(1, by: cny), cancel(1, by: cny, of: branch),
            cancel(1, by: mmk, of: cny), cancel(1, by: cny),
            // Dust at the rate of the order of the same payer counts as filled (R8.7).
            .submitPayment(order(10, cny, to: mmk, .payRenminbi, .receive, 22_00, 2_200).sealed),
            .submitPayment(order(11, mmk, to: mmk, .payRenminbi, .pay, 1_00, 2_200).sealed),
            .submitPayment(whole.sealed),
            .declared(
                SetIdentifier(
                    identifier: ClearingCode("CNAPS:102100099996") ?? ClearingCode(packed: 0),
                    participant: cny)),
            // A key of the content hashes, and details erased (R2.17, R2.19).
            .declared(SetContentKey(number: 1)),
            .declared(EraseContent(uetr: leg.uetr, payer: cny)),
            // A bank is told without asking, and says that it has it (R14.1, R14.3).
            .given(SetMessaging(participant: cny, wishes: [.statusReports, .notifications])),
            .submitPayment(order(20, cny, to: mmk, .payRenminbi, .pay, 1_00, 2_200).sealed),
            cancel(20, by: cny),
            .declared(AcknowledgeMessages(participant: cny, number: 1)),
            // An eighth attempt where seven are forgotten, and no ninth (R2.15).
            .given(SetCorridorState(foreign: .mmk, state: .halted)),
            attempt(1, forgotten: 7), attempt(2, forgotten: 7), attempt(3, forgotten: 8),
        ]
    }

    private static func attempt(_ number: UInt128, forgotten: UInt8) -> Command {
        var order = order(13, cny, to: mmk, .payRenminbi, .pay, 100_00, 2_200)
        order.attempt = number
        order.forgottenAttempts = forgotten
        return .submitPayment(order.sealed)
    }

    private static var opening: [Command] {
        let registrations = [(cny, BIC.none), (branch, cny), (mmk, .none)].map { bic, direct in
            Command.given(
                RegisterParticipant(
                    ParticipantRegistration(
                        bic: bic, country: bic.country, roles: [.payer, .liquidityProvider],
                        settlesThrough: direct)))
        }
        let corridor = Corridor(
            foreign: .mmk, tick: rate(1), referenceRate: rate(2_200), collarBasisPoints: 500,
            minimumSize: 1, maximumSize: 1_000_000_00, selfMatch: .decrementBoth)
        return registrations + [
            .given(ConfigureCorridor(corridor)), fund(900, cny, .cny), fund(901, mmk, .cny),
            fund(902, mmk, .mmk),
        ]
    }

    private static func rate(_ units: Int64) -> Rate { Rate(scaled: units * 100_000_000) }

    private static func fund(_ number: UInt128, _ bic: BIC, _ currency: Currency) -> Command {
        .given(
            Fund(
                reference: UETR(bits: number), contentHash: number, participant: bic,
                currency: currency, amount: 1_000_000_00))
    }

    private static func cancel(_ number: UInt128, by: BIC, of payer: BIC = .none) -> Command {
        .cancelPayment(Cancellation(uetr: UETR(bits: number), submitter: by, payer: payer))
    }

    private static func order(
        _ number: UInt128, _ payer: BIC, to creditor: BIC, _ side: Side, _ fixed: FixedAmount,
        _ amount: Int64, _ limit: Int64
    ) -> PaymentOrder {
        PaymentOrder(
            uetr: UETR(bits: number), submitter: payer, payer: payer, creditor: creditor,
            foreign: .mmk, side: side, fixed: fixed, amount: amount, limit: rate(limit))
    }
}

/// Builds a log beside the ledger that follows it.
private struct LogWriter: ~Copyable {
    private(set) var entries: [LogEntry] = []
    private(set) var ledger = LedgerFollower()
    private var builder = BatchBuilder(after: .start, term: 1)

    /// Adds batches of these commands, as far as the ledger's rules have a form for them.
    mutating func add(
        _ commands: [Command], at time: Timestamp = 0, atMost count: Int = 1
    ) throws {
        let rules = entries.isEmpty ? .oldest : ledger.engine.nextRules
        let known = commands.map { $0.under(rules) }.filter { $0.since <= rules }
        // Time passes without commands too.
        for start in stride(from: 0, to: max(known.count, 1), by: count) {
            var group = EncodedCommands()
            for command in known.dropFirst(start).prefix(count) {
                group.append(EncodedCommand(command))
            }
            let (batch, entry) = builder.makeEntry(
                [SealedCommands(sealing: group)], rules: rules, now: time,
                stating: ledger.engine.position)
            _ = try ledger.apply(batch, at: LogPosition(of: entry))
            entries.append(entry)
        }
    }
}
