internal import Chance
internal import Domain

/// The banks, corridors and operators of simulated ledgers.
enum LedgerBanks {
    static let beijing = bic("BKCHCNBJ")
    static let shanghai = bic("ICBKCNSH")
    static let bangkok = bic("BKKBTHBK")
    static let jakarta = bic("CENAIDJA")
    /// Suspended for good: its orders are attempts.
    static let hanoi = bic("BFTVVNVX")
    /// Takes no part itself: now Beijing is its correspondent, now Bangkok.
    static let vientiane = bic("LDBBLALA")

    static let direct = [beijing, shanghai, bangkok, jakarta]
    static let foreign: [Currency] = [.thb, .idr]

    private static func bic(_ text: String) -> BIC {
        guard let bic = BIC(text) else { preconditionFailure("\(text) is a BIC") }
        return bic
    }

    /// The first gives all commands but those that decide what was proposed.
    static let operators = ["WANG.LEI", "LI.MEI", "ZHAO.QIANG"].map { text in
        guard let name = OperatorName(text) else { preconditionFailure("\(text) is a name") }
        return name
    }

    /// An operator's command under an identification of its own.
    static func given(
        _ command: some DeclaredCommand, as identification: UInt128, by name: Int = 0
    ) -> Command {
        var hash = RunningHash()
        hash.add(EncodedCommand(.declared(command)).bytes)
        return .declared(
            command,
            by: CommandActor(
                name: operators[name], commandID: identification, contentHash: UInt128(hash.value)))
    }

    /// What there is at the beginning, a batch each.
    ///
    /// - Parameters:
    ///   - hasPolicy: what goes on after a trouble takes two persons.
    ///   - hasDays: the corridor to Thailand is on calendars.
    static func opening(hasPolicy: Bool, hasDays: Bool) -> [[Command]] {
        let banks = direct + [hanoi]
        var commands: [any DeclaredCommand] = banks.map { bic in
            RegisterParticipant(
                ParticipantRegistration(
                    bic: bic, country: bic.country, roles: [.payer, .liquidityProvider]))
        }
        commands += [
            ConfigureCorridor(corridor(.thb, tick: 10_000, reference: 493_000_000)),
            ConfigureCorridor(corridor(.idr, tick: 100_000_000, reference: 220_000_000_000)),
            SetCorrespondent(correspondent: beijing, bank: vientiane, ended: false),
        ]
        for (place, bic) in banks.enumerated() {
            for currency in [.cny] + foreign {
                commands.append(
                    Fund(
                        reference: UETR(bits: UInt128(place * 8 + Int(currency.rawValue) * 64 + 1)),
                        contentHash: 1, participant: bic, currency: currency,
                        amount: 1_000_000_000_000_000))
            }
        }
        commands.append(SetParticipantState(bic: hanoi, state: .suspended))
        if hasDays { commands += LedgerDays.opening }
        if hasPolicy {
            commands += operators.map { SetOperator(name: $0, roles: .all) }
            commands.append(
                SetPolicy(
                    command: Fund.kind, currency: .cny, from: 500, roles: .limits, persons: 2))
        }
        return [commands.enumerated().map { given($1, as: UInt128($0 + 1)) }]
    }

    private static func corridor(_ foreign: Currency, tick: Int64, reference: Int64) -> Corridor {
        Corridor(
            foreign: foreign, tick: Rate(scaled: tick), referenceRate: Rate(scaled: reference),
            collarBasisPoints: 100, minimumSize: 1, maximumSize: 100_000_000_000,
            feePartsPerMillion: 150)
    }
}

extension PaymentOrder {
    /// The order with a hash over its content.
    func hashed() -> PaymentOrder {
        var hash = RunningHash()
        for word in [
            UInt64(truncatingIfNeeded: uetr.bits), UInt64(truncatingIfNeeded: uetr.bits >> 64),
            payer.packed, creditor.packed, UInt64(foreign.rawValue), UInt64(side.rawValue),
            UInt64(fixed.rawValue), UInt64(timeInForce.rawValue), UInt64(bitPattern: amount),
            UInt64(bitPattern: expiresAt),
        ] {
            hash.add(word)
        }
        var order = self
        let first = hash.value
        hash.add(first)
        order.contentHash = UInt128(first) << 64 | UInt128(hash.value)
        return order
    }
}
