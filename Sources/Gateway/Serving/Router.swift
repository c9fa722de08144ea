internal import Domain

/// Finds methods by their gRPC path, and routes by verb and path.
package struct Router: Sendable {
    private let methods: [String: Method]
    private let routes: [Route]

    /// All that is served.
    package static let all = Router(Method.api + Method.infrastructure, pages: Route.infrastructure)

    /// - Parameter pages: routes that no method brings.
    init(_ methods: [Method], pages: [Route]) {
        self.methods = Dictionary(uniqueKeysWithValues: methods.map { ($0.path, $0) })
        routes = methods.compactMap(\.route) + pages
    }

    /// The method with this gRPC path.
    func method(_ path: String) -> Method? { methods[path] }

    /// The gRPC services, in alphabetical order.
    package var services: [String] { Set(methods.values.map(\.service)).sorted() }

    /// The route of a request over plain HTTP. HEAD is served wherever GET is.
    ///
    /// - Throws: `METHOD_NOT_ALLOWED` when the path exists with other verbs only, `METHOD_UNKNOWN`
    ///   when it does not, `MALFORMED_REQUEST` when it is no path.
    package func route(
        _ verb: String, _ path: String
    ) throws(GatewayError) -> (route: Route, variables: [String: String]) {
        let found = matches(try RequestPath(path))
        for match in found where match.route.serves(verb) { return match }
        guard found.isEmpty else {
            let verbs = Router.verbs(found.map(\.route))
            throw GatewayError(.methodNotAllowed, "use \(verbs.listed("or"))")
        }
        throw GatewayError(.methodUnknown, "\(verb) \(path)")
    }

    /// Whatever stands at a path, with its variables.
    func matches(_ path: RequestPath) -> [(route: Route, variables: [String: String])] {
        routes.compactMap { route in route.template.match(path).map { (route, $0) } }
    }

    /// The verbs of a path for the header `Allow`, in alphabetical order; empty when there is no
    /// such path.
    package func verbs(_ path: String) -> [String] {
        guard let path = try? RequestPath(path) else { return [] }
        return Router.verbs(matches(path).map(\.route))
    }

    /// GET brings HEAD with it, and anything OPTIONS.
    private static func verbs(_ routes: [Route]) -> [String] {
        guard !routes.isEmpty else { return [] }
        let own = routes.map(\.verb)
        return (own + (own.contains("GET") ? ["HEAD"] : []) + ["OPTIONS"]).sorted()
    }
}
