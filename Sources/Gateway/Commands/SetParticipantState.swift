internal import Domain

extension SetParticipantState: OperatorCommand {
    typealias Request = ProtoSetParticipantStateRequest

    static let verb = "POST"
    static let template = "/v1/participants/{bic}:setState"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .participantUnknown ? "bic \(bic) is not registered" : ""
    }
}
