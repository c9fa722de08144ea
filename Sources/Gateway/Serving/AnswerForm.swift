internal import HTTP2
internal import NIOCore

/// In which form an answer over plain HTTP comes. JSON is always to be had.
enum AnswerForm: Sendable {
    case json
    case xml
    case html
    case csv

    /// What names it in the header `accept`.
    fileprivate var mediaTypes: [String] {
        switch self {
        case .json: ["application/json"]
        case .xml: ["application/xml", "text/xml"]
        case .html: ["text/html"]
        case .csv: ["text/csv"]
        }
    }

    /// The `content-type` of an answer in it.
    var contentType: String {
        switch self {
        case .json: "application/json"
        case .xml: "application/xml; charset=utf-8"
        case .html: "text/html; charset=utf-8"
        case .csv: "text/csv; charset=utf-8; header=present"
        }
    }
}

extension HTTPCall {
    /// The first of these that the caller takes; JSON for who names it, or none of these.
    func form(among offered: AnswerForm...) -> AnswerForm {
        guard let accepted = request.head.headers["accept"]?.lowercased() else { return .json }
        func isNamed(_ form: AnswerForm) -> Bool {
            form.mediaTypes.contains { accepted.contains($0) }
        }
        return isNamed(.json) ? .json : offered.first(where: isNamed) ?? .json
    }

    /// A whole answer in one of these forms.
    func reply(_ text: String, as form: AnswerForm) async {
        var headers: Headers = ["content-type": form.contentType, "cache-control": "no-store"]
        if form == .html { headers.add("content-security-policy", PageFrame.contentPolicy) }
        await response.send(status: 200, headers: headers, body: ByteBuffer(string: text))
    }
}
