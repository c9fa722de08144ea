internal import Domain

extension SetCorridorCalendars: OperatorCommand {
    typealias Request = ProtoSetCorridorCalendarsRequest

    static let verb = "POST"
    static let template = "/v1/corridors/{foreign_currency}:setCalendars"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .corridorUnknown ? "foreign_currency \(foreign.code)" : ""
    }
}
