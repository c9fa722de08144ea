/// Whose call it is, for everything that is shared out: turns, places and bytes.
///
/// All connections of a partner bank are one owner. The name is short and stable; what it stands
/// for is the business of whoever makes it.
package struct Owner: Hashable, Sendable, CustomStringConvertible {
    package let name: String

    package init(_ name: String) {
        self.name = name
    }

    /// Everybody who has not said, or may not say, who he is: together they are one owner.
    package static let nobody = Owner("")

    /// The gateway itself: what no caller asked for.
    package static let gateway = Owner("gateway")

    package var description: String { name.isEmpty ? "nobody" : name }
}
