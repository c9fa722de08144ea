/// The first 128 bits of SHA-256 (FIPS 180-4) over rows that were put on record before: what
/// somebody who puts them in force has seen.
///
/// The ledger computes it itself, of rows that it holds, so that a rule can compare it. Therefore
/// it is written here, and no library is asked.
public struct RowsDigest: BitwiseCopyable, Hashable, Sendable {
    public let bits: UInt128

    public init(bits: UInt128) { self.bits = bits }

    public static let none = RowsDigest(bits: 0)

    /// - Complexity: O(bytes).
    public init(of bytes: [UInt8]) {
        var state = SHA256State()
        var block = [UInt8](repeating: 0, count: 64)
        var filled = 0
        func take(_ byte: UInt8) {
            block[filled] = byte
            filled += 1
            guard filled == 64 else { return }
            state.take(block)
            filled = 0
        }
        for byte in bytes { take(byte) }
        take(0x80)
        while filled != 56 { take(0) }
        let length = UInt64(bytes.count) * 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            take(UInt8(truncatingIfNeeded: length >> shift))
        }
        bits = state.words.prefix(4).reduce(0) { $0 << 32 | UInt128($1) }
    }
}

extension RowsDigest: CustomStringConvertible {
    /// 32 hexadecimal digits in lower case.
    public var description: String {
        let digits = String(bits, radix: 16)
        return String(repeating: "0", count: 32 - digits.utf8.count) + digits
    }

    /// Reads ``description``.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count == 32, text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
            let bits = UInt128(text, radix: 16)
        else { return nil }
        self.init(bits: bits)
    }
}

extension RowsDigest: FieldValue {
    public static var column: FieldColumn { .bytes }
    public var text: String? { description }
    public init?(text: String?) {
        guard let read = text.flatMap({ RowsDigest($0) }) else { return nil }
        self = read
    }
}

/// The chaining value of SHA-256.
private struct SHA256State {
    var words: [UInt32] = [
        0x6A09_E667, 0xBB67_AE85, 0x3C6E_F372, 0xA54F_F53A, 0x510E_527F, 0x9B05_688C, 0x1F83_D9AB,
        0x5BE0_CD19,
    ]

    private static let constants: [UInt32] = [
        0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4,
        0xAB1C_5ED5, 0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE,
        0x9BDC_06A7, 0xC19B_F174, 0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F,
        0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA, 0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7,
        0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967, 0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC,
        0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85, 0xA2BF_E8A1, 0xA81A_664B,
        0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070, 0x19A4_C116,
        0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
        0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7,
        0xC671_78F2,
    ]

    /// Mixes in 64 bytes.
    mutating func take(_ block: [UInt8]) {
        var schedule = [UInt32](repeating: 0, count: 64)
        for place in 0..<16 {
            schedule[place] = block[place * 4..<place * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
        for place in 16..<64 {
            let (early, late) = (schedule[place - 15], schedule[place - 2])
            let first = early.rotated(7) ^ early.rotated(18) ^ early >> 3
            let second = late.rotated(17) ^ late.rotated(19) ^ late >> 10
            schedule[place] = schedule[place - 16] &+ first &+ schedule[place - 7] &+ second
        }
        var mixed = words
        for round in 0..<64 { Self.mix(&mixed, schedule[round] &+ Self.constants[round]) }
        for place in 0..<8 { words[place] &+= mixed[place] }
    }

    private static func mix(_ words: inout [UInt32], _ input: UInt32) {
        let (a, e) = (words[0], words[4])
        let choice = e & words[5] ^ ~e & words[6]
        let majority = a & words[1] ^ a & words[2] ^ words[1] & words[2]
        let first = words[7] &+ (e.rotated(6) ^ e.rotated(11) ^ e.rotated(25)) &+ choice &+ input
        let second = (a.rotated(2) ^ a.rotated(13) ^ a.rotated(22)) &+ majority
        words.removeLast()
        words.insert(first &+ second, at: 0)
        words[4] &+= first
    }
}

extension UInt32 {
    /// To the right.
    fileprivate func rotated(_ count: UInt32) -> UInt32 { self >> count | self << (32 - count) }
}
