internal import Domain

extension SetIdentifier: OperatorCommand {
    typealias Request = ProtoSetIdentifierRequest

    static let verb = "PUT"
    static let template = "/v1/identifiers/{system}/{member}"

    static func bind(_ request: inout ProtoSetIdentifierRequest, _ source: BindingSource) {
        request.identifier = "\(source["system"]):\(source["member"])"
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .participantUnknown: "participant \(participant) is not registered"
        case .identifierConflict:
            directory.participant(identifier).map {
                "\(identifier) is \($0.registration.bic)'s, not \(participant)'s"
            } ?? ""
        default: ""
        }
    }
}
