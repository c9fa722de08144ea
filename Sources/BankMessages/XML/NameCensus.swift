/// Counts different names without keeping them: by hashes of 64 bits in a table of fixed size.
///
/// Two names with one hash count once. The seed is drawn for each document, so nobody can choose
/// names that do.
struct NameCensus {
    let seed: UInt64
    private let limit: Int
    private var found = 0
    /// Hashes by their low bits, each in the next place that is free; zero for none.
    private var places: [UInt64]

    init(limit: Int) {
        self.limit = limit
        seed = UInt64.random(in: 1...UInt64.max)
        var size = 16
        while size < limit * 4 { size *= 2 }
        places = Array(repeating: 0, count: size)
    }

    /// The hash of a name to which a byte is added, beginning with ``seed``.
    static func mix(_ hash: UInt64, _ byte: UInt8) -> UInt64 {
        let product = (hash ^ UInt64(byte)).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        return product.high ^ product.low
    }

    /// Takes note of a name.
    ///
    /// - Returns: false when there are more different names than the limit.
    /// - Complexity: O(1) on average; at most a quarter of the table is in use.
    mutating func count(_ hash: UInt64) -> Bool {
        let wanted = hash == 0 ? 1 : hash
        var place = Int(truncatingIfNeeded: wanted) & (places.count - 1)
        while places[place] != wanted {
            if places[place] == 0 {
                found += 1
                guard found <= limit else { return false }
                places[place] = wanted
                return true
            }
            place = (place + 1) & (places.count - 1)
        }
        return true
    }
}
