internal import Domain

extension SetMessaging: OperatorCommand {
    typealias Request = ProtoSetMessagingRequest

    static let verb = "PUT"
    static let template = "/v1/participants/{participant}/messaging"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .participantUnknown ? "participant \(participant) is not registered" : ""
    }
}
