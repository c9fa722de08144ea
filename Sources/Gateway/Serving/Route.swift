internal import HTTP2

/// A way in over plain HTTP. It stands by itself, as a page does, or is what a ``Method`` brings
/// for callers without gRPC.
package struct Route: Sendable {
    let verb: String
    let template: PathTemplate
    package let terms: CallTerms
    /// Under which its requests are counted; nil when they are not.
    package let name: String?
    /// What may stand in the query; nil when only the path of a request is looked at.
    let parameters: [String]?
    let serve: @Sendable (Services, Caller?, HTTPCall) async throws -> Void

    init(
        _ verb: String, _ template: PathTemplate, _ terms: CallTerms, name: String?,
        parameters: [String]?,
        serve: @escaping @Sendable (Services, Caller?, HTTPCall) async throws -> Void
    ) {
        self.verb = verb
        self.template = template
        self.terms = terms
        self.name = name
        self.parameters = parameters
        self.serve = serve
    }

    /// Whether a request with this verb is for the route: HEAD is GET without a body.
    func serves(_ verb: String) -> Bool {
        self.verb == verb || self.verb == "GET" && verb == "HEAD"
    }

    /// The query of a request for the route.
    ///
    /// - Throws: `MALFORMED_REQUEST` for what is no parameter of the route,
    ///   `MEDIA_TYPE_UNSUPPORTED` for a body that is compressed.
    func query(of request: Request) throws(GatewayError) -> [String: String] {
        guard parameters != nil else { return [:] }
        try ContentCoding.check(request.head.headers)
        let query = try Query.parse(request.head.query)
        try Query.check(query, for: self)
        return query
    }
}

/// On what terms calls begin.
package struct CallTerms: Sendable {
    /// What the caller must be allowed to do.
    let access: Access
    let weight: Weight
    /// Bytes of one request message, over gRPC and as the body of a request over plain HTTP.
    package var largestMessage = CallTerms.largestMessage
    /// A body may fill the window of its connection, so that large messages flow without waiting.
    var hasLargeBodies = false
    /// It tells of the gateway itself, so it is answered also while the gateway stops or does not
    /// know yet who is a participant.
    var isAboutGateway = false

    init(_ access: Access, _ weight: Weight) {
        self.access = access
        self.weight = weight
    }
}

extension CallTerms {
    /// Bytes of most requests. The largest of them is an order whose details fill their bound with
    /// every character written as `\uXXXX` in JSON: six times 65,536 bytes, and the other fields.
    static let largestMessage = 512 << 10

    /// Bytes of many orders in one request.
    static let largestBatch = 4 << 20

    /// For requests of at most so many bytes.
    func taking(_ largestMessage: Int, hasLargeBodies: Bool = false) -> CallTerms {
        var terms = self
        terms.largestMessage = largestMessage
        terms.hasLargeBodies = hasLargeBodies
        return terms
    }

    /// For what tells of the gateway itself, in small requests.
    static func aboutGateway(_ access: Access) -> CallTerms {
        var terms = CallTerms(access, .open).taking(1_024)
        terms.isAboutGateway = true
        return terms
    }
}

/// What a call takes of what all share; calls of a kind do not wait for other kinds.
enum Weight: Sendable {
    /// One command.
    case command
    /// Many commands, whose request takes long to read.
    case batch
    /// One record, or few.
    case lookup
    /// A page of records, which takes long to find and to write.
    case list
    /// Stands open by nature: streams, watches, and what costs nothing.
    case open
}
