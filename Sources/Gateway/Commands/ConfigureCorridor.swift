internal import Domain

extension ConfigureCorridor: OperatorCommand {
    typealias Request = ProtoCorridor

    static let verb = "PUT"
    static let template = "/v1/corridors/{foreign_currency}"

    /// What is left out is usual: every day, all day, and the newer of a payer's orders gives way.
    static func filled(_ request: ProtoCorridor) -> ProtoCorridor {
        var request = request
        if request.selfMatch == .unspecified { request.selfMatch = .cancelNewest }
        if request.weekdays.isEmpty { request.weekdays = Array(1...7) }
        if request.opensAt.isEmpty { request.opensAt = "00:00" }
        if request.cutOffAt.isEmpty { request.cutOffAt = "24:00" }
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .corridorInvalid: RefusalWords.corridor(corridor)
        case .corridorHasOpenOrders:
            directory.corridor(corridor.foreign).map {
                "tick must stay \($0.corridor.tick.decimal), not \(corridor.tick.decimal)"
            } ?? ""
        default: ""
        }
    }

    func answer(
        _ outcome: Outcome, to request: ProtoCorridor, _ directory: Directory
    ) -> ProtoCorridor {
        directory.corridor(corridor.foreign).map { ProtoCorridor($0) } ?? request
    }
}
