import Testing

/// A way to make reading a document expensive.
struct NastyKind: CustomTestStringConvertible, Sendable {
    var name: String
    /// Bytes that keep to the size given, but for a few.
    var make: @Sendable (_ size: Int) -> [UInt8]

    var testDescription: String { name }
}

/// Documents that look for the place where reading costs more than its bytes.
///
/// A kind either stands alone or fills a place of a message that is otherwise in order, so that the
/// whole way is walked: skipped elements, the group header, a transaction, an envelope.
enum NastyDocuments {
    static let kinds: [NastyKind] =
        attributes + names + markup + text + nesting + encodings + messages + broken + embedded

    /// `unit`, given its number, as often as it fits into `size` bytes, but at most `most` times.
    static func filled(_ size: Int, most: Int = .max, _ unit: (Int) -> String) -> String {
        var text = ""
        text.reserveCapacity(size)
        for number in 0..<most {
            let next = unit(number)
            if text.utf8.count + next.utf8.count > size { break }
            text += next
        }
        return text
    }

    /// A kind that stands alone: `start`, then `unit` to the size or the number given, then `end`,
    /// then a comment where room is left.
    static func alone(
        _ name: String, _ start: String = "", _ end: String = "", most: Int = .max,
        _ unit: @escaping @Sendable (Int) -> String
    ) -> NastyKind {
        NastyKind(name: name) { size in
            let room = max(0, size - start.utf8.count - end.utf8.count)
            let text = start + filled(room, most: most, unit) + end
            let padding = size - text.utf8.count - 7
            guard most < .max, padding > 0 else { return Array(text.utf8) }
            return Array(text.utf8) + Array("<!--".utf8) + Array(repeating: 0x78, count: padding)
                + Array("-->".utf8)
        }
    }

    /// A kind that stands in a message, before the element whose end tag is named.
    static func inside(
        _ place: String, _ name: String, most: Int = .max,
        _ unit: @escaping @Sendable (Int) -> String
    ) -> NastyKind {
        let text = samplePacs008
        let end = text.firstRange(of: "</\(place)>")?.lowerBound ?? text.endIndex
        return alone(
            "\(name) in \(place)", String(text[..<end]), String(text[end...]), most: most, unit)
    }

    /// A name of a few letters, different for each number.
    static func name(_ number: Int) -> String {
        "n" + String(number, radix: 36)
    }

    static let attributes = [
        alone("attributes of one element", "<r", "/>") { " \(name($0))=\"\"" },
        alone("attributes behind a tag in a comment", "<!-- <a ' --><r", "/>") {
            " \(name($0))=\"\""
        },
        alone("attributes behind a quote in an instruction", "<?p <a \"?><r", "/>") {
            " \(name($0))=''"
        },
        alone("attributes behind a section", "<r><![CDATA[<a \"]]><b", "/></r>") {
            " \(name($0))=\"\""
        },
        alone("attributes behind a declaration", "<?xml version='1.0' ?><!--\"--><r", "/>") {
            " \(name($0))='>'"
        },
        alone("namespaces of one element", "<r", "/>") { " xmlns:\(name($0))=\"u:\($0)\"" },
        alone("elements of 32 attributes", "<r>", "</r>", most: 1_240) { _ in
            "<a" + (0..<32).map { " \(name($0))=\"\"" }.joined() + "/>"
        },
        inside("Dbtr", "elements of 32 long attributes", most: 1_200) { _ in
            "<a"
                + (0..<32).map { " \(name($0))=\"\(String(repeating: "x", count: 240))\"" }
                .joined() + "/>"
        },
        inside("Dbtr", "elements of one attribute", most: 39_000) { _ in "<a b=''/>" },
        inside("Dbtr", "elements with a reference in an attribute", most: 39_000) { _ in
            "<a b='&lt;'/>"
        },
        inside("Dbtr", "elements with letters beyond ASCII in an attribute", most: 39_000) { _ in
            "<a b='é'/>"
        },
        inside("Dbtr", "elements with prefixed attributes") { _ in
            "<a xmlns:p='u:p'" + (0..<30).map { " p:\(name($0))=''" }.joined() + "/>"
        },
        inside("Dbtr", "elements with xml:lang that is none", most: 39_000) { _ in
            "<a xml:lang='%'/>"
        },
        inside("Dbtr", "elements with xml:space that is none", most: 39_000) { _ in
            "<a xml:space='x'/>"
        },
        inside("Dbtr", "elements with xml:id", most: 39_000) { "<a xml:id='i\($0)'/>" },
        inside("Dbtr", "elements of 30 attributes beyond ASCII", most: 1_200) { _ in
            "<a" + (0..<30).map { " \(name($0))='é'" }.joined() + "/>"
        },
        inside("Dbtr", "elements of 30 attributes with a reference", most: 1_200) { _ in
            "<a" + (0..<30).map { " \(name($0))='&lt;'" }.joined() + "/>"
        },
        inside("Dbtr", "elements of 30 attributes", most: 1_200) { _ in
            "<a" + (0..<30).map { " \(name($0))=''" }.joined() + "/>"
        },
        alone("attribute of everything", "<r a='", "'/>") { _ in "x" },
        alone("tags of 8 kB of blanks", "<r>", "</r>") { _ in
            "<a\(String(repeating: " ", count: 8_180))/>"
        },
    ]

