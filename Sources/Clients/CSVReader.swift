/// Rows of a CSV text (RFC 4180): fields between commas, quoted where they hold commas, quotes or
/// ends of lines. Empty lines are skipped.
///
/// A value over bytes in memory; O(bytes) in all.
package struct CSVReader {
    package struct Row {
        /// The line in which it begins, from 1.
        package let line: Int
        package let fields: [String]
    }

    /// Why a row cannot be read.
    package struct Malformed: Error {
        package let line: Int
        package let reason: String
    }

    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
    }

    /// The next row, or nil behind the last.
    ///
    /// - Throws: ``Malformed``; the row behind it can be read.
    package mutating func next() throws(Malformed) -> Row? {
        while skipsEmptyLine() {}
        guard position < bytes.count else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field())
            guard position < bytes.count else { break }
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: ",") { continue }
            if byte == UInt8(ascii: "\r"), position < bytes.count { position += 1 }
            line += 1
            break
        }
        return Row(line: start, fields: fields)
    }

    private mutating func skipsEmptyLine() -> Bool {
        var end = position
        if end < bytes.count, bytes[end] == UInt8(ascii: "\r") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\n") else { return false }
        position = end + 1
        line += 1
        return true
    }

    /// Reads to the comma or the end of the line, which stay.
    private mutating func field() throws(Malformed) -> String {
        guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
            let start = position
            while position < bytes.count, !isEnd {
                guard bytes[position] != UInt8(ascii: "\"") else {
                    throw malformed("a quote stands in a field that is not quoted")
                }
                position += 1
            }
            return try text(bytes[start..<position])
        }
        let start = line
        position += 1
        var content: [UInt8] = []
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\n") { line += 1 }
            if byte == UInt8(ascii: "\"") {
                guard position < bytes.count, bytes[position] == byte else {
                    guard position == bytes.count || isEnd else {
                        throw malformed("a quoted field goes on behind its quote")
                    }
                    return try text(content[...])
                }
                position += 1
            }
            content.append(byte)
        }
        throw Malformed(line: start, reason: "a quoted field has no end")
    }

    private var isEnd: Bool {
        switch bytes[position] {
        case UInt8(ascii: ","), UInt8(ascii: "\n"): true
        case UInt8(ascii: "\r"):
            position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "\n")
        default: false
        }
    }

    private mutating func text(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw malformed("not UTF-8")
        }
        return text
    }

    /// Goes on behind the line.
    private mutating func malformed(_ reason: String) -> Malformed {
        let error = Malformed(line: line, reason: reason)
        while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        return error
    }
}
