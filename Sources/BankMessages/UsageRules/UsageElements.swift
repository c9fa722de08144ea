/// How usage rules look at an element.
extension XMLElement {
    /// The children of this name, in order. O(number of children).
    func children(named name: XMLTree.Symbol) -> [XMLElement] {
        tree.children(of: index, named: name).map { XMLElement(tree: tree, index: $0) }
    }

    /// This element and all inside, in order.
    var withAllBelow: [XMLElement] {
        (index..<end).map { XMLElement(tree: tree, index: $0) }
    }

    /// Those of these that have the name. O(number of elements inside).
    func withAllBelow(named name: XMLTree.Symbol) -> [XMLElement] {
        (index..<end).filter { tree.nodes[$0].name == name }
            .map { XMLElement(tree: tree, index: $0) }
    }

    /// The text without white space around it; empty for an element with children.
    var trimmedText: ArraySlice<UInt8> {
        let node = tree.nodes[index]
        return trimmed(tree.text[Int(node.textStart)..<Int(node.textEnd)])
    }

    /// The attribute `Ccy` as it is written.
    var currency: ArraySlice<UInt8>? {
        let attributes = tree.attributes(of: index)
        guard !attributes.isEmpty, let name = tree.symbols.symbol(of: "Ccy"),
            let found = attributes.first(where: { $0.name == name && $0.namespace == 0 })
        else { return nil }
        return tree.text[Int(found.valueStart)..<Int(found.valueEnd)]
    }

    /// Nil for what is no amount by the schema.
    var amount: UsageAmount? {
        guard let currency, !currency.isEmpty,
            let number = DecimalNumber(trimmedText),
            number.fractionDigits <= 5, number.magnitude < powerOfTen(18)
        else { return nil }
        let units = Int128(number.magnitude * powerOfTen(5 - number.fractionDigits))
        return UsageAmount(currency: Array(currency), units: number.isNegative ? -units : units)
    }
}

/// An amount in 10⁻⁵ of its currency, the finest that the schemas know.
struct UsageAmount: Equatable {
    var currency: [UInt8]
    var units: Int128
}
