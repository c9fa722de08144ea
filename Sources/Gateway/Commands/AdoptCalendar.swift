internal import Domain

extension AdoptCalendar: OperatorCommand {
    typealias Request = ProtoAdoptCalendarRequest

    static let verb = "POST"
    static let template = "/v1/calendars/{currency}:adopt"
}
