internal import Domain

extension SetCreditLimit: OperatorCommand {
    typealias Request = ProtoSetCreditLimitRequest

    static let verb = "PUT"
    static let template = "/v1/participants/{bic}/limits/{currency}"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        RefusalWords.creditLimit(limit, of: bic, refusedWith: code)
    }
}
