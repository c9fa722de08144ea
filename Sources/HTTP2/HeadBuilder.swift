/// Collects one header block as its fields arrive, within bounds. A value.
struct HeadBuilder {
    private(set) var method = ""
    private(set) var target = ""
    private(set) var authority = ""
    private(set) var scheme = ""
    private(set) var status: Int?
    private(set) var headers = Headers()
    private(set) var bytes = 0
    private(set) var count = 0
    /// The content type says gRPC, also when that field was dropped.
    private(set) var isGRPC = false
    private var hasContentType = false
    /// This block follows the head of its message.
    let isTrailers: Bool

    init(isTrailers: Bool = false) {
        self.isTrailers = isTrailers
    }

    enum Outcome: Equatable {
        case kept
        /// Over the bound; the field was dropped.
        case tooLarge
        /// So far over the bound that the peer must be an attacker.
        case abusive
    }

    /// Counts and keeps one field. Sizes are RFC 9113 §6.5.2's: 32 octets more each.
    mutating func add(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>, _ limits: Limits
    ) -> Outcome {
        bytes += name.count + value.count + 32
        count += 1
        noteContentType(name, value)
        if isOver(limits) {
            // A few indexed bytes expand to kilobytes; past this it only burns our processor.
            return bytes > limits.maxHeaderListBytes * 8 ? .abusive : .tooLarge
        }
        if name.first == UInt8(ascii: ":") {
            addPseudo(name, value)
        } else {
            headers.addTrusted(
                String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self))
        }
        return .kept
    }

    func isOver(_ limits: Limits) -> Bool {
        bytes > limits.maxHeaderListBytes || count > limits.maxHeaderCount
    }

    /// The fields, when this block followed the head of a message.
    var trailersOnly: Headers { isTrailers ? headers : Headers() }

    var requestHead: RequestHead {
        let parts = target.utf8.firstIndex(of: UInt8(ascii: "?"))
        return RequestHead(
            method: method,
            path: parts.map { String(target[..<$0]) } ?? target,
            query: parts.map { String(target[target.utf8.index(after: $0)...]) },
            authority: authority.isEmpty ? headers["host"] ?? "" : authority,
            scheme: scheme, headers: headers)
    }

    /// A refusal has to be in the words that the caller understands, so this is noted even of a
    /// list that is too large.
    private mutating func noteContentType(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) {
        guard name.count == 12, !hasContentType, name.elementsEqual("content-type".utf8) else {
            return
        }
        hasContentType = true
        isGRPC = GRPC.accepts(contentType: value)
    }

    private mutating func addPseudo(
        _ name: UnsafeBufferPointer<UInt8>, _ value: UnsafeBufferPointer<UInt8>
    ) {
        let text = String(decoding: value, as: UTF8.self)
        // The library has already refused unknown and repeated pseudo-header fields.
        switch (name.count, name[1]) {
        case (7, UInt8(ascii: "m")): method = text
        case (5, UInt8(ascii: "p")): target = text
        case (10, _): authority = text
        case (7, UInt8(ascii: "s")) where name[2] == UInt8(ascii: "c"): scheme = text
        case (7, UInt8(ascii: "s")): status = Int(text)
        default: break
        }
    }
}
