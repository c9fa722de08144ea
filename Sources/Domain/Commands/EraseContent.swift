/// Has the details of a payment erased that is final: parties and remittance information, of the
/// payment, of its repetitions and of the attempts at it. Its attachment says who asked, and why.
public struct EraseContent: DeclaredCommand {
    public var uetr = UETR(bits: 0)
    public var payer = BIC.none

    public static let kind = CommandKind(rawValue: 35)
    public static let since = RuleVersion.v3

    public init(uetr: UETR, payer: BIC) {
        self.uetr = uetr
        self.payer = payer
    }

    public init() {}

    public var governance: Governance { Governance(.security) }

    public mutating func visit(_ fields: inout some FieldVisitor) {
        fields.field("uetr", &uetr)
        fields.field("payer", &payer)
    }
}
