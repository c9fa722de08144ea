internal import Synchronization

/// Who takes part and which corridors there are, as of the last applied batch.
///
/// The node keeps it up before it answers a command, so whoever has heard of a registration finds
/// it here. Any thread may ask; a question costs O(1) and never waits for the tables.
public final class Directory: Sendable {
    fileprivate struct Known {
        /// By number; numbers begin with 1.
        var participants: [ParticipantRow] = []
        var numbers: [BIC: ParticipantID] = [:]
        var identifiers: [ClearingCode: ParticipantID] = [:]
        var correspondences: Set<Correspondence> = []
        var corridors: [CorridorRow] = []
        var rules = RuleVersion.current
        var contentKey = ContentKey.none
    }

    private let known = Mutex(Known())

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

    /// The order with payer and creditor as they are registered, where they are: a correspondent
    /// is the payer.
    public func withParties(_ order: PaymentOrder) -> PaymentOrder {
        known.withLock { known in
            var order = order
            let payer = known.number(order.payer) ?? known.number(order.submitter)
            order.payer = payer.flatMap { known.row($0) }?.registration.bic ?? order.payer
            let creditor = known.number(order.creditor).flatMap { known.row($0) }
            order.creditor = creditor?.registration.bic ?? order.creditor
            return order
        }
    }

    /// The bank for which the submitter pays as its correspondent, when an order names it as payer;
    /// nil for all other orders (R3.16).
    public func originator(_ payer: BIC, of submitter: BIC) -> BIC? {
        guard payer != .none, payer != submitter else { return nil }
        return known.withLock { known in
            guard known.rules >= .v3, known.number(payer) == nil,
                let own = known.number(submitter).flatMap({ known.row($0) })?.registration.bic
            else { return nil }
            return [payer, payer.primaryOfficeBIC].contains {
                known.correspondences.contains(Correspondence(own, of: $0))
            } ? payer : nil
        }
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

    /// All corridors in order of currency.
    public var corridors: [CorridorRow] { known.withLock { $0.corridors } }

    public func corridor(_ foreign: Currency) -> CorridorRow? {
        known.withLock { $0.corridors.first { $0.corridor.foreign == foreign } }
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
        }
    }

    /// Takes in what a batch changed.
    public func update(_ applied: AppliedBatch) {
        let effects = applied.effects
        let isFirst = effects.position.logIndex == 1
        guard !effects.declared.isEmpty || isFirst else { return }
        known.withLock {
            // A ledger begins with the oldest rules, unless a row of that batch names others.
            if isFirst { $0.rules = .oldest }
            for row in effects.declared[RuleVersionRow.self] { $0.set(row) }
            for row in effects.declared[ParticipantRow.self] { $0.set(row) }
            for row in effects.declared[CorridorRow.self] { $0.set(row) }
            for row in effects.declared[IdentifierRow.self] { $0.set(row) }
            for row in effects.declared[CorrespondentRow.self] { $0.set(row) }
            for row in effects.declared[ContentKeyRow.self] {
                let text = applied.batch.attachment(row.attachment) ?? []
                $0.contentKey =
                    ContentKey(hexadecimal: String(decoding: text, as: UTF8.self)) ?? .none
            }
        }
    }
}

extension Directory.Known {
    fileprivate func number(_ bic: BIC) -> ParticipantID? {
        numbers[bic] ?? (rules >= .v3 ? numbers[bic.primaryOfficeBIC] : nil)
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
        }
    }

    fileprivate mutating func set(_ row: IdentifierRow) {
        identifiers[row.identifier] = row.participant == 0 ? nil : row.participant
    }

    fileprivate mutating func set(_ row: CorrespondentRow) {
        if row.isActive {
            correspondences.insert(row.correspondence)
        } else {
            correspondences.remove(row.correspondence)
        }
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
