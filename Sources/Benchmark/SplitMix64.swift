package import Domain

/// A small random source that gives the same numbers on every machine and in every release.
package struct SplitMix64: Sendable {
    private var state: UInt64

    package init(seed: UInt64) {
        state = seed
    }

    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in `0..<bound`.
    package mutating func below(_ bound: Int) -> Int {
        Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }

    package mutating func between(_ range: ClosedRange<Int64>) -> Int64 {
        let span = UInt64(range.upperBound - range.lowerBound) + 1
        return range.lowerBound + Int64(next().multipliedFullWidth(by: span).high)
    }

    /// True in so many cases of a hundred.
    package mutating func percent(_ share: Int) -> Bool { below(100) < share }

    package mutating func pick<Element>(_ elements: [Element]) -> Element {
        elements[below(elements.count)]
    }

    /// Any UUID of version 4.
    package mutating func uetr() -> UETR {
        let fixed: UInt128 = 0xF << 76 | 0x3 << 62
        let bits = UInt128(next()) << 64 | UInt128(next())
        return UETR(bits: bits & ~fixed | 0x4 << 76 | 0x2 << 62)
    }

    /// A whole number near a normal distribution around zero: the sum of twelve uniform ones.
    ///
    /// - Parameter deviation: the standard deviation.
    package mutating func normal(deviation: Int64) -> Int64 {
        var sum: Int64 = 0
        for _ in 0..<12 { sum += Int64(next() >> 44) }
        // Twelve numbers below 2²⁰ have mean 6 × 2²⁰ and deviation 2²⁰.
        let scaled = (sum - (6 << 20)) * deviation
        return (scaled + (1 << 19)) >> 20
    }
}
