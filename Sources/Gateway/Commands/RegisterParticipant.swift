internal import Domain

extension RegisterParticipant: OperatorCommand {
    typealias Request = ProtoParticipant

    static let verb = "PUT"
    static let template = "/v1/participants/{bic}"

    static var recordedName: (field: String, longest: Int)? { ("name", .max) }

    /// The country is the BIC's where none is stated.
    static func filled(_ request: ProtoParticipant) -> ProtoParticipant {
        var request = request
        if request.country.isEmpty, let bic = BIC(request.bic) {
            request.country = bic.country.description
        }
        return request
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
