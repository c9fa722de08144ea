/// Whose payments a list shows.
public enum PaymentList: Hashable, Sendable {
    case paid(by: ParticipantID)
    case received(by: ParticipantID)
    case all
}
