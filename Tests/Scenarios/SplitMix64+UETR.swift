package import Chance
package import Domain

extension SplitMix64 {
    /// Any UUID of version 4.
    package mutating func uetr() -> UETR {
        let fixed: UInt128 = 0xF << 76 | 0x3 << 62
        return UETR(bits: wide() & ~fixed | 0x4 << 76 | 0x2 << 62)
    }
}
