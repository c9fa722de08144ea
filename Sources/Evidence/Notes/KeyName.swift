/// Who signs, as a note says it (C2SP signed-note): UTF-8 without spaces, `+` and control
/// characters, at most 255 bytes. Of a log it is also the origin of its checkpoints.
///
/// Names are the same when their bytes are: texts that Unicode takes for equivalent are two names.
package struct KeyName: Hashable, Sendable {
    package let bytes: [UInt8]

    package static let longest = 255

    package init?(_ text: String) { self.init(utf8: text.utf8) }

    init?(utf8 bytes: some Collection<UInt8>) {
        guard (1...KeyName.longest).contains(bytes.count), let text = validText(bytes),
            text.unicodeScalars.allSatisfy({
                $0 != "+" && $0.value >= 0x20 && $0.value != 0x7F && !$0.properties.isWhitespace
            })
        else { return nil }
        self.bytes = Array(bytes)
    }
}

extension KeyName: CustomStringConvertible {
    package var description: String { String(decoding: bytes, as: UTF8.self) }
}
