/// The rules by which a batch is applied, and the form of its commands.
///
/// Every batch states its own. A ledger has the version of its first batch until a command raises
/// it (R1.11); older rules are kept, so that old logs lead to their old states.
public struct RuleVersion: RawRepresentable, BitwiseCopyable, Hashable, Comparable, Sendable {
    public let rawValue: UInt16

    /// Nil for rules that this build does not know.
    public init?(rawValue: UInt16) {
        guard rawValue >= RuleVersion.oldest.rawValue, rawValue <= RuleVersion.current.rawValue
        else { return nil }
        self.init(rawValue)
    }

    @inlinable
    init(_ rawValue: UInt16) { self.rawValue = rawValue }

    @inlinable public static var v2: RuleVersion { RuleVersion(2) }
    /// A payment is known by payer and UETR; walks past resting orders are bounded; an order that
    /// must be filled whole is filled at its fill bound too; a branch is its institution, and
    /// correspondents act for named banks; an operator's command names him and itself.
    @inlinable public static var v3: RuleVersion { RuleVersion(3) }
    /// Who may give which command is a policy, some take two persons; calendars and business days;
    /// keys; caps; payments for a later date.
    @inlinable public static var v4: RuleVersion { RuleVersion(4) }

    /// The oldest that this build reads.
    @inlinable public static var oldest: RuleVersion { v2 }
    /// The newest, by which new ledgers begin.
    @inlinable public static var current: RuleVersion { v4 }

    /// Those of a ledger whose first entry is consensus' own. A fixed one, for all builds: newer
    /// rules come by a command.
    @inlinable public static var first: RuleVersion { v3 }

    @inlinable
    public static func < (a: RuleVersion, b: RuleVersion) -> Bool { a.rawValue < b.rawValue }
}

extension RuleVersion: CustomStringConvertible {
    public var description: String { "\(rawValue)" }
}
