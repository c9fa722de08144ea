/// Everything that can change the ledger. There is no other way in.
public enum Command: Equatable, Sendable {
    case submitPayment(PaymentOrder)
    case cancelPayment(Cancellation)
    /// - by: who gave it; nobody for a participant's, and under rules that ask for nobody.
    case declared(any DeclaredCommand, by: CommandActor = .none)

    public var kind: CommandKind {
        switch self {
        case .submitPayment(let order): order.kind
        case .cancelPayment: .cancelPayment
        case .declared(let command, by: _): type(of: command).kind
        }
    }

    public static func == (a: Command, b: Command) -> Bool {
        switch (a, b) {
        case (.submitPayment(let a), .submitPayment(let b)): a == b
        case (.cancelPayment(let a), .cancelPayment(let b)): a == b
        case (.declared(let a, by: let first), .declared(let b, by: let second)):
            first == second && a.isEqual(to: b)
        case (.submitPayment, _), (.cancelPayment, _), (.declared, _): false
        }
    }
}

/// A bank's wish to end the unfilled rest of its order.
public struct Cancellation: BitwiseCopyable, Equatable, Sendable {
    public var uetr: UETR
    /// The participant whose certificate asked.
    public var submitter: BIC
    /// Whose payment, where the submitter may act for several that have this UETR (R3.13);
    /// ``BIC/none`` when left out.
    public var payer: BIC

    @inlinable
    public init(uetr: UETR, submitter: BIC, payer: BIC = .none) {
        self.uetr = uetr
        self.submitter = submitter
        self.payer = payer
    }
}

/// The kind of a command as its number in the log; numbers are never reused. 1, 2 and 74 are those
/// of payments, the others stand with the commands that are declared.
public struct CommandKind: RawRepresentable, BitwiseCopyable, Hashable, Sendable {
    public let rawValue: UInt8

    @inlinable
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    @inlinable public static var submitPayment: CommandKind { CommandKind(rawValue: 1) }
    @inlinable public static var cancelPayment: CommandKind { CommandKind(rawValue: 2) }
    /// An order that states its settlement date (R22). It is encoded and answered as an order.
    @inlinable public static var submitDatedPayment: CommandKind { CommandKind(rawValue: 74) }

    /// All that there are.
    public static let all =
        [submitPayment, cancelPayment] + DeclaredCommands.all.map { $0.kind }
        + [submitDatedPayment]

    /// Whether it puts an order on record, with a date or without.
    @inlinable
    public var isOrder: Bool { self == .submitPayment || self == .submitDatedPayment }

    /// Whether it is one of them.
    var isKnown: Bool {
        isOrder || self == .cancelPayment || DeclaredCommands.type(of: self) != nil
    }
}

extension CommandKind: CustomStringConvertible {
    public var description: String {
        switch self {
        case .submitPayment: "submitPayment"
        case .submitDatedPayment: "submitDatedPayment"
        case .cancelPayment: "cancelPayment"
        default: DeclaredCommands.type(of: self)?.name ?? "kind \(rawValue)"
        }
    }
}
