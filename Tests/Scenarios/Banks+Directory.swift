package import Domain

extension Banks {
    /// As a node knows them that registered all of them.
    package static var directory: Directory { directory([]) }

    /// - Parameters:
    ///   - rows: beside the participants.
    ///   - more: banks that are participants too.
    package static func directory(
        _ rows: [any DeclaredRow] = [], leis: [BIC: LEI] = [:], registering more: BIC...
    ) -> Directory {
        var image = LedgerImage()
        let registrations =
            Banks.registrations
            + more.map { bank in
                ParticipantRegistration(bic: bank, country: bank.country, roles: .payer)
            }
        for (number, registration) in registrations.enumerated() {
            var registration = registration
            registration.lei = leis[registration.bic] ?? registration.lei
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

    /// A LEI with right check digits, another one for each number.
    package static func lei(_ number: Int) -> LEI {
        for digits in 10..<110 {
            let text = "LANGQIAO\(1_000_000_000 + number)\("\(digits)".suffix(2))"
            if let lei = LEI(text) { return lei }
        }
        fatalError("no LEI: \(number)")
    }
}
