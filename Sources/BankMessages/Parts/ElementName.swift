/// The name of an element in a number, so that names are compared once a document.
///
/// It is the FNV-1a hash of the name; no two names of the tables have the same one, which is
/// checked where the set of them is made. Names that no table has are ``unknown``.
struct ElementName: Hashable, BitwiseCopyable, Sendable {
    private let hash: UInt32

    static let unknown = ElementName(hash: 0)

    init(_ text: String) {
        hash = text.utf8.reduce(0x811C_9DC5) { ($0 ^ UInt32($1)) &* 0x0100_0193 }
    }

    private init(hash: UInt32) { self.hash = hash }

    /// The name of each symbol of a document.
    ///
    /// - Complexity: O(different names of the document).
    static func names(of symbols: XMLSymbols) -> [ElementName] {
        symbols.texts.map { known.contains($0) ? ElementName($0) : .unknown }
    }

    /// Every name that the tables have.
    private static let known: Set<String> = {
        var names: Set<String> = []
        Component.customerTransfer.collectNames(into: &names)
        Component.institutionTransfer.collectNames(into: &names)
        Component.groupDefaults.collectNames(into: &names)
        let hashes = Set(names.map { ElementName($0) })
        precondition(hashes.count == names.count && !hashes.contains(.unknown))
        return names
    }()
}

extension Component {
    fileprivate func collectNames(into names: inout Set<String>) {
        for field in fields {
            names.insert(field.element)
            switch field.form {
            case .message(let component), .inline(let component):
                component.collectNames(into: &names)
            default: continue
            }
        }
    }
}
