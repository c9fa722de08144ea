/// What is wrong with a date or a time that would be right with another zone.
enum ZoneFault {
    /// The rest of a sentence that begins with the value's name.
    static let rule = "has a zone offset out of range: -14:00 to +14:00 are taken"

    private static let bytes = 6

    /// The words for a text that `isRight` refuses: of its zone when that alone is wrong, else
    /// those for the whole.
    static func rule(
        of text: ArraySlice<UInt8>, otherwise rule: String,
        _ isRight: (ArraySlice<UInt8>) -> Bool
    ) -> String {
        guard text.count > bytes, isOffset(text.suffix(bytes)),
            isRight(ArraySlice(text.dropLast(bytes) + "Z".utf8))
        else { return rule }
        return ZoneFault.rule
    }

    /// `±hh:mm`, whatever the figures.
    private static func isOffset(_ text: ArraySlice<UInt8>) -> Bool {
        zip(text, "+00:00".utf8).allSatisfy { byte, sample in
            switch sample {
            case UInt8(ascii: "+"): byte == sample || byte == UInt8(ascii: "-")
            case UInt8(ascii: "0"): (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
            default: byte == sample
            }
        }
    }
}
