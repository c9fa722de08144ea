/// What a policy has to know of an operator's command (R17).
public struct Governance: Equatable, Sendable {
    /// How a command bears on what others may do: it decides how many persons it takes, whatever a
    /// policy says.
    public enum Weight: Sendable, CaseIterable {
        /// As the policy says; one person where it says nothing.
        case ordinary
        /// It only takes away. One person is always enough: what is wrong stops at once.
        case restriction
        /// It gives back what a restriction took, or says when days are open. Two persons.
        case lifting
        /// It says who gives commands, by which certificates, or by which rules. Two persons.
        case foundation
    }

    /// The roles that may give it where the policy has no line about it.
    public var roles: OperatorRoles
    public var weight: Weight
    /// What it is about; nil where no currency is.
    public var currency: Currency?
    /// Minor units of ``currency``, without sign; 0 where no amount is.
    public var amount: UInt64

    public init(
        _ roles: OperatorRoles, _ weight: Weight = .ordinary, in currency: Currency? = nil,
        amount: Int64 = 0
    ) {
        self.roles = roles
        self.weight = weight
        self.currency = currency
        self.amount = amount.magnitude
    }

    /// Of a command that operators do not give.
    public static var none: Governance { Governance([]) }
}

/// The currencies that a line of a policy is about: one, or any.
public struct PolicyScope: BitwiseCopyable, Hashable, Sendable {
    /// Nil is any.
    public var currency: Currency?

    public init(_ currency: Currency?) { self.currency = currency }

    public static var any: PolicyScope { PolicyScope(nil) }
}

extension PolicyScope: FieldValue {
    /// 0 is any currency, else one more than the currency's number.
    public var bits: UInt8 { currency.map { $0.rawValue + 1 } ?? 0 }

    public init?(bits: UInt8) {
        guard bits > 0 else {
            self = .any
            return
        }
        guard let currency = Currency(rawValue: bits - 1) else { return nil }
        self.init(currency)
    }

    public static var column: FieldColumn { .text }
    public var text: String? { currency?.code }

    public init?(text: String?) {
        guard let text else {
            self = .any
            return
        }
        guard let currency = Currency(text: text) else { return nil }
        self.init(currency)
    }
}

/// The body of an operator's command as the log has it, for the row of a proposal.
public struct CommandBody: BitwiseCopyable, Hashable, Sendable {
    /// Zero behind the command's own bytes.
    private var words = SIMD16<UInt64>()

    /// The most bytes that such a body may have.
    public static var byteCount: Int { MemoryLayout<SIMD16<UInt64>>.size }
    /// In how many fields a row has it.
    static var partCount: Int { byteCount / 16 }

    public init() {}

    /// - Precondition: the body of the command has at most ``byteCount`` bytes; a test holds every
    ///   operator's command to it.
    public init(_ command: any DeclaredCommand) {
        let size = DeclaredCommands.bodySize(of: type(of: command).kind)
        require(size <= CommandBody.byteCount, "an operator's command fits the row of a proposal")
        withUnsafeMutableBytes(of: &words) { memory in
            var writer = ByteWriter(memory)
            command.encode(into: &writer)
            require(writer.count == size, "an encoded body has the size of its form")
        }
        for place in words.indices { words[place] = UInt64(littleEndian: words[place]) }
    }

    /// The command of this kind; nil where the bytes are none.
    public func command(of kind: CommandKind) -> (any DeclaredCommand)? {
        guard let type = DeclaredCommands.type(of: kind) else { return nil }
        var little = words
        for place in little.indices { little[place] = little[place].littleEndian }
        return withUnsafeBytes(of: little) { bytes in
            var reader = ByteReader(bytes)
            return type.init(from: &reader)
        }
    }

    /// 16 bytes of it: the first ones are the lowest.
    subscript(part: Int) -> UInt128 {
        get { UInt128(words[part * 2 + 1]) << 64 | UInt128(words[part * 2]) }
        set {
            words[part * 2] = UInt64(truncatingIfNeeded: newValue)
            words[part * 2 + 1] = UInt64(truncatingIfNeeded: newValue >> 64)
        }
    }
}
