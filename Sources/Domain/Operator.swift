/// The name of an operator, as his certificates give it.
public struct OperatorName: PrintableText {
    public var beginning: TextPart
    public var rest: TextPart

    public init(beginning: TextPart, rest: TextPart) {
        self.beginning = beginning
        self.rest = rest
    }
}

/// What an operator is there for. Until there is a policy, each may give every command (R17).
public struct OperatorRoles: OptionSet, BitwiseCopyable, Hashable, Sendable {
    public var rawValue: UInt8

    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static var payments: OperatorRoles { OperatorRoles(rawValue: 1) }
    public static var limits: OperatorRoles { OperatorRoles(rawValue: 2) }
    public static var reconciliation: OperatorRoles { OperatorRoles(rawValue: 4) }
    public static var security: OperatorRoles { OperatorRoles(rawValue: 8) }
    public static var read: OperatorRoles { OperatorRoles(rawValue: 16) }

    /// Those that give commands.
    public static var giving: OperatorRoles { [.payments, .limits, .reconciliation, .security] }

    /// Whether who has these may not approve what others give (R17.8): nobody reconciles what he
    /// processed.
    public func isBarred(from giving: OperatorRoles) -> Bool {
        giving.contains(.payments) && contains(.reconciliation)
            || giving.contains(.reconciliation) && contains(.payments)
    }

    /// Those that there are.
    public static var all: OperatorRoles {
        [.payments, .limits, .reconciliation, .security, .read]
    }
}

/// Whether an operator's commands are taken.
public enum OperatorState: UInt8, BitwiseCopyable, Sendable, CaseIterable {
    case active = 0
    case suspended = 1
}
