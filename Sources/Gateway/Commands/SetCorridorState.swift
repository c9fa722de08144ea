internal import Domain

extension SetCorridorState: OperatorCommand {
    typealias Request = ProtoSetCorridorStateRequest

    static let verb = "POST"
    static let template = "/v1/corridors/{foreign_currency}:setState"

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        code == .corridorUnknown ? "foreign_currency \(foreign.code)" : ""
    }
}
