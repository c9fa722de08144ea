/// A bank has told of money that moves by another message, or moved already (R16). Its attachment,
/// the references of message and transaction, is kept as the notice's details.
///
/// The same notice may have come long ago, and the engine has forgotten it. So the command says how
/// far the tables were when its sender found none there, as a ``FollowUpCommand`` does.
public struct RecordNotice: DeclaredCommand {
    /// Who sent it; the participant whose certificate speaks.
    public var submitter = BIC.none
    /// The other bank, as far as it is named; no participant as a rule.
    public var bank = BIC.none
    /// Of the payment that is told of; all zero where none is named.
    public var uetr = UETR(bits: 0)
    /// Over everything but who sent it when: tells a repetition from another notice.
    public var contentHash: UInt128 = 0
    /// The log index that the tables showed without it; 0 in a replay, which has no tables.
    public var asOf: UInt64 = 0
    /// Minor units; 0 where none is stated.
    public var amount: Int64 = 0
    public var message = MessageName.none
    public var settlementDate = StatedDate.none
    public var notice = NoticeKind.advice
    /// Of the amount.
    public var currency = Currency.cny

    public static let kind = CommandKind(rawValue: 42)
    public static let since = RuleVersion.v3
    public static let isOperators = false

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("submitter", &submitter)
        fields.field("bank", &bank)
        fields.field("uetr", &uetr)
        fields.field("content_hash", &contentHash)
        fields.field("as_of", &asOf)
        fields.field("amount", &amount)
        fields.field("message", &message)
        fields.field("settlement_date", &settlementDate)
        fields.field("notice", &notice)
        fields.field("currency", &currency, bytes: 3)
    }
}
