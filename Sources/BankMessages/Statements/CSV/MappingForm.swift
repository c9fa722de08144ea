/// One object of a form, whose members are asked for by name; says what is wrong with one in words.
struct MappingForm {
    private let members: KeyedDecodingContainer<Key>
    private let place: String

    struct Key: CodingKey, ExpressibleByStringLiteral {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init(stringLiteral name: String) { stringValue = name }
        init?(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    init(_ decoder: any Decoder, _ place: String) throws {
        guard let members = try? decoder.container(keyedBy: Key.self) else {
            throw CSVMapping.Fault(place, "is an object in braces")
        }
        self.members = members
        self.place = place
    }

    private init(_ members: KeyedDecodingContainer<Key>, _ place: String) {
        self.members = members
        self.place = place
    }

    func refuseOthers(_ names: [String]) throws {
        let others = members.allKeys.map(\.stringValue).filter { !names.contains($0) }.sorted()
        guard let other = others.first else { return }
        throw fault(cut(other, to: 40), "is not known; there are \(names.joined(separator: ", "))")
    }

    func has(_ name: String) -> Bool { members.contains(Key(name)) }

    func text(_ name: String) throws -> String? {
        try value(name, "is a text in quotes")
    }

    func number(_ name: String) throws -> Int? {
        try value(name, "is a whole number")
    }

    func flag(_ name: String) throws -> Bool? {
        try value(name, "is true or false")
    }

    func texts(_ name: String) throws -> [String]? {
        try value(name, "is a list of texts")
    }

    func form(_ name: String) throws -> MappingForm? {
        guard has(name) else { return nil }
        guard let inner = try? members.nestedContainer(keyedBy: Key.self, forKey: Key(name)) else {
            throw fault(name, "is an object in braces")
        }
        return MappingForm(inner, path(name))
    }

    /// One column, or a list of them.
    func columns(_ name: String) throws -> [CSVMapping.Column]? {
        guard has(name) else { return nil }
        if let one = try? members.decode(CSVMapping.Column.self, forKey: Key(name)) {
            return [one]
        }
        return try value(name, "is the name of a column or its number, or a list of those")
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String
    ) throws -> Choice? {
        try text(name).map { try choice($0, name) }
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ name: String
    ) throws -> Choice {
        guard let choice = Choice(rawValue: text) else {
            let words = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw fault(name, "is one of \(words), not '\(cut(text, to: 40))'")
        }
        return choice
    }

    /// A text of one ASCII character.
    func character(_ text: String, _ name: String) throws -> UInt8 {
        guard text.utf8.count == 1, let byte = text.utf8.first else {
            throw fault(name, "is one character, not '\(cut(text, to: 40))'")
        }
        return byte
    }

    private func value<Value: Decodable>(_ name: String, _ what: String) throws -> Value? {
        guard has(name) else { return nil }
        guard let value = try? members.decode(Value.self, forKey: Key(name)) else {
            throw fault(name, what)
        }
        return value
    }

    private func path(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }

    private func fault(_ name: String, _ sentence: String) -> CSVMapping.Fault {
        CSVMapping.Fault(path(name), sentence)
    }
}
