internal import Domain

extension SetNostroState: OperatorCommand {
    typealias Request = ProtoSetNostroStateRequest

    static let verb = "POST"
    static let template = "/v1/nostros/{nostro}:setState"
}
