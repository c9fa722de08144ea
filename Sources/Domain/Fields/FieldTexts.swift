// A declared value as text that people can read: `name=text` for each field.

extension Declared {
    /// Its fields in their order, but for those that are as in a new value.
    public var fieldTexts: [String] {
        var fresh = FieldTexts()
        var value = Self()
        value.visit(&fresh)
        var own = FieldTexts()
        value = self
        value.visit(&own)
        return zip(own.texts, fresh.texts).compactMap { own, fresh in
            guard own.text != fresh.text, let text = own.text else { return nil }
            return "\(own.name)=\(text)"
        }
    }

    /// Reads what ``fieldTexts`` wrote, in any order; nil for a field that there is not, or a value
    /// that it cannot hold.
    public init?(fieldTexts: [String]) {
        var given: [String: String] = [:]
        for field in fieldTexts {
            let parts = field.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, given.updateValue("\(parts[1])", forKey: "\(parts[0])") == nil
            else { return nil }
        }
        self.init()
        var fields = GivenTexts(texts: given)
        visit(&fields)
        guard fields.texts.isEmpty, !fields.isDamaged else { return nil }
    }
}

private struct FieldTexts: FieldVisitor {
    var texts: [(name: String, text: String?)] = []

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        texts.append((name, value.text))
    }
}

private struct GivenTexts: FieldVisitor {
    /// Those that no field has taken.
    var texts: [String: String]
    var isDamaged = false

    mutating func field<Value: FieldValue>(
        _ name: String, _ value: inout Value, _ form: FieldForm
    ) {
        guard let text = texts.removeValue(forKey: name) else { return }
        if let read = Value(text: text) { value = read } else { isDamaged = true }
    }
}
