package import Domain

/// The banks of the tests: direct participants, and others that settle through them.
package enum Banks {
    package static let beijing = bic("BKCHCNBJ")
    package static let shanghai = bic("ICBKCNSH")
    package static let bangkok = bic("BKKBTHBK")
    package static let jakarta = bic("CENAIDJA")
    /// Only exchanges its own funds.
    package static let dealer = bic("DBSSSGSG")
    package static let receiver = bic("NBOKKWKW")
    /// Indirect, through Beijing, Bangkok and Bangkok.
    package static let kunming = bic("ABOCCNBJ")
    package static let phuket = bic("KASITHBK")
    package static let hanoi = bic("BFTVVNVX")
    package static let unknown = bic("ZZZZZZ22")
    /// Branches: one of Beijing that some histories register, one of Bangkok that none does.
    package static let branch = bic("BKCHCNBJ300")
    package static let office = bic("BKKBTHBK110")
    /// In some histories Beijing or Bangkok is its correspondent, and in some it takes part itself.
    package static let vientiane = bic("LDBBLALA")
    package static let luang = bic("LDBBLALA020")

    package static let direct = [beijing, shanghai, bangkok, jakarta, dealer, receiver]
    package static let payers = [beijing, shanghai, bangkok, jakarta, kunming, phuket, hanoi]

    package static let registrations: [ParticipantRegistration] = [
        registration(beijing), registration(shanghai), registration(bangkok),
        registration(jakarta), registration(dealer, .liquidityProvider),
        registration(receiver, .receiveOnly), registration(kunming, through: beijing),
        registration(phuket, through: bangkok), registration(hanoi, through: bangkok),
    ]

    /// Of those that others act for until then.
    package static let lateRegistrations = [
        registration(branch, through: beijing), registration(vientiane, through: beijing),
    ]

    package static func bic(_ text: String) -> BIC {
        guard let bic = BIC(text) else { fatalError("no BIC: \(text)") }
        return bic
    }

    private static func registration(
        _ bic: BIC, _ roles: ParticipantRoles = [.payer, .liquidityProvider],
        through direct: BIC = .none
    ) -> ParticipantRegistration {
        ParticipantRegistration(
            bic: bic, country: bic.country, roles: roles, settlesThrough: direct)
    }
}

extension PaymentOrder {
    /// The order with a hash over its content, as the gateway would form it.
    package var sealed: PaymentOrder {
        var hash: UInt128 = 0x6C62_272E_07BB_0142_62B8_2175_6295_C58D
        let words: [UInt64] = [
            payer.packed, creditor.packed, UInt64(foreign.rawValue), UInt64(side.rawValue),
            UInt64(fixed.rawValue), UInt64(timeInForce.rawValue), UInt64(fillPolicy.rawValue),
            UInt64(bitPattern: amount), UInt64(bitPattern: limit.scaled),
            UInt64(bitPattern: minimumFill), UInt64(bitPattern: expiresAt),
        ]
        for word in words {
            hash = (hash ^ UInt128(word)) &* 0x0000_0000_0100_0000_0000_0000_0000_013B
        }
        var order = self
        order.contentHash = hash
        return order
    }
}
