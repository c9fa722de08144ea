internal import Domain
internal import HTTP2

/// Whose fault it is that a call ended with an error that is no result of the gateway's own.
enum Blame {
    /// The caller sent what cannot be read, or broke the protocol.
    case malformed(String)
    case tooLarge(String)
    /// There is no memory for what the caller sends: it has too much under way.
    case overloaded(String)
    /// The time is up, or the caller has left: nobody waits for an answer.
    case over(String)
    /// Ours.
    case fault

    /// - Parameter isOver: the call was ended from outside, by its deadline or its caller. Whatever
    /// a
    ///   handler stumbles over then, such as a query that was broken off, is a consequence of that.
    init(_ error: any Error, isOver: Bool) {
        switch error {
        case let status as GRPCStatus: self.init(status)
        case let error as HTTP2Error: self.init(error)
        case let error as BodyTooLarge: self = .tooLarge("at most \(error.limit) bytes")
        case is CancellationError: self = .over("")
        default: self = .fault
        }
        if isOver { self = .over("") }
    }

    /// A status that reading the caller's messages or writing to the caller led to.
    private init(_ status: GRPCStatus) {
        switch status.code {
        case .resourceExhausted: self = .tooLarge(status.message)
        case .cancelled, .deadlineExceeded: self = .over(status.message)
        case .invalidArgument, .unimplemented: self = .malformed(status.message)
        case .ok, .unknown, .notFound, .alreadyExists, .permissionDenied, .failedPrecondition,
            .aborted, .outOfRange, .internal, .unavailable, .dataLoss, .unauthenticated:
            self = .fault
        }
    }

    private init(_ error: HTTP2Error) {
        switch error.code {
        case .connectionClosed, .deadlineExceeded, .alreadyFinished: self = .over(error.message)
        case .streamReset(let code) where code == .cancel || code == .noError:
            self = .over(error.message)
        case .overloaded: self = .overloaded(error.message)
        case .streamReset, .malformed: self = .malformed(error.message)
        // Only clients meet these.
        case .connectFailed, .refused, .queueFull: self = .fault
        }
    }

    /// What is answered, if there is still somebody to answer, and counted.
    var error: GatewayError {
        switch self {
        case .malformed(let detail): GatewayError(.malformedRequest, detail)
        case .tooLarge(let detail): GatewayError(.requestTooLarge, detail)
        case .overloaded(let detail): GatewayError(.overloaded, detail)
        case .over(let detail): GatewayError(.deadlineExceeded, detail)
        case .fault: GatewayError(.internalError)
        }
    }
}

/// The coding of a request's content (RFC 9110 §8.4).
enum ContentCoding {
    /// - Throws: `MEDIA_TYPE_UNSUPPORTED` for anything but `identity`.
    static func check(_ headers: Headers) throws(GatewayError) {
        for field in headers where field.name == "content-encoding" {
            for coding in field.value.split(separator: ",") {
                let name = coding.filter { $0 != " " && $0 != "\t" }.lowercased()
                guard name.isEmpty || name == "identity" else {
                    throw GatewayError(
                        .mediaTypeUnsupported,
                        "content-encoding \"\(Field.shown(name))\" is not taken; send the body "
                            + "as it is (identity)")
                }
            }
        }
    }
}
