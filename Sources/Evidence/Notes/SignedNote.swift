/// A text and who signed it (C2SP signed-note). What it says is worth nothing before a signature is
/// verified.
package struct SignedNote: Equatable, Sendable {
    /// UTF-8 that ends in a line feed.
    package let text: [UInt8]
    package private(set) var signatures: [NoteSignature]

    /// Larger ones are refused unread.
    package static let mostBytes = 65_536
    package static let mostSignatures = 128

    /// - Precondition: the text ends in a line feed.
    package init(text: [UInt8], signatures: [NoteSignature] = []) {
        precondition(text.last == lineFeed, "a note's text ends in a line feed")
        self.text = text
        self.signatures = signatures
    }

    /// Reads a note, whose signatures stand behind its last empty line.
    ///
    /// - Throws: for anything that ``bytes`` would not write.
    package init(_ bytes: [UInt8]) throws(EvidenceFault) {
        text = try SignedNote.text(of: bytes)
        signatures = []
        var lines = TextLines(bytes[(text.count + 1)...])
        repeat {
            guard let line = lines.next() else {
                throw EvidenceFault("the note's last signature has no end")
            }
            signatures.append(try NoteSignature(line))
            guard signatures.count <= SignedNote.mostSignatures else {
                throw EvidenceFault(
                    "the note has more than \(SignedNote.mostSignatures) signatures")
            }
        } while !lines.isAtEnd
    }

    /// The text of a note whose signatures are not read.
    package static func text(of bytes: [UInt8]) throws(EvidenceFault) -> [UInt8] {
        guard bytes.count <= mostBytes else {
            throw EvidenceFault("the note has more than \(mostBytes) bytes")
        }
        guard validText(bytes) != nil, bytes.allSatisfy({ $0 >= 0x20 || $0 == lineFeed }) else {
            throw EvidenceFault("the note is not UTF-8 without control characters")
        }
        guard let end = lastEmptyLine(in: bytes) else {
            throw EvidenceFault("no empty line stands before the note's signatures")
        }
        return Array(bytes[..<end])
    }

    /// The place of the line feed that is the last empty line.
    private static func lastEmptyLine(in bytes: [UInt8]) -> Int? {
        guard bytes.count > 2 else { return nil }
        return bytes.indices.dropFirst(2).last {
            bytes[$0] == lineFeed && bytes[$0 - 1] == lineFeed
        }
    }

    package mutating func add(_ signature: NoteSignature) { signatures.append(signature) }

    package var bytes: [UInt8] { text + [lineFeed] + signatures.flatMap(\.line) }
}

/// A line below a note: `— name base64(identifier ‖ signature)`.
package struct NoteSignature: Equatable, Sendable {
    package let name: KeyName
    package let identifier: KeyIdentifier
    /// What the kind of key prescribes.
    package let bytes: [UInt8]

    /// More is a signature of no kind.
    package static let mostBytes = 8_192

    private static let beginning = Array("— ".utf8)

    package init(name: KeyName, identifier: KeyIdentifier, bytes: [UInt8]) {
        self.name = name
        self.identifier = identifier
        self.bytes = bytes
    }

    /// Reads a line without its end.
    package init(_ line: some Collection<UInt8>) throws(EvidenceFault) {
        let parts = line.dropFirst(NoteSignature.beginning.count)
            .split(separator: 0x20, omittingEmptySubsequences: false)
        guard line.starts(with: NoteSignature.beginning), parts.count == 2,
            let name = KeyName(utf8: parts[0])
        else { throw EvidenceFault("a line below the note is no signature") }
        guard let content = Base64.bytes(parts[1]), content.count > 4,
            content.count <= NoteSignature.mostBytes
        else { throw EvidenceFault("the signature of \(name) is not base64, or too short or long") }
        self.name = name
        identifier = KeyIdentifier(rawValue: content.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        bytes = Array(content.dropFirst(4))
    }

    /// With its end.
    package var line: [UInt8] {
        NoteSignature.beginning + name.bytes + [0x20]
            + Base64.text(identifier.bytes + bytes) + [lineFeed]
    }
}
