internal import Synchronization

/// Who takes part, which corridors there are and what lies on the accounts, as of the last applied
/// batch.
///
/// The node keeps it up before it answers a command, so whoever has heard of a registration finds
/// it here. Any thread may ask; a question costs O(1) and never waits for the tables.
public final class Directory: Sendable {
    fileprivate struct Known {
        /// By number; numbers begin with 1.
        var participants: [ParticipantRow] = []
        var numbers: [BIC: ParticipantID] = [:]
        /// In the order of their numbers; what a LEI is registered for stays.
        var byLEI: [LEI: [ParticipantID]] = [:]
        var identifiers: [ClearingCode: ParticipantID] = [:]
        /// The other way round.
        var codes: [ParticipantID: Set<ClearingCode>] = [:]
        /// Those that are, and those that were.
        var correspondences: Set<Correspondence> = []
        var corridors: [CorridorRow] = []
        /// By number; numbers begin with 0.
        var accounts: [AccountRow?] = []
        /// Of each participant, in the order of their numbers.
        var accountsOfParticipants: [ParticipantID: [AccountID]] = [:]
        /// Of those that want any.
        var usageRules: [ParticipantID: UsageRuleSetting] = [:]
        /// When those were proposed that wait.
        var proposals: [ProposalID: Timestamp] = [:]
        /// At the currency's number; empty without any calendar.
        var calendars: [KnownCalendar] = []
        var keys = KnownKeys()
        var rules = RuleVersion.current
        var contentKey = ContentKey.none
    }

    private let known = Mutex(Known())
    private let keyWatchers = Mutex<[@Sendable () -> Void]>([])

    public init() {}

    // MARK: Questions

    /// The participant that a BIC means (R3.14).
    public func participant(_ bic: BIC) -> ParticipantRow? {
        known.withLock { known in known.number(bic).flatMap { known.row($0) } }
    }

    /// The participant that a clearing system means by a code (R3.15).
    public func participant(_ code: ClearingCode) -> ParticipantRow? {
        known.withLock { known in known.identifiers[code].flatMap { known.row($0) } }
    }

    /// The participants with an LEI, in the order of their numbers: a legal entity may take part
    /// with several of its offices.
    public func participants(_ lei: LEI) -> [ParticipantID] {
        known.withLock { $0.byLEI[lei] ?? [] }
    }

    /// The codes by which clearing systems know a participant, in the order of their texts.
    public func codes(of id: ParticipantID) -> [ClearingCode] {
        known.withLock { $0.codes[id] ?? [] }.sorted { $0.packed < $1.packed }
    }

    /// R3.13 The participant whose payments somebody names by a bank: the one that the BIC means,
    /// else his own, where it is or was that bank's correspondent.
    public func payer(namedBy bank: BIC, _ submitter: BIC?) -> ParticipantID? {
        known.withLock { known in
            if let found = known.number(bank) { return found }
            guard let own = submitter.flatMap({ known.number($0) }), let row = known.row(own) else {
                return nil
            }
            return [bank, bank.primaryOfficeBIC].contains {
                known.correspondences.contains(Correspondence(row.registration.bic, of: $0))
            } ? own : nil
        }
    }

    /// The bank that an order names as its payer, where that is no participant: nobody but a
    /// correspondent can pay for it (R3.16). Nil for all other orders.
    public func originator(_ payer: BIC, of submitter: BIC) -> BIC? {
        guard payer != .none, payer != submitter else { return nil }
        return known.withLock { $0.rules >= .v3 && $0.number(payer) == nil ? payer : nil }
    }

    public func participant(_ id: ParticipantID) -> ParticipantRow? {
        known.withLock { $0.row(id) }
    }

    /// The BIC of a participant; ``BIC/none`` for a number that nobody has.
    public func bic(of id: ParticipantID) -> BIC {
        known.withLock { $0.row(id)?.registration.bic ?? .none }
    }

    /// Whether `participant` is `own` or settles through it.
    public func settles(_ participant: ParticipantID, through own: ParticipantID) -> Bool {
        known.withLock { $0.row(participant)?.settlementParticipant == own }
            || participant == own && own != 0
    }

    /// A participant and those that settle through it, in the order of their numbers.
    ///
    /// - Complexity: O(participants).
    public func participants(settlingThrough own: ParticipantID) -> [ParticipantID] {
        known.withLock { known in
            known.participants.filter { $0.id == own || $0.settlementParticipant == own }.map(\.id)
        }
    }

    /// All corridors in order of currency.
    public var corridors: [CorridorRow] { known.withLock { $0.corridors } }

    public func corridor(_ foreign: Currency) -> CorridorRow? {
        known.withLock { $0.corridors.first { $0.corridor.foreign == foreign } }
    }

