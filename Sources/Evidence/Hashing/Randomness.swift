internal import COpenSSL

/// Random bytes that nobody can foretell.
///
/// - Precondition: the system has randomness to give; a node without any must not go on.
package func randomBytes(_ count: Int) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: count) { buffer, written in
        precondition(
            count == 0 || RAND_bytes(buffer.baseAddress, Int32(count)) == 1, "no randomness")
        written = count
    }
}
