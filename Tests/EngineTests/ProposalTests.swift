internal import Chance
internal import Domain
internal import Engine
internal import Scenarios
import Simulation
internal import Testing

/// R17 Whatever comes in which order, from whomever and how often: a proposal is carried out once
/// at most, and by two persons.
@Suite struct ProposalTests {
    @Test(arguments: 1...20)
    func noProposalIsCarriedOutTwiceOrByOnePerson(seed: Int) throws {
        var office = Office(seed: UInt64(seed))
        try office.open()
        for _ in 0..<300 { try office.work() }
        #expect(office.approved > 20 && office.refused > 5)
        #expect(office.fundings == office.references.count)
    }

    /// R17.8 What came with a command is compared byte for byte, also by an engine that was started
    /// from the tables meanwhile.
    @Test func aStartedLedgerKnowsWhatCameWithACommand() throws {
        var office = Office(seed: 1)
        try office.open()
        for note in [[], Array("a note".utf8)] as [[UInt8]] {
            let number = try office.propose(by: People.wang, with: note)
            try office.restart()
            #expect(
                try office.approve(number, by: People.li, with: note + [0x20])
                    == .proposalDiffers)
            try office.restart()
            #expect(try office.approve(number, by: People.li, with: note) == .accepted)
            try office.restart()
            #expect(try office.approve(number, by: People.li, with: note) == .proposalDecided)
        }
    }

    /// R17.6 The bound of bytes counts the command and what comes with it.
    @Test func theLargestProposalIsTaken() throws {
        var office = Office(seed: 2)
        try office.open()
        let most = Limits.bytesPerProposal - Fund.bodySize
        let note = [UInt8](repeating: 0x6E, count: most)
        let number = try office.propose(by: People.wang, with: note)
        try office.restart()
        #expect(try office.approve(number, by: People.li, with: note) == .accepted)
        for bad in [note + [0x6E], [0x6E, 0], [0xFF]] {
            #expect(try office.give(office.funding(), by: People.wang, bad) == .proposalTooLarge)
        }
    }

    /// Every operator's command that a policy governs names its roles, and fits the row of a
    /// proposal.
    @Test func everyGovernedCommandCanBeProposed() {
        for type in DeclaredCommands.all {
            let governance = type.init().governance
            #expect(type.isGoverned == !governance.roles.isEmpty, "\(type.name)")
            #expect(governance.roles.isSubset(of: .giving))
            guard type.isGoverned else { continue }
            #expect(type.bodySize <= CommandBody.byteCount, "\(type.name)")
            var random = SplitMix64(seed: 31)
            for _ in 0..<50 { expectWhole(random.declared(type)) }
        }
    }

    private func expectWhole(_ command: some DeclaredCommand) {
        let read = CommandBody(command).command(of: type(of: command).kind)
        #expect(read.map { Command.declared($0) } == .declared(command))
    }
}

/// Three people who give a ledger commands that take two of them.
private struct Office: ~Copyable {
    private var random: SplitMix64
    private var engine = Engine()
    private var tables = Tables()
    private var effects = Effects()
    private var index: UInt64 = 0
    private var now: Timestamp = 1_767_578_400_000_000_000
    private var given: [(Command, [UInt8])] = []
    /// What came with the commands that were proposed, by the numbers of their proposals.
    private var notes: [ProposalID: [UInt8]] = [:]
    private var states: [ProposalID: ProposalState] = [:]
    private(set) var approved = 0
    /// Of approved fundings.
    private(set) var references: Set<UETR> = []
    private(set) var refused = 0

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    var fundings: Int { tables.fundings.count }
    private var proposals: [ProposalRow] { tables.declared[ProposalRow.self] }

    mutating func open() throws {
        try give(RegisterParticipant(Banks.registrations[0]), by: People.wang)
        for name in People.all { try give(SetOperator(name: name, roles: .all), by: People.wang) }
        // What payments gives none of them could approve: they reconcile, too.
        try give(SetPolicy(command: Fund.kind, roles: .limits, persons: 2), by: People.wang)
    }

    /// Starts the ledger anew from its tables.
    mutating func restart() throws {
        var image = tables.image
        image.proposalAttachments = notes.filter { !$0.value.isEmpty && states[$0.key] == .open }
        engine = try Engine(loading: image)
    }

