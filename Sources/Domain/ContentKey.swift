internal import Hexadecimal

/// The key that goes before what a ledger's content hashes cover: 32 random bytes that stand beside
/// the log and not in it. Who has the chain but not the key cannot find out what an erased payment
/// said by trying names.
public struct ContentKey: BitwiseCopyable, Equatable, Sendable {
    private var halves: (UInt128, UInt128)

    public static let size = 32

    /// Without a key: ledgers before rules of version 3, and replays that state none.
    public static let none = ContentKey()

    private init() { halves = (0, 0) }

    /// A key of 32 bytes; nil for another number of bytes, or when all are zero.
    public init?(_ bytes: [UInt8]) {
        guard bytes.count == ContentKey.size else { return nil }
        self.init()
        withUnsafeMutableBytes(of: &halves) { $0.copyBytes(from: bytes) }
        if self == .none { return nil }
    }

    /// Reads 64 hexadecimal digits.
    public init?(hexadecimal text: some StringProtocol) {
        let digits = text.utf8.compactMap(hexadecimalValue)
        guard digits.count == 2 * ContentKey.size, text.utf8.count == digits.count else {
            return nil
        }
        self.init((0..<ContentKey.size).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] })
    }

    /// The key of a row that a batch made; ``none`` when it is no key.
    public init(_ row: ContentKeyRow, in batch: Batch) {
        let text = batch.attachment(row.attachment) ?? []
        self = ContentKey(hexadecimal: String(decoding: text, as: UTF8.self)) ?? .none
    }

    /// 64 hexadecimal digits.
    public var hexadecimal: String { withBytes { Hexadecimal.hexadecimal(Array($0)) } }

    /// Gives its bytes, none of no key.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        if self == .none { return body(UnsafeRawBufferPointer(start: nil, count: 0)) }
        return withUnsafeBytes(of: halves, body)
    }

    public static func == (a: ContentKey, b: ContentKey) -> Bool { a.halves == b.halves }
}
