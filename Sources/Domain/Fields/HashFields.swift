extension DeclaredRow {
    /// The row's part of the state hash: its words in pairs, see ``RowHasher``.
    public var stateHash: UInt64 {
        var row = self
        var fields = HashWords()
        row.visit(&fields)
        var hasher = RowHasher(seed: Self.hashSeed)
        if fields.words.count % 2 == 1 { fields.words.append(0) }
        for pair in stride(from: 0, to: fields.words.count, by: 2) {
            hasher.combine(fields.words[pair], fields.words[pair + 1])
        }
        return hasher.finish()
    }
}

private struct HashWords: FieldVisitor {
    var words: [UInt64] = []

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        let place = form.hash ?? .word(words.count)
        let bits = UInt128(truncatingIfNeeded: value.bits)
        let low = UInt64(truncatingIfNeeded: bits)
        if MemoryLayout<Value.Bits>.size > 8 {
            put(UInt64(truncatingIfNeeded: bits >> 64), at: place.word)
            put(low, at: place.word + 1)
        } else {
            put(low << UInt64(place.bit), at: place.word)
        }
    }

    private mutating func put(_ bits: UInt64, at word: Int) {
        while words.count <= word { words.append(0) }
        words[word] |= bits
    }
}
