internal import Chance

/// Kinds put together at random, up to the bounds, so that what they cost adds up.
extension NastyDocuments {
    /// A piece of a document and what of the bounds it uses.
    private struct Piece: Sendable {
        var text: String
        var elements = 0
        var attributes = 0
        var marks = 0
        var namespaces = 0

        func fits(into rest: Piece) -> Bool {
            elements <= rest.elements && attributes <= rest.attributes && marks <= rest.marks
                && namespaces <= rest.namespaces
        }
    }

    private static let pieces = [
        Piece(text: "<Ustrd>x</Ustrd>", elements: 1),
        Piece(text: "<Ustrd a='é'>&lt;</Ustrd>", elements: 1, attributes: 1, marks: 1),
        Piece(text: "<Ustrd>&#65;&#66;&#67;&#68;</Ustrd>", elements: 1),
        Piece(text: "<Strd><CdtrRefInf><Ref>a</Ref></CdtrRefInf></Strd>", elements: 3),
        Piece(text: "<SvcLvl><Cd>é</Cd></SvcLvl>", elements: 2),
        Piece(text: "<a b='&amp;'/>", elements: 1, attributes: 1, marks: 1),
        Piece(text: "<a b='é' c='é' d='é' e='é'/>", elements: 1, attributes: 4),
        Piece(text: "<a xmlns:p='u:p' p:b=''/>", elements: 1, attributes: 2, namespaces: 1),
        Piece(text: "<![CDATA[]]>", marks: 1), Piece(text: "<!--é-->", marks: 1),
        Piece(text: "<?n é?>", marks: 1), Piece(text: "<a>&amp;</a>", elements: 1, marks: 1),
        Piece(text: "<a/>", elements: 1), Piece(text: "<b>é\r</b>", elements: 1),
        Piece(text: "<a xml:lang='%'/>", elements: 1, attributes: 1),
        Piece(text: "<é/>", elements: 1),
    ]

    /// Documents of some of the pieces each, in places where they are read and where they are not.
    static func mixtures(_ count: Int, seed: UInt64) -> [NastyKind] {
        var generator = SplitMix64(seed: seed)
        return (0..<count).map { number in
            let chosen = Array(pieces.shuffled(using: &generator).prefix(5))
            let place = ["RmtInf", "Dbtr", "GrpHdr", "Envelope"].randomElement(using: &generator)!
            return mixture("mixture \(number) in \(place)", chosen, in: place)
        }
    }

    /// The pieces in turn while the bounds last, then what has none.
    private static func mixture(_ name: String, _ pieces: [Piece], in place: String) -> NastyKind {
        NastyKind(name: name) { size in
            let text = samplePacs008
            guard let end = text.firstRange(of: "</\(place)>")?.lowerBound else { return [] }
            var rest = Piece(
                text: "", elements: 99_000, attributes: 39_000, marks: 39_000, namespaces: 4_000)
            var bytes = Array(text[..<end].utf8)
            let tail = Array(text[end...].utf8)
            var round = 0
            while bytes.count + tail.count + 10_000 < size {
                let fitting = pieces.filter { $0.fits(into: rest) }
                guard !fitting.isEmpty else { break }
                let piece = fitting[round % fitting.count]
                bytes += piece.text.utf8
                rest.elements -= piece.elements
                rest.attributes -= piece.attributes
                rest.marks -= piece.marks
                rest.namespaces -= piece.namespaces
                round += 1
            }
            let filling = "<f>\(String(repeating: "&#65;", count: 1_900))</f>".utf8
            while bytes.count + tail.count + filling.count < size { bytes += filling }
            return bytes + tail
        }
    }
}
