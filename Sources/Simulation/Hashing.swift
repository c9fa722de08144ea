internal import Consensus

/// FNV-1a over words: finds differences, is no defence against anybody.
struct RunningHash {
    private(set) var value: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ word: UInt64) {
        value = (value ^ word) &* 0x0000_0100_0000_01B3
        value ^= value >> 29
    }

    mutating func add(_ bytes: [UInt8]) {
        add(UInt64(bytes.count))
        for byte in bytes { add(UInt64(byte)) }
    }
}

extension Entry {
    /// Over everything that must be the same on all nodes.
    var checksum: UInt64 {
        var hash = RunningHash()
        hash.add(term)
        hash.add(index)
        hash.add(UInt64(kind.rawValue))
        hash.add(data)
        return hash.value
    }
}
