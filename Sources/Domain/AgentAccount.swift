/// The identification of an account at a settlement agent, as its statements name it: at most 34
/// characters (ISO 20022 `Id`: an IBAN, or whatever number the agent gives).
public struct AgentAccount: BitwiseCopyable, Hashable, Sendable {
    /// Its first 17 characters, or all.
    public var beginning: AccountText
    /// Those behind them.
    public var rest: AccountText

    public init(beginning: AccountText, rest: AccountText) {
        self.beginning = beginning
        self.rest = rest
    }

    /// No account.
    public static var none: AgentAccount { AgentAccount(beginning: .empty, rest: .empty) }

    /// Reads 1 to 34 printable ASCII characters without spaces.
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard let beginning = AccountText(ascii: bytes.prefix(AccountText.longest)),
            let rest = AccountText(ascii: bytes.dropFirst(AccountText.longest)), !bytes.isEmpty
        else { return nil }
        self.init(beginning: beginning, rest: rest)
    }

    /// Whether a written identification leads to it.
    public var isValid: Bool { AgentAccount(description) == self }
}

extension AgentAccount: CustomStringConvertible {
    public var description: String { beginning.description + rest.description }
}

/// Up to 17 printable ASCII characters, seven bits each, the first one in the highest of 119 bits;
/// what is shorter ends in zeros.
public struct AccountText: BitwiseCopyable, Hashable, Sendable {
    public var packed: UInt128

    static let longest = 17

    public init(packed: UInt128) { self.packed = packed }

    public static var empty: AccountText { AccountText(packed: 0) }

    /// Nil when there are more than 17 characters, or one that is a space or cannot be seen.
    init?(ascii bytes: ArraySlice<UInt8>) {
        guard bytes.count <= AccountText.longest else { return nil }
        packed = 0
        for byte in bytes {
            guard byte > 0x20, byte < 0x7F else { return nil }
            packed = packed << 7 | UInt128(byte)
        }
        packed <<= UInt128(7 * (AccountText.longest - bytes.count))
    }
}

extension AccountText: CustomStringConvertible {
    /// Its characters; defined for numbers too that no text leads to, which it does not tell apart.
    public var description: String {
        var text = ""
        for place in 1...AccountText.longest {
            let shift = UInt128(7 * (AccountText.longest - place))
            let code = UInt8(truncatingIfNeeded: packed >> shift) & 0x7F
            if code > 0x20, code < 0x7F { text.unicodeScalars.append(Unicode.Scalar(code)) }
        }
        return text
    }
}
