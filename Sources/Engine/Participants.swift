internal import Domain

/// The participants by number and by BIC.
struct Participants: ~Copyable {
    /// At its number; 0 is nobody.
    private(set) var rows: [ParticipantRow]
    private var rowHashes: [UInt64]
    /// What every order asks, in sixteen bytes a participant.
    private var standings: [Standing]
    private var byBIC: IdentifierTable

    init(seed: UInt64) {
        let registration = ParticipantRegistration(
            bic: .none, country: CountryCode(packed: 0), roles: [])
        rows = [
            ParticipantRow(
                id: 0, registration: registration, settlementParticipant: 0, state: .suspended)
        ]
        rowHashes = [0]
        standings = [Standing(bic: .none, settlesThrough: 0, roles: [], isActive: false)]
        byBIC = IdentifierTable(seed: seed)
    }

    /// Numbers given so far, nobody's included.
    var count: Int { rows.count }

    /// The participant with this BIC, or 0.
    @inline(__always)
    func find(_ bic: BIC) -> ParticipantID { search(bic).number }

    @inline(__always)
    private func search(_ bic: BIC) -> IdentifierTable.Search {
        byBIC.search(hash: byBIC.hash(UInt128(bic.packed))) { standings[Int($0)].bic == bic }
    }

    @inline(__always)
    func standing(_ participant: ParticipantID) -> Standing { standings[Int(participant)] }

    @inline(__always)
    func bic(_ participant: ParticipantID) -> BIC { standings[Int(participant)].bic }

    /// Whether the submitter is the payer or the direct participant that settles for it.
    @inline(__always)
    func mayAct(_ submitter: BIC, for payer: ParticipantID) -> Bool {
        bic(payer) == submitter || bic(standing(payer).settlesThrough) == submitter
    }

    func isDirect(_ participant: ParticipantID) -> Bool {
        rows[Int(participant)].settlementParticipant == participant
    }

    /// Adds the next participant; gives the change of the state hash.
    mutating func append(_ row: ParticipantRow) -> UInt64 {
        require(Int(row.id) == rows.count, "participants are numbered in a row")
        let search = search(row.registration.bic)
        byBIC.insert(row.id, at: search, upTo: row.id - 1) {
            UInt128(standings[Int($0)].bic.packed)
        }
        rows.append(row)
        rowHashes.append(row.stateHash)
        standings.append(
            Standing(bic: row.registration.bic, settlesThrough: 0, roles: [], isActive: false))
        refreshStandings(from: Int(row.id))
        return row.stateHash
    }

    /// Replaces a row; gives the change of the state hash.
    mutating func set(_ row: ParticipantRow) -> UInt64 {
        let hash = row.stateHash
        let change = hash &- rowHashes[Int(row.id)]
        rows[Int(row.id)] = row
        rowHashes[Int(row.id)] = hash
        refreshStandings(from: 1)
        return change
    }

    /// An indirect participant stands no better than the direct one, which has a lower number.
    private mutating func refreshStandings(from first: Int) {
        for number in first..<rows.count {
            let row = rows[number]
            let direct = rows[Int(row.settlementParticipant)]
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
