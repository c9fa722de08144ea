/// An element and where it stands; every accessor either gives a checked value or a rejection that
/// names the place.
struct MessageElement {
    let element: XMLElement
    private let top: Top
    /// How many steps lead from the top to it.
    private let depth: Int
    /// Which of these steps may repeat, one bit each: documents are less deep than 64 elements.
    private let repeating: UInt64

    /// An element at which paths begin.
    private final class Top: Sendable {
        let path: String
        let banks: (any BankRegister)?

        init(path: String, banks: (any BankRegister)?) {
            self.path = path
            self.banks = banks
        }
    }

    /// An element at which paths begin.
    ///
    /// - Parameter banks: who knows the banks that are named below it; nil when nobody does.
    init(element: XMLElement, path: String, banks: (any BankRegister)? = nil) {
        self.element = element
        top = Top(path: path, banks: banks)
        depth = 0
        repeating = 0
    }

    private init(_ element: XMLElement, mayRepeat: Bool = false, of parent: MessageElement) {
        self.element = element
        top = parent.top
        depth = parent.depth + 1
        repeating = parent.repeating | (mayRepeat ? 1 << UInt64(parent.depth) : 0)
    }

    /// From `/Document` or `/AppHdr` on; steps that may repeat carry their number.
    ///
    /// - Complexity: O(siblings of it and of those around it).
    var path: String {
        var path = ""
        var current = element
        for step in (0..<depth).reversed() {
            let number = repeating & 1 << UInt64(step) == 0 ? "" : "[\(current.number)]"
            path = "/" + current.name + number + path
            current = current.parent
        }
        return top.path + path
    }

    /// Who knows the banks that the message names.
    var banks: (any BankRegister)? { top.banks }

    /// The only child with this name, or nil.
    ///
    /// - Complexity: O(number of children), as for all that follow.
    func child(_ name: String) throws(MessageRejection) -> MessageElement? {
        let (first, second) = element.firstChildren(named: name)
        guard let first else { return nil }
        try checkNamespace(of: first, name)
        if let second {
            try checkNamespace(of: second, name)
            throw MessageRejection(
                cause: .repeatedElement, code: .invalidFileFormat, path: "\(path)/\(name)",
                sentence: "Element \(name) stands more than once; send it once.")
        }
        return MessageElement(first, of: self)
    }

    /// The element at the end of a chain of only children, or nil when a link is missing.
    func descendant(_ names: [String]) throws(MessageRejection) -> MessageElement? {
        var current = self
        for name in names {
            guard let next = try current.child(name) else { return nil }
            current = next
        }
        return current
    }

    func required(_ name: String) throws(MessageRejection) -> MessageElement {
        guard let found = try child(name) else { throw missing(name) }
        return found
    }

    /// All children with this name, numbered from 1.
    func children(_ name: String) throws(MessageRejection) -> [MessageElement] {
        var found: [MessageElement] = []
        try element.forEachChild(named: name) { child throws(MessageRejection) in
            try checkNamespace(of: child, name)
            found.append(MessageElement(child, mayRepeat: true, of: self))
        }
        return found
    }

    func missing(_ name: String) -> MessageRejection {
        MessageRejection(
            cause: .missingElement, code: .requiredCompulsoryElementMissing,
            path: "\(path)/\(name)", sentence: "Mandatory element \(name) is missing; add it.")
    }

    private func checkNamespace(
        of child: XMLElement, _ name: String
    ) throws(MessageRejection) {
        guard child.isInNamespace(of: element) else {
            throw MessageRejection(
                cause: .wrongNamespace, code: .invalidFileFormat, path: "\(path)/\(name)",
                sentence: "Element \(name) must be in namespace \(element.namespace).")
        }
    }
}

extension MessageElement {
    /// The character data of an element without children, exactly as it was sent.
    func text() throws(MessageRejection) -> String {
        String(decoding: try bytes(), as: UTF8.self)
    }

    /// The same as UTF-8.
    private func bytes() throws(MessageRejection) -> ArraySlice<UInt8> {
        guard !element.hasChildren else {
            throw .malformed(path, "Element \(element.name) must hold text, not other elements.")
        }
        return element.textBytes
    }

    /// Text of 1 to `length` characters without control characters (`Max35Text` and its kin).
    ///
    /// Line breaks around it, with the blanks beside them, come from a program that indents and are
    /// dropped; one inside would make it another reference.
    func text(max length: Int) throws(MessageRejection) -> String {
        try checked(withoutOuterLineBreaks(try bytes()), max: length)
    }

    /// Text for people to read, of 1 to `length` characters. Each white space with a line break or
    /// a tab in it becomes one blank: a program broke the line, nobody wrote it so.
    func foldedText(max length: Int) throws(MessageRejection) -> String {
        try checked(Form.text(length).folded(try bytes()), max: length)
    }

    private func checked(
        _ text: ArraySlice<UInt8>, max length: Int
    ) throws(MessageRejection) -> String {
        guard !text.isEmpty else {
            throw .malformed(path, "Element \(element.name) is empty; fill it or leave it out.")
        }
        if text.count > length {
            let count = countCharacters(text)
            guard count <= length else {
                throw .malformed(
                    path, "\(element.name) has \(count) characters; at most \(length) are allowed.")
            }
        }
        guard isPrintableText(text) else {
            throw .malformed(path, "\(element.name) holds a line break or a control character.")
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Text of a type that has no white space inside: dates, numbers, codes, BICs.
    func trimmedText() throws(MessageRejection) -> String {
        String(decoding: try trimmedBytes(), as: UTF8.self)
    }

    /// The same as UTF-8.
    func trimmedBytes() throws(MessageRejection) -> ArraySlice<UInt8> {
        trimmed(try bytes())
    }

    /// A value of a closed code list.
    func code<Code: RawRepresentable & CaseIterable>(
        _: Code.Type
    ) throws(MessageRejection) -> Code where Code.RawValue == String {
        guard let code = Code(rawValue: try trimmedText()) else {
            let allowed = Code.allCases.map(\.rawValue).joined(separator: ", ")
            throw .malformed(path, "\(element.name) must be one of \(allowed).")
        }
        return code
    }

    /// `Cd` or `Prtry`, exactly one.
    func codeOrProprietary(max length: Int) throws(MessageRejection) -> CodeOrProprietary {
        let code = try child("Cd")
        let proprietary = try child("Prtry")
        switch (code, proprietary) {
        case (let code?, nil): return .code(try code.text(max: length))
        case (nil, let proprietary?): return .proprietary(try proprietary.text(max: 35))
        case (nil, nil): throw missing("Cd")
        case (_?, _?): throw .malformed(path, "\(element.name) has Cd and Prtry; send one.")
        }
    }

    /// An indicator: `true`, `false`, `1` or `0`.
    func indicator() throws(MessageRejection) -> Bool {
        switch try trimmedText() {
        case "true", "1": return true
        case "false", "0": return false
        default: throw .malformed(path, "\(element.name) must be true or false.")
        }
    }
}
