internal import Hexadecimal

/// What a suite's hash function gives: 32 bytes.
package struct Digest: BitwiseCopyable, Hashable, Sendable {
    // As they lie in memory; they are never read as numbers.
    private var halves: Halves

    private struct Halves: BitwiseCopyable, Hashable, Sendable {
        var first: UInt128 = 0
        var second: UInt128 = 0
    }

    package static let size = 32

    init() { halves = Halves() }

    /// Nil unless there are 32 bytes.
    package init?(_ bytes: some Collection<UInt8>) {
        guard bytes.count == Digest.size else { return nil }
        self.init()
        Swift.withUnsafeMutableBytes(of: &halves) { $0.copyBytes(from: bytes) }
    }

    /// The bytes where they lie.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        withUnsafeBytes(of: halves, body)
    }

    mutating func withMutableBytes(_ body: (UnsafeMutableRawBufferPointer) -> Void) {
        Swift.withUnsafeMutableBytes(of: &halves, body)
    }

    package var bytes: [UInt8] { withBytes(Array.init) }

    /// 64 lower-case digits.
    package var hexadecimal: String { Hexadecimal.hexadecimal(bytes) }
}

extension Digest: CustomStringConvertible {
    package var description: String { hexadecimal }
}
