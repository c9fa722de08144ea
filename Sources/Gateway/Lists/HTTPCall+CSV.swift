internal import Domain
internal import HTTP2
internal import NIOCore

extension HTTPCall {
    /// The parameter by which a query asks for a list in another form.
    static let formatParameter = "format"

    /// Whether the caller wants a list as CSV: by the query, or else by a header that takes it and
    /// no JSON.
    ///
    /// - Throws: `MALFORMED_REQUEST` for a form that there is not.
    var wantsCSV: Bool {
        get throws(GatewayError) {
            switch query[HTTPCall.formatParameter] {
            case "csv": return true
            case "json": return false
            case .some(let other):
                throw Field.malformed(HTTPCall.formatParameter, "must be csv or json", other)
            case nil: return form(among: .csv) == .csv
            }
        }
    }

    /// Answers with a whole list as CSV, page by page: no more than one is in memory, and the next
    /// one is read when the caller has taken it.
    ///
    /// When anything fails behind the first page, the stream ends by a reset and without the last
    /// lines.
    ///
    /// - Parameters:
    ///   - first: the token of the first page.
    ///   - page: the answer behind a page token, as protobuf, and the token of the next page, empty
    ///     for none; nil for what the answer says.
    /// - Throws: what the first page throws, before anything is sent.
    func reply(
        _ list: CSVList, as shape: MessageShape, _ totals: CSVTotals, _ services: Services,
        from first: String = "",
        page: (String) async throws -> (bytes: ByteBuffer, next: String?)
    ) async throws {
        let from = services.node.progress?.applied ?? 0
        var (totals, token, text) = (totals, first, list.heading)
        repeat {
            let (bytes, next) = try await page(token)
            let (before, soFar) = (text, totals)
            (text, token, totals) = try await services.compute(.long) {
                let answer = MessageFields(Array(bytes.readableBytesView), shape)
                var sums = soFar
                let lines = list.lines(answer, &sums)
                return (before + lines, next ?? answer.text("next_page_token"), sums)
            }
            if !response.hasBegun { start(list.name) }
            if request.head.method == "HEAD" { return response.finish() }
            try await response.write(ByteBuffer(string: text))
            text = ""
        } while !token.isEmpty
        let through = max(from, services.node.progress?.applied ?? from)
        let end = totals.lines(
            columns: list.width, filter: filter, from: from, through: through)
        try await response.write(ByteBuffer(string: end))
        response.finish()
    }

    /// What of the query says which rows are wanted, in the order of the names.
    private var filter: String {
        let others = [HTTPCall.formatParameter, "page_size", "page_token"]
        return query.filter { !others.contains($0.key) && !$0.value.isEmpty }
            .sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ")
    }

    private func start(_ name: String) {
        response.start(
            status: 200,
            headers: [
                "content-type": "text/csv; charset=utf-8; header=present",
                "content-disposition": "attachment; filename=\"\(name).csv\"",
            ])
    }
}
