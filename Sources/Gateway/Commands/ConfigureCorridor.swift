internal import Domain

extension ConfigureCorridor: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/corridors/{foreign_currency}"

    static func bind(_ request: inout ProtoCorridor, _ source: BindingSource) {
        request.foreignCurrency = source["foreign_currency"]
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoCorridor? {
        if case .configureCorridor(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoCorridor) -> ProtoReplayCommand.OneOf_Command {
        .configureCorridor(request)
    }

    init(_ request: ProtoCorridor) throws(GatewayError) {
        self.init(try CorridorMapping.corridor(from: request))
    }

    func request(_ record: OperatorRecord?) -> ProtoCorridor {
        var request = ProtoCorridor(CorridorRow(corridor: corridor, state: .open))
        request.state = .unspecified
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
