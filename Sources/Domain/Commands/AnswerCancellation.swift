/// The creditor's bank answers a request for cancellation without giving anything back: a return is
/// the other answer.
public struct AnswerCancellation: FollowUpCommand {
    public var about = RecordedFollowUp()
    public var caseID: CaseID = 0
    /// Whether it refuses; else it says that it is at it.
    public var isRefused = false
    /// Of a refusal always.
    public var reason = ReasonCode.none

    public static let kind = CommandKind(rawValue: 41)

    public init(
        _ about: RecordedFollowUp, caseID: CaseID, isRefused: Bool, reason: ReasonCode = .none
    ) {
        self.about = about
        self.caseID = caseID
        self.isRefused = isRefused
        self.reason = reason
    }

    public init() {}

    public mutating func visit(_ fields: inout some FieldVisitor) {
        about.visit(&fields)
        fields.field("answered_case", &caseID)
        fields.field("answer_reason", &reason)
        fields.field("is_refused", &isRefused, bytes: 8)
    }
}
