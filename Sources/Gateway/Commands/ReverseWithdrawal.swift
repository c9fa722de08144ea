internal import Domain

extension ReverseWithdrawal: OperatorCommand {
    typealias Request = ProtoReverseWithdrawalRequest

    static let verb = "POST"
    static let template = "/v1/withdrawals/{reference}:reverse"
}