    static let names = [
        alone("one huge name", "<", "/>") { _ in "n" },
        alone("one huge name beyond ASCII", "<", "/>") { _ in "名" },
        inside("Dbtr", "names of 250 bytes") { _ in "<\(String(repeating: "n", count: 250))/>" },
        inside("Dbtr", "different names") { "<\(name($0))/>" },
        inside("Dbtr", "a thousand names", most: 99_000) { "<\(name($0 % 900))/>" },
        inside("Dbtr", "a thousand names of 100 bytes beyond ASCII") {
            "<\(String(repeating: "名", count: 32))\($0 % 900)/>"
        },
        inside("Dbtr", "different names of attributes") { "<a \(name($0))=''/>" },
        inside("Dbtr", "different names of instructions") { "<?\(name($0))?>" },
        inside("Dbtr", "different entities") { "&\(name($0));" },
        inside("Dbtr", "undeclared prefixes") { "<\(name($0)):a/>" },
        inside("Dbtr", "one undeclared prefix", most: 39_000) { _ in "<p:a/>" },
        inside("Dbtr", "undeclared prefixes of attributes") { "<a p\($0 % 9):b=''/>" },
        inside("Dbtr", "namespaces one beside the other", most: 4_000) { "<a xmlns='u:\($0)'/>" },
        inside("Dbtr", "one namespace again and again", most: 4_000) { _ in "<a xmlns:p='u'/>" },
        inside("Dbtr", "namespaces that are no URI", most: 4_000) { _ in "<a xmlns='%%'/>" },
        inside("Dbtr", "many colons") { _ in "<a:b:c/>" },
        namespacesInScope(levels: 2, each: 30), namespacesInScope(levels: 40, each: 31),
    ]

    private static func namespacesInScope(levels: Int, each: Int) -> NastyKind {
        var start = ""
        for level in 0..<levels {
            start += "<a" + (0..<each).map { " xmlns:p\(level)q\($0)='u:\($0)'" }.joined() + ">"
        }
        let end = String(repeating: "</a>", count: levels)
        return alone("\(levels * each) namespaces in scope", start, end) { _ in
            "<p0q0:b p0q1:c=''/>"
        }
    }

