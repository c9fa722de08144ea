internal import Domain

extension OrderWithdrawal: OperatorCommand {
    typealias Request = ProtoOrderWithdrawalRequest

    static let verb = "POST"
    static let template = "/v1/withdrawals/{reference}:order"
}
