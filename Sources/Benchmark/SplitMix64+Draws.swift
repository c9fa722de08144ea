package import Chance
package import Domain

extension SplitMix64 {
    /// Any UUID of version 4.
    package mutating func uetr() -> UETR {
        let fixed: UInt128 = 0xF << 76 | 0x3 << 62
        return UETR(bits: wide() & ~fixed | 0x4 << 76 | 0x2 << 62)
    }

    /// A whole number near a normal distribution around zero: the sum of twelve uniform ones.
    ///
    /// - Parameter deviation: the standard deviation.
    mutating func normal(deviation: Int64) -> Int64 {
        var sum: Int64 = 0
        for _ in 0..<12 { sum += Int64(next() >> 44) }
        // Twelve numbers below 2²⁰ have mean 6 × 2²⁰ and deviation 2²⁰.
        let scaled = (sum - (6 << 20)) * deviation
        return (scaled + (1 << 19)) >> 20
    }
}
