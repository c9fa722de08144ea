package import Domain

extension Banks {
    /// As a node knows them that registered all of them.
    package static var directory: Directory { directory([]) }

    /// - Parameters:
    ///   - rows: beside the participants.
    ///   - more: banks that are participants too.
    package static func directory(
        _ rows: [any DeclaredRow] = [], registering more: BIC...
    ) -> Directory {
        var image = LedgerImage()
        let registrations =
            Banks.registrations
            + more.map { bank in
                ParticipantRegistration(bic: bank, country: bank.country, roles: .payer)
            }
        for (number, registration) in registrations.enumerated() {
            image.declared.append(
                ParticipantRow(
                    id: ParticipantID(number + 1), registration: registration,
                    settlementParticipant: 1, state: .active))
        }
        for row in rows { image.declared.append(row) }
        let directory = Directory()
        directory.load(image)
        return directory
    }
}
