/// Base 64 as RFC 4648 (4) has it, with padding. Each sequence of bytes has one text: others, with
/// bits left over, line breaks or without padding, are refused.
package enum Base64 {
    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    private static let values: [UInt8] = {
        var values = [UInt8](repeating: 255, count: 256)
        for (value, character) in alphabet.enumerated() { values[Int(character)] = UInt8(value) }
        return values
    }()

    private static let padding = UInt8(ascii: "=")

    /// - Complexity: O(bytes).
    package static func text(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        var (group, count) = (0, 0)
        for byte in bytes {
            (group, count) = (group << 8 | Int(byte), count + 1)
            guard count == 3 else { continue }
            for shift in [18, 12, 6, 0] { text.append(alphabet[group >> shift & 63]) }
            (group, count) = (0, 0)
        }
        if count == 1 {
            text += [alphabet[group >> 2], alphabet[group << 4 & 63], padding, padding]
        } else if count == 2 {
            text += [
                alphabet[group >> 10], alphabet[group >> 4 & 63], alphabet[group << 2 & 63],
                padding,
            ]
        }
        return text
    }

    /// Nil for what ``text(_:)`` would not write.
    package static func bytes(_ text: some Collection<UInt8>) -> [UInt8]? {
        let count = text.count
        guard count % 4 == 0 else { return nil }
        let digits = text.prefix { $0 != padding }
        guard count - digits.count <= 2, text.dropFirst(digits.count).allSatisfy({ $0 == padding })
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count / 4 * 3)
        var (rest, bits) = (0, 0)
        for digit in digits {
            let value = values[Int(digit)]
            guard value < 64 else { return nil }
            (rest, bits) = (rest << 6 | Int(value), bits + 6)
            guard bits >= 8 else { continue }
            bits -= 8
            bytes.append(UInt8(rest >> bits))
            rest &= (1 << bits) - 1
        }
        return rest == 0 ? bytes : nil
    }
}
