/// What a participant may do.
public struct ParticipantRoles: OptionSet, BitwiseCopyable, Hashable, Sendable {
    public var rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    /// May submit payment orders in favour of other participants.
    @inlinable
    public static var payer: ParticipantRoles { ParticipantRoles(rawValue: 1) }
    /// May submit orders in favour of itself: it exchanges its own funds and so offers liquidity.
    @inlinable
    public static var liquidityProvider: ParticipantRoles { ParticipantRoles(rawValue: 2) }
    /// May only receive; excludes the other two.
    @inlinable
    public static var receiveOnly: ParticipantRoles { ParticipantRoles(rawValue: 4) }
}

/// Whether a participant takes part.
public enum ParticipantState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case active = 0
    /// Neither pays nor receives; its open orders have been cancelled.
    case suspended = 1
}

/// What an operator registers of a bank.
public struct ParticipantRegistration: BitwiseCopyable, Equatable, Sendable {
    public var bic: BIC
    /// ``LEI/none`` when the bank gave none.
    public var lei: LEI
    public var country: CountryCode
    public var roles: ParticipantRoles
    /// The direct participant through whose accounts an indirect one settles; ``BIC/none`` for a
    /// direct participant.
    public var settlesThrough: BIC

    public init(
        bic: BIC, lei: LEI = .none, country: CountryCode, roles: ParticipantRoles,
        settlesThrough: BIC = .none
    ) {
        self.bic = bic
        self.lei = lei
        self.country = country
        self.roles = roles
        self.settlesThrough = settlesThrough
    }
}

/// What an operator registers and can state wrongly in itself.
public enum RegistrationParameter: Sendable, CaseIterable {
    case bic
    case lei
    case country
    /// None at all.
    case roles
    /// Receive-only beside another role.
    case receiveOnly
}

extension ParticipantRegistration {
    /// What stands where nobody is registered.
    public static var nobody: ParticipantRegistration {
        ParticipantRegistration(bic: .none, country: CountryCode(packed: 0), roles: [])
    }

    /// The first parameter that is wrong whoever else is registered; nil when there is none. This
    /// is rule R3.9.
    public var firstInvalidParameter: RegistrationParameter? {
        if roles.isEmpty || roles.rawValue >= 8 { return .roles }
        if roles.contains(.receiveOnly) && roles != .receiveOnly { return .receiveOnly }
        // Identifiers are numbers that their written forms lead back to; others could never be
        // named again.
        if bic == .none || BIC("\(bic)") != bic { return .bic }
        if CountryCode("\(country)") != country { return .country }
        if lei != .none && LEI("\(lei)") != lei { return .lei }
        return nil
    }
}
