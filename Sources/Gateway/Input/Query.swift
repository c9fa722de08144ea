internal import Domain

/// The query of a URL.
package enum Query {
    /// Names and values, percent-decoded.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a name that comes twice or is empty, and for what is not
    ///   percent-encoded UTF-8.
    package static func parse(_ query: String?) throws(GatewayError) -> [String: String] {
        guard let query else { return [:] }
        var values: [String: String] = [:]
        for pair in query.utf8.split(separator: UInt8(ascii: "&")) {
            let end = pair.firstIndex(of: UInt8(ascii: "="))
            let name = try PercentText.decode(
                pair[..<(end ?? pair.endIndex)], "the query", plusIsSpace: true)
            let value = try PercentText.decode(
                end.map { pair[$0...].dropFirst() } ?? pair.suffix(0), "the query",
                plusIsSpace: true)
            guard !name.isEmpty else {
                throw GatewayError(.malformedRequest, "the query holds a value without a name")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw GatewayError(
                    .malformedRequest, "\(Field.shown(name)) stands twice in the query")
            }
        }
        return values
    }

    /// - Throws: `MALFORMED_REQUEST` for a parameter that the route does not have, unless it looks
    ///   at none.
    package static func check(
        _ query: [String: String], for route: Route
    ) throws(GatewayError) {
        guard let parameters = route.parameters else { return }
        // Always the same one of several.
        guard let name = query.keys.filter({ !parameters.contains($0) }).min() else { return }
        if route.template.variables.contains(name) {
            throw GatewayError(
                .malformedRequest, "\(name) stands in the path and must not stand in the query too")
        }
        let known = parameters.joined(separator: ", ")
        throw GatewayError(
            .malformedRequest,
            "\(Field.shown(name)) is no parameter of this path; "
                + (known.isEmpty ? "it has none" : "known are \(known)"))
    }
}
