internal import HTTP2

/// A method of the API: its gRPC path, and the route that does the same for callers without gRPC,
/// if there is one.
struct Method: Sendable {
    /// `/package.Service/Method`.
    let path: String
    let terms: CallTerms
    /// Requests may come far apart; other methods have to send theirs without long pauses.
    let isStreaming: Bool
    let serve: @Sendable (Services, Caller?, GRPCServerCall) async throws -> Void
    private(set) var route: Route?

    init(
        _ path: String, _ terms: CallTerms, isStreaming: Bool = false,
        serve: @escaping @Sendable (Services, Caller?, GRPCServerCall) async throws -> Void
    ) {
        self.path = path
        self.terms = terms
        self.isStreaming = isStreaming
        self.serve = serve
    }

    /// The same with a route, on the same terms.
    func at(
        _ verb: String, _ template: String, parameters: [String] = [],
        serve: @escaping @Sendable (Services, Caller?, HTTPCall) async throws -> Void
    ) -> Method {
        var method = self
        method.route = Route(
            verb, PathTemplate(template), terms, name: path, parameters: parameters, serve: serve)
        return method
    }

    /// The service that the method is of: `package.Service`.
    var service: String { path.split(separator: "/").first.map(String.init) ?? "" }
}