    static let markup = [
        alone("one comment", "<!--", "--><r/>") { _ in "x" },
        alone("one comment of tags and quotes", "<!--", "--><r/>") { _ in "<a b=\"'>" },
        alone("one comment beyond ASCII", "<!--", "--><r/>") { _ in "é" },
        alone("one comment of single hyphens", "<!--", "--><r/>") { _ in "- " },
        inside("Dbtr", "comments", most: 39_000) { _ in "<!---->" },
        inside("Dbtr", "comments with a fault") { _ in "<!-- -- -->" },
        inside("Dbtr", "comments with a control character") { _ in "<!--\u{1}-->" },
        inside("Dbtr", "instructions", most: 39_000) { _ in "<?a?>" },
        inside("Dbtr", "instructions with a colon") { _ in "<?a:b?>" },
        inside("Dbtr", "XML declarations") { _ in "<?xml version='1.0'?>" },
        alone("one instruction", "<?p ", "?><r/>") { _ in "?<" },
        alone("comments around the root", "<r/>", "") { _ in "<!--a-->" },
        inside("Nm", "sections", most: 39_000) { _ in "<![CDATA[]]>" },
        inside("Dbtr", "one section of ends that are none") { "\($0 == 0 ? "<![CDATA[" : "")]]" },
        inside("Nm", "ends of sections") { _ in "]]>" },
        alone("one section", "<r><![CDATA[", "]]></r>") { _ in "<&" },
        alone("declarations inside", "<r>", "</r>") { _ in "<!DOCTYPE r>" },
        alone("DOCTYPE with elements", "<!DOCTYPE r [", "]><r/>") { "<!ELEMENT \(name($0)) ANY>" },
        alone("DOCTYPE with entities", "<!DOCTYPE r [", "]><r>&n0;</r>") {
            "<!ENTITY \(name($0)) \"&\(name($0 + 1));\">"
        },
        alone("DOCTYPE behind comments", "", "<!DOCTYPE r [<!ENTITY a 'b'>]><r/>") { _ in
            "<!-- a -->"
        },
        alone("doctype in small letters", "<!doctype r [", "]><r/>") { _ in "<!ENTITY a 'b'>" },
    ]

    static let text = [
        inside("Dbtr", "references in elements", most: 13) { _ in
            "<a>\(String(repeating: "&amp;", count: 3_000))</a>"
        },
        inside("Dbtr", "references by number") { _ in
            "<a>\(String(repeating: "&#65;", count: 3_000))</a>"
        },
        inside("Dbtr", "references by number with zeros") { _ in
            "<a>&#\(String(repeating: "0", count: 8_000))65;</a>"
        },
        inside("Nm", "references in one text") { _ in "&lt;" },
        inside("Nm", "references to no character") { _ in "&#0;" },
        inside("Dbtr", "ampersands") { _ in "&" },
        inside("Dbtr", "texts of 16 kB") { _ in "<a>\(String(repeating: "x", count: 16_000))</a>" },
        inside("Dbtr", "texts beyond ASCII") { _ in
            "<a>\(String(repeating: "龙", count: 5_000))</a>"
        },
        inside("Dbtr", "letters and letters beyond ASCII in turn") { _ in
            "<a>\(String(repeating: "aé", count: 5_000))</a>"
        },
        inside("Dbtr", "letters with many accents") { _ in
            "<a>e\(String(repeating: "\u{301}", count: 8_000))</a>"
        },
        alone("blanks before the root", "", "<r/>") { _ in " " },
        inside("Dbtr", "blanks between elements") { _ in
            "<a/>\(String(repeating: " ", count: 16_000))"
        },
        inside("Dbtr", "carriage returns") { _ in "\(String(repeating: "\r", count: 16_000))<a/>" },
        inside("Dbtr", "line ends of two characters") { _ in
            "\(String(repeating: "\r\n", count: 7_000))<a/>"
        },
        inside("Dbtr", "text between elements", most: 99_000) { _ in "x<a/>" },
        alone("greater than", "<r>", "</r>") { _ in ">" },
    ]

    static let nesting = [
        alone("nested without end") { _ in "<a>" },
        alone("nested to the bound", "<r>", "</r>") { _ in
            String(repeating: "<a>", count: 47) + String(repeating: "</a>", count: 47)
        },
        inside("Dbtr", "small elements", most: 99_000) { _ in "<a/>" },
        inside("Dbtr", "small elements with an end", most: 99_000) { _ in "<a></a>" },
        inside("Dbtr", "small elements with a letter", most: 99_000) { _ in "<a>b</a>" },
        inside("Dbtr", "end tags") { _ in "</a>" },
    ]

    static let broken = [
        alone("less than") { _ in "<" }, alone("tags without end") { _ in "<a " },
        alone("comments without end") { _ in "<!--" }, alone("end tags alone") { _ in "</a>" },
        alone("roots") { _ in "<a/>" }, alone("sections alone") { _ in "<![CDATA[a]]>" },
        alone("no XML") { _ in "{\"a\":1}" }, alone("exclamations") { _ in "<!" },
        alone("unlike ends", "<r>", "</r>") { _ in "<a></b>" },
        alone("quotes without end", "<r>", "</r>") { _ in "<a b=\"c>" },
        alone("attributes twice", "<r>", "</r>") { _ in "<a b='' b=''/>" },
        alone("attributes without blanks", "<r>", "</r>") { _ in "<a b=''c=''/>" },
    ]
}
