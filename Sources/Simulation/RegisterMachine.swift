internal import Consensus

/// The replicated state: a few registers. Each remembers the log index of its last write.
struct RegisterMachine: Equatable {
    static var registers: Int { 4 }

    private(set) var applied: UInt64
    private(set) var lastWrites: [UInt64]
    /// Over everything applied; the same on all nodes at the same index.
    private(set) var digest: UInt64

    init() {
        applied = 0
        lastWrites = Array(repeating: 0, count: Self.registers)
        digest = 0
    }

    mutating func apply(_ entry: Entry) {
        applied = entry.index
        var hash = RunningHash()
        hash.add(digest)
        hash.add(entry.checksum)
        digest = hash.value
        if entry.kind == .normal, let write = WriteCommand(encoded: entry.data) {
            lastWrites[write.register] = entry.index
        }
    }
}

/// The form in snapshots: words, little-endian.
extension RegisterMachine {
    var encoded: [UInt8] {
        ([applied, digest] + lastWrites).flatMap(Word.bytes)
    }

    init(encoded bytes: [UInt8]) {
        self.init()
        guard bytes.count == (2 + Self.registers) * 8 else { return }
        let words = stride(from: 0, to: bytes.count, by: 8).map { Word.value(bytes, at: $0) }
        applied = words[0]
        digest = words[1]
        lastWrites = Array(words[2...])
    }
}

/// A client's write, as it stands in the log: operation (8 bytes), register (1), padding.
struct WriteCommand {
    var operation: UInt64
    var register: Int

    init(operation: UInt64, register: Int) {
        self.operation = operation
        self.register = register
    }

    func encoded(padding: Int) -> [UInt8] {
        Word.bytes(operation) + [UInt8(register)] + Array(repeating: 0, count: padding)
    }

    init?(encoded bytes: [UInt8]) {
        guard bytes.count >= 9, bytes[8] < RegisterMachine.registers else { return nil }
        operation = Word.value(bytes)
        register = Int(bytes[8])
    }
}

/// Words as bytes, little-endian.
enum Word {
    static func bytes(_ word: UInt64) -> [UInt8] {
        stride(from: UInt64(0), to: 64, by: 8).map { UInt8(truncatingIfNeeded: word >> $0) }
    }

    static func value(_ bytes: [UInt8], at start: Int = 0) -> UInt64 {
        var word: UInt64 = 0
        for place in (0..<8).reversed() { word = word << 8 | UInt64(bytes[start + place]) }
        return word
    }
}
