internal import Domain
internal import Store

enum OperatorMapping {
    private static let longestFullName = 140
    private static let words: [(role: OperatorRoles, word: ProtoOperatorRole)] = [
        (.payments, .payments), (.limits, .limits), (.reconciliation, .reconciliation),
        (.security, .security), (.read, .read),
    ]

    static func name(_ text: String) throws(GatewayError) -> OperatorName {
        guard let name = OperatorName(text) else {
            throw Field.malformed(
                "name", "must be 1 to 34 printable characters without spaces", text)
        }
        return name
    }

    static func checkFullName(_ text: String) throws(GatewayError) {
        guard text.unicodeScalars.count <= longestFullName else {
            throw Field.malformed(
                "full_name", "must be at most \(longestFullName) characters", text)
        }
    }

    static func roles(_ protos: [ProtoOperatorRole]) throws(GatewayError) -> OperatorRoles {
        var roles: OperatorRoles = []
        for proto in protos {
            guard let known = words.first(where: { $0.word == proto }) else {
                throw Field.malformed(
                    "roles", "must be of PAYMENTS, LIMITS, RECONCILIATION, SECURITY and READ")
            }
            roles.insert(known.role)
        }
        return roles
    }

    static func roles(_ roles: OperatorRoles) -> [ProtoOperatorRole] {
        words.filter { roles.contains($0.role) }.map(\.word)
    }

    static func state(_ proto: ProtoOperator.State) throws(GatewayError) -> OperatorState {
        switch proto {
        case .active: .active
        case .suspended: .suspended
        case .unspecified: throw Field.malformed("state", "must be ACTIVE or SUSPENDED")
        case .UNRECOGNIZED(let value): throw Field.malformed("state", "has no value \(value)")
        }
    }
}

extension ProtoOperator {
    init(_ record: DeclaredRecord<OperatorRow>) {
        self.init()
        name = record.row.name.description
        roles = OperatorMapping.roles(record.row.roles)
        state = record.row.state == .active ? .active : .suspended
        fullName = OperatorRecord(json: record.details)?.name ?? ""
    }
}
