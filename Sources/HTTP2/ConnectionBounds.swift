package import NIOCore

/// How many connections a server takes, and from whom.
///
/// A connection begins as one of those that shake hands, then belongs to nobody known or to an
/// owner. Each of the three has places of its own, so a flood of one kind costs the others nothing.
package struct ConnectionBounds: Sendable {
    /// Connections in all.
    package var total: Int
    /// Those whose handshake is under way. An honest one takes milliseconds, so when all places are
    /// taken the oldest is dropped for a new one.
    package var handshaking: Int
    /// Those of callers that nobody knows; the oldest is dropped for a new one.
    package var anonymous: Int
    /// Those of all owners together.
    package var owned: Int
    /// Those of one owner. He may never have more than are left free for others either.
    package var ofOneOwner: Int
    /// How long a connection of an unknown caller lasts, whatever it does.
    package var anonymousLife: TimeAmount = .seconds(60)
    /// How long such a connection may be without streams.
    package var anonymousIdle: TimeAmount = .seconds(10)

    /// The bounds for `total` connections; the parts are 1/8, 1/32 and 1/16 of it.
    package init(total: Int = 4_096) {
        precondition(total > 0, "a server without connections is none")
        self.total = total
        handshaking = max(1, total / 8)
        anonymous = max(1, total / 32)
        owned = max(1, total - handshaking - anonymous)
        ofOneOwner = max(1, total / 16)
    }

    /// One owner's bounds when callers cannot be told apart.
    var withoutOwners: ConnectionBounds {
        var bounds = self
        bounds.handshaking = total
        bounds.anonymous = 0
        bounds.owned = total
        bounds.ofOneOwner = total
        return bounds
    }
}
