internal import Domain

extension StageCalendarDay: OperatorCommand {
    typealias Request = ProtoStageCalendarDayRequest

    static let verb = "PUT"
    static let template = "/v1/calendars/{currency}/staged/{date}"

    /// What is taken back is known by its date alone.
    static func filled(_ request: Request) -> Request {
        var request = request
        if request.removed, request.kind == .unspecified { request.kind = .closed }
        return request
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .calendarInvalid: "\(day.currency.code) \(day.date)"
        case .stagedDaysFull: "at most \(Limits.stagedDays)"
        default: ""
        }
    }
}
