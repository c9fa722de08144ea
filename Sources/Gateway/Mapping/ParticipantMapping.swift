internal import Domain

enum ParticipantMapping {
    static func registration(
        from proto: ProtoParticipant
    ) throws(GatewayError) -> ParticipantRegistration {
        let bic = try Field.bic(proto.bic, "bic")
        var lei = LEI.none
        if !proto.lei.isEmpty {
            guard let read = LEI(proto.lei) else {
                throw Field.malformed("lei", "must be a LEI with right check digits", proto.lei)
            }
            lei = read
        }
        var country = bic.country
        if !proto.country.isEmpty {
            guard let read = CountryCode(proto.country) else {
                throw Field.malformed("country", "must be two capital letters", proto.country)
            }
            country = read
        }
        var roles: ParticipantRoles = []
        for role in proto.roles { roles.insert(try ParticipantMapping.role(role)) }
        return ParticipantRegistration(
            bic: bic, lei: lei, country: country, roles: roles,
            settlesThrough: proto.settlesThrough.isEmpty
                ? .none : try Field.bic(proto.settlesThrough, "settles_through"))
    }

    private static func role(_ proto: ProtoRole) throws(GatewayError) -> ParticipantRoles {
        switch proto {
        case .payer: .payer
        case .liquidityProvider: .liquidityProvider
        case .receiveOnly: .receiveOnly
        case .unspecified: throw Field.malformed("roles", "must be named")
        case .UNRECOGNIZED(let value): throw Field.malformed("roles", "has no value \(value)")
        }
    }

    static func state(
        _ proto: ProtoParticipantState
    ) throws(GatewayError) -> ParticipantState {
        switch proto {
        case .active: .active
        case .suspended: .suspended
        case .unspecified: throw Field.malformed("state", "must be ACTIVE or SUSPENDED")
        case .UNRECOGNIZED(let value): throw Field.malformed("state", "has no value \(value)")
        }
    }
}

extension ProtoParticipant {
    init(_ row: ParticipantRow, name: String?) {
        self.init()
        bic = row.registration.bic.description
        lei = row.registration.lei.description
        self.name = name ?? ""
        country = row.registration.country.description
        if row.registration.roles.contains(.payer) { roles.append(.payer) }
        if row.registration.roles.contains(.liquidityProvider) { roles.append(.liquidityProvider) }
        if row.registration.roles.contains(.receiveOnly) { roles.append(.receiveOnly) }
        if row.registration.settlesThrough != .none {
            settlesThrough = row.registration.settlesThrough.description
        }
        state = row.state == .active ? .active : .suspended
    }
}