    /// Every account, in the order of their numbers.
    ///
    /// - Complexity: O(accounts).
    public var accounts: [AccountRow] { known.withLock { $0.accounts.compactMap(\.self) } }

    public func account(_ id: AccountID) -> AccountRow? {
        known.withLock { Int(id) < $0.accounts.count ? $0.accounts[Int(id)] : nil }
    }

    /// The settlement accounts of a participant, in the order of their numbers, as of one batch.
    public func accounts(of owner: ParticipantID) -> [AccountRow] {
        known.withLock { known in
            (known.accountsOfParticipants[owner] ?? []).compactMap { known.accounts[Int($0)] }
        }
    }

    /// What happens with messages of the participant that a BIC means, where they break a usage
    /// rule (R14.1).
    public func usageRules(of bic: BIC) -> UsageRuleSetting {
        known.withLock { known in
            guard !known.usageRules.isEmpty, let number = known.number(bic) else { return .none }
            return known.usageRules[number] ?? .none
        }
    }

    /// How many commands of operators wait for a second person, and when the first of them was
    /// proposed.
    ///
    /// - Complexity: O(open proposals).
    public var proposals: (count: Int, oldest: Timestamp?) {
        known.withLock { ($0.proposals.count, $0.proposals.values.min()) }
    }

    /// When the session ends that a corridor is in at a time; nil outside a session (R4.2, R4.7).
    /// Nothing is said of halted and closed corridors.
    public func cutOff(of row: CorridorRow, at now: Timestamp) -> Timestamp? {
        known.withLock { known in
            guard row.followsCalendars else {
                return row.corridor.cutOff(at: now, under: known.rules)
            }
            guard !known.calendars.isEmpty else { return nil }
            let cutOffs = [Currency.cny, row.corridor.foreign].compactMap {
                known.calendars[Int($0.rawValue)].cutOff(at: now)
            }
            return cutOffs.count == 2 ? cutOffs.min() : nil
        }
    }

    /// The calendars in force, in order of currency.
    public var calendars: [KnownCalendar] {
        known.withLock { $0.calendars.filter { $0.last != .none } }
    }

    /// Whether any certificate or key is on record.
    public var hasKeys: Bool { known.withLock { !$0.keys.isEmpty } }

    /// R18.6 What the keys on record make of a certificate that is believed otherwise.
    ///
    /// - Parameters:
    ///   - owners: whom it names. A branch that is not registered itself is its institution.
    ///   - now: nanoseconds since 1970.
    ///   - reliance: how far they count.
    /// - Complexity: O(keys of the owners).
    public func verdict(
        on fingerprint: KeyFingerprint, naming owners: [KeyOwner], at now: Timestamp,
        relyingOn reliance: KeyReliance = .full
    ) -> KeyVerdict {
        known.withLock { known in
            known.keys.verdict(
                on: fingerprint, naming: owners.map { known.registered($0) }, at: now,
                relyingOn: reliance)
        }
    }

    /// Calls `changed` whenever a certificate or key has come on record or changed, before anybody
    /// is answered for it, on any thread and for good. It must not block.
    public func watchKeys(_ changed: @escaping @Sendable () -> Void) {
        keyWatchers.withLock { $0.append(changed) }
    }

    private func tellKeyWatchers() {
        for changed in keyWatchers.withLock({ $0 }) { changed() }
    }

    /// The rules by which the next batch is applied.
    public var rules: RuleVersion { known.withLock { $0.rules } }

    /// The key of the content hashes; ``ContentKey/none`` while the ledger has none.
    public var contentKey: ContentKey { known.withLock { $0.contentKey } }

    // MARK: The node's side

    /// Forgets everything and begins with what an engine begins with.
    public func load(_ image: LedgerImage) {
        known.withLock {
            $0 = Known()
            if image.position.logIndex > 0 { $0.rules = .oldest }
            $0.contentKey = image.contentKey
            for row in image.declared[RuleVersionRow.self] { $0.set(row) }
            for row in image.declared[ParticipantRow.self] { $0.set(row) }
            for row in image.declared[CorridorRow.self] { $0.set(row) }
            for row in image.declared[IdentifierRow.self] { $0.set(row) }
            for row in image.declared[CorrespondentRow.self] { $0.set(row) }
            for row in image.declared[MessagingRow.self] { $0.set(row) }
            for row in image.declared[ProposalRow.self] { $0.set(row) }
            $0.setCalendars(image.declared)
            for row in image.declared[KeyRow.self] { $0.keys.set(row) }
            for row in image.accounts { $0.set(row) }
        }
        tellKeyWatchers()
    }

