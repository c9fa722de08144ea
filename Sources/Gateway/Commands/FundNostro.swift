internal import Domain

extension FundNostro: OperatorCommand {
    typealias Request = ProtoFundNostroRequest

    static let verb = "PUT"
    static let template = "/v1/nostros/{nostro}/fundings/{reference}"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        RefusalWords.funding(funding, refusedWith: code)
    }
}
