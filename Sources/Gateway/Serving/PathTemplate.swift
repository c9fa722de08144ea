/// A path with variables: `/v1/payments/{uetr}:cancel`.
package struct PathTemplate: Sendable {
    private enum Segment: Sendable {
        case literal(String)
        /// A variable, and what must follow it in the same segment (`:cancel` or nothing).
        case variable(String, suffix: String)
    }

    private let segments: [Segment]
    /// As it is written.
    package let text: String

    package init(_ template: String) {
        text = template
        segments = template.split(separator: "/").map { segment in
            guard segment.hasPrefix("{"), let end = segment.firstIndex(of: "}") else {
                return .literal(String(segment))
            }
            return .variable(
                String(segment[segment.index(after: segment.startIndex)..<end]),
                suffix: String(segment[segment.index(after: end)...]))
        }
    }

    var segmentCount: Int { segments.count }

    /// The path with these values, percent-encoded (RFC 3986 §2); a variable without one stands
    /// as it is in the template.
    package func path(_ values: [String: String]) -> String {
        segments.map { segment in
            switch segment {
            case .literal(let text): "/\(text)"
            case .variable(let name, let suffix):
                "/\(values[name].map(PercentText.encode) ?? "{\(name)}")\(suffix)"
            }
        }.joined()
    }

    /// The names of the variables.
    package var variables: [String] {
        segments.compactMap {
            switch $0 {
            case .literal: nil
            case .variable(let name, _): name
            }
        }
    }

    /// The variables of a path that fits, or nil.
    package func match(_ path: String) -> [String: String]? {
        (try? RequestPath(path)).flatMap(match)
    }

    /// The variables of a path that fits, or nil.
    func match(_ path: RequestPath) -> [String: String]? {
        guard path.segments.count == segments.count else { return nil }
        var variables: [String: String] = [:]
        for (segment, part) in zip(segments, path.segments) {
            switch segment {
            case .literal(let text):
                guard part == text else { return nil }
            case .variable(let name, let suffix):
                let value = part.utf8.dropLast(suffix.utf8.count)
                guard !value.isEmpty, !value.contains(UInt8(ascii: ":")),
                    part.utf8[value.endIndex...].elementsEqual(suffix.utf8)
                else { return nil }
                variables[name] = String(Substring(value))
            }
        }
        return variables
    }
}
