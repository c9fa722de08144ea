internal import Domain

extension ConfirmWithdrawal: OperatorCommand {
    typealias Request = ProtoConfirmWithdrawalRequest

    static let verb = "POST"
    static let template = "/v1/withdrawals/{reference}:confirm"
}
