internal import Domain

/// The participants by number and by BIC, with what every order asks of them made ready.
struct Participants: ~Copyable {
    private let rows: Registry<ParticipantRow>
    /// What every order asks, in sixteen bytes a participant; at its number, 0 is nobody.
    private var standings = [Standing(bic: .none, settlesThrough: 0, roles: [], isActive: false)]
    private var byBIC: IdentifierTable

    /// - Parameter rows: the register, which is changed here alone.
    init(_ rows: Registry<ParticipantRow>, seed: UInt64) {
        self.rows = rows
        byBIC = IdentifierTable(seed: seed)
    }

    /// Numbers given so far, nobody's included.
    var count: Int { standings.count }

    /// The row of a participant.
    ///
    /// - Precondition: it is not nobody.
    func row(_ participant: ParticipantID) -> ParticipantRow { rows[participant] }

    /// The participant that a BIC means, or 0: the one with this BIC, else, since version 3, the
    /// primary office of its institution (R3.14).
    func find(_ bic: BIC, under rules: RuleVersion) -> ParticipantID {
        let exact = registered(bic)
        return exact == 0 && rules >= .v3 ? registered(bic.primaryOfficeBIC) : exact
    }

    /// The participant with this very BIC, or 0.
    @inline(__always)
    func registered(_ bic: BIC) -> ParticipantID { search(bic).number }

    @inline(__always)
    private func search(_ bic: BIC) -> IdentifierTable.Search {
        byBIC.search(hash: byBIC.hash(UInt128(bic.packed))) { standings[Int($0)].bic == bic }
    }

    @inline(__always)
    func standing(_ participant: ParticipantID) -> Standing { standings[Int(participant)] }

    @inline(__always)
    func bic(_ participant: ParticipantID) -> BIC { standings[Int(participant)].bic }

    /// Whether the submitter is the payer or the direct participant that settles for it.
    func mayAct(_ submitter: BIC, for payer: ParticipantID, under rules: RuleVersion) -> Bool {
        if settles(payer, submitter) { return true }
        let found = find(submitter, under: rules)
        return found != 0 && (found == payer || found == standing(payer).settlesThrough)
    }

    /// Whether this is the very BIC of the payer or of the direct participant that settles for it.
    @inline(__always)
    func settles(_ payer: ParticipantID, _ submitter: BIC) -> Bool {
        bic(payer) == submitter || bic(standing(payer).settlesThrough) == submitter
    }

    func isDirect(_ participant: ParticipantID) -> Bool {
        standing(participant).settlesThrough == participant
    }

    /// By number: whether a participant is this one or settles through it.
    ///
    /// - Complexity: O(participants).
    func settling(through direct: ParticipantID) -> [Bool] {
        standings.indices.map { number in
            number == Int(direct) || standings[number].settlesThrough == direct
        }
    }

    /// Puts the next participant on record, or replaces a row.
    ///
    /// - Complexity: O(1) for a new one, else O(participants).
    mutating func put(_ row: ParticipantRow) {
        let isNew = Int(row.id) == count
        rows.put(row)
        if isNew { know(row) }
        refreshStandings(from: isNew ? Int(row.id) : 1)
    }

    /// Makes ready what the register was loaded with.
    mutating func adoptLoaded() throws(LoadError) {
        for number in 0..<UInt32(rows.count) {
            let row = rows[number + 1]
            guard Int(row.id) == count, row.settlementParticipant <= row.id,
                row.settlementParticipant > 0, count <= Limits.participants,
                registered(row.registration.bic) == 0
            else { throw .inconsistent("participant \(row.id)") }
            know(row)
        }
        refreshStandings(from: 1)
    }

    private mutating func know(_ row: ParticipantRow) {
        let search = search(row.registration.bic)
        byBIC.insert(row.id, at: search, upTo: row.id - 1) {
            UInt128(standings[Int($0)].bic.packed)
        }
        standings.append(
            Standing(
                bic: row.registration.bic, settlesThrough: row.settlementParticipant, roles: [],
                isActive: false))
    }

    /// An indirect participant stands no better than the direct one, which has a lower number.
    private mutating func refreshStandings(from first: Int) {
        for number in first..<standings.count {
            let row = rows[ParticipantID(number)]
            let direct = rows[row.settlementParticipant]
            standings[number] = Standing(
                bic: row.registration.bic, settlesThrough: row.settlementParticipant,
                roles: row.registration.roles,
                isActive: row.state == .active && direct.state == .active)
        }
    }
}

/// What an order asks of a participant.
struct Standing: BitwiseCopyable {
    var bic: BIC
    /// The participant through whose accounts it settles.
    var settlesThrough: ParticipantID
    var roles: ParticipantRoles
    /// It and the one through which it settles are active.
    var isActive: Bool
}
