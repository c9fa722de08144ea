/// The payer's bank wants its payment undone. What still rests ends; for what is settled a case
/// opens. Its attachment, identification and words, is kept as the case's details.
public struct RequestCancellation: FollowUpCommand {
    public var about = RecordedFollowUp()
    /// The first 128 bits of SHA-256 over the request's identification: the same request again
    /// opens no second case.
    public var requestKey: UInt128 = 0
    public var reason = ReasonCode.none

    public static let kind = CommandKind(rawValue: 40)

    public init(_ about: RecordedFollowUp, requestKey: UInt128, reason: ReasonCode) {
        self.about = about
        self.requestKey = requestKey
        self.reason = reason
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        about.visit(&fields)
        fields.field("request_key", &requestKey)
        fields.field("request_reason", &reason, bytes: 8)
    }
}
