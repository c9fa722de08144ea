internal import Domain

extension SetCorrespondent: OperatorCommand {
    typealias Request = ProtoSetCorrespondentRequest

    static let verb = "PUT"
    static let template = "/v1/participants/{correspondent}/banks/{bank}"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .participantUnknown: "correspondent \(correspondent) is not registered"
        case .correspondentInvalid: "bank \(bank) is a participant itself"
        default: ""
        }
    }
}
