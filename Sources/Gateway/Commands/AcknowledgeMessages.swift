internal import Domain

// A bank's command, not an operator's: the caller's certificate names the participant.
extension AcknowledgeMessages {
    init(_ request: ProtoAcknowledgeMessagesRequest, by participant: BIC) {
        self.init(participant: participant, number: request.number)
    }
}
