internal import Domain

extension SetDebitCap: OperatorCommand {
    typealias Request = ProtoSetDebitCapRequest

    static let verb = "PUT"
    static let template = "/v1/participants/{participant}/debitCaps/{currency}"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .amountInvalid: RefusalWords.amount("cap", cap)
        case .participantUnknown:
            directory.participant(participant) == nil
                ? "participant \(participant) is not registered"
                : "counterparty \(counterparty) is not registered"
        case .participantNotDirect:
            "participant and counterparty must be direct participants"
        default: ""
        }
    }
}
