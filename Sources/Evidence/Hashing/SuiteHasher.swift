/// Hashes with a suite's function, in the ways that evidence needs, one message after the other.
/// It keeps one context of OpenSSL for all of them; each thread has a hasher of its own.
package struct SuiteHasher: ~Copyable {
    package let suite: Suite
    private let context: DigestContext

    package init(_ suite: Suite) {
        self.suite = suite
        context = DigestContext(suite)
    }

    /// - Complexity: O(bytes); allocates what OpenSSL does.
    package func hash(_ message: UnsafeRawBufferPointer) -> Digest {
        var digest = Digest()
        context.begin()
        context.add(message)
        digest.withMutableBytes { context.finish(into: $0) }
        return digest
    }

    package func hash(_ message: [UInt8]) -> Digest { message.withUnsafeBytes { hash($0) } }

    /// What goes before a message, so that nothing can be two of them (RFC 6962 2.1 has the first
    /// two).
    enum Prefix: UInt8 {
        case leaf = 0
        case node = 1
        case field = 2
        case group = 3
    }

    /// Hashes a message behind a prefix.
    func hash(_ prefix: Prefix, _ message: UnsafeRawBufferPointer) -> Digest {
        var digest = Digest()
        context.begin()
        withUnsafeBytes(of: prefix.rawValue) { context.add($0) }
        context.add(message)
        digest.withMutableBytes { context.finish(into: $0) }
        return digest
    }

    /// The hash of a tree's leaf (RFC 6962 2.1): H(00 ‖ record).
    package func leaf(_ record: [UInt8]) -> Digest {
        record.withUnsafeBytes { hash(.leaf, $0) }
    }

    /// The hash of an inner node (RFC 6962 2.1): H(01 ‖ left ‖ right).
    package func node(_ left: Digest, _ right: Digest) -> Digest {
        var both = NodeMessage(left: left, right: right)
        return withUnsafeBytes(of: &both) {
            hash(UnsafeRawBufferPointer(rebasing: $0[NodeMessage.start...]))
        }
    }

    /// The root of a tree without leaves: H of nothing.
    package var emptyRoot: Digest { hash([]) }

    /// Prefix and both hashes in one piece: each call of OpenSSL costs as much as a block.
    private struct NodeMessage: BitwiseCopyable {
        private var padding: UInt64 = 0
        private var prefix: UInt64 = UInt64(Prefix.node.rawValue).bigEndian
        var left: Digest
        var right: Digest

        init(left: Digest, right: Digest) {
            self.left = left
            self.right = right
        }

        static let start = 15
    }
}