    /// Takes in what a batch changed.
    public func update(_ applied: AppliedBatch) {
        let effects = applied.effects
        let isFirst = effects.position.logIndex == 1
        let hasDeclared = !effects.declared.isEmpty || isFirst
        guard hasDeclared || !effects.accounts.isEmpty else { return }
        known.withLock {
            for row in effects.accounts { $0.set(row) }
            guard hasDeclared else { return }
            // A ledger begins with the oldest rules, unless a row of that batch names others.
            if isFirst { $0.rules = .oldest }
            for row in effects.declared[RuleVersionRow.self] { $0.set(row) }
            for row in effects.declared[ParticipantRow.self] { $0.set(row) }
            for row in effects.declared[CorridorRow.self] { $0.set(row) }
            for row in effects.declared[IdentifierRow.self] { $0.set(row) }
            for row in effects.declared[CorrespondentRow.self] { $0.set(row) }
            for row in effects.declared[MessagingRow.self] { $0.set(row) }
            for row in effects.declared[ProposalRow.self] { $0.set(row) }
            $0.setCalendars(effects.declared)
            for row in effects.declared[KeyRow.self] { $0.keys.set(row) }
            for row in effects.declared[ContentKeyRow.self] {
                $0.contentKey = ContentKey(row, in: applied.batch)
            }
        }
        if hasDeclared, !effects.declared[KeyRow.self].isEmpty { tellKeyWatchers() }
    }
}

extension Directory.Known {
    fileprivate func number(_ bic: BIC) -> ParticipantID? {
        numbers[bic] ?? (rules >= .v3 ? numbers[bic.primaryOfficeBIC] : nil)
    }

    /// The owner as keys name him.
    fileprivate func registered(_ owner: KeyOwner) -> KeyOwner {
        guard owner.kind == .participant, let bic = BIC(owner.name.description),
            let row = number(bic).flatMap({ row($0) }),
            let name = OperatorName(row.registration.bic.description)
        else { return owner }
        return KeyOwner(.participant, name)
    }

    fileprivate func row(_ id: ParticipantID) -> ParticipantRow? {
        id > 0 && Int(id) <= participants.count ? participants[Int(id) - 1] : nil
    }

    fileprivate mutating func set(_ row: ParticipantRow) {
        require(row.id > 0 && Int(row.id) <= participants.count + 1, "participants come in order")
        if Int(row.id) <= participants.count {
            participants[Int(row.id) - 1] = row
        } else {
            participants.append(row)
            numbers[row.registration.bic] = row.id
            let lei = row.registration.lei
            if lei != .none { byLEI[lei, default: []].append(row.id) }
        }
    }

    fileprivate mutating func set(_ row: AccountRow) {
        let place = Int(row.id)
        if place >= accounts.count {
            accounts.append(contentsOf: repeatElement(nil, count: place + 1 - accounts.count))
        }
        if accounts[place] == nil, row.owner != 0 {
            var own = accountsOfParticipants[row.owner] ?? []
            own.insert(row.id, at: own.firstIndex { $0 > row.id } ?? own.endIndex)
            accountsOfParticipants[row.owner] = own
        }
        accounts[place] = row
    }

    fileprivate mutating func set(_ row: IdentifierRow) {
        let code = row.identifier
        if let owner = identifiers[code] { codes[owner]?.remove(code) }
        identifiers[code] = row.participant == 0 ? nil : row.participant
        if row.participant != 0 { codes[row.participant, default: []].insert(code) }
    }

    fileprivate mutating func set(_ row: CorrespondentRow) {
        correspondences.insert(row.correspondence)
    }

    fileprivate mutating func set(_ row: MessagingRow) {
        usageRules[row.participant] = row.usageRules == .none ? nil : row.usageRules
    }

    fileprivate mutating func set(_ row: ProposalRow) {
        proposals[row.id] = row.state == .open ? row.proposedAt : nil
    }

    fileprivate mutating func setCalendars(_ rows: DeclaredRowLists) {
        let (days, business) = (rows[CalendarDayRow.self], rows[BusinessDayRow.self])
        guard !days.isEmpty || !business.isEmpty else { return }
        if calendars.isEmpty { calendars = Currency.allCases.map { KnownCalendar(currency: $0) } }
        for row in days { calendars[Int(row.day.currency.rawValue)].set(row.day) }
        for row in business { calendars[Int(row.currency.rawValue)].set(row) }
    }

    fileprivate mutating func set(_ row: RuleVersionRow) {
        if let rules = RuleVersion(rawValue: row.version) { self.rules = max(self.rules, rules) }
    }

    fileprivate mutating func set(_ row: CorridorRow) {
        let foreign = row.corridor.foreign
        let place = corridors.firstIndex { $0.corridor.foreign.rawValue >= foreign.rawValue }
        if let place, corridors[place].corridor.foreign == foreign {
            corridors[place] = row
        } else {
            corridors.insert(row, at: place ?? corridors.endIndex)
        }
    }
}
