/// An element and where it stands; every accessor either gives a checked value or a rejection that
/// names the place.
struct MessageElement {
    let element: XMLElement
    private let place: Place

    /// How one came to an element. Put into words only when somebody is told of it: a message has
    /// very many elements and few faults.
    private indirect enum Place {
        case top(String, (any BankRegister)?)
        case child(String, number: Int?, of: Place)

        var path: String {
            switch self {
            case .top(let path, _): path
            case .child(let name, let number?, let parent): "\(parent.path)/\(name)[\(number)]"
            case .child(let name, nil, let parent): "\(parent.path)/\(name)"
            }
        }

        var banks: (any BankRegister)? {
            switch self {
            case .top(_, let banks): banks
            case .child(_, number: _, of: let parent): parent.banks
            }
        }
    }

    /// An element at which paths begin.
    ///
    /// - Parameter banks: who knows the banks that are named below it; nil when nobody does.
    init(element: XMLElement, path: String, banks: (any BankRegister)? = nil) {
        self.element = element
        place = .top(path, banks)
    }

    private init(_ element: XMLElement, _ name: String, number: Int?, of parent: MessageElement) {
        self.element = element
        place = .child(name, number: number, of: parent.place)
    }

    /// From `/Document` or `/AppHdr` on; steps that may repeat carry their number.
    var path: String { place.path }

    /// Who knows the banks that the message names.
    ///
    /// - Complexity: O(depth).
    var banks: (any BankRegister)? { place.banks }

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
        return MessageElement(first, name, number: nil, of: self)
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
            found.append(MessageElement(child, name, number: found.count + 1, of: self))
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
        guard !element.hasChildren else {
            throw .malformed(path, "Element \(element.name) must hold text, not other elements.")
        }
        return element.text
    }

    /// Text of 1 to `length` characters without control characters (`Max35Text` and its kin).
    ///
    /// Line breaks around it, with the blanks beside them, come from a program that indents and are
    /// dropped; one inside would make it another reference.
    func text(max length: Int) throws(MessageRejection) -> String {
        try checked(withoutOuterLineBreaks(try text()), max: length)
    }

    /// Text for people to read, of 1 to `length` characters. Each white space with a line break or
    /// a tab in it becomes one blank: a program broke the line, nobody wrote it so.
    func foldedText(max length: Int) throws(MessageRejection) -> String {
        try checked(withoutLineBreaks(try text()), max: length)
    }

    private func checked(
        _ text: String, max length: Int
    ) throws(MessageRejection) -> String {
        let count = text.unicodeScalars.count
        guard count > 0 else {
            throw .malformed(path, "Element \(element.name) is empty; fill it or leave it out.")
        }
        guard count <= length else {
            throw .malformed(
                path, "\(element.name) has \(count) characters; at most \(length) are allowed.")
        }
        guard isPrintable(text) else {
            throw .malformed(path, "\(element.name) holds a line break or a control character.")
        }
        return text
    }

    /// Text of a type that has no white space inside: dates, numbers, codes, BICs.
    func trimmedText() throws(MessageRejection) -> String {
        withoutOuterBlanks(try text())
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
