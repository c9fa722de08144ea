internal import Domain
internal import Evidence

extension EncodedCommand {
    /// The first 128 bits of SHA-256 over the command as the log has it.
    var contentHash: UInt128 { SHA256Digest(of: bytes).first128Bits }
}
