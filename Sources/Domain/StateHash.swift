/// Mixes words into 64 bits: the hash of one row of the ledger.
///
/// The hash of the whole state is the wrapping sum of its rows' hashes, so it can be kept up while
/// single rows change and does not depend on the order in which they are visited. It finds
/// divergence between nodes; it is no protection against an adversary (the hash chain of the log
/// is). The function is part of the log format: changing it needs a new rule version.
///
/// Words are taken in pairs, each pair under keys of its place. No pair waits for the one before,
/// so a row of 24 words costs little more than 12 multiplications, one a cycle.
public struct RowHasher: BitwiseCopyable, Sendable {
    @usableFromInline var sum: UInt64
    @usableFromInline var key: UInt64

    @inlinable @inline(__always)
    public init(seed: UInt64) {
        sum = 0
        key = seed &* 0x9E37_79B9_7F4A_7C15 &+ 0xD1B5_4A32_D192_ED03
    }

    /// Mixes in two words. One 64 × 64 → 128 bit multiplication.
    @inlinable @inline(__always)
    public mutating func combine(_ a: UInt64, _ b: UInt64) {
        let product = (a ^ key).multipliedFullWidth(by: b ^ (key &+ 0xA076_1D64_78BD_642F))
        sum &+= product.high ^ product.low
        key &+= 0x9E37_79B9_7F4A_7C15
    }

    @inlinable @inline(__always)
    public mutating func combine(_ a: Int64, _ b: Int64) {
        combine(UInt64(bitPattern: a), UInt64(bitPattern: b))
    }

    @inlinable @inline(__always)
    public mutating func combine(_ wide: UInt128) {
        combine(UInt64(truncatingIfNeeded: wide >> 64), UInt64(truncatingIfNeeded: wide))
    }

    @inlinable @inline(__always)
    public func finish() -> UInt64 {
        let product = (sum ^ key).multipliedFullWidth(by: 0xE703_7ED1_A0B4_28DB ^ (sum >> 29))
        return product.high ^ product.low
    }
}

/// Small values side by side in one word.
@inlinable @inline(__always)
func pack(
    _ a: UInt8, _ b: UInt8 = 0, _ c: UInt8 = 0, _ d: UInt8 = 0, _ e: UInt8 = 0, _ f: UInt16 = 0
) -> UInt64 {
    UInt64(a) | UInt64(b) << 8 | UInt64(c) << 16 | UInt64(d) << 24 | UInt64(e) << 32
        | UInt64(f) << 40
}

@inlinable @inline(__always)
func pack(_ low: UInt32, _ high: UInt32) -> UInt64 { UInt64(low) | UInt64(high) << 32 }
