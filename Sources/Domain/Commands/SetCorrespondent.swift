/// Lets a participant pay for a bank that is none itself, or no longer.
public struct SetCorrespondent: DeclaredCommand {
    public var correspondent = BIC.none
    public var bank = BIC.none
    /// The participant acts for the bank no more.
    public var ended = false

    public static let kind = CommandKind(rawValue: 31)
    public static let since = RuleVersion.v3
    public static let changesNames = true

    public init(correspondent: BIC, bank: BIC, ended: Bool = false) {
        self.correspondent = correspondent
        self.bank = bank
        self.ended = ended
    }

    public init() {}

    public var governance: Governance { Governance(.limits) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("correspondent", &correspondent)
        fields.field("bank", &bank)
        fields.field("ended", &ended, bytes: 8)
    }
}
