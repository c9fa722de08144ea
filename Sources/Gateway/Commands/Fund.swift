internal import Domain

extension Fund: OperatorCommand {
    typealias Request = ProtoFundRequest

    static let verb = "PUT"
    static let template = "/v1/fundings/{reference}"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        RefusalWords.funding(self, refusedWith: code)
    }
}
