internal import Domain

extension RegisterParticipant: OperatorCommand {
    static let verb = "PUT"
    static let template = "/v1/participants/{bic}"

    static func bind(_ request: inout ProtoParticipant, _ source: BindingSource) {
        request.bic = source["bic"]
    }

    static func request(in line: ProtoReplayCommand.OneOf_Command) -> ProtoParticipant? {
        if case .registerParticipant(let request) = line { request } else { nil }
    }

    static func line(_ request: ProtoParticipant) -> ProtoReplayCommand.OneOf_Command {
        .registerParticipant(request)
    }

    init(_ request: ProtoParticipant) throws(GatewayError) {
        self.init(try ParticipantMapping.registration(from: request))
    }

    func request(_ record: OperatorRecord?) -> ProtoParticipant {
        let row = ParticipantRow(
            id: 0, registration: registration, settlementParticipant: 0, state: .active)
        var request = ProtoParticipant(row, name: record?.name)
        request.state = .unspecified
        return request
    }

    static func record(_ request: ProtoParticipant, by name: String) -> OperatorRecord? {
        OperatorRecord(operator: name, name: request.name.isEmpty ? nil : request.name)
    }

    func words(refusedWith code: ResultCode, _ directory: Directory) -> String {
        switch code {
        case .registrationInvalid: RefusalWords.registration(registration)
        case .directParticipantInvalid:
            RefusalWords.directParticipant(
                registration, directory.participant(registration.settlesThrough))
        case .participantConflict: "bic \(registration.bic)"
        default: ""
        }
    }

    /// The name is no part of a registration: under which one a repeated one was made, only the
    /// tables know.
    func answer(
        _ outcome: Outcome, to request: ProtoParticipant, _ directory: Directory
    ) -> ProtoParticipant {
        let name = outcome.isRepetition ? nil : request.name
        return directory.participant(registration.bic).map { ProtoParticipant($0, name: name) }
            ?? request
    }
}
