internal import Domain
internal import HTTP2

/// Finds methods by their gRPC path, and routes by verb and path.
package struct Router: Sendable {
    private let methods: [String: Method]
    private let routes: [Route]
    /// Places in `routes` by the number of segments of their templates.
    private let places: [Int: [Int]]

    /// All that is served.
    package static let all = Router(Method.api + Method.infrastructure, pages: Route.infrastructure)

    /// - Parameter pages: routes that no method brings.
    init(_ methods: [Method], pages: [Route]) {
        self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0.path, $0) })
        let routes = methods.compactMap(\.route) + pages
        self.routes = routes
        places = Dictionary(grouping: routes.indices) { routes[$0].template.segmentCount }
    }

    /// The method with this gRPC path.
    func method(_ path: String) -> Method? { methods[path] }

    /// The gRPC services, in alphabetical order.
    package var services: [String] { Set(methods.values.map(\.service)).sorted() }

    /// The route of a request over plain HTTP. HEAD is served wherever GET is.
    ///
    /// - Throws: `METHOD_NOT_ALLOWED` when the path exists with other verbs only,
    ///   `MEDIA_TYPE_UNSUPPORTED` when it is that of a gRPC method, `METHOD_UNKNOWN` when it does
    ///   not exist, `MALFORMED_REQUEST` when it is no path.
    package func route(
        _ verb: String, _ text: String
    ) throws(GatewayError) -> (route: Route, variables: [String: String]) {
        let path = try RequestPath(text)
        for place in places[path.segments.count] ?? [] where routes[place].serves(verb) {
            if let variables = routes[place].template.match(path) {
                return (routes[place], variables)
            }
        }
        let verbs = Router.verbs(matches(path))
        guard verbs.isEmpty else {
            throw GatewayError(.methodNotAllowed, "use \(verbs.listed("or"))")
        }
        guard methods[text] == nil else {
            throw GatewayError(
                .mediaTypeUnsupported, "\(text) is a gRPC method; call it with \(GRPC.contentType)")
        }
        throw GatewayError(.methodUnknown, "\(verb) \(text)")
    }

    /// Whatever stands at a path.
    func matches(_ path: RequestPath) -> [Route] {
        (places[path.segments.count] ?? []).map { routes[$0] }
            .filter { $0.template.match(path) != nil }
    }

    /// The verbs of a path for the header `Allow`, in alphabetical order; empty when there is no
    /// such path.
    package func verbs(_ path: String) -> [String] {
        guard let path = try? RequestPath(path) else { return [] }
        return Router.verbs(matches(path))
    }

    /// GET brings HEAD with it, and anything OPTIONS.
    private static func verbs(_ routes: [Route]) -> [String] {
        guard !routes.isEmpty else { return [] }
        let own = routes.map(\.verb)
        return (own + (own.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]).sorted()
    }
}
