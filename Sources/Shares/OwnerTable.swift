/// One thing for each owner that has any, found by the owner and kept for as long as somebody else
/// holds it. A value; it has one user at a time.
///
/// It holds what it finds, since weak references would make everybody's use of it dear, and looks
/// from time to time for what nobody else holds any more.
package struct OwnerTable<Value: AnyObject> {
    private static var fewest: Int { 64 }

    private var values: [Owner: Value] = [:]
    /// With so many it is time to look.
    private var tidyAt = OwnerTable.fewest

    package init() {}

    /// What the owner has, made when there is none.
    ///
    /// - Complexity: O(1), amortised.
    package mutating func value(of owner: Owner, else make: () -> Value) -> Value {
        if let value = values[owner] { return value }
        if values.count >= tidyAt { tidy() }
        let value = make()
        values[owner] = value
        return value
    }

    private mutating func tidy() {
        for owner in Array(values.keys) {
            guard var value = values.removeValue(forKey: owner) else { continue }
            if !isKnownUniquelyReferenced(&value) { values[owner] = value }
        }
        tidyAt = max(OwnerTable.fewest, values.count * 2)
    }
}
