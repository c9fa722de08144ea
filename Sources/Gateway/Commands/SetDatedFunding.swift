internal import Domain

extension SetDatedFunding: OperatorCommand {
    typealias Request = ProtoSetDatedFundingRequest

    static let verb = "PUT"
    static let template = "/v1/participants/{participant}/dated_funding"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .participantUnknown ? "participant \(participant) is not registered" : ""
    }
}
