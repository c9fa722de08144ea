/// A participant and a bank for which it acts.
public struct Correspondence: BitwiseCopyable, Hashable, Sendable {
    /// As it is registered.
    public var correspondent: BIC
    public var bank: BIC

    @inlinable
    public init(_ correspondent: BIC, of bank: BIC) {
        self.correspondent = correspondent
        self.bank = bank
    }
}

extension Correspondence: CustomStringConvertible {
    /// `BKCHCNBJ/BBLATHBK`: the correspondent first.
    public var description: String { "\(correspondent)/\(bank)" }

    /// Reads ``description``.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let correspondent = BIC(parts[0]), let bank = BIC(parts[1]) else {
            return nil
        }
        self.init(correspondent, of: bank)
    }
}
