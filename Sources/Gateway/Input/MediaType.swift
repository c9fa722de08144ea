internal import Domain
internal import HTTP2

/// The media type of a request, whatever its case and parameters.
enum MediaType {
    /// Whether the content type is one of these, in lowercase.
    static func isAny(of types: [String], _ headers: Headers) -> Bool {
        guard let value = headers["content-type"] else { return false }
        let type = value.prefix { $0 != ";" }.lowercased()
        let end = type.lastIndex { $0 != " " && $0 != "\t" }
        return types.contains(end.map { String(type[...$0]) } ?? "")
    }

    /// `MEDIA_TYPE_UNSUPPORTED`: says what came, and what is taken instead.
    static func unsupported(_ headers: Headers, _ taken: String) -> GatewayError {
        let came = headers["content-type"].map { "content-type \"\(Field.shown($0))\"" }
        return GatewayError(
            .mediaTypeUnsupported, "\(came ?? "no content-type") is not taken; \(taken)")
    }

    /// Whether the content type is this one, or none is given.
    static func isMissing(or type: String, _ headers: Headers) -> Bool {
        headers["content-type"] == nil || headers["content-type"] == type
            || isAny(of: [type], headers)
    }
}
