internal import Domain

extension RegisterKey: OperatorCommand {
    typealias Request = ProtoRegisterKeyRequest

    static let verb = "PUT"
    static let template = "/v1/keys/{fingerprint}"
}

extension RotateKey: OperatorCommand {
    typealias Request = ProtoRotateKeyRequest

    static let verb = "POST"
    static let template = "/v1/keys/{old_fingerprint}:rotate"
}

extension RevokeKey: OperatorCommand {
    typealias Request = ProtoRevokeKeyRequest

    static let verb = "POST"
    static let template = "/v1/keys/{fingerprint}:revoke"
}

extension KeyFingerprint {
    /// 64 hexadecimal digits.
    var text: String { hexadecimal(high) + hexadecimal(low) }

    /// Reads ``text``.
    init?(text: String) {
        guard text.utf8.count == 64, let high = UInt128(hexadecimal: String(text.prefix(32))),
            let low = UInt128(hexadecimal: String(text.suffix(32)))
        else { return nil }
        self.init(high: high, low: low)
    }
}
