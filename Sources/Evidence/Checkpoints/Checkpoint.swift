/// What a log says of its tree (C2SP tlog-checkpoint): origin, size and root, each on a line.
package struct Checkpoint: Equatable, Sendable {
    /// Which log it is.
    package let origin: KeyName
    /// Leaves in its tree.
    package let size: UInt64
    package let root: Digest
    /// Lines of other meaning behind these, without their ends. A ledger writes none.
    package let extensions: [[UInt8]]

    package init(origin: KeyName, size: UInt64, root: Digest) {
        self.origin = origin
        self.size = size
        self.root = root
        extensions = []
    }

    /// Reads the text of a note.
    ///
    /// - Throws: for anything that ``text`` would not write.
    package init(_ text: [UInt8]) throws(EvidenceFault) {
        var lines = TextLines(text[...])
        guard let origin = lines.next().flatMap({ KeyName(utf8: $0) }) else {
            throw EvidenceFault("the checkpoint has no origin")
        }
        guard let size = lines.next().flatMap({ PlainNumber(utf8: $0)?.value }) else {
            throw EvidenceFault("the checkpoint's size is not a plain number")
        }
        guard let root = lines.next().flatMap({ Base64.bytes($0) }).flatMap({ Digest($0) }) else {
            throw EvidenceFault("the checkpoint's root is not 32 bytes of base64")
        }
        var extensions: [[UInt8]] = []
        while let line = lines.next() {
            guard !line.isEmpty else { throw EvidenceFault("the checkpoint has an empty line") }
            extensions.append(Array(line))
        }
        guard lines.isAtEnd else {
            throw EvidenceFault("the checkpoint's last line has no end")
        }
        self.origin = origin
        self.size = size
        self.root = root
        self.extensions = extensions
    }

    /// The text that is signed.
    package var text: [UInt8] {
        let lines = [origin.bytes, Array("\(size)".utf8), Base64.text(root.bytes)] + extensions
        return Array(lines.joined(separator: [lineFeed])) + [lineFeed]
    }
}
