internal import Domain

extension SetReferenceRate: OperatorCommand {
    typealias Request = ProtoSetReferenceRateRequest

    static let verb = "POST"
    static let template = "/v1/corridors/{foreign_currency}:setReferenceRate"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .corridorUnknown: return "foreign_currency \(foreign.code)"
        case .corridorInvalid:
            guard var corridor = directory.corridor(foreign)?.corridor else { return "" }
            corridor.referenceRate = rate
            let words = RefusalWords.corridor(corridor)
            return words.isEmpty ? "" : "rate \(rate.decimal): \(words)"
        default: return ""
        }
    }
}