    mutating func funding() -> Fund {
        let bic = Banks.registrations[0].bic
        return Fund(reference: random.uetr(), participant: bic, currency: .cny, amount: 100)
    }

    mutating func propose(by name: OperatorName, with note: [UInt8]) throws -> ProposalID {
        #expect(try give(funding(), by: name, note) == .proposed)
        return proposals.last?.id ?? 0
    }

    mutating func approve(
        _ number: ProposalID, by name: OperatorName, with note: [UInt8]
    ) throws -> ResultCode? {
        let hash = proposals[Int(number) - 1].contentHash
        return try give(ApproveProposal(number: number, proposalHash: hash), by: name, note)
    }

    /// A batch of whatever people send.
    mutating func work() throws {
        now += random.percent(3) ? 25 * 3_600_000_000_000 : 1_000_000_000
        if random.percent(10) { try restart() }
        var commands: [(Command, [UInt8])] = []
        for _ in 0..<random.below(6) { commands.append(anything()) }
        // Two approvals at once.
        if let twice = commands.last, random.percent(50) {
            commands.append((renamed(twice.0), twice.1))
        }
        given += commands
        try apply(commands)
    }

    private mutating func anything() -> (Command, [UInt8]) {
        if !given.isEmpty, random.percent(15) { return random.pick(given) }
        let name = random.pick(People.all)
        func signed(_ command: any DeclaredCommand, _ id: UETR) -> Command {
            Command.declared(command).given(by: name, as: id.bits)
        }
        let id = random.uetr()
        guard !proposals.isEmpty, random.percent(70) else {
            let note = [UInt8](repeating: 0x61, count: random.below(20))
            return (signed(funding(), id), note)
        }
        let row = random.percent(80) ? random.pick(proposals.suffix(5)) : random.pick(proposals)
        let hash = row.contentHash ^ (random.percent(5) ? 1 : 0)
        guard random.percent(85) else {
            return (signed(RefuseProposal(number: row.id, proposalHash: hash), id), [0x61])
        }
        let note = random.percent(95) ? notes[row.id] ?? [] : [0x62]
        return (signed(ApproveProposal(number: row.id, proposalHash: hash), id), note)
    }

    /// The same from somebody, as another command.
    private mutating func renamed(_ command: Command) -> Command {
        command.given(by: random.pick(People.all), as: random.uetr().bits)
    }

    @discardableResult
    mutating func give(
        _ command: some DeclaredCommand, by name: OperatorName, _ note: [UInt8] = []
    ) throws -> ResultCode? {
        let command = Command.declared(command).given(by: name, as: random.uetr().bits)
        try apply([(command, note)])
        return effects.outcomes.last?.code
    }

    private mutating func apply(_ commands: [(Command, [UInt8])]) throws {
        now += 1
        index += 1
        let batch = Batch(
            fake: commands.map { EncodedCommand($0.0, attachment: $0.1) }, timestamp: now)
        engine.apply(batch, at: index, into: &effects)
        let before = tables
        try tables.absorb(effects)
        try Audit(before: before, after: tables, effects: effects).run()
        try check("R1.7", tables.hash == effects.position.stateHash, "state hash at \(index)")
        for row in effects.declared[ProposalRow.self] {
            if row.attachment.length > 0 {
                notes[row.id] = batch.attachment(row.attachment).map(Array.init)
            }
            try note(row)
        }
        let carriedOut = zip(commands, effects.outcomes).count { command, outcome in
            command.0.kind == ApproveProposal.kind && outcome.code == .accepted
                && !outcome.isRepetition
        }
        let decided = effects.declared[ProposalRow.self].count {
            $0.state == .approved && $0.code == .accepted
        }
        try check("R17.9", carriedOut == decided, "\(carriedOut) approvals of \(decided)")
    }

    private mutating func note(_ row: ProposalRow) throws {
        let before = states[row.id]
        try check("R17.7", before == nil || before == .open, "\(row.id) is decided again")
        states[row.id] = row.state
        guard row.state == .approved else {
            refused += row.state == .refused ? 1 : 0
            return
        }
        approved += 1
        if let funding = row.command as? Fund { references.insert(funding.reference) }
        try check(
            "R17.9", row.decidedBy != row.proposer && row.decidedBy > 0, "\(row.id) by one person")
    }
}
