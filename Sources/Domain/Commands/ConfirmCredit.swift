/// The creditor's bank says what became of the money that it received.
public struct ConfirmCredit: FollowUpCommand {
    public var about = RecordedFollowUp()
    public var credit = CreditStatus.none
    /// Of a rejection always, of a credit never.
    public var reason = ReasonCode.none

    public static let kind = CommandKind(rawValue: 38)

    public init(_ about: RecordedFollowUp, _ credit: CreditStatus, reason: ReasonCode = .none) {
        self.about = about
        self.credit = credit
        self.reason = reason
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        about.visit(&fields)
        fields.field("word", &credit, bytes: 4)
        fields.field("word_reason", &reason)
    }
}
