internal import Domain

// A bank's command, not an operator's: the caller's certificate names the participant.
extension RequestWithdrawal {
    /// The content hash covers the command without one, and the note.
    init(
        _ request: ProtoRequestWithdrawalRequest, by participant: BIC, _ hashing: ContentHashing
    ) throws(GatewayError) {
        self = try MessageReader.command(Self.self, from: request)
        self.participant = participant
        self = try hashed(hashing, note: request.note)
    }
}
