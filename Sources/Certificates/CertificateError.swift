internal import COpenSSL

/// Why something about certificates cannot be done.
package struct CertificateError: Error, Sendable, CustomStringConvertible {
    /// The step that failed.
    package let step: String
    /// OpenSSL's first error, if it left one; else what is wrong.
    package let cause: String

    /// Takes OpenSSL's first error and forgets the others.
    init(_ step: String) {
        var text = [CChar](repeating: 0, count: 256)
        let code = ERR_get_error()
        ERR_error_string_n(code, &text, text.count)
        ERR_clear_error()
        self.step = step
        let bytes = text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        cause = code == 0 ? "no reason given" : String(decoding: bytes, as: UTF8.self)
    }

    init(_ step: String, _ cause: String) {
        self.step = step
        self.cause = cause
    }

    package var description: String { "\(step): \(cause)" }

    /// Whether reading PEM stopped because nothing more begins, and not at something broken.
    static var isEndOfPEM: Bool {
        let code = ERR_peek_last_error()
        return ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
    }
}
