/// One header field. Names are lowercase, as HTTP/2 requires.
package struct HeaderField: Sendable, Hashable {
    package var name: String
    package var value: String

    package init(name: String, value: String) {
        self.name = name
        self.value = value
    }
}

/// An ordered list of header fields with lowercase names. Pseudo-header fields are never in it.
package struct Headers: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    private var fields: [HeaderField]

    package init() {
        fields = []
    }

    package init(dictionaryLiteral elements: (String, String)...) {
        fields = []
        fields.reserveCapacity(elements.count)
        for (name, value) in elements { add(name, value) }
    }

    /// Appends a field. Uppercase letters in `name` are lowered; octets HTTP forbids in a value
    /// (control characters) become spaces, so nothing a caller passes can make a malformed frame.
    package mutating func add(_ name: String, _ value: String) {
        precondition(!name.isEmpty, "a header name must not be empty")
        fields.append(HeaderField(name: Self.lowered(name), value: Self.legal(value)))
    }

    /// Replaces every field called `name` by one with `value`.
    package mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    /// Removes every field called `name`.
    package mutating func remove(_ name: String) {
        let wanted = Self.lowered(name)
        fields.removeAll { $0.name == wanted }
    }

    /// The first value of `name` (lowercase), or nil.
    package subscript(_ name: String) -> String? {
        for field in fields where field.name == name { return field.value }
        return nil
    }

    /// Every value of `name` (lowercase), in order.
    package func all(_ name: String) -> [String] {
        fields.compactMap { $0.name == name ? $0.value : nil }
    }

    /// A field straight from the wire, already validated by the HTTP/2 library.
    mutating func addTrusted(_ name: String, _ value: String) {
        if fields.isEmpty { fields.reserveCapacity(8) }
        fields.append(HeaderField(name: name, value: value))
    }

    private static func lowered(_ name: String) -> String {
        let hasUpper = name.utf8.contains { $0 >= 0x41 && $0 <= 0x5A }
        return hasUpper ? name.lowercased() : name
    }

    private static func legal(_ value: String) -> String {
        let forbidden: (UInt8) -> Bool = { ($0 < 0x20 && $0 != 0x09) || $0 == 0x7F }
        let utf8 = value.utf8
        // A field value must not begin or end with white space either (RFC 9113 §8.2.1).
        let padded =
            utf8.first == 0x20 || utf8.first == 0x09 || utf8.last == 0x20 || utf8.last == 0x09
        guard padded || utf8.contains(where: forbidden) else { return value }
        var bytes = utf8.map { forbidden($0) ? 0x20 : $0 }[...]
        while let first = bytes.first, first == 0x20 || first == 0x09 { bytes.removeFirst() }
        while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Headers: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { fields.count }
    package subscript(position: Int) -> HeaderField { fields[position] }
}

/// The head of a request.
package struct RequestHead: Sendable, Hashable {
    package var method: String
    /// The path without the query, exactly as sent (still percent-encoded).
    package var path: String
    /// What follows the first `?`, or nil when there was none.
    package var query: String?
    package var authority: String
    package var scheme: String
    package var headers: Headers

    package init(
        method: String, path: String, query: String? = nil, authority: String = "",
        scheme: String = "https", headers: Headers = Headers()
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.authority = authority
        self.scheme = scheme
        self.headers = headers
    }
}

extension RequestHead {
    /// Whether it may be sent: white space and control characters in these parts would let a proxy
    /// that speaks HTTP/1.1 to the server see another request than this one.
    var isLegal: Bool {
        func isGraphic(_ text: String) -> Bool {
            text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
        }
        guard !method.isEmpty, path.utf8.first == UInt8(ascii: "/") || path == "*" else {
            return false
        }
        return isGraphic(method) && isGraphic(path) && isGraphic(query ?? "")
            && isGraphic(authority)
    }
}

/// The head of a response.
package struct ResponseHead: Sendable, Hashable {
    /// 200...599.
    package var status: Int
    package var headers: Headers

    package init(status: Int, headers: Headers = Headers()) {
        self.status = status
        self.headers = headers
    }
}

/// Who the TLS client is, from its certificate; believed when there is no refusal.
package struct PeerIdentity: Sendable, Hashable {
    /// The URI subject alternative names, in certificate order.
    package var subjectAlternativeURIs: [String]
    /// The most significant common name of the subject.
    package var commonName: String?
    /// Why the certificate names nobody though its signature is right, in words; nil when it does.
    package var refusal: String?

    package init(
        subjectAlternativeURIs: [String], commonName: String? = nil, refusal: String? = nil
    ) {
        self.subjectAlternativeURIs = subjectAlternativeURIs
        self.commonName = commonName
        self.refusal = refusal
    }
}
