/// The encodings that documents are read in.
enum TextEncoding {
    case utf8, utf16LittleEndian, utf16BigEndian, latin1, windows1252, ascii

    /// What a document may be sent in, for a sentence.
    static let accepted = "UTF-8, UTF-16, ISO-8859-1, windows-1252 or US-ASCII"

    /// How an encoding is called in XML declarations, in small letters without marks.
    private static let names: [String: TextEncoding] = [
        "utf8": .utf8, "xutf8": .utf8, "unicode11utf8": .utf8, "cp65001": .utf8,
        "iso88591": .latin1, "latin1": .latin1, "l1": .latin1, "cp819": .latin1,
        "ibm819": .latin1, "isoir100": .latin1,
        "windows1252": .windows1252, "cp1252": .windows1252, "xcp1252": .windows1252,
        "ascii": .ascii, "usascii": .ascii, "iso646us": .ascii, "ansix3.41968": .ascii,
        "utf16": .utf16BigEndian, "utf16be": .utf16BigEndian, "ucs2": .utf16BigEndian,
        "iso10646ucs2": .utf16BigEndian, "unicode": .utf16LittleEndian,
        "utf16le": .utf16LittleEndian,
    ]

    init?(name: String) {
        let letters = name.lowercased().filter { !"-_ :".contains($0) }
        guard let known = TextEncoding.names[letters] else { return nil }
        self = known
    }

    var isUTF16: Bool { self == .utf16LittleEndian || self == .utf16BigEndian }
}

extension TextEncoding {
    /// The characters of an encoding with one byte for each, as UTF-8.
    ///
    /// - Complexity: O(number of bytes).
    static func utf8(_ bytes: ArraySlice<UInt8>, isWindows: Bool) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else if isWindows, byte < 0xA0 {
                let scalar = windowsScalars[Int(byte) - 0x80]
                text += Array(String(Character(Unicode.Scalar(scalar) ?? "\u{FFFD}")).utf8)
            } else {
                text.append(0xC0 | byte >> 6)
                text.append(0x80 | byte & 0x3F)
            }
        }
        return text
    }

    /// UTF-16 as UTF-8; nil for half a character.
    ///
    /// - Complexity: O(number of bytes).
    static func utf8(utf16 bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> [UInt8]? {
        guard bytes.count % 2 == 0 else { return nil }
        let high = bytes.startIndex + (isBigEndian ? 0 : 1)
        let low = bytes.startIndex + (isBigEndian ? 1 : 0)
        let units = stride(from: 0, to: bytes.count, by: 2).map { place in
            UInt16(bytes[high + place]) << 8 | UInt16(bytes[low + place])
        }
        guard let text = String(validating: units, as: UTF16.self) else { return nil }
        return Array(text.utf8)
    }

    /// What windows-1252 has from 0x80 on, where ISO-8859-1 has control characters; the five bytes
    /// it leaves open stay these.
    private static let windowsScalars: [UInt16] = [
        0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
        0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x008D, 0x017D, 0x008F,
        0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
        0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
    ]
}
