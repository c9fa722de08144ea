internal import CLibXML2

/// One of the system's own decoders (`iconv`, which libxml2 brings along).
struct SystemDecoder: ~Copyable {
    private let descriptor: iconv_t

    /// Nil when the system does not know the encoding.
    init?(from encoding: String) {
        let opened = iconv_open("UTF-8", encoding)
        guard let opened, Int(bitPattern: opened) != -1 else { return nil }
        descriptor = opened
    }

    deinit { iconv_close(descriptor) }

    /// The characters as UTF-8; nil when the bytes are none.
    ///
    /// - Parameter held: the bytes of a character that is not at its end.
    func decode(_ bytes: ArraySlice<UInt8>, held: inout [UInt8]) -> [UInt8]? {
        var source = bytes.map { CChar(bitPattern: $0) }
        var left = source.count
        // Two bytes become three, one becomes three at most.
        let text = [UInt8](unsafeUninitializedCapacity: source.count * 3 + 4) { target, count in
            source.withUnsafeMutableBufferPointer { source in
                var from = source.baseAddress
                target.withMemoryRebound(to: CChar.self) { target in
                    var to = target.baseAddress
                    var room = target.count
                    _ = iconv(descriptor, &from, &left, &to, &room)
                    count = target.count - room
                }
            }
        }
        // What is left is half a character, or none at all.
        guard left < 2 else { return nil }
        held = Array(bytes.suffix(left))
        return text
    }
}
