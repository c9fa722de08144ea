/// How much a participant may owe in a currency, and how it stands (R21).
public struct DebitCapRow: DeclaredRow {
    /// ``id(of:towards:in:)``.
    public var id: UInt64
    public var participant: ParticipantID
    /// Towards whom; 0 is all banks together.
    public var counterparty: ParticipantID
    public var currency: Currency
    public var removed: Bool
    /// Minor units, as everything below.
    public var cap: Int64
    /// What fills of the day moved out, with fees, less what they moved in. Of a day that is over
    /// it counts no more.
    public var position: Int64
    /// What open orders hold for the purpose.
    public var held: Int64
    /// The business day of the position.
    public var day: DayNumber

    public static let table = "debit_caps"
    public static let hashSeed: UInt64 = 180
    public static var capacity: Int { Limits.debitCaps }

    public init(
        _ participant: ParticipantID, towards counterparty: ParticipantID, in currency: Currency
    ) {
        id = DebitCapRow.id(of: participant, towards: counterparty, in: currency)
        self.participant = participant
        self.counterparty = counterparty
        self.currency = currency
        removed = false
        cap = 0
        position = 0
        held = 0
        day = 0
    }

    public init() { self.init(0, towards: 0, in: .cny) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("debit_cap_id", &id, hash: .word(0))
        fields.field("participant_id", &participant, hash: .word(1))
        fields.field("counterparty_id", &counterparty, as: .optional, hash: .word(1, bit: 32))
        fields.field("currency", &currency, hash: .word(2))
        fields.field("removed", &removed, hash: .word(2, bit: 8))
        fields.field("day", &day, hash: .word(2, bit: 32))
        fields.field("cap", &cap, hash: .word(3))
        fields.field("position", &position, hash: .word(4))
        fields.field("held", &held, hash: .word(5))
    }

    /// The participant's number × 2³², that of the other one × 2⁸, and the currency's.
    public static func id(
        of participant: ParticipantID, towards counterparty: ParticipantID, in currency: Currency
    ) -> UInt64 {
        require(participant < 1 << 24 && counterparty < 1 << 24, "participants have 24 bits")
        return UInt64(participant) << 32 | UInt64(counterparty) << 8 | UInt64(currency.rawValue)
    }

    /// The position while this business day runs.
    public func position(on day: DayNumber) -> Int64 { self.day == day ? position : 0 }

    /// Whether the cap allows to hold so much more.
    public func allows(_ hold: Int64, on day: DayNumber) -> Bool {
        let used = Int128(position(on: day)) + Int128(held) + Int128(hold)
        return removed || used <= Int128(cap)
    }
}
