internal import ArgumentParser
internal import Clients
internal import Domain
internal import Gateway

struct CalendarAdoptCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "adopt", abstract: "Put staged dates of a calendar in force.",
        discussion: """
            The digest is that of the dates as 'import' printed it; 'show --staged' shows them. \
            When something else is staged by then, nothing is put in force.
            """)

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var currency: CurrencyOption

    @Option(help: ArgumentHelp("The first date.", valueName: "date"))
    var first: String

    @Option(help: ArgumentHelp("The last date.", valueName: "date"))
    var last: String

    @Option(help: ArgumentHelp("32 hexadecimal digits.", valueName: "digest"))
    var digest: String

    func validate() throws { _ = try request() }

    func run() async throws {
        let request = try request()
        let answer: ProtoCommandAnswer = try await connection.connected {
            try await $0.call("OperatorService/AdoptCalendar", request)
        }
        if connection.json { return try printJSON(answer) }
        if answer.result.code == ResultCode.proposed.name {
            // R17.6 The policy asks for a second person.
            print("\(request.currency): proposal \(answer.proposal) waits for a second person")
        } else {
            print("\(request.currency): \(first) to \(last) in force")
        }
    }

    private func request() throws -> ProtoAdoptCalendarRequest {
        guard let from = CivilDate(first), let to = CivilDate(last), from <= to else {
            throw ValidationError("--first and --last are dates such as 2026-11-30, in their order")
        }
        guard RowsDigest(digest) != nil else {
            throw ValidationError("--digest has 32 hexadecimal digits")
        }
        var request = ProtoAdoptCalendarRequest()
        request.currency = try currency.value().code
        request.firstDate = from.description
        request.lastDate = to.description
        request.days = UInt32(to.rawValue - from.rawValue) + 1
        request.digest = digest
        return request
    }
}
