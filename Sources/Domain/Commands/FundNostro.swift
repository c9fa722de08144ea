/// Books money like ``Fund``, on a nostro account that is named.
public struct FundNostro: DeclaredCommand {
    public var funding = Fund()
    public var nostro: NostroID = 0

    public static let kind = CommandKind(rawValue: 22)
    public static let since = RuleVersion.v3

    public init(_ funding: Fund, nostro: NostroID) {
        self.funding = funding
        self.nostro = nostro
    }

    public init() {}

    public var governance: Governance { funding.governance }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("reference", &funding.reference)
        fields.field("content_hash", &funding.contentHash)
        fields.field("participant", &funding.participant)
        fields.field("amount", &funding.amount, as: .amount(funding.currency))
        fields.field("currency", &funding.currency, bytes: 4)
        fields.field("nostro", &nostro)
    }
}
